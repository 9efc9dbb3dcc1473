/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * The front cache: one for the process, in front of a resolver that answers
 * later and elsewhere.  A hit costs a hash and a lock of one shard.  Callers
 * that ask the same at once share one query; each waits to its own deadline,
 * and an answer that comes too late for all of them still fills the cache.
 *
 * Knows nothing of libunbound: the back end only starts queries.
 */
#ifndef PS_DNS_DNS_CACHE_H
#define PS_DNS_DNS_CACHE_H

#include "dns/dns.h"

struct ps_dns_cache;
struct ps_dns_ticket; /* one query in flight */

/* What the back end found; copied before ps_dns_cache_done() returns. */
struct ps_dns_found {
	struct ps_dns_answer answer; /* why: a literal */
	int64_t ttl_s;		     /* not used for trouble */
};

/*
 * start begins a query and returns; every ticket is handed to
 * ps_dns_cache_done() exactly once, by any thread, start itself too.  No lock
 * of the cache is held meanwhile.
 */
struct ps_dns_backend {
	void *self;
	void (*start)(void *self, struct ps_bytes name, enum ps_dns_type type,
		struct ps_dns_ticket *ticket);
};

struct ps_dns_cache_limits {
	size_t max_entry;     /* a shard, of which there are 64 */
	size_t max_octets;    /* a shard, all its entries together */
	size_t max_in_flight; /* queries; one more is trouble at once */
	int64_t found_s, absent_s, trouble_s; /* the longest time to keep */
};

#define PS_DNS_CACHE_LIMITS                                                    \
	{                                                                      \
		.max_entry = 4096, .max_octets = (size_t)1 << 20,              \
		.max_in_flight = 2000, .found_s = 3600, .absent_s = 300,       \
		.trouble_s = 5,                                                \
	}

struct ps_dns_cache_count {
	uint64_t hit, joined, started, refused;
	uint64_t late; /* callers that waited for nothing */
	size_t entry, octets, in_flight;
};

/* clock: for expiry; must outlive the cache, as the back end must. */
struct ps_dns_cache *ps_dns_cache_new(const struct ps_dns_backend *backend,
	const struct ps_dns_cache_limits *limits, const struct ps_clock *clock);

/*
 * Only when no caller is inside and the back end will not call back; queries
 * still in flight are forgotten.  Accepts NULL.
 */
void ps_dns_cache_free(struct ps_dns_cache *c);

/* What ps_dns_ask() takes; valid as long as the cache. */
const struct ps_dns *ps_dns_cache_dns(const struct ps_dns_cache *c);

void ps_dns_cache_done(
	struct ps_dns_ticket *ticket, const struct ps_dns_found *found);

void ps_dns_cache_count(struct ps_dns_cache *c, struct ps_dns_cache_count *out);

#endif
