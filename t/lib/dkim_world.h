/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * What tests of DKIM share: a message of two signatures and its keys (t/data/
 * dkim), and changes to its octets.
 */
#ifndef PS_T_DKIM_WORLD_H
#define PS_T_DKIM_WORLD_H

#include "auth/dkim.h"
#include "data.h"
#include "dns_world.h"

#define DKIM_NOW 1700000100

struct dkim_world {
	struct dns_world dns;
	struct ps_arena *arena;
	struct ps_dkim *dkim;
	struct ps_bytes octets; /* of the message */
};

/* Without a ps_dkim: for threads, which share one. */
static inline void
dkim_world_read(struct dkim_world *w)
{
	w->arena = ps_arena_new(PS_ARENA_PLAIN);
	dns_world_open(&w->dns,
		ps_arena_cstr(w->arena, data_own(w->arena, "dkim/two.zone")));
	w->octets = data_own(w->arena, "dkim/two.eml");
	w->dkim = NULL;
}

static inline void
dkim_world_open(struct dkim_world *w)
{
	const char *why = NULL;

	dkim_world_read(w);
	w->dkim = ps_dkim_new(&why);
	if (w->dkim == NULL) {
		fprintf(stderr, "%s\n", why);
		abort();
	}
}

static inline void
dkim_world_close(struct dkim_world *w)
{
	ps_dkim_free(w->dkim);
	ps_arena_free(w->arena);
	dns_world_close(&w->dns);
}

/* The octets with the first occurrence of one text replaced by another. */
static inline struct ps_bytes
dkim_world_with(struct ps_arena *a, struct ps_bytes octets, const char *from,
	const char *to)
{
	size_t at = ps_bytes_find(octets, ps_bytes_of(from)), tail;
	char *p = ps_arena_alloc(a, octets.len + strlen(to) + 1);

	if (at == PS_NOT_FOUND) {
		fprintf(stderr, "no '%s'\n", from);
		abort();
	}
	tail = at + strlen(from);
	memcpy(p, octets.p, at);
	memcpy(p + at, to, strlen(to));
	memcpy(p + at + strlen(to), octets.p + tail, octets.len - tail);
	return ps_bytes(p, octets.len - strlen(from) + strlen(to));
}

static inline struct ps_message
dkim_world_message(struct ps_arena *a, struct ps_bytes octets)
{
	struct ps_message m = {.body_fd = -1};
	const char *why = NULL;

	if (ps_header_parse(a, octets, 10000, &m.header, &m.body, &why) !=
		PS_OK) {
		fprintf(stderr, "%s\n", why);
		abort();
	}
	return m;
}

static inline struct ps_dkim_result
dkim_world_verify(struct dkim_world *w, struct ps_bytes octets, int64_t now_s)
{
	struct ps_message m = dkim_world_message(w->arena, octets);
	struct ps_dkim_result r;

	ps_dkim_verify(w->arena, w->dkim, &m, now_s, &w->dns.budget, &r);
	return r;
}

#endif
