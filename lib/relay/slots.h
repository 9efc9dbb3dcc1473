/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * How many connections to the relay are open at once.  A message takes all it
 * needs or none: if each held some and waited for more, an MTA with as many
 * processes as we have connections would let all of them wait for ever.  First
 * come, first served.
 */
#ifndef PS_RELAY_SLOTS_H
#define PS_RELAY_SLOTS_H

#include <stddef.h>

#include "base/wait.h"

struct ps_slots;

struct ps_slots *ps_slots_new(size_t n); /* NULL: out of memory */
void ps_slots_free(struct ps_slots *s);	 /* accepts NULL; nobody waits */

/* n is at most what there are in all. */
enum ps_status ps_slots_take(struct ps_slots *s, size_t n,
	const struct ps_wait *wait, const char **why);
void ps_slots_give(struct ps_slots *s, size_t n);

#endif
