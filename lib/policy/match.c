/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Who says what of a sender and a recipient.  Inside a section the first rule
 * that matches speaks, then the section.  Whose section is asked, words.h says;
 * of several the stricter value wins, and the defaults fill what none says.
 */
#include "policy/condition.h"

/* One party's answer to "who speaks": inner before outer. */
struct voices {
	const struct ps_rule *rule;
	const struct ps_section *section;
};

/* A recipient with and without his extension, times the sender's. */
#define VARIANTS_MAX 4
#define ASKED_MAX    (VARIANTS_MAX + PS_DMARC_MAX_FROM)

struct parties {
	const struct ps_section *defaults;
	struct voices rcpt; /* that variant whose encrypt is strictest */
	struct voices variant[VARIANTS_MAX];
	size_t n_variant;
	struct voices sender;
	struct voices author[PS_DMARC_MAX_FROM];
	size_t n_author;
	const struct ps_rule *pending;
	bool outward; /* from one of us to a peer */
};

/* Those who are asked for one word. */
struct asked {
	const struct voices *who[ASKED_MAX];
	size_t n;
};

/* The words as this voice says them; NULL when there is no such voice. */
static const struct ps_setting *
voice(const struct voices *v, size_t i)
{
	if (i == 0)
		return v->rule == NULL ? NULL : v->rule->word;
	return v->section == NULL ? NULL : v->section->word;
}

#define N_VOICES 2

static const char *
voice_name(const struct voices *v, size_t i)
{
	return i == 0 ? v->rule->name : v->section->name;
}

/* What one party says; false when nothing. */
static bool
says(const struct voices *v, enum ps_word w, struct ps_setting *out,
	const char **by)
{
	for (size_t i = 0; i < N_VOICES; i++) {
		const struct ps_setting *word = voice(v, i);

		if (word == NULL || !word[w].set)
			continue;
		*out = word[w];
		*by = voice_name(v, i);
		return true;
	}
	return false;
}

/*
 * What nobody says.  "deliver" of the defaults fills no gap under an "always"
 * (strict): there the built-in answer is reject.
 */
static void
fill(const struct ps_section *defaults, enum ps_word w, bool strict,
	struct ps_setting *out)
{
	const struct ps_word_def *def = &ps_words[w];
	bool filled = strict && def->strict_fallback != 0;

	*out = defaults->word[w];
	if (out->set && !(filled && out->value == PS_ON_DELIVER))
		return;
	*out = (struct ps_setting){
		.value = filled ? def->strict_fallback : def->fallback};
}

static void
resolve(const struct parties *p, const struct asked *asked, enum ps_word w,
	bool strict, struct ps_setting *out, const char **by)
{
	bool said = false;

	for (size_t i = 0; i < asked->n; i++) {
		struct ps_setting one;
		const char *name;

		if (!says(asked->who[i], w, &one, &name))
			continue;
		if (said && one.value <= out->value)
			continue;
		*out = one;
		*by = name;
		said = true;
	}
	if (said)
		return;
	*by = "defaults";
	/* the defaults speak for domains of ours, not for others' mail */
	if (asked->n == 0 && ps_words[w].speaker == PS_SPEAKS_CLAIMED)
		*out = (struct ps_setting){.value = ps_words[w].fallback};
	else
		fill(p->defaults, w, strict, out);
}

static bool
is_ours(const struct voices *v)
{
	return v->section != NULL && v->section->kind == PS_SECTION_DOMAIN;
}

static void
ask(struct asked *asked, const struct voices *v)
{
	asked->who[asked->n++] = v;
}

static void
ask_claimed(const struct parties *p, struct asked *out)
{
	if (is_ours(&p->sender))
		ask(out, &p->sender);
	for (size_t i = 0; i < p->n_author; i++)
		if (is_ours(&p->author[i]))
			ask(out, &p->author[i]);
}

static void
who_speaks(const struct parties *p, enum ps_word w, struct asked *out)
{
	enum ps_speaker speaker = ps_words[w].speaker;

	out->n = 0;
	switch (speaker) {
	case PS_SPEAKS_RCPT:
		ask(out, &p->rcpt);
		return;
	case PS_SPEAKS_SENDER:
		ask(out, &p->sender);
		return;
	case PS_SPEAKS_CLAIMED:
		ask_claimed(p, out);
		return;
	case PS_SPEAKS_FROM:
		for (size_t i = 0; i < p->n_author; i++)
			if (is_ours(&p->author[i]))
				ask(out, &p->author[i]);
		return;
	case PS_SPEAKS_WRITER:
		for (size_t i = 0; i < p->n_author; i++)
			ask(out, &p->author[i]);
		return;
	case PS_SPEAKS_BOTH:
	case PS_SPEAKS_AUTHOR:
		break;
	}
	/* a peer's words are about mail that comes from him */
	for (size_t i = 0; i < p->n_variant && !p->outward; i++)
		ask(out, &p->variant[i]);
	if (speaker == PS_SPEAKS_BOTH)
		ask(out, &p->sender);
	for (size_t i = 0; speaker == PS_SPEAKS_AUTHOR && i < p->n_author; i++)
		ask(out, &p->author[i]);
}

/* What it asks for, or the section when there is no rule. */
static int
strictness(const struct ps_policy *p, const struct voices *v)
{
	struct ps_setting encrypt;
	const char *by;

	if (!says(v, PS_WORD_ENCRYPT, &encrypt, &by))
		fill(&p->defaults, PS_WORD_ENCRYPT, false, &encrypt);
	return encrypt.value;
}

/*
 * An extension behind the delimiter is anybody's to write, and the mail goes
 * to the same mailbox: it may meet a stricter rule, never escape one.
 */
static void
find_variants(struct ps_arena *a, const struct ps_policy *p,
	const struct ps_sender *sender, const struct ps_addr *from,
	const struct ps_addr *to, struct parties *out)
{
	struct ps_addr f[2] = {*from}, t[2] = {*to};
	size_t n_f = ps_policy_strip(a, p, from, &f[1]) ? 2 : 1;
	size_t n_t = ps_policy_strip(a, p, to, &t[1]) ? 2 : 1;
	const struct ps_section *s = ps_policy_section(p, to->domain);
	int most = -1;

	for (size_t i = 0; i < n_f * n_t; i++) {
		struct voices *v = &out->variant[out->n_variant++];
		int strict;

		v->section = s;
		v->rule = ps_condition_first(
			p, s, sender, &f[i / n_t], &t[i % n_t], &out->pending);
		strict = strictness(p, v);
		/* as strict, and first in its section */
		if (strict > most || (strict == most && v->rule != NULL &&
					     (out->rcpt.rule == NULL ||
						     v->rule < out->rcpt.rule)))
			out->rcpt = *v;
		most = strict > most ? strict : most;
	}
}

static bool
is_known_author(const struct parties *p, const struct ps_section *s)
{
	for (size_t i = 0; i < p->n_author; i++)
		if (p->author[i].section == s)
			return true;
	return false;
}

/* One party for each section; domains without one say nothing. */
static void
find_authors(const struct ps_policy *p, const struct ps_sender *sender,
	const struct ps_addr *from, const struct ps_addr *to,
	struct parties *out)
{
	for (size_t i = 0; i < sender->n_author; i++) {
		const struct ps_section *s =
			ps_policy_section(p, sender->author[i].domain);
		struct voices *v = &out->author[out->n_author];

		if (s == NULL || is_known_author(out, s))
			continue;
		if (out->n_author == PS_DMARC_MAX_FROM)
			return; /* more is ambiguous, and judged as that */
		v->section = s;
		v->rule = ps_condition_first(
			p, s, sender, from, to, &out->pending);
		out->n_author++;
	}
}

static void
find_parties(struct ps_arena *a, const struct ps_policy *p,
	const struct ps_sender *sender, const struct ps_addr *rcpt,
	struct parties *out)
{
	struct ps_addr from = ps_policy_complete(a, p, sender->mail_from);
	struct ps_addr to = ps_policy_complete(a, p, rcpt);
	const struct ps_section *his = ps_policy_section(p, from.domain);

	*out = (struct parties){.defaults = &p->defaults};
	find_variants(a, p, sender, &from, &to, out);
	find_authors(p, sender, &from, &to, out);
	out->outward = sender->authenticated && out->rcpt.section != NULL &&
		       out->rcpt.section->kind == PS_SECTION_PEER;
	out->sender = out->rcpt;
	if (his == out->rcpt.section)
		return;
	out->sender = (struct voices){
		.section = his,
		.rule = ps_condition_first(
			p, his, sender, &from, &to, &out->pending),
	};
}

static const char *
log_name(const struct voices *v)
{
	if (v->rule != NULL)
		return v->rule->name;
	return v->section != NULL ? v->section->name : "defaults";
}

static bool
needs_login(const struct parties *p, const struct voices *v)
{
	const struct asked one = {.who = {v}, .n = 1};
	struct ps_setting word;
	const char *by;

	if (!is_ours(v))
		return false;
	resolve(p, &one, PS_WORD_REQUIRE_LOGIN_FROM, false, &word, &by);
	return word.value != 0;
}

/* Each domain of ours speaks for its own addresses. */
static void
claims(const struct parties *p, struct ps_ruling *out)
{
	out->mail_from_needs_login = needs_login(p, &p->sender);
	for (size_t i = 0; i < p->n_author; i++)
		if (needs_login(p, &p->author[i]))
			out->author_needs_login = true;
	out->word[PS_WORD_REQUIRE_LOGIN_FROM].value =
		out->mail_from_needs_login || out->author_needs_login;
}

static bool
is_always(const struct ps_ruling *r)
{
	return r->word[PS_WORD_ENCRYPT].value == PS_ENCRYPT_ALWAYS;
}

static void
rule_words(const struct parties *p, struct ps_ruling *out)
{
	const struct ps_rule *rule = p->rcpt.rule;
	struct asked asked;

	*out = (struct ps_ruling){
		.rule = log_name(&p->rcpt), .pending = p->pending};
	for (enum ps_word w = 0; w < PS_WORD_N; w++) {
		who_speaks(p, w, &asked);
		/* encrypt is the first word */
		resolve(p, &asked, w, is_always(out), &out->word[w],
			&out->said_by[w]);
	}
	claims(p, out);
	out->identity = rule != NULL && ps_rule_names_identity(rule) &&
			rule->word[PS_WORD_EXEMPT].set;
}

void
ps_match(struct ps_arena *a, const struct ps_policy *p,
	const struct ps_sender *sender, const struct ps_addr *rcpt,
	struct ps_ruling *out)
{
	struct parties all;

	find_parties(a, p, sender, rcpt, &all);
	rule_words(&all, out);
}

static const char *
voice_text(struct ps_arena *a, const struct voices *v, size_t i)
{
	if (i == 0)
		return ps_arena_printf(a, "rule \"%s\"", v->rule->name);
	return ps_arena_printf(a, "%s \"%s\"",
		v->section->kind == PS_SECTION_DOMAIN ? "domain" : "peer",
		v->section->name);
}

/* Two variants of an address often meet the same rule: said once. */
static void
add(struct ps_arena *a, enum ps_word w, const struct ps_setting *setting,
	const char *section, struct ps_ruling *out)
{
	const struct ps_origin *at = &setting->where;

	for (size_t i = 0; i < out->n_candidate; i++) {
		const struct ps_candidate *c = &out->candidate[i];

		if (c->word == w && c->setting.where.line == at->line &&
			c->setting.where.file == at->file)
			return;
	}
	PS_GROW(a, out->candidate, out->n_candidate);
	out->candidate[out->n_candidate++] = (struct ps_candidate){
		.word = w,
		.setting = *setting,
		.section = section,
		.wins = out->word[w].where.file == at->file &&
			out->word[w].where.line == at->line,
	};
}

/* Everybody who said something, the winner marked. */
static void
add_candidates(struct ps_arena *a, const struct parties *p, enum ps_word w,
	struct ps_ruling *out)
{
	const struct ps_setting *said = &p->defaults->word[w];
	struct asked asked;

	who_speaks(p, w, &asked);
	if (!out->word[w].set)
		add(a, w, &out->word[w], "built in", out);
	for (size_t i = 0; i < N_VOICES * asked.n; i++) {
		const struct voices *v = asked.who[i / N_VOICES];
		const struct ps_setting *word = voice(v, i % N_VOICES);

		if (word != NULL && word[w].set)
			add(a, w, &word[w], voice_text(a, v, i % N_VOICES),
				out);
	}
	if (said->set && asked.n > 0)
		add(a, w, said, "defaults", out);
}

void
ps_match_explain(struct ps_arena *a, const struct ps_policy *p,
	const struct ps_sender *sender, const struct ps_addr *rcpt,
	struct ps_ruling *out)
{
	struct parties all;

	find_parties(a, p, sender, rcpt, &all);
	rule_words(&all, out);
	for (enum ps_word w = 0; w < PS_WORD_N; w++)
		add_candidates(a, &all, w, out);
}
