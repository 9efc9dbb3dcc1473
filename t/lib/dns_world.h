/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * What tests of look-ups share: a zone from a string, a wait that ends when the
 * machine's clock says so, and an adapter that counts what it is asked.
 */
#ifndef PS_T_DNS_WORLD_H
#define PS_T_DNS_WORLD_H

#include <stdio.h>
#include <stdlib.h>

#include "dns/dns.h"
#include "dns/dns_zone.h"

struct dns_world {
	struct ps_arena *arena;
	struct ps_dns zone, counting;
	struct ps_wait wait;
	struct ps_dns_budget budget;
	size_t n_query, n_ahead;
};

static inline void
dns_world_query(void *self, struct ps_arena *a, struct ps_bytes name,
	enum ps_dns_type type, const struct ps_wait *wait,
	struct ps_dns_answer *out)
{
	struct dns_world *w = self;

	w->n_query++;
	w->zone.query(w->zone.self, a, name, type, wait, out);
}

static inline void
dns_world_ahead(void *self, struct ps_bytes name, enum ps_dns_type type)
{
	struct dns_world *w = self;

	(void)name;
	(void)type;
	w->n_ahead++;
}

/* w->zone may be put in place by the caller instead, with zone NULL. */
static inline void
dns_world_open(struct dns_world *w, const char *zone)
{
	const char *why = NULL;

	w->arena = ps_arena_new(PS_ARENA_PLAIN);
	w->n_query = w->n_ahead = 0;
	if (zone != NULL &&
		ps_dns_zone_parse(w->arena, "zone", ps_bytes_of(zone), &w->zone,
			&why) != PS_OK) {
		fprintf(stderr, "%s\n", why);
		abort();
	}
	w->counting = (struct ps_dns){
		.self = w, .query = dns_world_query, .ahead = dns_world_ahead};
	w->wait = (struct ps_wait){.clock = ps_clock_system(),
		.deadline_ms = ps_mono_ms(ps_clock_system()) + 60000,
		.stop_fd = -1};
	w->budget = (struct ps_dns_budget){.dns = &w->counting,
		.wait = &w->wait,
		.query_ms = PS_DNS_QUERY_MS,
		.max_query = PS_DNS_MAX_QUERY};
}

static inline void
dns_world_close(struct dns_world *w)
{
	ps_arena_free(w->arena);
}

#endif
