/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * The verdicts of verdict_world.h.
 */
#include "tap.h"

#include <stdio.h>
#include <string.h>

#include "verdict_world.h"

static enum ps_auth_result
result_of(struct ps_bytes word)
{
	for (enum ps_auth_result r = PS_AUTH_NONE; r <= PS_AUTH_PERMERROR; r++)
		if (ps_bytes_eq(word, ps_bytes_of(ps_auth_result_name(r))))
			return r;
	fail_msg("no result: %.*s", PS_FMT(word));
	return PS_AUTH_NONE;
}

/* "pass/example.org" */
static enum ps_auth_result
split(struct ps_bytes value, struct ps_bytes *behind)
{
	size_t slash = ps_bytes_chr(value, '/');

	*behind = slash == PS_NOT_FOUND ? PS_LIT("")
					: ps_bytes_from(value, slash + 1);
	return result_of(ps_bytes_head(value, slash));
}

static void
add_from(struct world *w, struct ps_bytes value, struct ps_verdict *v)
{
	struct ps_dmarc_author *a = &v->author;
	const char *text = ps_arena_cstr(w->arena, value);

	if (strcmp(text, "absent") == 0) {
		a->from = PS_DMARC_FROM_ABSENT;
		return;
	}
	if (strcmp(text, "ambiguous") == 0) {
		a->from = PS_DMARC_FROM_AMBIGUOUS;
		a->why = "two From fields";
		return;
	}
	PS_GROW(w->arena, a->addr, a->n_addr);
	a->addr[a->n_addr] =
		world_addr(w, ps_arena_printf(w->arena, "<%s>", text));
	v->dmarc.from_domain = a->addr[a->n_addr++].domain;
	if (a->n_addr > 1)
		a->from = PS_DMARC_FROM_MANY;
}

static void
add_dkim(struct world *w, struct ps_bytes value, struct ps_verdict *v)
{
	struct ps_dkim_result *d = &v->dkim;
	struct ps_dkim_signature *s;

	PS_GROW(w->arena, d->signature, d->n_signature);
	s = &d->signature[d->n_signature++];
	s->result = split(value, &s->domain);
	s->why = "body hash differs";
}

static void
set_dmarc(struct ps_bytes value, struct ps_verdict *v)
{
	struct ps_bytes policy;

	v->dmarc.result = split(value, &policy);
	if (ps_bytes_eq(policy, PS_LIT("reject")))
		v->dmarc.policy = PS_DMARC_POLICY_REJECT;
	if (ps_bytes_eq(policy, PS_LIT("quarantine")))
		v->dmarc.policy = PS_DMARC_POLICY_QUARANTINE;
}

static void
set_only(struct ps_bytes value, struct ps_verdict *v)
{
	v->methods = 0;
	if (ps_bytes_eq(value, PS_LIT("spf")))
		v->methods = PS_METHOD_SPF;
	if (ps_bytes_eq(value, PS_LIT("dkim")))
		v->methods = PS_METHOD_DKIM;
}

static void
set_cert(struct ps_bytes subject, enum ps_client_cert state,
	struct ps_verdict *v)
{
	v->client.cert = state;
	v->client.cert_subject = subject;
}

static void
set_tls(struct ps_bytes value, struct ps_verdict *v)
{
	v->client.tls = PS_AUTH_PASS;
	v->client.tls_minor = ps_is_digit(value.p[0]) ? value.p[0] - '0' : 0;
}

static void
set_openpgp(struct world *w, struct ps_bytes value, struct ps_verdict *v)
{
	struct ps_bytes reason;

	v->openpgp.result = split(value, &reason);
	v->openpgp.reason = ps_arena_cstr(w->arena, reason);
	v->openpgp.scope = PS_SCOPE_WHOLE;
}

static void
take(struct world *w, struct ps_bytes word, struct ps_verdict *v)
{
	size_t eq = ps_bytes_chr(word, '=');
	const char *name = ps_arena_cstr(w->arena, ps_bytes_head(word, eq));
	struct ps_bytes value = ps_bytes_from(word, eq + 1);

	if (strcmp(name, "from") == 0)
		add_from(w, value, v);
	else if (strcmp(name, "spf") == 0)
		v->mail_from.result = split(value, &v->mail_from.domain);
	else if (strcmp(name, "dkim") == 0)
		add_dkim(w, value, v);
	else if (strcmp(name, "dkimkey") == 0) {
		add_dkim(w, value, v);
		v->dkim.signature[v->dkim.n_signature - 1].covers_autocrypt =
			true;
	} else if (strcmp(name, "dmarc") == 0)
		set_dmarc(value, v);
	else if (strcmp(name, "arc") == 0)
		v->arc.result = result_of(value);
	else if (strcmp(name, "sealer") == 0)
		v->sealer = value, v->sealer_saw_pass = true;
	else if (strcmp(name, "blindsealer") == 0)
		v->sealer = value;
	else if (strcmp(name, "dkimtest") == 0)
		add_dkim(w, value, v),
			v->dkim.signature[v->dkim.n_signature - 1].testing =
				true;
	else if (strcmp(name, "iprev") == 0)
		v->iprev.result = split(value, &v->iprev.name);
	else if (strcmp(name, "openpgp") == 0)
		set_openpgp(w, value, v);
	else if (strcmp(name, "fpr") == 0)
		memcpy(v->openpgp.fpr, value.p, value.len);
	else if (strcmp(name, "tls") == 0)
		set_tls(value, v);
	else if (strcmp(name, "cert") == 0)
		set_cert(value, PS_CLIENT_CERT_VERIFIED, v);
	else if (strcmp(name, "badcert") == 0)
		set_cert(value, PS_CLIENT_CERT_UNKNOWN, v);
	else if (strcmp(name, "crowded") == 0)
		v->author.crowded = true;
	else if (strcmp(name, "relay") == 0)
		v->by_relay = true, v->client.auth = PS_AUTH_PASS;
	else if (strcmp(name, "only") == 0)
		set_only(value, v);
	else
		fail_msg("no word of a verdict: %s", name);
}

void
verdict_make(struct world *w, const char *words, struct ps_verdict *out)
{
	*out = (struct ps_verdict){
		.methods = PS_METHOD_ALL,
		.client.tls_minor = -1,
		.mail_from.why = "a record",
		.trusted_client = ps_policy_trusts(w->policy, &w->txn),
	};
	while (*words != '\0') {
		size_t len = strcspn(words, " ");

		if (len > 0)
			take(w, ps_bytes(words, len), out);
		words += len + strspn(words + len, " ");
	}
}

const char *
verdict_text(struct world *w, const struct ps_sender_judgement *j)
{
	const struct ps_reply *r = &j->reply;
	const struct ps_mark *m = &j->mark;
	const char *text = "accept";

	if (r->action != PS_ACCEPT)
		text = ps_arena_printf(w->arena, "%s %s %s rule=%s", r->code,
			r->xcode, r->reason, r->rule);
	else if (m->kind != PS_MARK_NONE)
		text = ps_arena_printf(w->arena, "%s %s rule=%s",
			m->kind == PS_MARK_TAG ? "tag" : "quarantine",
			m->reason, m->rule);
	if (j->override == NULL)
		return text;
	return ps_arena_printf(w->arena, "%s (%s)", text, j->override);
}

const char *
verdict_judge(struct world *w, const struct ps_verdict *v)
{
	struct ps_sender_judgement j;
	struct ps_sender_case c = {
		.policy = w->policy,
		.txn = &w->txn,
		.verdict = v,
		.n_ruling = w->txn.n_rcpt,
	};

	for (size_t i = 0; i < w->txn.n_rcpt; i++) {
		struct ps_rcpt *r = &w->txn.rcpt[i];
		struct ps_sender sender;

		ps_sender_of(w->policy, &w->txn, r, &sender);
		ps_sender_prove(&sender, v);
		ps_match(w->arena, w->policy, &sender, &r->addr,
			&w->facts[i].ruling);
	}
	c.ruling = ps_rulings_of(w->arena, w->facts, w->txn.n_rcpt);
	ps_judge_sender(w->arena, &c, &j);
	return verdict_text(w, &j);
}
