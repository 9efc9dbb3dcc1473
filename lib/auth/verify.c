/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * The methods in the order in which they need each other: SPF and DKIM say
 * which domains are proven, ARC what they were before, DMARC and VBR what that
 * means.
 */
#include "auth/verify_ahead.h"

static bool
asked(const struct ps_verdict *out, enum ps_method m)
{
	return (out->methods & (unsigned)m) != 0;
}

static const struct ps_assumed *
assumed(const struct ps_verifier *v, enum ps_method m)
{
	for (size_t i = 0; i < v->n_assumed; i++)
		if (v->assumed[i].method == m)
			return &v->assumed[i];
	return NULL;
}

static void
check_spf(struct ps_arena *a, const struct ps_txn *t,
	const struct ps_verifier *v, struct ps_dns_budget *dns,
	struct ps_verdict *out)
{
	const struct ps_spf_sender sender = ps_verify_sender(t->session, t, v);
	const struct ps_assumed *instead = assumed(v, PS_METHOD_SPF);

	ps_spf_helo(a, &sender, dns, &out->helo);
	if (instead != NULL)
		out->mail_from = (struct ps_spf_result){
			.result = instead->result,
			.domain = instead->domain,
			.why = "assumed",
		};
	else
		ps_spf_mail_from(a, &sender, dns, &out->mail_from);
}

static void
check_spf_beside(struct ps_arena *a, const struct ps_txn *t,
	const struct ps_verifier *v, struct ps_dns_budget *dns,
	struct ps_verdict *out)
{
	const struct ps_dns *plain = dns->dns;
	struct ps_verify_beside beside;

	ps_verify_beside(t->session, dns, &beside);
	if (asked(out, PS_METHOD_IPREV))
		dns->dns = &beside.dns;
	check_spf(a, t, v, dns, out);
	dns->dns = plain;
}

static void
assume_dkim(struct ps_arena *a, const struct ps_verifier *v,
	struct ps_dkim_result *out)
{
	for (size_t i = 0; i < v->n_assumed; i++) {
		const struct ps_assumed *one = &v->assumed[i];

		if (one->method != PS_METHOD_DKIM)
			continue;
		PS_GROW(a, out->signature, out->n_signature);
		out->signature[out->n_signature++] = (struct ps_dkim_signature){
			.result = one->result,
			.why = "assumed",
			.domain = one->domain,
			.identity = ps_bytes_of(ps_arena_printf(
				a, "@%.*s", PS_FMT(one->domain))),
		};
	}
}

static void
check_dkim(struct ps_arena *a, const struct ps_txn *t,
	const struct ps_verifier *v, struct ps_dns_budget *dns,
	struct ps_verdict *out)
{
	if (assumed(v, PS_METHOD_DKIM) != NULL)
		assume_dkim(a, v, &out->dkim);
	else
		ps_dkim_verify(
			a, v->dkim, &t->message, v->now_s, dns, &out->dkim);
}

/* Who is proven, or would be had the DNS answered. */
static struct ps_dmarc_identity *
identities(struct ps_arena *a, const struct ps_verdict *v, size_t *n)
{
	struct ps_dmarc_identity *list =
		ps_arena_array(a, v->dkim.n_signature + 1, sizeof(*list));

	*n = 0;
	for (size_t i = 0; i < v->dkim.n_signature; i++) {
		const struct ps_dkim_signature *s = &v->dkim.signature[i];

		if (s->result == PS_AUTH_PASS || s->result == PS_AUTH_TEMPERROR)
			list[(*n)++] = (struct ps_dmarc_identity){
				.domain = s->domain,
				.dkim = true,
				.temperror = s->result == PS_AUTH_TEMPERROR,
			};
	}
	if (v->mail_from.result == PS_AUTH_PASS ||
		v->mail_from.result == PS_AUTH_TEMPERROR)
		list[(*n)++] = (struct ps_dmarc_identity){
			.domain = v->mail_from.domain,
			.temperror = v->mail_from.result == PS_AUTH_TEMPERROR,
		};
	return list;
}

static void
check_dmarc(struct ps_arena *a, const struct ps_txn *t,
	const struct ps_verifier *v, struct ps_dns_budget *dns,
	struct ps_verdict *out)
{
	struct ps_dmarc_question q = {
		.header = &t->message.header,
		.discovery = (enum ps_dmarc_discovery)v->settings->discovery,
		.psl = v->psl,
	};

	q.identity = identities(a, out, &q.n_identity);
	ps_dmarc_evaluate(a, &q, dns, &out->dmarc);
}

static void
check_vbr(struct ps_arena *a, const struct ps_txn *t,
	const struct ps_verifier *v, struct ps_dns_budget *dns,
	struct ps_verdict *out)
{
	size_t n_identity = 0, n = 0;
	struct ps_dmarc_identity *identity = identities(a, out, &n_identity);
	struct ps_bytes *domain =
		ps_arena_array(a, n_identity, sizeof(*domain));
	struct ps_vbr_question q = {
		.header = &t->message.header,
		.certifier = v->settings->vbr_certifiers,
		.n_certifier = v->settings->n_vbr_certifiers,
		.domain = domain,
	};

	for (size_t i = 0; i < n_identity; i++)
		if (!identity[i].temperror)
			domain[n++] = identity[i].domain;
	q.n_domain = n;
	ps_vbr(a, &q, dns, &out->vbr);
}

static bool
is_trusted_sealer(const struct ps_verifier *v, struct ps_bytes domain)
{
	for (size_t i = 0; i < v->settings->n_trusted_sealers; i++)
		if (ps_bytes_ieq(domain,
			    ps_bytes_of(v->settings->trusted_sealers[i])))
			return true;
	return false;
}

/* Did this hop see the author's domain proven, by DMARC or by that domain's own
 * signature? */
static bool
saw_pass(struct ps_arena *a, const struct ps_arc_set *set,
	struct ps_bytes author)
{
	struct ps_authres said;

	if (!ps_authres_read(a, set->results, &said))
		return false;
	for (size_t i = 0; i < said.n_item; i++) {
		const struct ps_authres_read_item *one = &said.item[i];
		struct ps_bytes who = {0};

		if (!one->known || one->result != PS_AUTH_PASS)
			continue;
		if (ps_bytes_eq(one->method, PS_LIT("dmarc")))
			who = ps_authres_prop(
				one, PS_LIT("header"), PS_LIT("from"));
		else if (ps_bytes_eq(one->method, PS_LIT("dkim")))
			who = ps_authres_prop(
				one, PS_LIT("header"), PS_LIT("d"));
		if (who.len > 0 && ps_bytes_ieq(who, author))
			return true;
	}
	return false;
}

/* From the newest hop back, as long as we trust who sealed: a stranger below
 * could have written anything before. */
static void
trust_chain(
	struct ps_arena *a, const struct ps_verifier *v, struct ps_verdict *out)
{
	/* what sealers say of an author must be of this author */
	if (out->arc.result != PS_AUTH_PASS || !out->arc.author_signed ||
		out->author.n_domain != 1)
		return;
	for (size_t i = out->arc.n_set; i > 0; i--) {
		const struct ps_arc_set *set = &out->arc.set[i - 1];

		if (!is_trusted_sealer(v, set->domain))
			return;
		if (out->sealer.len == 0)
			out->sealer = set->domain;
		if (!saw_pass(a, set, out->author.domain[0]))
			continue;
		out->sealer = set->domain;
		out->sealer_saw_pass = true;
		return;
	}
}

static void
check_message(struct ps_arena *a, const struct ps_txn *t,
	const struct ps_verifier *v, struct ps_dns_budget *dns,
	struct ps_verdict *out)
{
	if (asked(out, PS_METHOD_DKIM))
		check_dkim(a, t, v, dns, out);
	if (asked(out, PS_METHOD_ARC)) {
		ps_arc_verify(a, &t->message, v->now_s, dns, &out->arc);
		trust_chain(a, v, out);
	}
	if (asked(out, PS_METHOD_DMARC))
		check_dmarc(a, t, v, dns, out);
	if (asked(out, PS_METHOD_VBR))
		check_vbr(a, t, v, dns, out);
	ps_verify_openpgp(a, t, v, out);
}

void
ps_verify_openpgp(struct ps_arena *a, const struct ps_txn *t,
	const struct ps_verifier *v, struct ps_verdict *out)
{
	if (v->openpgp == NULL || out->trusted_client ||
		asked(out, PS_METHOD_OPENPGP))
		return;
	out->methods |= PS_METHOD_OPENPGP;
	ps_openpgp_verify(
		a, &t->message, &out->author, v->openpgp, &out->openpgp);
}

void
ps_verify(struct ps_arena *a, const struct ps_txn *t, bool has_message,
	const struct ps_verifier *v, struct ps_verdict *out)
{
	struct ps_wait wait = ps_wait_within(v->wait, v->settings->dns_ms);
	int64_t began_ms = ps_mono_ms(v->wait->clock);
	struct ps_dns_budget dns = {
		.dns = v->dns,
		.wait = &wait,
		.query_ms = v->settings->query_ms,
		.max_query = v->settings->max_queries,
	};

	*out = (struct ps_verdict){
		.methods = v->trusted_client
				   ? 0
				   : v->methods & ~(unsigned)PS_METHOD_OPENPGP,
		.trusted_client = v->trusted_client,
		.null_sender = t->mail_from.full.len == 0,
	};
	if (!has_message)
		out->methods &= PS_METHOD_IPREV | PS_METHOD_SPF;
	ps_client_of(a, t, &out->client);
	if (has_message)
		ps_dmarc_author(a, &t->message.header, &out->author);
	if (!v->started)
		ps_verify_start(
			a, t->session, t, has_message, v, out->methods, &dns);
	if (asked(out, PS_METHOD_SPF))
		check_spf_beside(a, t, v, &dns, out);
	if (has_message)
		check_message(a, t, v, &dns, out);
	if (asked(out, PS_METHOD_IPREV))
		ps_iprev(a, &t->session->client, &dns, &out->iprev);
	out->n_query = dns.n_query;
	out->took_ms = ps_mono_ms(v->wait->clock) - began_ms;
}
