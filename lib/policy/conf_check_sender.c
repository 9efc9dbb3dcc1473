/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * What only the whole shows of the words about senders: words without effect,
 * conditions that cannot hold, trust that is too wide.
 */
#include "base/str.h"
#include "policy/conf.h"

/* A section, or one of its rules. */
struct spot {
	const struct ps_section *section;
	const struct ps_rule *rule; /* NULL: the section itself */
	const struct ps_setting *word;
};

static size_t
n_spots(const struct ps_policy *p)
{
	size_t n = 1;

	for (size_t i = 0; i < p->n_section; i++)
		n += 1 + p->section[i].n_rule;
	return n;
}

static struct spot *
all_spots(struct ps_conf *c, size_t *n)
{
	const struct ps_policy *p = c->policy;
	struct spot *all = ps_arena_array(c->scratch, n_spots(p), sizeof(*all));

	*n = 0;
	all[(*n)++] = (struct spot){&p->defaults, NULL, p->defaults.word};
	for (size_t i = 0; i < p->n_section; i++) {
		const struct ps_section *s = &p->section[i];

		all[(*n)++] = (struct spot){s, NULL, s->word};
		for (size_t k = 0; k < s->n_rule; k++)
			all[(*n)++] =
				(struct spot){s, &s->rule[k], s->rule[k].word};
	}
	return all;
}

static bool
says(const struct spot *s, enum ps_word w, int value)
{
	return s->word[w].set && s->word[w].value == value;
}

/* What a spot's words fall under: its own, its section's, the defaults'. */
static int
in_force(const struct ps_policy *p, const struct spot *s, enum ps_word w)
{
	if (s->word[w].set)
		return s->word[w].value;
	if (s->section->word[w].set)
		return s->section->word[w].value;
	if (p->defaults.word[w].set)
		return p->defaults.word[w].value;
	return ps_words[w].fallback;
}

/*
 * Is a method enforced where this spot's words may count?  In a rule: there,
 * or by the other party of the message; elsewhere in rules further in too.
 */
static bool
is_enforced(const struct ps_policy *p, const struct spot *s,
	const struct spot *all, size_t n, enum ps_word method)
{
	if (in_force(p, s, method) == PS_CHECK_ENFORCE)
		return true;
	if (s->word[method].set && s->rule != NULL)
		return false;
	for (size_t i = 0; i < n; i++) {
		bool inside = s->section->kind == PS_SECTION_DEFAULTS ||
			      all[i].section == s->section;

		if (says(&all[i], method, PS_CHECK_ENFORCE) &&
			(inside || !s->word[method].set))
			return true;
	}
	return false;
}

static void
check_effect(struct ps_conf *c, const struct spot *s, const struct spot *all,
	size_t n)
{
	for (enum ps_word w = 0; w < PS_WORD_N; w++) {
		enum ps_word method = ps_words[w].under;

		if (method == 0 || !s->word[w].set ||
			is_enforced(c->policy, s, all, n, method))
			continue;
		ps_conf_warn(c, s->word[w].where,
			"'%s' has no effect here: it needs '%s = enforce', "
			"and '%s' is %s",
			ps_words[w].name, ps_words[method].name,
			ps_words[method].name,
			ps_words[method]
				.choice[in_force(c->policy, s, method)]);
	}
}

/* DMARC asks what it builds on. */
static void
check_off(struct ps_conf *c, const struct spot *s)
{
	static const enum ps_word base[] = {PS_WORD_SPF, PS_WORD_DKIM};
	int dmarc = in_force(c->policy, s, PS_WORD_DMARC);

	for (size_t i = 0; i < 2 && dmarc != PS_CHECK_OFF; i++)
		if (says(s, base[i], PS_CHECK_OFF))
			ps_conf_warn(c, s->word[base[i]].where,
				"'%s = off' saves nothing: 'dmarc = %s' needs "
				"its result",
				ps_words[base[i]].name,
				ps_words[PS_WORD_DMARC].choice[dmarc]);
}

static void
check_claim(struct ps_conf *c, const struct spot *s)
{
	if (s->section->kind == PS_SECTION_PEER &&
		says(s, PS_WORD_REQUIRE_LOGIN_FROM, 1))
		ps_conf_warn(c, s->word[PS_WORD_REQUIRE_LOGIN_FROM].where,
			"'require-login-from' has no effect in a peer: only "
			"domains of ours have logins");
}

/* Mail of those who logged in is not checked, so it proves no domain. */
static void
check_proofs(struct ps_conf *c, const struct spot *s)
{
	const struct ps_rule *r = s->rule;
	bool asks;

	if (r == NULL)
		return;
	asks = r->proof[PS_PROOF_DKIM_DOMAIN].n > 0 ||
	       r->proof[PS_PROOF_SPF_DOMAIN].n > 0 ||
	       r->proof[PS_PROOF_IPREV].n > 0 ||
	       r->proof[PS_PROOF_SIGNED_BY].n > 0;
	if (asks && (r->login.n > 0 || r->direction == PS_DIR_OUT ||
			    r->direction == PS_DIR_INTERNAL))
		ps_conf_warn(c, r->where,
			"rule \"%s\" can never match: mail of those who logged "
			"in is not checked and proves no domain",
			r->name);
}

static bool
is_action(enum ps_word w)
{
	return ps_words[w].under != 0 || w == PS_WORD_ON_IPREV_FAIL ||
	       w == PS_WORD_ON_SIGNATURE_MISSING;
}

/*
 * A message that is held must be held as its recipients are to get it.  One
 * that needs several copies is never held: it is deferred.
 */
static void
check_quarantine(struct ps_conf *c, const struct spot *all, size_t n)
{
	const struct ps_setting *hold = NULL, *seal = NULL;
	const char *name = NULL;

	for (size_t i = 0; i < n; i++) {
		for (enum ps_word w = 0; w < PS_WORD_N && hold == NULL; w++) {
			if (!is_action(w) ||
				!says(&all[i], w, PS_ACT_QUARANTINE))
				continue;
			hold = &all[i].word[w];
			name = ps_words[w].name;
		}
		if (seal == NULL && all[i].word[PS_WORD_ENCRYPT].set &&
			all[i].word[PS_WORD_ENCRYPT].value != PS_ENCRYPT_NEVER)
			seal = &all[i].word[PS_WORD_ENCRYPT];
	}
	if (hold == NULL || seal == NULL)
		return;
	ps_conf_warn(c, hold->where,
		"'%s = quarantine' holds a message only when all its "
		"recipients get the same copy: where 'encrypt = %s' (%s) "
		"makes them differ, it is deferred, so that nothing that must "
		"be sealed is held in clear",
		name, ps_words[PS_WORD_ENCRYPT].choice[seal->value],
		ps_conf_place(c, seal->where));
}

static bool
is_address_of_ours(const struct ps_policy *p, const char *pattern)
{
	const char *at = strrchr(pattern, '@');
	struct ps_bytes domain = ps_bytes_of(at == NULL ? pattern : at + 1);

	for (size_t i = 0; i < p->n_section; i++)
		if (p->section[i].kind == PS_SECTION_DOMAIN &&
			ps_str_glob(
				domain, ps_bytes_of(p->section[i].name), true))
			return true;
	return false;
}

static void
check_logins(struct ps_conf *c)
{
	const struct ps_policy *p = c->policy;

	for (size_t i = 0; i < p->n_login; i++) {
		const struct ps_login *l = &p->login[i];

		for (size_t k = 0; k < l->addresses.n; k++)
			if (!is_address_of_ours(p, l->addresses.item[k]))
				ps_conf_warn(c, l->where,
					"in login \"%s\" the pattern '%s' "
					"matches no domain of ours: addresses "
					"of others are free to use",
					l->name, l->addresses.item[k]);
	}
}

static bool
is_everybody(const struct ps_network *n, size_t n_network)
{
	for (size_t i = 0; i < n_network; i++)
		if (n[i].bits == 0)
			return true;
	return false;
}

static bool
is_every_name(const char *const *name, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (name[i][strspn(name[i], "*.")] == '\0')
			return true;
	return false;
}

static void
check_trust(struct ps_conf *c)
{
	const struct ps_policy *p = c->policy;
	const struct ps_forwarders *f = &p->forwarder;
	struct ps_origin where = {p->file, 1};
	const char *wide = NULL;

	if (is_everybody(p->trusted_relay, p->n_trusted_relay))
		wide = "trusted-relays";
	else if (is_everybody(f->network, f->n_network) ||
		 is_every_name(f->host.item, f->host.n))
		wide = "trusted-forwarders";
	else if (is_every_name(p->trusted_list, p->n_trusted_list))
		wide = "trusted-lists";
	if (wide != NULL)
		ps_conf_error(c, where,
			"in verify '%s' trusts everybody: name those who are "
			"to be trusted",
			wide);
}

static void
check_resolver(struct ps_conf *c)
{
	const struct ps_policy *p = c->policy;
	struct ps_origin where = {p->file, 1};

	if (p->recursion && p->n_resolver > 0)
		ps_conf_error(c, where,
			"in verify 'recursion = yes' asks no 'resolver': take "
			"one of them out");
	if (p->n_trust_anchor > 0 && !p->dnssec)
		ps_conf_warn(c, where,
			"in verify 'trust-anchors' has no effect without "
			"'dnssec = yes'");
	if (p->stripped_is_insecure && !p->dnssec)
		ps_conf_warn(c, where,
			"in verify 'stripped-answers' has no effect without "
			"'dnssec = yes'");
	if (p->psl != NULL && p->auth.discovery == PS_DMARC_WALK)
		ps_conf_warn(c, where,
			"in verify 'public-suffix-list' has no effect under "
			"'dmarc-discovery = walk'");
	if (p->auth.query_ms > p->auth.dns_ms)
		ps_conf_warn(c, where,
			"in verify query-time is longer than dns-time, which "
			"ends everything");
	if (p->auth.dns_ms >= p->limits.message_ms)
		ps_conf_warn(c, where,
			"in verify dns-time leaves nothing of message-time in "
			"limits for sealing");
}

void
ps_conf_check_sender(struct ps_conf *c)
{
	size_t n;
	const struct spot *all = all_spots(c, &n);

	for (size_t i = 0; i < n; i++) {
		check_effect(c, &all[i], all, n);
		check_off(c, &all[i]);
		check_claim(c, &all[i]);
		check_proofs(c, &all[i]);
	}
	check_quarantine(c, all, n);
	check_logins(c);
	check_trust(c);
	check_resolver(c);
}
