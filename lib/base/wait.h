/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * One wait budget for everything that is done for a message.  Every adapter
 * that blocks (crypto worker, DNS, relay, store) gets it, never waits past its
 * deadline, gives up at once when the daemon stops, and calls "progress" at
 * least every PS_PROGRESS_MS so that the MTA keeps waiting too.
 */
#ifndef PS_BASE_WAIT_H
#define PS_BASE_WAIT_H

#include "base/clock.h"
#include "base/status.h"

#define PS_PROGRESS_MS 5000

struct ps_wait {
	const struct ps_clock *clock;
	int64_t deadline_ms; /* on the monotonic clock */
	int stop_fd;	     /* readable once we are stopping; -1 for none */
	void *self;
	void (*progress)(void *self); /* may be NULL */
	/* Called before a wait that will really block; may be NULL.  The shell
	 * wakes libmilter's pool here (milter/kick.c). */
	void (*blocking)(void *self);
};

/* The same budget, but ending within ms at the latest. */
struct ps_wait ps_wait_within(const struct ps_wait *w, int64_t ms);
/* Milliseconds left, 0 when none. */
int64_t ps_wait_left(const struct ps_wait *w);

/*
 * Wait until fd is ready for events (poll(2)).  PS_OK when it is ready or hung
 * up, PS_ELATE at the deadline, PS_ESTOP when stopping, PS_ETEMP when poll
 * fails.
 */
enum ps_status ps_wait_fd(
	const struct ps_wait *w, int fd, short events, const char **why);

#endif
