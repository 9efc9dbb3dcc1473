/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * What "postseal check" has to say: where, what is wrong, and the line to
 * write or the command to run.
 */
#ifndef PS_MILTER_FINDINGS_H
#define PS_MILTER_FINDINGS_H

#include <stdio.h>

#include "base/arena.h"

enum ps_finding_kind {
	PS_FINDING_ERROR,   /* exit 78 */
	PS_FINDING_WARNING, /* said, but not held against the configuration */
	PS_FINDING_SKIPPED  /* what could not be looked at, and why */
};
#define PS_FINDING_N 3

struct ps_finding {
	enum ps_finding_kind kind;
	const char *where; /* "postseal.conf:4", "/etc/postfix/main.cf" */
	const char *what;
	const char *todo; /* or NULL */
};

struct ps_findings {
	struct ps_arena *arena; /* the texts live here */
	struct ps_finding *finding;
	size_t n_finding;
	size_t n_of[PS_FINDING_N];
};

/* Returns the new entry, so that the caller can add what to do. */
struct ps_finding *ps_findings_add(struct ps_findings *f,
	enum ps_finding_kind kind, const char *where, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));

void ps_findings_print(const struct ps_findings *f, FILE *to);

#endif
