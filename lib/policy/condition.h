/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Conditions of rules against a sender and a recipient.  Inside policy only.
 */
#ifndef PS_POLICY_CONDITION_H
#define PS_POLICY_CONDITION_H

#include "policy/decide.h"

/* Is there a pattern that matches all of text?  Without case; an empty text is
 * matched by none. */
bool ps_patterns_match(const struct ps_patterns *pattern, struct ps_bytes text);

/* Has a domain that one of the patterns matches passed DKIM? */
bool ps_dkim_proves(
	const struct ps_patterns *pattern, const struct ps_dkim_result *d);

/*
 * The first rule of a section (NULL: of none) that holds.  Where a rule above
 * it could hold once the verdict is known, *pending becomes that rule, unless
 * it is set already.
 */
const struct ps_rule *ps_condition_first(const struct ps_policy *p,
	const struct ps_section *s, const struct ps_sender *sender,
	const struct ps_addr *from, const struct ps_addr *to,
	const struct ps_rule **pending);

/* Does it hold only for a sender whom something proves? */
bool ps_rule_names_identity(const struct ps_rule *r);

#endif
