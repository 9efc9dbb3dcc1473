/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Which methods anybody asked for, so that what is off costs nothing.  By
 * sections, not by rules: which rule speaks may depend on the answers.
 */
#include "policy/judge_sender.h"

/* What a section, or one of its rules, may ask. */
struct wish {
	unsigned asked; /* by somebody */
	unsigned said;	/* by the section itself: defaults do not count */
};

static const struct {
	enum ps_word word;
	enum ps_method method;
	int least; /* value of the word that asks */
} words[] = {
	{PS_WORD_SPF, PS_METHOD_SPF, PS_CHECK_REPORT},
	{PS_WORD_DKIM, PS_METHOD_DKIM, PS_CHECK_REPORT},
	{PS_WORD_DMARC, PS_METHOD_DMARC, PS_CHECK_REPORT},
	{PS_WORD_ARC, PS_METHOD_ARC, PS_CHECK_REPORT},
	{PS_WORD_ON_IPREV_FAIL, PS_METHOD_IPREV, PS_ACT_TAG},
};

static const enum ps_method proofs[PS_PROOF_N] = {
	[PS_PROOF_HEADER_FROM] = PS_METHOD_DMARC,
	[PS_PROOF_DKIM_DOMAIN] = PS_METHOD_DKIM,
	[PS_PROOF_SPF_DOMAIN] = PS_METHOD_SPF,
	[PS_PROOF_IPREV] = PS_METHOD_IPREV,
};

static void
add_words(const struct ps_setting *word, bool is_rule, struct wish *out)
{
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		const struct ps_setting *s = &word[words[i].word];

		if (!s->set)
			continue;
		if (s->value >= words[i].least)
			out->asked |= words[i].method;
		if (!is_rule)
			out->said |= words[i].method;
	}
}

static void
add_section(const struct ps_section *s, struct wish *out)
{
	if (s == NULL)
		return;
	add_words(s->word, false, out);
	for (size_t i = 0; i < s->n_rule; i++) {
		const struct ps_rule *r = &s->rule[i];

		add_words(r->word, true, out);
		for (size_t k = 0; k < PS_PROOF_N; k++)
			if (r->proof[k].n > 0)
				out->asked |= proofs[k];
	}
}

/* What the defaults, or nobody, say of the methods of which nothing is said. */
static unsigned
filled(const struct ps_policy *p, unsigned said)
{
	unsigned asked = 0;

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		const struct ps_setting *s = &p->defaults.word[words[i].word];
		int value =
			s->set ? s->value : ps_words[words[i].word].fallback;

		if (!(said & words[i].method) && value >= words[i].least)
			asked |= words[i].method;
	}
	return asked;
}

/* What a method builds on, and what the settings add. */
static unsigned
complete(const struct ps_policy *p, unsigned asked)
{
	if (asked & PS_METHOD_DMARC)
		asked |= PS_METHOD_SPF | PS_METHOD_DKIM;
	if (!(asked & (PS_METHOD_SPF | PS_METHOD_DKIM)))
		return asked | (p->iprev ? PS_METHOD_IPREV : 0U);
	if (p->auth.n_vbr_certifiers > 0)
		asked |= PS_METHOD_VBR;
	if (p->iprev || p->forwarder.host.n > 0)
		asked |= PS_METHOD_IPREV;
	return asked;
}

unsigned
ps_policy_methods_of_all(const struct ps_policy *p)
{
	struct wish all = {0};

	for (size_t i = 0; i < p->n_section; i++)
		add_section(&p->section[i], &all);
	return complete(p, all.asked | filled(p, 0));
}

static struct wish
wish_of_sender(const struct ps_policy *p, const struct ps_txn *t)
{
	struct ps_addr from = ps_policy_complete(t->arena, p, &t->mail_from);
	struct ps_dmarc_author author;
	struct wish out = {0};

	add_section(ps_policy_section(p, from.domain), &out);
	ps_dmarc_author(t->arena, &t->message.header, &author);
	for (size_t i = 0; i < author.n_domain; i++)
		add_section(ps_policy_section(p, author.domain[i]), &out);
	return out;
}

/* Recipients of one domain come together, mostly. */
static unsigned
ask_of_recipients(const struct ps_policy *p, const struct ps_txn *t)
{
	const struct wish his = wish_of_sender(p, t);
	const struct ps_section *last = NULL;
	unsigned asked = 0;

	for (size_t i = 0; i < t->n_rcpt; i++) {
		struct ps_addr to =
			ps_policy_complete(t->arena, p, &t->rcpt[i].addr);
		const struct ps_section *s = ps_policy_section(p, to.domain);
		struct wish both = his;

		if (i > 0 && s == last)
			continue;
		last = s;
		add_section(s, &both);
		asked |= both.asked | filled(p, both.said);
	}
	return complete(p, asked);
}

unsigned
ps_policy_methods(const struct ps_policy *p, const struct ps_txn *t)
{
	if (t == NULL)
		return p->methods;
	if (ps_policy_trusts(p, t))
		return 0;
	if (t->n_rcpt == 0 || t->message.header.n_field == 0)
		return p->methods;
	return ask_of_recipients(p, t);
}
