/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Buckets, age, holders.
 */
#include "dns/dns_shard.h"

#include <stdlib.h>
#include <sys/random.h>

void
ps_dns_shard_init(struct ps_dns_cache *c)
{
	pthread_condattr_t attr;

	/* Names come from strangers: they must not choose their bucket. */
	if (getrandom(&c->seed, sizeof(c->seed), 0) != sizeof(c->seed))
		c->seed = (uint64_t)(uintptr_t)c;
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	for (size_t i = 0; i < PS_DNS_SHARDS; i++) {
		pthread_mutex_init(&c->shard[i].lock, NULL);
		pthread_cond_init(&c->shard[i].came, &attr);
	}
	pthread_condattr_destroy(&attr);
}

static void
release(struct ps_dns_ticket *e)
{
	free((void *)(uintptr_t)e->answer.rr);
	free(e);
}

void
ps_dns_shard_clear(struct ps_dns_cache *c)
{
	for (size_t i = 0; i < PS_DNS_SHARDS; i++) {
		struct ps_dns_shard *s = &c->shard[i];
		struct ps_dns_ticket *e, *older;

		for (e = s->newest; e != NULL; e = older) {
			older = e->older;
			release(e);
		}
		pthread_cond_destroy(&s->came);
		pthread_mutex_destroy(&s->lock);
	}
}

/* FNV-1a from a secret start, stirred at the end. */
static uint64_t
hash_of(uint64_t seed, struct ps_bytes name, int type)
{
	uint64_t h = seed ^ (uint64_t)type;

	for (size_t i = 0; i < name.len; i++)
		h = (h ^ (unsigned char)name.p[i]) * 0x100000001b3U;
	h ^= h >> 32;
	h *= 0xd6e8feb86659fd93U;
	return h ^ h >> 32;
}

static struct ps_dns_ticket **
bucket_of(struct ps_dns_shard *s, uint64_t hash)
{
	return &s->bucket[hash / PS_DNS_SHARDS % PS_DNS_BUCKETS];
}

static void
leave_age(struct ps_dns_shard *s, struct ps_dns_ticket *e)
{
	if (e->newer != NULL)
		e->newer->older = e->older;
	else
		s->newest = e->older;
	if (e->older != NULL)
		e->older->newer = e->newer;
	else
		s->oldest = e->newer;
}

static void
enter_age(struct ps_dns_shard *s, struct ps_dns_ticket *e)
{
	e->newer = NULL;
	e->older = s->newest;
	if (s->newest != NULL)
		s->newest->newer = e;
	else
		s->oldest = e;
	s->newest = e;
}

/* The table's hold ends; with the lock held. */
static void
unlink_entry(struct ps_dns_shard *s, struct ps_dns_ticket *e)
{
	struct ps_dns_ticket **at = bucket_of(s, e->hash);

	while (*at != e)
		at = &(*at)->next;
	*at = e->next;
	leave_age(s, e);
	e->in_table = false;
	s->n_entry--;
	s->octets -= e->octets;
	ps_dns_ticket_drop(e);
}

/* Those in flight stay: they are what callers join. */
static void
make_room(struct ps_dns_shard *s, const struct ps_dns_cache_limits *l)
{
	struct ps_dns_ticket *e = s->oldest, *newer;

	for (; e != NULL &&
		(s->n_entry > l->max_entry || s->octets > l->max_octets);
		e = newer) {
		newer = e->newer;
		if (atomic_load(&e->done))
			unlink_entry(s, e);
	}
}

static struct ps_dns_ticket *
find(struct ps_dns_shard *s, uint64_t hash, struct ps_bytes name, int type)
{
	struct ps_dns_ticket *e = *bucket_of(s, hash);

	while (e != NULL && (e->hash != hash || e->type != type ||
				    !ps_bytes_eq(ps_dns_ticket_name(e), name)))
		e = e->next;
	return e;
}

static struct ps_dns_ticket *
make(struct ps_dns_cache *c, struct ps_dns_shard *s, uint64_t hash,
	struct ps_bytes name, int type)
{
	struct ps_dns_ticket *e = calloc(1, sizeof(*e) + name.len);
	struct ps_dns_ticket **at = bucket_of(s, hash);

	if (e == NULL)
		return NULL;
	e->cache = c;
	e->shard = s;
	e->hash = hash;
	e->type = type;
	e->name_len = name.len;
	memcpy(e->name, name.p, name.len);
	e->octets = sizeof(*e) + name.len;
	atomic_init(&e->holders, 3); /* table, query, caller */
	e->in_table = true;
	e->next = *at;
	*at = e;
	enter_age(s, e);
	s->n_entry++;
	s->octets += e->octets;
	return e;
}

struct ps_dns_ticket *
ps_dns_shard_hold(struct ps_dns_cache *c, struct ps_bytes name,
	enum ps_dns_type type, bool *is_new)
{
	uint64_t hash = hash_of(c->seed, name, (int)type);
	struct ps_dns_shard *s = &c->shard[hash % PS_DNS_SHARDS];
	int64_t now = ps_mono_ms(c->clock);
	struct ps_dns_ticket *e;

	pthread_mutex_lock(&s->lock);
	e = find(s, hash, name, (int)type);
	if (e != NULL && atomic_load(&e->done) && e->expires_ms <= now) {
		unlink_entry(s, e);
		e = NULL;
	}
	if (e != NULL) {
		atomic_fetch_add(&e->holders, 1);
		atomic_fetch_add(
			atomic_load(&e->done) ? &c->n_hit : &c->n_joined, 1);
		leave_age(s, e);
		enter_age(s, e);
	} else if (atomic_fetch_add(&c->in_flight, 1) <
		   c->limits.max_in_flight) {
		e = make(c, s, hash, name, (int)type);
		*is_new = e != NULL;
		make_room(s, &c->limits);
	}
	pthread_mutex_unlock(&s->lock);
	if (*is_new) {
		atomic_fetch_add(&c->n_started, 1);
	} else if (e == NULL) {
		atomic_fetch_sub(&c->in_flight, 1);
		atomic_fetch_add(&c->n_refused, 1);
	}
	return e;
}

void
ps_dns_ticket_fill(struct ps_dns_ticket *e, const struct ps_dns_answer *answer)
{
	size_t size = 0;
	struct ps_bytes *rr;
	char *p;

	e->answer = *answer;
	e->answer.rr = NULL;
	e->answer.n_rr = 0;
	if (answer->n_rr == 0)
		return;
	for (size_t i = 0; i < answer->n_rr; i++)
		size += sizeof(*rr) + answer->rr[i].len;
	rr = malloc(size);
	if (rr == NULL) {
		e->answer.status = PS_DNS_TROUBLE;
		e->answer.why = "no memory for the answer";
		return;
	}
	p = (char *)(rr + answer->n_rr);
	for (size_t i = 0; i < answer->n_rr; i++) {
		rr[i] = ps_bytes(p, answer->rr[i].len);
		if (rr[i].len > 0)
			memcpy(p, answer->rr[i].p, rr[i].len);
		p += rr[i].len;
	}
	e->answer.rr = rr;
	e->answer.n_rr = answer->n_rr;
}

static size_t
octets_of(const struct ps_dns_answer *answer)
{
	size_t n = answer->n_rr * sizeof(*answer->rr);

	for (size_t i = 0; i < answer->n_rr; i++)
		n += answer->rr[i].len;
	return n;
}

void
ps_dns_shard_publish(struct ps_dns_ticket *e, int64_t keep_s)
{
	struct ps_dns_shard *s = e->shard;
	size_t more = octets_of(&e->answer);

	pthread_mutex_lock(&s->lock);
	e->expires_ms = ps_mono_ms(e->cache->clock) + 1000 * keep_s;
	e->octets += more;
	s->octets += more;
	atomic_store(&e->done, true);
	if (keep_s <= 0)
		unlink_entry(s, e);
	make_room(s, &e->cache->limits);
	pthread_cond_broadcast(&s->came);
	pthread_mutex_unlock(&s->lock);
}

void
ps_dns_ticket_drop(struct ps_dns_ticket *e)
{
	if (atomic_fetch_sub(&e->holders, 1) == 1)
		release(e);
}
