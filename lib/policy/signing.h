/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Whose OpenPGP key signs what leaves: the word sign of the sender's sections,
 * for those of our own people who may write in that name.  Pure.
 */
#ifndef PS_POLICY_SIGNING_H
#define PS_POLICY_SIGNING_H

#include "policy/decide.h"

struct ps_signing_case {
	const struct ps_policy *policy;
	const struct ps_txn *txn;
	const struct ps_verdict *verdict; /* for its author */
	/* The message as it came is sealed, or signed as a whole. */
	bool is_sealed, is_signed;
};

/*
 * What a sender wishes of the copy for one recipient (enum ps_sign): NEVER for
 * what comes from outside, whatever it claims.
 */
int ps_signing_asked(const struct ps_policy *p, const struct ps_txn *t,
	const struct ps_ruling *r);

/* Does any group of the plan ask for a signature? */
bool ps_signing_needed(const struct ps_plan *plan);

/*
 * Fills seal.signer of every group whose seal.sign asks for one.  A message
 * that is sealed or signed already, or that others wrote, is left as it is. The
 * plan's reply becomes a refusal (under trial: what would be) where the sender
 * is not entitled (550 not-entitled), or no key is named for him (451
 * no-signing-key): nothing goes unsigned against policy.
 */
void ps_signing_decide(struct ps_arena *a, const struct ps_signing_case *c,
	struct ps_plan *plan);

#endif
