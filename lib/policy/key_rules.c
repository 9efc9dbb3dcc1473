/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Where the certificate of an address may come from: the sources of the whole
 * configuration, and what the words of its section make of each.
 */
#include "policy/decide.h"

bool
ps_policy_has_source(const struct ps_policy *p, enum ps_key_origin o)
{
	for (size_t i = 0; i < p->n_key_order; i++)
		if (p->key_order[i] == o)
			return true;
	return false;
}

bool
ps_policy_discovers(const struct ps_policy *p)
{
	return ps_policy_has_source(p, PS_ORIGIN_WKD) ||
	       ps_policy_has_source(p, PS_ORIGIN_DANE) ||
	       ps_policy_has_source(p, PS_ORIGIN_AUTOCRYPT);
}

/* A source that is not listed any more is off: what it gave before is as if it
 * were not there. */
static enum ps_source_use
use_of(const struct ps_policy *p, const struct ps_ruling *r,
	enum ps_key_origin o)
{
	static const enum ps_word word[PS_ORIGIN_N] = {
		[PS_ORIGIN_WKD] = PS_WORD_WKD,
		[PS_ORIGIN_DANE] = PS_WORD_DANE,
		[PS_ORIGIN_AUTOCRYPT] = PS_WORD_AUTOCRYPT,
	};

	if (!ps_policy_has_source(p, o))
		return PS_USE_OFF;
	if (o == PS_ORIGIN_LOCAL)
		return PS_USE_USE;
	return (enum ps_source_use)r->word[word[o]].value;
}

void
ps_policy_key_rules(const struct ps_policy *p, const struct ps_ruling *r,
	struct ps_key_rules *out)
{
	*out = (struct ps_key_rules){
		.n_order = p->n_key_order,
		.on_change =
			(enum ps_on_change)r->word[PS_WORD_ON_KEY_CHANGE].value,
	};
	for (size_t i = 0; i < p->n_key_order; i++)
		out->order[i] = p->key_order[i];
	for (enum ps_key_origin o = 0; o < PS_ORIGIN_N; o++)
		out->use[o] = use_of(p, r, o);
}

/* The mail that uses such a key goes to its owner: rules for that direction
 * hold, those that ask who sends do not. */
void
ps_policy_key_rules_of(struct ps_arena *a, const struct ps_policy *p,
	const struct ps_addr *addr, struct ps_key_rules *out)
{
	const struct ps_addr nobody = {0};
	bool ours = ps_policy_is_ours(p, addr);
	const struct ps_sender sender = {
		.mail_from = &nobody,
		.direction = ours ? PS_DIR_IN : PS_DIR_OUT,
		.authenticated = !ours,
	};
	struct ps_ruling r;

	ps_match(a, p, &sender, addr, &r);
	ps_policy_key_rules(p, &r, out);
}
