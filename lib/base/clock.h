/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Time as an adapter: the wall clock for dates and expiry, the monotonic clock
 * for deadlines.  Tests hand in a fixed one.
 */
#ifndef PS_BASE_CLOCK_H
#define PS_BASE_CLOCK_H

#include <stdint.h>

struct ps_clock {
	void *self;
	int64_t (*now_s)(void *self);	/* seconds since 1970, UTC */
	int64_t (*mono_ms)(void *self); /* milliseconds, never goes back */
};

/* The machine's own clocks. */
const struct ps_clock *ps_clock_system(void);

static inline int64_t
ps_now_s(const struct ps_clock *c)
{
	return c->now_s(c->self);
}

static inline int64_t
ps_mono_ms(const struct ps_clock *c)
{
	return c->mono_ms(c->self);
}

/* "2026-11-24", UTC; out has at least 11 octets. */
void ps_date(int64_t when_s, char out[16]);

#endif
