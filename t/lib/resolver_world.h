/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * A resolver of one's own in front of one name server, and a minute to ask it.
 * Open w->server first, and set in w->options what is not the default.
 */
#ifndef PS_T_RESOLVER_WORLD_H
#define PS_T_RESOLVER_WORLD_H

#include "dns/dns_unbound.h"
#include "dns_server.h"

struct resolver_world {
	struct dns_server server;
	struct ps_dns_unbound_options options;
	struct ps_arena *arena;
	struct ps_dns_unbound *resolver;
	struct ps_wait wait;
	struct ps_dns_budget budget;
};

static inline void
resolver_open(struct resolver_world *w)
{
	const char *forwarder[] = {w->server.address}, *why = NULL;

	w->arena = ps_arena_new(PS_ARENA_PLAIN);
	w->options.forwarder = forwarder;
	w->options.n_forwarder = 1;
	w->options.limits = (struct ps_dns_cache_limits)PS_DNS_CACHE_LIMITS;
	if (ps_dns_unbound_new(w->arena, &w->options, ps_clock_system(),
		    &w->resolver, &why) != PS_OK)
		fail_msg("%s", why);
	w->wait = (struct ps_wait){.clock = ps_clock_system(),
		.deadline_ms = ps_mono_ms(ps_clock_system()) + 60000,
		.stop_fd = -1};
	w->budget =
		(struct ps_dns_budget){.dns = ps_dns_unbound_dns(w->resolver),
			.wait = &w->wait,
			.query_ms = PS_DNS_QUERY_MS,
			.max_query = PS_DNS_MAX_QUERY};
}

static inline void
resolver_close(struct resolver_world *w)
{
	ps_dns_unbound_free(w->resolver);
	dns_server_close(&w->server);
	ps_arena_free(w->arena);
}

static inline struct ps_dns_answer
resolver_ask(struct resolver_world *w, const char *name, enum ps_dns_type type)
{
	struct ps_dns_answer out;

	ps_dns_ask(w->arena, ps_bytes_of(name), type, &w->budget, &out);
	return out;
}

#endif
