/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * The port by which copies go back to the MTA: what it is called in master.cf,
 * and the service as it must stand there.  Pure.
 */
#ifndef PS_MILTER_REENTRY_H
#define PS_MILTER_REENTRY_H

#include "base/buf.h"
#include "mta.h"

/* The field "private" of a unix service decides its folder. */
struct ps_reentry_name {
	const char *service; /* "127.0.0.1:10026", "postseal-reentry" */
	bool inet;
	bool is_private;
};

/* False with *why when Postfix cannot listen there. */
bool ps_reentry_name(struct ps_arena *a, const struct ps_policy *p,
	const char *queue_dir, struct ps_reentry_name *out, const char **why);

/* Is it this service of master.cf? */
bool ps_reentry_is(struct ps_arena *a, const struct ps_policy *p,
	const struct ps_mta *m, const struct ps_mta_service *s);

struct ps_reentry {
	const struct ps_policy *policy;
	const char *signers; /* other milters, for smtpd_milters; "" for none */
	const char *login;   /* of login-file; NULL: none, or not readable */
	const char *user;    /* that the daemon runs as */
	const char *group;   /* Postfix's setgid_group */
};
void ps_reentry_write(const struct ps_reentry *r,
	const struct ps_reentry_name *name, struct ps_buf *out);

#endif
