/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * What no single value shows: words that contradict each other where they
 * meet, and rules that can never match.
 */
#include "base/str.h"
#include "policy/condition.h"
#include "policy/conf.h"

/* Where a message is looked at: a rule in its section over the defaults.
 * Without a rule: the section itself; without both: the defaults. */
struct spot {
	const struct ps_rule *rule;
	const struct ps_section *section;
	const struct ps_section *defaults;
};

enum depth { IN_RULE, IN_SECTION, IN_DEFAULTS, NOWHERE };

static const struct ps_setting *
said(const struct spot *s, enum ps_word w, enum depth *depth)
{
	const struct ps_setting *level[] = {
		s->rule == NULL ? NULL : &s->rule->word[w],
		s->section == NULL ? NULL : &s->section->word[w],
		&s->defaults->word[w],
	};

	for (*depth = IN_RULE; *depth < NOWHERE; (*depth)++)
		if (level[*depth] != NULL && level[*depth]->set)
			return level[*depth];
	return NULL;
}

static const char *
kind_name(const struct ps_section *s)
{
	return s->kind == PS_SECTION_DOMAIN ? "domain" : "peer";
}

static const char *
spot_text(struct ps_conf *c, const struct spot *s)
{
	if (s->rule != NULL)
		return ps_arena_printf(c->scratch, "rule \"%s\" of %s \"%s\"",
			s->rule->name, kind_name(s->section), s->section->name);
	if (s->section != NULL)
		return ps_arena_printf(c->scratch, "%s \"%s\"",
			kind_name(s->section), s->section->name);
	return "defaults";
}

static bool
is_always(const struct spot *s, const struct ps_setting **encrypt,
	enum depth *depth)
{
	*encrypt = said(s, PS_WORD_ENCRYPT, depth);
	return *encrypt != NULL && (*encrypt)->value == PS_ENCRYPT_ALWAYS;
}

/* Is one of the two said at this spot itself?  Else an outer spot has told. */
static bool
is_news(const struct spot *s, enum depth a, enum depth b)
{
	enum depth here = s->rule != NULL      ? IN_RULE
			  : s->section != NULL ? IN_SECTION
					       : IN_DEFAULTS;

	return a == here || b == here;
}

/*
 * "always" with "deliver" would send in clear what must be sealed.  What only
 * the defaults say fills no gap under "always" that stands further in: there
 * the built-in answer is reject (ps_match).
 */
static void
check_deliver(struct ps_conf *c, const struct spot *s, enum ps_word w)
{
	const struct ps_setting *encrypt, *on;
	enum depth at, on_at;

	on = said(s, w, &on_at);
	if (!is_always(s, &encrypt, &at) || on == NULL ||
		on->value != PS_ON_DELIVER || !is_news(s, at, on_at))
		return;
	if (on_at == IN_DEFAULTS && at != IN_DEFAULTS)
		return;
	ps_conf_error(c, on_at <= at ? on->where : encrypt->where,
		"in %s 'encrypt = always' (%s) meets '%s = deliver' (%s), "
		"which would send in clear: use tempfail or reject",
		spot_text(c, s), ps_conf_place(c, encrypt->where),
		ps_words[w].name, ps_conf_place(c, on->where));
}

/* Any sender can write what exempts, unless the rule names who he is. */
static void
check_exempt(struct ps_conf *c, const struct spot *s)
{
	const struct ps_setting *encrypt, *exempt;
	enum depth at, exempt_at;

	exempt = said(s, PS_WORD_EXEMPT, &exempt_at);
	if (exempt == NULL || exempt->value == 0 ||
		!is_always(s, &encrypt, &at) ||
		!is_news(s, exempt_at, exempt_at) ||
		(s->rule != NULL && ps_rule_names_identity(s->rule)))
		return;
	ps_conf_error(c, exempt->where,
		"in %s 'exempt' has no effect under 'encrypt = always' (%s): "
		"any sender could write such a message; it needs when-key, or "
		"a rule with 'login', 'dkim-domain', 'spf-domain', "
		"'cert-subject' or 'signed-by'",
		spot_text(c, s), ps_conf_place(c, encrypt->where));
}

static void
check_spot(struct ps_conf *c, const struct ps_section *section,
	const struct ps_rule *rule)
{
	struct spot s = {rule, section, &c->policy->defaults};

	check_deliver(c, &s, PS_WORD_ON_MISSING_KEY);
	check_deliver(c, &s, PS_WORD_ON_UNUSABLE_KEY);
	check_deliver(c, &s, PS_WORD_ON_TOO_LARGE);
	check_exempt(c, &s);
}

/* "*@example.org" for "example.org", so that two patterns compare. */
static struct ps_bytes
whole_pattern(struct ps_conf *c, const char *pattern)
{
	if (strchr(pattern, '@') != NULL || strcmp(pattern, "<>") == 0)
		return ps_bytes_of(pattern);
	return ps_bytes_of(ps_arena_printf(c->scratch, "*@%s", pattern));
}

/* Everything that a later pattern matches is matched by an earlier one.  The
 * star of the later one is an octet that only a star can take. */
static bool
covers(struct ps_conf *c, const struct ps_patterns *earlier,
	const struct ps_patterns *later, bool addresses)
{
	if (earlier->n == 0)
		return true;
	for (size_t i = 0; i < later->n; i++) {
		const char *one = later->item[i];
		bool covered = false;

		for (size_t k = 0; k < earlier->n && !covered; k++)
			covered =
				addresses
					? ps_str_glob(whole_pattern(c,
							      earlier->item[k]),
						  whole_pattern(c, one),
						  !c->policy->local_part_case)
					: ps_str_glob(
						  ps_bytes_of(earlier->item[k]),
						  ps_bytes_of(one), true);
		if (!covered)
			return false;
	}
	return later->n > 0;
}

static bool
rule_covers(struct ps_conf *c, const struct ps_rule *earlier,
	const struct ps_rule *r)
{
	for (size_t i = 0; i < PS_PROOF_N; i++)
		if (!covers(c, &earlier->proof[i], &r->proof[i],
			    i == PS_PROOF_HEADER_FROM ||
				    i == PS_PROOF_SIGNED_BY))
			return false;
	return (earlier->direction == PS_DIR_ANY ||
		       earlier->direction == r->direction) &&
	       covers(c, &earlier->from, &r->from, true) &&
	       covers(c, &earlier->to, &r->to, true) &&
	       covers(c, &earlier->login, &r->login, false);
}

static void
check_reach(struct ps_conf *c, const struct ps_section *s, size_t i)
{
	const struct ps_rule *r = &s->rule[i];

	if (r->login.n > 0 && r->direction == PS_DIR_IN)
		ps_conf_warn(c, r->where,
			"rule \"%s\" can never match: who logged in does not "
			"send in direction in",
			r->name);
	for (size_t k = 0; k < i; k++) {
		if (!rule_covers(c, &s->rule[k], r))
			continue;
		ps_conf_warn(c, r->where,
			"rule \"%s\" can never match: rule \"%s\" (%s) covers "
			"it",
			r->name, s->rule[k].name,
			ps_conf_place(c, s->rule[k].where));
		return;
	}
}

static bool
says_something(const struct ps_rule *r)
{
	for (size_t i = 0; i < PS_WORD_N; i++)
		if (r->word[i].set)
			return true;
	return false;
}

static bool
speaks_for_recipients(const struct ps_rule *r)
{
	for (size_t i = 0; i < PS_WORD_N; i++)
		if (r->word[i].set && ps_words[i].speaker == PS_SPEAKS_RCPT)
			return true;
	return false;
}

/*
 * The recipient's section is asked for most words: a "to" that names another
 * domain, perhaps by a slip of the pen, would never match and never seal.
 */
static void
check_to(struct ps_conf *c, const struct ps_section *s, const struct ps_rule *r)
{
	for (size_t i = 0; i < r->to.n; i++) {
		const char *at = strrchr(r->to.item[i], '@');
		const char *domain = at == NULL ? r->to.item[i] : at + 1;

		if (!speaks_for_recipients(r) ||
			ps_str_glob(ps_bytes_of(domain), ps_bytes_of(s->name),
				true))
			continue;
		ps_conf_warn(c, r->where,
			"in rule \"%s\" the pattern '%s' matches no recipient "
			"of %s \"%s\"",
			r->name, r->to.item[i], kind_name(s), s->name);
	}
}

static void
check_rule(struct ps_conf *c, const struct ps_section *s, size_t i)
{
	const struct ps_rule *r = &s->rule[i];

	check_spot(c, s, r);
	check_reach(c, s, i);
	check_to(c, s, r);
	if (!says_something(r))
		ps_conf_warn(c, r->where, "rule \"%s\" says nothing", r->name);
}

static void
check_limits(struct ps_conf *c)
{
	const struct ps_limits *l = &c->policy->limits;
	struct ps_origin where = {c->policy->file, 1};

	if (l->crypto_ms > l->message_ms)
		ps_conf_warn(c, where,
			"in limits crypto-time is longer than message-time, "
			"which ends everything");
	if (c->policy->relay_ms > l->message_ms)
		ps_conf_warn(c, where,
			"in relay time is longer than message-time of limits, "
			"which ends everything");
	/* Postfix: milter_content_timeout is 300 s */
	if (l->message_ms >= 300000)
		ps_conf_warn(c, where,
			"in limits message-time reaches the MTA's own patience "
			"(Postfix: milter_content_timeout, 300 s)");
}

void
ps_conf_check(struct ps_conf *c)
{
	const struct ps_policy *p = c->policy;

	check_spot(c, NULL, NULL);
	for (size_t i = 0; i < p->n_section; i++) {
		const struct ps_section *s = &p->section[i];

		check_spot(c, s, NULL);
		for (size_t k = 0; k < s->n_rule; k++)
			check_rule(c, s, k);
	}
	check_limits(c);
	ps_conf_check_keys(c);
	ps_conf_check_sender(c);
	ps_conf_check_dkim(c);
	ps_conf_check_openpgp(c);
}
