/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * What only the whole shows of the places where keys are looked for: sources
 * that nobody uses, words about sources that are not asked, times that do not
 * fit.
 */
#include "policy/conf.h"

/* Which source a word is about; PS_ORIGIN_N: any but the key directory. */
static const struct {
	enum ps_word word;
	enum ps_key_origin origin;
} about[] = {
	{PS_WORD_WKD, PS_ORIGIN_WKD},
	{PS_WORD_DANE, PS_ORIGIN_DANE},
	{PS_WORD_AUTOCRYPT, PS_ORIGIN_AUTOCRYPT},
	{PS_WORD_ON_KEY_CHANGE, PS_ORIGIN_N},
	{PS_WORD_ON_LATE_LOOKUP, PS_ORIGIN_N},
	{PS_WORD_ON_DNS_ERROR, PS_ORIGIN_N},
};
#define N_ABOUT (sizeof(about) / sizeof(about[0]))

static bool
is_asked(const struct ps_policy *p, enum ps_key_origin o)
{
	return o == PS_ORIGIN_N ? ps_policy_discovers(p)
				: ps_policy_has_source(p, o);
}

/* A wish for "use" or "pending" that no source fulfils; "off" is fulfilled. */
static void
check_word(struct ps_conf *c, const struct ps_setting *s, size_t i)
{
	enum ps_key_origin o = about[i].origin;
	const char *name = ps_words[about[i].word].name;

	if (!s->set || is_asked(c->policy, o) ||
		(o != PS_ORIGIN_N && s->value == PS_USE_OFF))
		return;
	if (o == PS_ORIGIN_N)
		ps_conf_warn(c, s->where,
			"'%s' has no effect: 'sources' in keys names none "
			"outside of this machine",
			name);
	else
		ps_conf_warn(c, s->where,
			"'%s = %s' has no effect: 'sources' in keys does not "
			"name %s",
			name, ps_words[about[i].word].choice[s->value],
			ps_key_origin_name(o));
}

static void
check_words(struct ps_conf *c, const struct ps_setting *word)
{
	for (size_t i = 0; i < N_ABOUT; i++)
		check_word(c, &word[about[i].word], i);
}

static bool
allows(const struct ps_setting *s)
{
	return s->set && s->value != PS_USE_OFF;
}

/* Does anybody let this source be used? */
static bool
is_used(const struct ps_policy *p, enum ps_word w)
{
	const struct ps_setting *d = &p->defaults.word[w];
	bool used = d->set ? allows(d) : ps_words[w].fallback != PS_USE_OFF;

	for (size_t i = 0; i < p->n_section && !used; i++) {
		const struct ps_section *s = &p->section[i];

		used = allows(&s->word[w]);
		for (size_t k = 0; k < s->n_rule && !used; k++)
			used = allows(&s->rule[k].word[w]);
	}
	return used;
}

static void
check_sources(struct ps_conf *c)
{
	const struct ps_policy *p = c->policy;
	struct ps_origin where = {p->file, 1};

	for (size_t i = 0; i < N_ABOUT; i++) {
		enum ps_key_origin o = about[i].origin;

		if (o == PS_ORIGIN_N || !ps_policy_has_source(p, o) ||
			is_used(p, about[i].word))
			continue;
		ps_conf_warn(c, where,
			"in keys 'sources' names %s, but '%s' is off "
			"everywhere",
			ps_key_origin_name(o), ps_words[about[i].word].name);
	}
	if (ps_policy_has_source(p, PS_ORIGIN_AUTOCRYPT) &&
		(p->methods & PS_METHOD_DMARC) == 0)
		ps_conf_warn(c, where,
			"in keys 'sources' names autocrypt, but 'dmarc' is off "
			"everywhere: nothing proves whose header it is, and "
			"none is used");
	if (ps_policy_has_source(p, PS_ORIGIN_DANE) && !p->dnssec)
		ps_conf_warn(c, where,
			"in keys 'sources' names dane, but 'dnssec' in verify "
			"is no: without proof no record is used");
}

static void
check_times(struct ps_conf *c)
{
	const struct ps_policy *p = c->policy;
	struct ps_origin where = {p->file, 1};

	if (!ps_policy_discovers(p))
		return;
	if (p->lookup_wait_ms >= p->limits.message_ms)
		ps_conf_warn(c, where,
			"in keys lookup-wait leaves nothing of message-time in "
			"limits for sealing");
	if (p->lookup_wait_ms > p->lookup_ms)
		ps_conf_warn(c, where,
			"in keys lookup-wait is longer than lookup-time, which "
			"ends every look-up");
}

void
ps_conf_check_keys(struct ps_conf *c)
{
	const struct ps_policy *p = c->policy;

	check_words(c, p->defaults.word);
	for (size_t i = 0; i < p->n_section; i++) {
		const struct ps_section *s = &p->section[i];

		check_words(c, s->word);
		for (size_t k = 0; k < s->n_rule; k++)
			check_words(c, s->rule[k].word);
	}
	check_sources(c);
	check_times(c);
}
