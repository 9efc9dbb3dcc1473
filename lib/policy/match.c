/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Who says what of a sender and a recipient.  Inside a section the first rule
 * that matches speaks, then the section; the defaults fill what neither says.
 * Which section: the recipient's, but for the words that are a wish of the
 * sender (words.h), where it is the sender's.
 */
#include "base/str.h"
#include "policy/decide.h"

/* One side's answer to "who speaks": inner before outer. */
struct voices {
	const struct ps_rule *rule;
	const struct ps_section *section, *defaults;
};

static bool
is_submission_daemon(const struct ps_policy *p, struct ps_bytes daemon)
{
	for (size_t i = 0; i < p->n_submission_daemons; i++)
		if (ps_bytes_eq(ps_bytes_of(p->submission_daemons[i]), daemon))
			return true;
	return false;
}

/* An address that no domain follows is delivered here. */
static bool
is_here(const struct ps_policy *p, const struct ps_txn *t,
	const struct ps_addr *rcpt)
{
	struct ps_addr to = ps_policy_complete(t->arena, p, rcpt);

	return to.domain.len == 0 || ps_policy_is_ours(p, &to);
}

void
ps_sender_of(const struct ps_policy *p, const struct ps_txn *t,
	const struct ps_rcpt *r, struct ps_sender *out)
{
	const struct ps_session *s = t->session;
	bool ours = is_here(p, t, &r->addr);

	*out = (struct ps_sender){
		.mail_from = &t->mail_from,
		.login = t->login,
		.authenticated = t->is_local || t->login.len > 0 ||
				 is_submission_daemon(p, s->daemon_name) ||
				 ps_policy_is_internal(p, &s->client),
	};
	if (!out->authenticated)
		out->direction = PS_DIR_IN;
	else
		out->direction = ours ? PS_DIR_INTERNAL : PS_DIR_OUT;
}

static bool
one_matches(const struct ps_policy *p, const char *const *pattern, size_t n,
	const struct ps_addr *addr)
{
	bool null = addr->full.len == 0;

	for (size_t i = 0; i < n; i++) {
		if (strcmp(pattern[i], "<>") == 0) {
			if (null)
				return true;
			continue;
		}
		if (ps_addr_match(pattern[i], addr, !p->local_part_case))
			return true;
	}
	return n == 0;
}

static bool
login_matches(const struct ps_rule *r, struct ps_bytes login)
{
	for (size_t i = 0; i < r->n_login; i++)
		if (login.len > 0 &&
			ps_str_glob(ps_bytes_of(r->login[i]), login, true))
			return true;
	return r->n_login == 0;
}

static const struct ps_rule *
first_rule(const struct ps_policy *p, const struct ps_section *s,
	const struct ps_sender *sender, const struct ps_addr *from,
	const struct ps_addr *to)
{
	for (size_t i = 0; s != NULL && i < s->n_rule; i++) {
		const struct ps_rule *r = &s->rule[i];

		if ((r->direction == PS_DIR_ANY ||
			    r->direction == (int)sender->direction) &&
			one_matches(p, r->from, r->n_from, from) &&
			one_matches(p, r->to, r->n_to, to) &&
			login_matches(r, sender->login))
			return r;
	}
	return NULL;
}

/* The words as this voice says them; NULL when there is no such voice. */
static const struct ps_setting *
voice(const struct voices *v, size_t i)
{
	if (i == 0)
		return v->rule == NULL ? NULL : v->rule->word;
	if (i == 1)
		return v->section == NULL ? NULL : v->section->word;
	return v->defaults->word;
}

#define N_VOICES 3
#define DEFAULTS 2 /* the index of theirs */

/*
 * The value in force.  "deliver" of the defaults fills no gap under an
 * "always" (strict): there the built-in answer is reject.  Its index among the
 * voices, N_VOICES for a built-in one.
 */
static size_t
resolve(const struct voices *v, enum ps_word w, bool strict,
	struct ps_setting *out)
{
	const struct ps_word_def *def = &ps_words[w];
	bool filled = strict && def->strict_fallback != 0;

	for (size_t i = 0; i < N_VOICES; i++) {
		const struct ps_setting *word = voice(v, i);

		if (word == NULL || !word[w].set)
			continue;
		if (filled && i == DEFAULTS && word[w].value == PS_ON_DELIVER)
			continue;
		*out = word[w];
		return i;
	}
	*out = (struct ps_setting){
		.value = filled ? def->strict_fallback : def->fallback};
	return N_VOICES;
}

/* What it asks for, or the section when there is no rule. */
static int
strictness(const struct ps_policy *p, const struct ps_section *s,
	const struct ps_rule *r)
{
	const struct voices v = {r, s, &p->defaults};
	struct ps_setting encrypt;

	resolve(&v, PS_WORD_ENCRYPT, false, &encrypt);
	return encrypt.value;
}

/*
 * An extension behind the delimiter is anybody's to write, and the mail goes
 * to the same mailbox: it may meet a stricter rule, never escape one.
 */
static const struct ps_rule *
strictest_rule(struct ps_arena *a, const struct ps_policy *p,
	const struct ps_section *s, const struct ps_sender *sender,
	const struct ps_addr *from, const struct ps_addr *to)
{
	struct ps_addr f[2] = {*from}, t[2] = {*to};
	size_t n_f = ps_policy_strip(a, p, from, &f[1]) ? 2 : 1;
	size_t n_t = ps_policy_strip(a, p, to, &t[1]) ? 2 : 1;
	const struct ps_rule *best = first_rule(p, s, sender, from, to), *r;

	for (size_t i = 1; i < n_f * n_t; i++) {
		int more;

		r = first_rule(p, s, sender, &f[i / n_t], &t[i % n_t]);
		more = strictness(p, s, r) - strictness(p, s, best);
		if (more == 0 && r != NULL && (best == NULL || r < best))
			more = 1; /* as strict, and first in its section */
		if (more > 0)
			best = r;
	}
	return best;
}

struct both {
	struct voices rcpt, sender;
};

static void
find_voices(struct ps_arena *a, const struct ps_policy *p,
	const struct ps_sender *sender, const struct ps_addr *rcpt,
	struct both *out)
{
	struct ps_addr from = ps_policy_complete(a, p, sender->mail_from);
	struct ps_addr to = ps_policy_complete(a, p, rcpt);
	const struct ps_section *theirs = ps_policy_section(p, to.domain);
	const struct ps_section *his = ps_policy_section(p, from.domain);

	out->rcpt = (struct voices){
		.rule = strictest_rule(a, p, theirs, sender, &from, &to),
		.section = theirs,
		.defaults = &p->defaults,
	};
	out->sender = out->rcpt;
	if (his == theirs)
		return;
	out->sender.section = his;
	out->sender.rule = first_rule(p, his, sender, &from, &to);
}

static const struct voices *
who_speaks(const struct both *b, enum ps_word w)
{
	return ps_words[w].sender_speaks ? &b->sender : &b->rcpt;
}

static const char *
log_name(const struct voices *v)
{
	if (v->rule != NULL)
		return v->rule->name;
	return v->section != NULL ? v->section->name : "defaults";
}

static void
rule_words(const struct both *b, struct ps_ruling *out)
{
	const struct ps_rule *rule = b->rcpt.rule;
	bool strict;

	*out = (struct ps_ruling){.rule = log_name(&b->rcpt)};
	resolve(&b->rcpt, PS_WORD_ENCRYPT, false, &out->word[PS_WORD_ENCRYPT]);
	strict = out->word[PS_WORD_ENCRYPT].value == PS_ENCRYPT_ALWAYS;
	for (enum ps_word w = 0; w < PS_WORD_N; w++)
		resolve(who_speaks(b, w), w, strict, &out->word[w]);
	out->identity = rule != NULL && rule->n_login > 0 &&
			rule->word[PS_WORD_EXEMPT].set;
}

void
ps_match(struct ps_arena *a, const struct ps_policy *p,
	const struct ps_sender *sender, const struct ps_addr *rcpt,
	struct ps_ruling *out)
{
	struct both b;

	find_voices(a, p, sender, rcpt, &b);
	rule_words(&b, out);
}

static const char *
section_text(struct ps_arena *a, const struct voices *v, size_t i)
{
	if (i == 0)
		return ps_arena_printf(a, "rule \"%s\"", v->rule->name);
	if (i == DEFAULTS)
		return "defaults";
	if (i == N_VOICES)
		return "built in";
	return ps_arena_printf(a, "%s \"%s\"",
		v->section->kind == PS_SECTION_DOMAIN ? "domain" : "peer",
		v->section->name);
}

static void
add(struct ps_arena *a, struct ps_ruling *out, const struct ps_candidate *c)
{
	PS_GROW(a, out->candidate, out->n_candidate);
	out->candidate[out->n_candidate++] = *c;
}

/* Everybody who said something, the winner marked. */
static void
add_candidates(struct ps_arena *a, const struct voices *v, enum ps_word w,
	bool strict, struct ps_ruling *out)
{
	struct ps_candidate c = {.word = w};
	size_t winner = resolve(v, w, strict, &c.setting);

	if (winner == N_VOICES) {
		c.section = section_text(a, v, N_VOICES);
		c.wins = true;
		add(a, out, &c);
	}
	for (size_t i = 0; i < N_VOICES; i++) {
		const struct ps_setting *word = voice(v, i);

		if (word == NULL || !word[w].set)
			continue;
		c = (struct ps_candidate){
			.word = w,
			.setting = word[w],
			.section = section_text(a, v, i),
			.wins = i == winner,
		};
		add(a, out, &c);
	}
}

void
ps_match_explain(struct ps_arena *a, const struct ps_policy *p,
	const struct ps_sender *sender, const struct ps_addr *rcpt,
	struct ps_ruling *out)
{
	struct both b;
	bool strict;

	find_voices(a, p, sender, rcpt, &b);
	rule_words(&b, out);
	strict = out->word[PS_WORD_ENCRYPT].value == PS_ENCRYPT_ALWAYS;
	for (enum ps_word w = 0; w < PS_WORD_N; w++)
		add_candidates(a, who_speaks(&b, w), w, strict, out);
}

bool
ps_ruling_may_seal(const struct ps_ruling *r, const struct ps_sender *sender)
{
	if (r->word[PS_WORD_ENCRYPT].value != PS_ENCRYPT_NEVER)
		return true;
	return sender->authenticated &&
	       (r->word[PS_WORD_SUBJECT_TRIGGER].n_list > 0 ||
		       r->word[PS_WORD_HEADER_TRIGGER].n_list > 0);
}
