/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Who looks for which address when: a fixed number of threads, never two looks
 * for one address, few for one domain, mail before what can wait.  Must not
 * know what a look is.
 */
#ifndef PS_DISCOVERY_FLIGHTS_H
#define PS_DISCOVERY_FLIGHTS_H

#include "base/wait.h"
#include "keys/certs.h"

/* What one flight is for; copied when it begins. */
struct ps_flight_job {
	struct ps_addr addr;
	struct ps_bytes name; /* the address as the book spells it */
	struct ps_key_rules rules;
	bool mail; /* a message waits, or will come again */
	/* What an Autocrypt header brought, else empty: a job of its own that
	 * does not keep a look for the address from being begun. */
	struct ps_bytes keydata;
	int64_t dated_s;
};

struct ps_landing {
	/* Trouble of our own, so that nobody knows any more than before; NULL
	 * when the look came to an end. */
	const char *trouble;
	/* Somebody of the domain answered; nobody did, although asked. */
	bool answered, silent;
};

struct ps_flights_env {
	size_t n_thread;
	/* For a thread.  Half of them at most is not for mail, and a quarter
	 * for one domain: neither keeps others' mail from being looked for. */
	size_t max_waiting;
	void *self;
	/* In a thread of the flights; a dies with the flight. */
	void (*fly)(void *self, struct ps_arena *a,
		const struct ps_flight_job *job, struct ps_landing *out);
};

struct ps_flights;
/* NULL with *why. */
struct ps_flights *ps_flights_new(
	const struct ps_flights_env *env, const char **why);
/* Nothing waits any longer, and what flies comes down first. */
void ps_flights_free(struct ps_flights *f); /* accepts NULL */

/* PS_OK: under way, by this call or before it; PS_EBUSY: too many wait. */
enum ps_status ps_flights_begin(struct ps_flights *f,
	const struct ps_flight_job *job, const char **why);

/*
 * The same, and wait for it to end.  PS_OK: it did; *trouble, in a, is what the
 * landing said.  PS_ELATE: it goes on without us.  PS_ESTOP, PS_EBUSY; PS_ETEMP
 * when there is nothing to wait with.
 */
enum ps_status ps_flights_await(struct ps_flights *f, struct ps_arena *a,
	const struct ps_flight_job *job, const struct ps_wait *wait,
	const char **trouble, const char **why);

/* How many more, of what is not for mail, may wait for a thread. */
size_t ps_flights_room(struct ps_flights *f);

#endif
