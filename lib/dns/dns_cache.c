/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Callers: look up, join or start, wait, copy out.  The shards and their
 * entries are dns_shard.c's.
 *
 * An entry has up to three holders: the table, the query in flight and each
 * caller.  It does not change once it is done, so that it is copied without a
 * lock.
 */
#include "dns/dns_cache.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>

#include "dns/dns_shard.h"

#define SLICE_MS 250 /* how late a stop may be noticed */

static const char late[] = "no answer within the time";
static const char stopping[] = "the filter is stopping";
static const char busy[] = "too many DNS queries are in flight";

static void
after(struct timespec *ts, int64_t ms)
{
	clock_gettime(CLOCK_MONOTONIC, ts);
	ts->tv_sec += (time_t)(ms / 1000);
	ts->tv_nsec += (long)(ms % 1000) * 1000000;
	if (ts->tv_nsec >= 1000000000) {
		ts->tv_sec++;
		ts->tv_nsec -= 1000000000;
	}
}

static bool
is_stopping(const struct ps_wait *wait)
{
	struct pollfd p = {.fd = wait->stop_fd, .events = POLLIN};

	return wait->stop_fd >= 0 && poll(&p, 1, 0) > 0;
}

/*
 * Until the entry is done, by the machine's clock: the wait's own clock says
 * only how long that may take.  NULL, or why there is no answer.
 */
static const char *
wait_done(struct ps_dns_ticket *e, const struct ps_wait *wait)
{
	int64_t left = ps_wait_left(wait), quiet = 0;
	struct ps_dns_shard *s = e->shard;
	const char *why = NULL;

	if (wait->blocking != NULL)
		wait->blocking(wait->self);
	pthread_mutex_lock(&s->lock);
	while (!atomic_load(&e->done) && why == NULL) {
		int64_t slice = left < SLICE_MS ? left : SLICE_MS;
		struct timespec until;
		int r = 0;

		after(&until, slice);
		while (!atomic_load(&e->done) && r == 0)
			r = pthread_cond_timedwait(&s->came, &s->lock, &until);
		if (atomic_load(&e->done))
			break;
		left -= slice;
		quiet += slice;
		pthread_mutex_unlock(&s->lock);
		if (is_stopping(wait))
			why = stopping;
		else if (left <= 0)
			why = late;
		if (quiet >= PS_PROGRESS_MS && wait->progress != NULL) {
			wait->progress(wait->self);
			quiet = 0;
		}
		pthread_mutex_lock(&s->lock);
	}
	pthread_mutex_unlock(&s->lock);
	return why;
}

static void
copy_out(struct ps_arena *a, const struct ps_dns_ticket *e,
	struct ps_dns_answer *out)
{
	const struct ps_dns_answer *in = &e->answer;
	struct ps_bytes *rr = NULL;

	*out = *in;
	if (in->n_rr > 0)
		rr = ps_arena_array(a, in->n_rr, sizeof(*rr));
	for (size_t i = 0; i < in->n_rr; i++)
		rr[i] = ps_arena_copy(a, in->rr[i]);
	out->rr = rr;
}

/*
 * The entry for a name, held for the caller; the query is started where there
 * was none.  NULL when too many are in flight.
 */
static struct ps_dns_ticket *
hold(struct ps_dns_cache *c, struct ps_bytes name, enum ps_dns_type type)
{
	bool is_new = false;
	struct ps_dns_ticket *e = ps_dns_shard_hold(c, name, type, &is_new);

	if (is_new)
		c->backend.start(c->backend.self, ps_dns_ticket_name(e),
			(enum ps_dns_type)e->type, e);
	return e;
}

static void
query(void *self, struct ps_arena *a, struct ps_bytes name,
	enum ps_dns_type type, const struct ps_wait *wait,
	struct ps_dns_answer *out)
{
	struct ps_dns_cache *c = self;
	struct ps_dns_ticket *e = hold(c, name, type);

	*out = (struct ps_dns_answer){.status = PS_DNS_TROUBLE, .why = busy};
	if (e == NULL)
		return;
	out->why = late;
	if (!atomic_load(&e->done) && ps_wait_left(wait) > 0) {
		out->why = wait_done(e, wait);
		if (!atomic_load(&e->done))
			atomic_fetch_add(&c->n_late, 1);
	}
	if (atomic_load(&e->done))
		copy_out(a, e, out);
	ps_dns_ticket_drop(e);
}

static void
ahead(void *self, struct ps_bytes name, enum ps_dns_type type)
{
	struct ps_dns_ticket *e = hold(self, name, type);

	if (e != NULL)
		ps_dns_ticket_drop(e);
}

struct ps_dns_cache *
ps_dns_cache_new(const struct ps_dns_backend *backend,
	const struct ps_dns_cache_limits *limits, const struct ps_clock *clock)
{
	struct ps_dns_cache *c = calloc(1, sizeof(*c));

	if (c == NULL)
		return NULL;
	c->backend = *backend;
	c->limits = *limits;
	c->clock = clock;
	c->dns = (struct ps_dns){.self = c, .query = query, .ahead = ahead};
	ps_dns_shard_init(c);
	return c;
}

void
ps_dns_cache_free(struct ps_dns_cache *c)
{
	if (c == NULL)
		return;
	ps_dns_shard_clear(c);
	free(c);
}

const struct ps_dns *
ps_dns_cache_dns(const struct ps_dns_cache *c)
{
	return &c->dns;
}

static int64_t
keep_s(const struct ps_dns_cache *c, const struct ps_dns_found *found)
{
	int64_t most = found->answer.status == PS_DNS_FOUND
			       ? c->limits.found_s
			       : c->limits.absent_s;

	if (found->answer.status == PS_DNS_TROUBLE)
		return c->limits.trouble_s;
	return found->ttl_s < most ? found->ttl_s : most;
}

void
ps_dns_cache_done(
	struct ps_dns_ticket *ticket, const struct ps_dns_found *found)
{
	struct ps_dns_cache *c = ticket->cache;

	ps_dns_ticket_fill(ticket, &found->answer);
	ps_dns_shard_publish(ticket, keep_s(c, found));
	atomic_fetch_sub(&c->in_flight, 1);
	ps_dns_ticket_drop(ticket);
}

void
ps_dns_cache_count(struct ps_dns_cache *c, struct ps_dns_cache_count *out)
{
	*out = (struct ps_dns_cache_count){
		.hit = atomic_load(&c->n_hit),
		.joined = atomic_load(&c->n_joined),
		.started = atomic_load(&c->n_started),
		.refused = atomic_load(&c->n_refused),
		.late = atomic_load(&c->n_late),
		.in_flight = atomic_load(&c->in_flight),
	};
	for (size_t i = 0; i < PS_DNS_SHARDS; i++) {
		pthread_mutex_lock(&c->shard[i].lock);
		out->entry += c->shard[i].n_entry;
		out->octets += c->shard[i].octets;
		pthread_mutex_unlock(&c->shard[i].lock);
	}
}
