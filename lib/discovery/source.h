/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * A place on the network where a stranger's certificate may be found.  What it
 * gives is not believed: discovery trims it, has the engine read it, and asks
 * the rules what may be done with it.
 */
#ifndef PS_DISCOVERY_SOURCE_H
#define PS_DISCOVERY_SOURCE_H

#include "base/wait.h"
#include "mail/addr.h"
#include "store/key_book.h"

/* Octets that are read of one answer, all certificates together. */
#define PS_SOURCE_MAX_OCTETS ((size_t)256 << 10)
#define PS_SOURCE_MAX_CERTS  8

struct ps_source_answer {
	enum ps_look_outcome outcome;
	/* FOUND only: binary certificates, one or several behind one another,
	 * as the source gave them. */
	struct ps_bytes octets;
	/* Of everything but FOUND why; of FOUND what is wrong with the place
	 * all the same ("armored, not binary"), or NULL.  For people. */
	const char *text;
	/* The place speaks for no address of this domain: nobody else of it
	 * need be looked for until due. */
	bool whole_domain;
};

struct ps_source {
	enum ps_key_origin origin;
	void *self;
	/* Blocks within the wait; any thread. */
	void (*fetch)(void *self, struct ps_arena *a,
		const struct ps_addr *addr, const struct ps_wait *wait,
		struct ps_source_answer *out);
};

#endif
