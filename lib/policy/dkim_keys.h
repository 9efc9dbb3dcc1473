/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Whose DKIM keys sign a message: the word dkim-sign of the section of the
 * From field's domain.
 */
#ifndef PS_POLICY_DKIM_KEYS_H
#define PS_POLICY_DKIM_KEYS_H

#include "auth/verify.h"
#include "policy/policy.h"

/* One item: "selector", "selector@parent.domain", "selector:/path/key.pem". */
struct ps_dkim_ref {
	struct ps_bytes selector; /* lower case */
	struct ps_bytes domain;	  /* d=: the section's, or its parent */
	const char *path;	  /* of the key */
};

/* NULL when it is good, else what is wrong. */
const char *ps_dkim_keys_parse(struct ps_arena *a, const char *item,
	const struct ps_section *s, const char *directory,
	struct ps_dkim_ref *out);

/*
 * Those who sign the message of t; n_out is 0 where nobody does.  *why then
 * says why not where somebody would have: a word for the log, else NULL.
 * Only mail of our own people is signed, and only in the name of a domain that
 * they may use: what comes in from outside never.
 */
struct ps_dkim_ref *ps_dkim_keys_of(struct ps_arena *a,
	const struct ps_policy *p, const struct ps_txn *t,
	const struct ps_verdict *v, size_t *n_out, const char **why);

/* Does any section sign? */
bool ps_policy_signs(const struct ps_policy *p);

#endif
