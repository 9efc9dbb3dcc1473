/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Keys that sign mail: they are there, the crypto workers can read them and
 * nobody else, and what the DNS publishes is theirs.
 */
#include <unistd.h>

#include "check.h"
#include "dkim/dkim_record.h"
#include "dns/dns_rdata.h"
#include "policy/dkim_keys.h"
#include "reach.h"

struct spot {
	struct ps_check *c;
	const char *where;
	struct ps_dkim_ref ref;
};

struct ps_check_dkim {
	const char *where;
	struct ps_dkim_ref ref;
	enum ps_dkim_alg alg;
	struct ps_bytes point;
};

/* As the user of the crypto workers, whoever looks. */
static bool
workers_reach(const struct spot *s)
{
	const struct ps_policy *p = s->c->policy;
	const char *user = p->crypto_user != NULL ? p->crypto_user : p->user;
	struct ps_reach_who who;
	const char *why = "";
	bool missing;

	if (user == NULL)
		ps_reach_uid(s->c->arena, geteuid(), &who);
	else if (!ps_reach_user(s->c->arena, user, &who))
		return false; /* said already */
	if (ps_reach_path(
		    s->c->arena, s->ref.path, &who, PS_REACH_R, &missing, &why))
		return true;
	ps_findings_add(s->c->out, PS_FINDING_ERROR, s->where,
		"dkim-sign: the key of \"%.*s\" is out of reach: %s",
		PS_FMT(s->ref.selector), why)
		->todo =
		missing ? ps_arena_printf(s->c->arena,
				  "run: postseal dkim key %.*s %.*s",
				  PS_FMT(s->ref.domain),
				  PS_FMT(s->ref.selector))
			: ps_arena_printf(s->c->arena, "run: chown %s %s",
				  who.name, s->ref.path);
	return false;
}

static void
check_bits(const struct spot *s, const struct ps_dkim_secret *key)
{
	if (ps_dkim_secret_alg(key) == PS_DKIM_RSA_SHA256 &&
		ps_dkim_secret_bits(key) < PS_DKIM_SIGN_BITS_GOOD)
		ps_findings_add(s->c->out, PS_FINDING_WARNING, s->where,
			"dkim-sign: the key of \"%.*s\" has %u bits, 2048 "
			"would be right (RFC 8301)",
			PS_FMT(s->ref.selector), ps_dkim_secret_bits(key));
}

static void
keep(const struct spot *s, const struct ps_dkim_secret *key)
{
	struct ps_check *c = s->c;

	PS_GROW(c->arena, c->dkim, c->n_dkim);
	c->dkim[c->n_dkim++] = (struct ps_check_dkim){
		.where = s->where,
		.ref = s->ref,
		.alg = ps_dkim_secret_alg(key),
		.point = ps_dkim_secret_public(c->arena, key),
	};
}

static void
check_key(const struct spot *s)
{
	struct ps_dkim_secret *key;
	const char *why = "";

	if (!workers_reach(s))
		return;
	if (access(s->ref.path, R_OK) != 0) {
		ps_findings_add(s->c->out, PS_FINDING_SKIPPED, s->where,
			"dkim-sign: \"%s\" was not looked into, this user may "
			"not read it",
			s->ref.path);
		return;
	}
	if (ps_dkim_secret_read(s->ref.path, &key, &why) != PS_OK) {
		ps_findings_add(s->c->out, PS_FINDING_ERROR, s->where,
			"dkim-sign: %s: %s", s->ref.path, why);
		return;
	}
	check_bits(s, key);
	keep(s, key);
	ps_dkim_secret_free(key);
}

void
ps_check_dkim_keys(struct ps_check *c)
{
	const struct ps_policy *p = c->policy;

	for (size_t i = 0; i < p->n_section; i++) {
		const struct ps_section *s = &p->section[i];
		const struct ps_setting *word = &s->word[PS_WORD_DKIM_SIGN];
		struct spot spot = {
			.c = c, .where = ps_check_where(c, word->where)};

		for (size_t k = 0; k < word->n_list; k++)
			if (ps_dkim_keys_parse(c->arena, word->list[k], s,
				    p->dkim_dir, &spot.ref) == NULL)
				check_key(&spot);
	}
}

/* NULL when the answer is this key's record. */
static const char *
judge(struct ps_arena *a, const struct ps_check_dkim *k,
	const struct ps_dns_answer *answer)
{
	struct ps_bytes record;

	if (answer->status != PS_DNS_FOUND || answer->n_rr == 0)
		return "there is no record, so no signature counts";
	if (answer->n_rr > 1)
		return "there are several records, so no signature counts";
	if (!ps_dns_rdata_txt(a, answer->rr[0], &record))
		return "the published record cannot be read";
	return ps_dkim_record_differs(a, record, k->alg, k->point);
}

static void
check_record(const struct ps_check *c, const struct ps_check_dkim *k,
	struct ps_dns_budget *dns)
{
	const char *name = ps_arena_printf(c->arena, "%.*s._domainkey.%.*s",
		PS_FMT(k->ref.selector), PS_FMT(k->ref.domain));
	struct ps_dns_answer answer;
	const char *wrong;

	ps_dns_ask(c->arena, ps_bytes_of(name), PS_DNS_TXT, dns, &answer);
	if (answer.status == PS_DNS_TROUBLE) {
		ps_findings_add(c->out, PS_FINDING_SKIPPED, k->where,
			"%s was not compared with its key: %s", name,
			answer.why == NULL ? "the DNS does not say"
					   : answer.why);
		return;
	}
	wrong = judge(c->arena, k, &answer);
	if (wrong != NULL)
		ps_findings_add(c->out, PS_FINDING_WARNING, k->where, "%s: %s",
			name, wrong)
			->todo = ps_arena_printf(c->arena,
			"publish what this prints: postseal dkim record %.*s "
			"%.*s",
			PS_FMT(k->ref.domain), PS_FMT(k->ref.selector));
}

void
ps_check_dkim_records(const struct ps_check *c, struct ps_dns_budget *dns)
{
	for (size_t i = 0; i < c->n_dkim; i++)
		check_record(c, &c->dkim[i], dns);
}
