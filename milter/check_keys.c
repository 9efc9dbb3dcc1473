/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Policy against the key directory.  Pure but for the certs adapter.
 */
#include "check.h"

#include "base/str.h"

/* Recipients that are named; "keys list --expiring" has all. */
#define FORECAST_SHOWN 10

struct look {
	const struct ps_check *check;
	const struct ps_certs *certs;
	int64_t now_s;
};

static const char *
import_line(const struct ps_check *c, const char *whose)
{
	return ps_arena_printf(c->arena,
		"run: postseal keys import FILE   (a file with %s)", whose);
}

static void
find(const struct look *l, const struct ps_addr *addr,
	const struct ps_setting *pin, struct ps_cert_answer *out)
{
	const struct ps_policy *p = l->check->policy;
	struct ps_cert_query q = {
		.addr = addr,
		.fold_local = !p->local_part_case,
		.pin = pin->list,
		.n_pin = pin->n_list,
		.all_subkeys = p->all_subkeys,
		.now_s = l->now_s,
		.max_certs = p->limits.max_keys_per_rcpt,
		.wait = l->check->wait,
	};

	l->certs->find(l->certs->self, l->check->arena, &q, out);
}

/* Each fingerprint by itself: several may be given, and all are meant. */
static void
check_named(const struct look *l, enum ps_word word,
	const struct ps_setting *setting)
{
	const struct ps_check *c = l->check;
	const char *where = ps_check_where(c, setting->where);
	const struct ps_addr nobody = {0};

	for (size_t i = 0; setting->set && i < setting->n_list; i++) {
		const char *fpr = setting->list[i];
		struct ps_setting one = *setting;
		struct ps_cert_answer answer = {0};

		one.list = &fpr;
		one.n_list = 1;
		find(l, &nobody, &one, &answer);
		if (answer.state == PS_CERT_FOUND)
			continue;
		ps_findings_add(c->out, PS_FINDING_ERROR, where, "%s %s: %s",
			ps_words[word].name, fpr,
			answer.state == PS_CERT_NONE
				? "is not in the key directory"
			: answer.text == NULL ? ps_cert_state_name(answer.state)
					      : answer.text)
			->todo = import_line(c, fpr);
	}
}

/* What the rule, its section or the defaults say, the first that speaks. */
static const struct ps_setting *
said(const struct ps_policy *p, const struct ps_section *s,
	const struct ps_rule *r, enum ps_word word)
{
	if (r->word[word].set)
		return &r->word[word];
	return s->word[word].set ? &s->word[word] : &p->defaults.word[word];
}

static void
check_recipient(const struct look *l, const struct ps_rule *r,
	const struct ps_setting *pin, const char *address)
{
	const struct ps_check *c = l->check;
	struct ps_cert_answer answer = {0};
	struct ps_addr addr;
	const char *why;

	if (ps_addr_path(c->arena, ps_bytes_of(address), &addr, &why) != PS_OK)
		return;
	find(l, &addr, pin, &answer);
	if (answer.state == PS_CERT_FOUND)
		return;
	ps_findings_add(c->out, PS_FINDING_WARNING, ps_check_where(c, r->where),
		"rule \"%s\" seals always, but for %s there is no key that "
		"works: %s",
		r->name, address,
		answer.state == PS_CERT_NONE ? "none was imported"
					     : answer.text)
		->todo = import_line(c, address);
}

static void
check_rule(const struct look *l, const struct ps_section *s,
	const struct ps_rule *r)
{
	const struct ps_policy *p = l->check->policy;
	const struct ps_setting *encrypt = said(p, s, r, PS_WORD_ENCRYPT);
	const struct ps_setting *pin = said(p, s, r, PS_WORD_KEY);

	if (!encrypt->set || encrypt->value != PS_ENCRYPT_ALWAYS)
		return;
	for (size_t i = 0; i < r->to.n; i++)
		if (strchr(r->to.item[i], '*') == NULL &&
			strchr(r->to.item[i], '@') != NULL)
			check_recipient(l, r, pin, r->to.item[i]);
}

static void
check_words(const struct look *l, const struct ps_setting *word)
{
	check_named(l, PS_WORD_KEY, &word[PS_WORD_KEY]);
	check_named(l, PS_WORD_ARCHIVE_KEY, &word[PS_WORD_ARCHIVE_KEY]);
}

static void
check_section(const struct look *l, const struct ps_section *s)
{
	check_words(l, s->word);
	for (size_t i = 0; i < s->n_rule; i++) {
		check_words(l, s->rule[i].word);
		check_rule(l, s, &s->rule[i]);
	}
}

static void
check_expiry(const struct look *l, const struct ps_key_line *line)
{
	const struct ps_check *c = l->check;
	int64_t left = line->expires_s - l->now_s;
	char date[16];

	if (line->expires_s == 0 || left <= 0 ||
		left > c->policy->warn_before_s ||
		strcmp(line->state, "usable") != 0)
		return;
	ps_date(line->expires_s, date);
	ps_findings_add(c->out, PS_FINDING_WARNING, c->policy->key_dir,
		"%s (%s) expires on %s, in %lld days", line->fpr,
		line->user_ids, date, (long long)(left / 86400))
		->todo = import_line(c, "its extended form");
}

/* Such a file stops nobody's mail, but somebody meant it to be used. */
static void
check_file(const struct look *l, const struct ps_key_line *line)
{
	const struct ps_check *c = l->check;

	if (*line->fpr != '\0')
		return;
	ps_findings_add(c->out, PS_FINDING_WARNING, c->policy->key_dir, "%s",
		line->text)
		->todo = "replace or remove this file";
}

/* One line: a whole domain may renew its keys on one day. */
void
ps_check_forecast(
	const struct ps_check *c, const struct ps_key_ending *ending, size_t n)
{
	const char *who = "";
	char date[16];

	if (n == 0)
		return;
	for (size_t i = 0; i < n && i < FORECAST_SHOWN; i++) {
		ps_date(ending[i].ends_s, date);
		who = ps_arena_printf(c->arena, "%s%s%s from %s", who,
			i == 0 ? "" : ", ",
			ps_str_printable(c->arena, ending[i].address, 320),
			date);
	}
	ps_findings_add(c->out, PS_FINDING_WARNING, c->policy->key_dir,
		"%zu recipient%s will be without a key: %s%s", n,
		n == 1 ? "" : "s", who, n > FORECAST_SHOWN ? ", ..." : "")
		->todo = "run: postseal keys list --expiring 60d";
}

void
ps_check_keys(const struct ps_check *c, const struct ps_certs *certs,
	const struct ps_key_line *line, size_t n, int64_t now_s)
{
	struct look l = {c, certs, now_s};

	check_words(&l, c->policy->defaults.word);
	for (size_t i = 0; i < c->policy->n_section; i++)
		check_section(&l, &c->policy->section[i]);
	for (size_t i = 0; i < n; i++) {
		check_expiry(&l, &line[i]);
		check_file(&l, &line[i]);
	}
}
