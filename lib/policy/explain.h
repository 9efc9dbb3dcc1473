/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * A ruling as text: which rule, every candidate value with file and line.
 */
#ifndef PS_POLICY_EXPLAIN_H
#define PS_POLICY_EXPLAIN_H

#include "base/buf.h"
#include "policy/decide.h"

/*
 * Lines for "postseal explain", of a ruling by ps_match_explain(): the rule,
 * and for each word everybody who said something, the winner first and marked:
 *   encrypt           * always     postseal.conf:54 (rule "payroll")
 *                       when-key   postseal.conf:40 (defaults)
 */
void ps_explain_ruling(const struct ps_policy *p, const struct ps_ruling *r,
	struct ps_buf *out);
/* Which key, and what happens to this recipient. */
void ps_explain_keys(const struct ps_key_facts *f, struct ps_buf *out);

#endif
