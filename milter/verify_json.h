/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * A verdict as one JSON object.
 */
#ifndef PS_MILTER_VERIFY_JSON_H
#define PS_MILTER_VERIFY_JSON_H

#include "auth/verify.h"

/* What policy makes of it, in words. */
struct ps_verify_answer {
	struct ps_arena *arena; /* of texts that are made */
	const char *action;	/* accept, tag, quarantine, tempfail, reject */
	const char *code, *xcode, *text;
	const char *reason, *rule, *override; /* NULL: none */
	struct ps_bytes authres; /* the field's value on one line */
};

/*
 * {"authserv_id": ..., "authentication_results": ..., "methods": [{"method":
 * "spf", "result": "pass", "reason": ..., "identity": ..., "dnssec": false},
 * ...], "reply": {...}}.  In a; NULL when memory is missing.
 */
char *ps_verify_json(struct ps_arena *a, const char *authserv_id,
	const struct ps_verdict *v, const struct ps_verify_answer *answer);

#endif
