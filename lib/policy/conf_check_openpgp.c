/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * What only the whole shows of signatures and secret keys: words that need a
 * key that nobody named, and words that nothing can fulfil.
 */
#include "policy/conf.h"

/* A section (defaults too), or one of its rules. */
struct spot {
	const struct ps_section *section;
	const struct ps_rule *rule; /* NULL: the section itself */
	const struct ps_setting *word;
};

static const char *
name_of(enum ps_word w, const struct ps_setting *s, struct ps_arena *a)
{
	return ps_arena_printf(
		a, "%s = %s", ps_words[w].name, ps_words[w].choice[s->value]);
}

/* Without a home there is no secret key. */
static void
check_home(struct ps_conf *c, const struct spot *s)
{
	const struct ps_setting *w = &s->word[PS_WORD_SIGN];

	if (w->set && w->value != 0 && c->policy->secret_home == NULL)
		ps_conf_error(c, w->where,
			"'%s' needs secret keys: say in section keys where "
			"they are, secret-home = \"/PATH\"",
			name_of(PS_WORD_SIGN, w, c->scratch));
}

static bool
has_signer(const struct ps_policy *p, const char *domain)
{
	const struct ps_addr any = {.domain = ps_bytes_of(domain)};

	return ps_policy_signer(p, &any, true) != NULL;
}

/* What a domain's section says of a word, or the defaults for it; a rule only
 * what it says itself. */
static const struct ps_setting *
in_force(const struct ps_policy *p, const struct spot *s, enum ps_word w)
{
	if (s->rule != NULL || s->word[w].set)
		return &s->word[w];
	return &p->defaults.word[w];
}

/* The domain's own key signs: which is it? */
static void
check_signer(struct ps_conf *c, const struct spot *s)
{
	const struct ps_setting *w = in_force(c->policy, s, PS_WORD_SIGN);

	if (s->section->kind != PS_SECTION_DOMAIN ||
		has_signer(c->policy, s->section->name))
		return;
	if (w->set && w->value == PS_SIGN_DOMAIN)
		ps_conf_error(c, w->where,
			"'%s' has no key for domain \"%s\": say signer \"%s\" "
			"{ key = \"FINGERPRINT\" }",
			name_of(PS_WORD_SIGN, w, c->scratch), s->section->name,
			s->section->name);
}

static void
check_place(struct ps_conf *c, const struct spot *s)
{
	const struct ps_setting *sign = &s->word[PS_WORD_SIGN];
	const struct ps_setting *author = &s->word[PS_WORD_AUTHOR_KEY];

	if (s->section->kind == PS_SECTION_PEER && sign->set &&
		sign->value != PS_SIGN_NEVER)
		ps_conf_warn(c, sign->where,
			"'sign' has no effect in a peer: the domain of the "
			"sender is asked");
	if (s->section->kind == PS_SECTION_DEFAULTS && author->n_list > 0)
		ps_conf_error(c, author->where,
			"'author-key' belongs into the section of the author's "
			"domain or a rule of it, not into defaults: it would "
			"bind everybody's address to these keys");
}

/* Without a look at signatures there is none that could be required. */
static void
check_look(struct ps_conf *c, const struct spot *s)
{
	const struct ps_setting *need = &s->word[PS_WORD_REQUIRE_SIGNATURE];

	if (c->policy->openpgp)
		return;
	if (need->set && need->value != 0)
		ps_conf_error(c, need->where,
			"'require-signature = yes' needs 'openpgp = yes' in "
			"section verify: no signature is looked at");
	if (s->rule != NULL && s->rule->proof[PS_PROOF_SIGNED_BY].n > 0)
		ps_conf_warn(c, s->rule->where,
			"rule \"%s\" can never match: 'signed-by' needs "
			"'openpgp = yes' in section verify",
			s->rule->name);
}

static void
check_spot(struct ps_conf *c, const struct ps_section *section,
	const struct ps_rule *rule)
{
	const struct spot s = {
		section, rule, rule == NULL ? section->word : rule->word};

	check_home(c, &s);
	check_signer(c, &s);
	check_place(c, &s);
	check_look(c, &s);
}

/* Is there anybody who requires one? */
static bool
is_required(const struct ps_policy *p)
{
	enum ps_word w = PS_WORD_REQUIRE_SIGNATURE;
	bool found = p->defaults.word[w].value != 0;

	for (size_t i = 0; i < p->n_section && !found; i++) {
		found = p->section[i].word[w].value != 0;
		for (size_t k = 0; k < p->section[i].n_rule && !found; k++)
			found = p->section[i].rule[k].word[w].value != 0;
	}
	return found;
}

static void
check_effect(struct ps_conf *c, const struct ps_setting *on)
{
	if (on->set && !is_required(c->policy))
		ps_conf_warn(c, on->where,
			"'on-signature-missing' has no effect: "
			"'require-signature' is no everywhere");
}

static void
check_signers(struct ps_conf *c)
{
	const struct ps_policy *p = c->policy;

	for (size_t i = 0; i < p->n_signer; i++) {
		const struct ps_signer_setting *s = &p->signer[i];
		struct ps_bytes domain =
			s->by_domain ? ps_bytes_of(s->domain) : s->addr.domain;
		const struct ps_addr of = {.domain = domain};

		if (!ps_policy_is_ours(p, &of))
			ps_conf_warn(c, s->where,
				"signer \"%s\" signs nothing: this is no "
				"domain of ours",
				s->name);
		if (p->secret_home == NULL)
			ps_conf_error(c, s->where,
				"signer \"%s\" needs secret keys: say in "
				"section keys where they are, secret-home = "
				"\"/PATH\"",
				s->name);
	}
	if (p->passphrase_file != NULL && p->secret_home == NULL)
		ps_conf_warn(c, (struct ps_origin){p->file, 1},
			"in keys passphrase-file has no effect without "
			"secret-home");
}

void
ps_conf_check_openpgp(struct ps_conf *c)
{
	const struct ps_policy *p = c->policy;
	enum ps_word on = PS_WORD_ON_SIGNATURE_MISSING;

	check_spot(c, &p->defaults, NULL);
	for (size_t i = 0; i < p->n_section; i++) {
		const struct ps_section *s = &p->section[i];

		check_spot(c, s, NULL);
		check_effect(c, &s->word[on]);
		for (size_t k = 0; k < s->n_rule; k++) {
			check_spot(c, s, &s->rule[k]);
			check_effect(c, &s->rule[k].word[on]);
		}
	}
	check_signers(c);
}
