/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * dkim-sign stands in a domain's section and nowhere else: who signs depends
 * on the author's domain alone, so that no rule can leave one message unsigned.
 */
#include "policy/conf.h"
#include "policy/dkim_keys.h"

static void
misplaced(struct ps_conf *c, const struct ps_setting *word)
{
	if (word->set)
		ps_conf_error(c, word->where,
			"'dkim-sign' belongs into the section of a domain of "
			"yours, not into defaults, a peer or a rule: it signs "
			"what has that domain in its From field");
}

static void
check_items(struct ps_conf *c, const struct ps_section *s)
{
	const struct ps_setting *word = &s->word[PS_WORD_DKIM_SIGN];
	struct ps_dkim_ref ref;

	for (size_t i = 0; i < word->n_list; i++) {
		const char *wrong = ps_dkim_keys_parse(c->scratch,
			word->list[i], s, c->policy->dkim_dir, &ref);

		if (wrong != NULL)
			ps_conf_error(c, word->where,
				"'dkim-sign' in domain \"%s\" %s, not '%s'",
				s->name, wrong, word->list[i]);
	}
	if (word->n_list > PS_DKIM_MAX_SIGNATURES)
		ps_conf_error(c, word->where,
			"'dkim-sign' in domain \"%s\" has more than %d keys",
			s->name, PS_DKIM_MAX_SIGNATURES);
}

void
ps_conf_check_dkim(struct ps_conf *c)
{
	const struct ps_policy *p = c->policy;

	misplaced(c, &p->defaults.word[PS_WORD_DKIM_SIGN]);
	for (size_t i = 0; i < p->n_section; i++) {
		const struct ps_section *s = &p->section[i];

		if (s->kind == PS_SECTION_DOMAIN)
			check_items(c, s);
		else
			misplaced(c, &s->word[PS_WORD_DKIM_SIGN]);
		for (size_t k = 0; k < s->n_rule; k++)
			misplaced(c, &s->rule[k].word[PS_WORD_DKIM_SIGN]);
	}
}
