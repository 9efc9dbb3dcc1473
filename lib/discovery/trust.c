/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * What may be done with one bond.  The book says what was decided when a
 * certificate came, the rules what is allowed today; both must agree before a
 * source's word alone brings a certificate into use.
 */
#include "discovery/trust.h"

enum ps_source_use
ps_trust_of_source(const struct ps_key_rules *rules, enum ps_key_origin origin)
{
	if (origin == PS_ORIGIN_LOCAL)
		return PS_USE_USE;
	for (size_t i = 0; i < rules->n_order; i++) {
		if (rules->order[i] == origin)
			return rules->use[origin];
	}
	return PS_USE_OFF; /* not among the sources */
}

enum ps_source_use
ps_trust_use(const struct ps_key_bond *b, const struct ps_key_rules *rules)
{
	enum ps_source_use may = ps_trust_of_source(rules, b->origin);

	if (b->trust == PS_TRUST_REJECTED)
		return PS_USE_OFF;
	if (b->trust == PS_TRUST_PINNED ||
		(b->trust == PS_TRUST_TRUSTED && b->by_hand))
		return PS_USE_USE;
	if (b->trust == PS_TRUST_CHANGED && may == PS_USE_USE &&
		rules->on_change != PS_CHANGE_ACCEPT)
		return PS_USE_PENDING;
	return may;
}
