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
	PS_ETEMP = -1,	  /* the world is wrong: later may work */
	PS_EPERM = -2,	  /* no retry of the same input will work */
	PS_ELIMIT = -3,	  /* a ceiling of ps_limits was reached */
	PS_ESTOP = -4,	  /* we are shutting down */
	PS_ELATE = -5,	  /* a deadline passed */
	PS_EBUSY = -7,	  /* too many messages wait already: later may work */
	PS_ELOOP = -6,	  /* a copy of ours comes back: a fault of the set-up */
	PS_ENORELAY = -9, /* several copies are needed, and there is no relay */
	PS_EHOPS = -8,	  /* passed too many hosts: it goes round somewhere */
	PS_ESIGN = -10, /* a signature that must be there cannot be made now */
	PS_EUNSIGNABLE = -11 /* no signature over this message would hold */
};

/* A short word for logs: "ok", "temporary", ... */
const char *ps_status_name(enum ps_status s);

#endif
