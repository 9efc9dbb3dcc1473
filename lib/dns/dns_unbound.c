/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * The only user of libunbound.  ub_resolve() is not used: each call builds a
 * worker under one lock for all, 313 us of processor a cached look-up, and it
 * has no deadline.  ub_cancel() is not used either: it races with the
 * callback, and a late answer is welcome in the cache.
 */
#include "dns/dns_unbound.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <unbound.h>
#include <unistd.h>

#include "dns/dns_name.h"

#define CLASS_IN       1
#define RCODE_NXDOMAIN 3
#define SOCKETS_MAX    2048 /* in flight there are fewer, dns_cache.h */

struct ps_dns_unbound {
	struct ub_ctx *ctx;
	struct ps_dns_cache *cache;
	pthread_t dispatcher;
	bool running;
	int stop_fd;
};

struct setting {
	const char *name, *value;
};

static const struct setting settings[] = {
	{"infra-host-ttl:", "30"},
	{"infra-keep-probing:", "yes"},
	/* Else the reverse zones of private networks do not exist. */
	{"unblock-lan-zones:", "yes"},
	{"insecure-lan-zones:", "yes"},
	{"msg-cache-size:", "8m"},
	{"rrset-cache-size:", "16m"},
	/* Which MX and PTR are the first ten must not change by itself. */
	{"rrset-roundrobin:", "no"},
	{"do-not-query-localhost:", "no"},
};

/*
 * How long a server may think.  A forwarder is near and knows most names at
 * once; taken for its pace, a name that it has to look for would be SERVFAIL
 * after 150 ms.  Three tries of 1, 2 and 4 s give it time.
 */
static const struct setting patient[] = {
	{"infra-cache-min-rtt:", "1000"},
	{"outbound-msg-retry:", "3"},
};

/* The servers of strangers, of which there are others: 2 s instead of 17. */
static const struct setting brisk[] = {
	{"outbound-msg-retry:", "2"},
};

static void
trouble(struct ps_dns_ticket *ticket, const char *why)
{
	struct ps_dns_found found = {
		.answer = {.status = PS_DNS_TROUBLE, .why = why}};

	ps_dns_cache_done(ticket, &found);
}

static const char *
rcode_why(int rcode)
{
	switch (rcode) {
	case 1:
		return "the name server took the query for malformed (FORMERR)";
	case 2:
		return "the name server failed (SERVFAIL)";
	case 5:
		return "the name server refused (REFUSED)";
	default:
		return "the name server answered with an error";
	}
}

static size_t
count_data(const struct ub_result *r)
{
	size_t n = 0;

	while (r->havedata && r->data != NULL && r->data[n] != NULL)
		n++;
	return n;
}

static void
found(struct ps_dns_ticket *ticket, const struct ub_result *r)
{
	struct ps_dns_found f = {.ttl_s = r->ttl};
	size_t n = count_data(r);
	struct ps_bytes *rr = n == 0 ? NULL : calloc(n, sizeof(*rr));

	if (n > 0 && rr == NULL) {
		trouble(ticket, "no memory for the answer");
		return;
	}
	for (size_t i = 0; i < n; i++)
		rr[i] = ps_bytes(
			r->data[i], r->len[i] < 0 ? 0 : (size_t)r->len[i]);
	f.answer = (struct ps_dns_answer){
		.status = n > 0 ? PS_DNS_FOUND
			  : r->nxdomain || r->rcode == RCODE_NXDOMAIN
				  ? PS_DNS_NXDOMAIN
				  : PS_DNS_NODATA,
		.rr = rr,
		.n_rr = n,
		.secure = r->secure != 0,
	};
	ps_dns_cache_done(ticket, &f);
	free(rr);
}

/* Bogus data come with rcode 0 and havedata 1: that is asked first. */
static void
came(void *self, int error, struct ub_result *r)
{
	struct ps_dns_ticket *ticket = self;

	if (error != 0 || r == NULL) {
		trouble(ticket, "the resolver failed");
	} else if (r->bogus) {
		struct ps_dns_found f = {
			.answer = {.status = PS_DNS_TROUBLE,
				.bogus = true,
				.why = "the DNSSEC check failed (bogus)"}};

		ps_dns_cache_done(ticket, &f);
	} else if (r->rcode != 0 && r->rcode != RCODE_NXDOMAIN) {
		trouble(ticket, rcode_why(r->rcode));
	} else {
		found(ticket, r);
	}
	ub_resolve_free(r);
}

static void
start(void *self, struct ps_bytes name, enum ps_dns_type type,
	struct ps_dns_ticket *ticket)
{
	struct ps_dns_unbound *u = self;
	char text[PS_DNS_TEXT_MAX];

	ps_dns_name_text(name, text);
	if (ub_resolve_async(
		    u->ctx, text, (int)type, CLASS_IN, ticket, came, NULL) != 0)
		trouble(ticket, "the resolver takes no query");
}

static void *
dispatch(void *self)
{
	struct ps_dns_unbound *u = self;
	struct pollfd p[2] = {
		{.fd = ub_fd(u->ctx), .events = POLLIN},
		{.fd = u->stop_fd, .events = POLLIN},
	};

	while (p[1].revents == 0) {
		if (poll(p, 2, -1) < 0 && errno != EINTR)
			break;
		if (p[0].revents != 0)
			ub_process(u->ctx);
	}
	return NULL;
}

static enum ps_status
say(struct ps_arena *a, const char *what, const char *value, int error,
	const char **why)
{
	*why = ps_arena_printf(a, "the resolver does not take %s %s: %s", what,
		value, ub_strerror(error));
	return PS_EPERM;
}

static enum ps_status
set_servers(struct ps_arena *a, struct ub_ctx *ctx,
	const struct ps_dns_unbound_options *o, const char **why)
{
	int e;

	for (size_t i = 0; i < o->n_forwarder; i++) {
		e = ub_ctx_set_fwd(ctx, o->forwarder[i]);
		if (e != 0)
			return say(a, "the server", o->forwarder[i], e, why);
	}
	if (o->n_forwarder > 0 || o->recursion)
		return PS_OK;
	e = ub_ctx_resolvconf(ctx, NULL);
	if (e != 0)
		return say(a, "the file", "/etc/resolv.conf", e, why);
	return PS_OK;
}

/*
 * libunbound answers these itself, with "no such name", unless told.  It can
 * be told only once everything else is set.
 */
static enum ps_status
open_zones(struct ps_arena *a, struct ub_ctx *ctx, const char **why)
{
	static const char *const zone[] = {"test.", "home.arpa."};

	for (size_t i = 0; i < sizeof(zone) / sizeof(zone[0]); i++) {
		int e = ub_ctx_zone_add(ctx, zone[i], "transparent");

		if (e != 0)
			return say(a, "the zone", zone[i], e, why);
	}
	return PS_OK;
}

static enum ps_status
set(struct ps_arena *a, struct ub_ctx *ctx, const struct setting *of, size_t n,
	const char **why)
{
	for (size_t i = 0; i < n; i++) {
		int e = ub_ctx_set_option(ctx, of[i].name, of[i].value);

		if (e != 0)
			return say(a, of[i].name, of[i].value, e, why);
	}
	return PS_OK;
}

/*
 * Sockets.  A query holds one until it is answered, and the library's own 16,
 * two of them for TCP, are soon held by names of dead servers, with everybody
 * else in a row behind.  Half of the process's files are ours.
 */
static enum ps_status
set_room(struct ps_arena *a, struct ub_ctx *ctx, const char **why)
{
	struct rlimit files = {.rlim_cur = 1024};
	struct setting room[] = {{.name = "outgoing-range:"},
		{.name = "outgoing-num-tcp:"},
		{.name = "num-queries-per-thread:"}};
	unsigned n = SOCKETS_MAX;

	if (getrlimit(RLIMIT_NOFILE, &files) == 0 &&
		files.rlim_cur / 2 < SOCKETS_MAX)
		n = (unsigned)files.rlim_cur / 2;
	room[0].value = ps_arena_printf(a, "%u", n - n / 16);
	room[1].value = ps_arena_printf(a, "%u", n / 16);
	room[2].value = room[0].value;
	return set(a, ctx, room, 3, why);
}

#define SET(a, ctx, of, why) set(a, ctx, of, sizeof(of) / sizeof((of)[0]), why)

static enum ps_status
set_anchors(struct ps_arena *a, struct ub_ctx *ctx,
	const struct ps_dns_unbound_options *o, const char **why)
{
	struct setting stripped = {"harden-dnssec-stripped:",
		o->stripped_is_insecure ? "no" : "yes"};
	int e;

	if (set(a, ctx, &stripped, 1, why) != PS_OK)
		return PS_EPERM;
	if (o->root_key != NULL) {
		e = access(o->root_key, R_OK) != 0
			    ? UB_READFILE
			    : ub_ctx_add_ta_file(ctx, o->root_key);
		if (e != 0)
			return say(a, "the trust anchor file", o->root_key, e,
				why);
	}
	for (size_t i = 0; i < o->n_anchor; i++) {
		e = ub_ctx_add_ta(ctx, o->anchor[i]);
		if (e != 0)
			return say(a, "the trust anchor", o->anchor[i], e, why);
	}
	return PS_OK;
}

static enum ps_status
set_up(struct ps_arena *a, struct ub_ctx *ctx,
	const struct ps_dns_unbound_options *o, const char **why)
{
	int e;

	if (SET(a, ctx, settings, why) != PS_OK ||
		set_room(a, ctx, why) != PS_OK ||
		(o->recursion ? SET(a, ctx, brisk, why)
			      : SET(a, ctx, patient, why)) != PS_OK ||
		set_anchors(a, ctx, o, why) != PS_OK)
		return PS_EPERM;
	e = ub_ctx_async(ctx, 1);
	if (e != 0)
		return say(a, "threads", "", e, why);
	if (set_servers(a, ctx, o, why) != PS_OK)
		return PS_EPERM;
	return open_zones(a, ctx, why);
}

enum ps_status
ps_dns_unbound_new(struct ps_arena *a,
	const struct ps_dns_unbound_options *options,
	const struct ps_clock *clock, struct ps_dns_unbound **out,
	const char **why)
{
	struct ps_dns_unbound *u = calloc(1, sizeof(*u));
	struct ps_dns_backend backend = {.self = u, .start = start};
	enum ps_status s;

	*why = "the resolver cannot start: no memory";
	if (u == NULL)
		return PS_ETEMP;
	u->stop_fd = eventfd(0, EFD_CLOEXEC);
	u->ctx = ub_ctx_create();
	u->cache = ps_dns_cache_new(&backend, &options->limits, clock);
	s = PS_ETEMP;
	if (u->stop_fd < 0 || u->ctx == NULL || u->cache == NULL)
		goto out;
	s = set_up(a, u->ctx, options, why);
	if (s != PS_OK)
		goto out;
	*why = "the resolver cannot start a thread";
	u->running = pthread_create(&u->dispatcher, NULL, dispatch, u) == 0;
	s = u->running ? PS_OK : PS_ETEMP;
out:
	if (s == PS_OK)
		*out = u;
	else
		ps_dns_unbound_free(u);
	return s;
}

void
ps_dns_unbound_free(struct ps_dns_unbound *u)
{
	uint64_t one = 1;

	if (u == NULL)
		return;
	if (u->running && write(u->stop_fd, &one, sizeof(one)) == sizeof(one))
		pthread_join(u->dispatcher, NULL);
	if (u->ctx != NULL)
		ub_ctx_delete(u->ctx);
	ps_dns_cache_free(u->cache);
	if (u->stop_fd >= 0)
		close(u->stop_fd);
	free(u);
}

const struct ps_dns *
ps_dns_unbound_dns(const struct ps_dns_unbound *u)
{
	return ps_dns_cache_dns(u->cache);
}

void
ps_dns_unbound_count(struct ps_dns_unbound *u, struct ps_dns_cache_count *out)
{
	ps_dns_cache_count(u->cache, out);
}
