/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * The table of the front cache: shards with a lock each, entries with a count
 * of their holders.  For dns_cache.c only.
 */
#ifndef PS_DNS_DNS_SHARD_H
#define PS_DNS_DNS_SHARD_H

#include <pthread.h>
#include <stdatomic.h>

#include "dns/dns_cache.h"

#define PS_DNS_SHARDS  64
#define PS_DNS_BUCKETS 512

struct ps_dns_shard {
	pthread_mutex_t lock;
	pthread_cond_t came; /* some entry of the shard is done */
	struct ps_dns_ticket *bucket[PS_DNS_BUCKETS];
	struct ps_dns_ticket *newest, *oldest; /* by last use */
	size_t n_entry, octets;
};

struct ps_dns_ticket {
	struct ps_dns_cache *cache;
	struct ps_dns_shard *shard;
	struct ps_dns_ticket *next;	     /* in the bucket */
	struct ps_dns_ticket *newer, *older; /* in the shard */
	atomic_uint holders;
	atomic_bool done; /* answer and octets do not change any more */
	bool in_table;
	uint64_t hash;
	int64_t expires_ms;
	size_t octets;
	int type;
	struct ps_dns_answer answer; /* rr: one allocation */
	size_t name_len;
	char name[];
};

struct ps_dns_cache {
	struct ps_dns_backend backend;
	struct ps_dns_cache_limits limits;
	const struct ps_clock *clock;
	struct ps_dns dns;
	uint64_t seed;
	atomic_size_t in_flight;
	atomic_ullong n_hit, n_joined, n_started, n_refused, n_late;
	struct ps_dns_shard shard[PS_DNS_SHARDS];
};

void ps_dns_shard_init(struct ps_dns_cache *c);
void ps_dns_shard_clear(struct ps_dns_cache *c);

/*
 * The entry for a name, one holder more.  *is_new: it was made now, its query
 * is counted in flight and the caller has to start it.  NULL when there is no
 * room for one more in flight.
 */
struct ps_dns_ticket *ps_dns_shard_hold(struct ps_dns_cache *c,
	struct ps_bytes name, enum ps_dns_type type, bool *is_new);

/* Before it is published: a private copy of the answer. */
void ps_dns_ticket_fill(
	struct ps_dns_ticket *e, const struct ps_dns_answer *answer);
/* Wake those who wait; keep it for so long, not at all for 0. */
void ps_dns_shard_publish(struct ps_dns_ticket *e, int64_t keep_s);
void ps_dns_ticket_drop(struct ps_dns_ticket *e);

static inline struct ps_bytes
ps_dns_ticket_name(const struct ps_dns_ticket *e)
{
	return (struct ps_bytes){e->name, e->name_len};
}

#endif
