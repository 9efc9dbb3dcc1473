/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * The outcome of a call that can fail.  Beside it goes a "why": lower case, no
 * full stop, written only on failure, and either a literal or in the caller's
 * arena.  A result that policy decides on (no key, SPF temperror) is a value
 * and never one of these; a bug is an assertion.
 */
#ifndef PS_BASE_STATUS_H
#define PS_BASE_STATUS_H

enum ps_status {
	PS_OK = 0,
	PS_ETEMP = -1,	/* the world is wrong: later may work */
	PS_EPERM = -2,	/* no retry of the same input will work */
	PS_ELIMIT = -3, /* a ceiling of ps_limits was reached */
	PS_ESTOP = -4,	/* we are shutting down */
	PS_ELATE = -5,	/* a deadline passed */
	PS_EBUSY = -7,	/* too many messages wait already: later may work */
	PS_EMIXED = -6 /* recipients need different copies: no relay to split */
};

/* A short word for logs: "ok", "temporary", ... */
const char *ps_status_name(enum ps_status s);

#endif
