/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * One recipient's fate, the triggers that can change it, and groups of fates.
 * For decide.c and explain.c only.
 */
#ifndef PS_POLICY_JUDGE_H
#define PS_POLICY_JUDGE_H

#include "policy/decide.h"

enum ps_fate { PS_FATE_CLEAR, PS_FATE_SEAL, PS_FATE_REFUSE };

struct ps_judgement {
	enum ps_fate fate;
	const char *why_clear; /* a word */
	struct ps_reply reply; /* refuse */
};

struct ps_case {
	const struct ps_key_facts *facts;
	/* NULL at RCPT: what depends on it is not refused yet. */
	const struct ps_content_facts *content;
	const struct ps_addr *rcpt; /* named in the reply; NULL: not */
	unsigned exempt;	    /* bits that the message shows */
	bool authenticated;
	bool too_large; /* once sealed */
};

void ps_judge(
	struct ps_arena *a, const struct ps_case *c, struct ps_judgement *out);

/* Does the message ask for a seal by one of the ruling's triggers? */
bool ps_trigger_fires(struct ps_arena *a, const struct ps_ruling *r,
	const struct ps_content_facts *content);

/*
 * Recipients that get the same octets, each group with its seal.  A sealed
 * recipient that is in no To or Cc stands alone, so that no key id betrays
 * him.
 */
void ps_group(struct ps_arena *a, const struct ps_policy *p,
	const struct ps_txn *t, const struct ps_key_facts *facts,
	const struct ps_judgement *fate, struct ps_plan *plan);

#endif
