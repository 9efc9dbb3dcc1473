/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * What a relay of ours saw: its Authentication-Results field instead of our
 * own look, which would only see the relay.
 */
#include "auth/authres_text.h"
#include "auth/verify.h"
#include "dns/dns_name.h"

static struct ps_bytes
domain_of(struct ps_arena *a, struct ps_bytes value)
{
	size_t at = ps_authres_last_at(value);
	struct ps_bytes out = {0};
	const char *why;

	if (at != PS_NOT_FOUND)
		value = ps_bytes_from(value, at + 1);
	if (!ps_dns_name_border(a, value, &out, &why))
		return (struct ps_bytes){0};
	return out;
}

static void
take_spf(struct ps_arena *a, const struct ps_authres_read_item *item,
	struct ps_verdict *out)
{
	struct ps_bytes from =
		ps_authres_prop(item, PS_LIT("smtp"), PS_LIT("mailfrom"));
	struct ps_bytes helo =
		ps_authres_prop(item, PS_LIT("smtp"), PS_LIT("helo"));
	struct ps_spf_result *one =
		from.p != NULL ? &out->mail_from : &out->helo;

	*one = (struct ps_spf_result){
		.result = item->result,
		.domain = domain_of(a, from.p != NULL ? from : helo),
		.why = "as a trusted relay saw it",
	};
}

static void
take_dkim(struct ps_arena *a, const struct ps_authres_read_item *item,
	struct ps_verdict *out)
{
	struct ps_dkim_signature *s;

	if (item->result == PS_AUTH_NONE)
		return;
	PS_GROW(a, out->dkim.signature, out->dkim.n_signature);
	s = &out->dkim.signature[out->dkim.n_signature++];
	*s = (struct ps_dkim_signature){
		.result = item->result,
		.why = "as a trusted relay saw it",
		.domain = domain_of(a,
			ps_authres_prop(item, PS_LIT("header"), PS_LIT("d"))),
		.identity =
			ps_authres_prop(item, PS_LIT("header"), PS_LIT("i")),
		.selector =
			ps_authres_prop(item, PS_LIT("header"), PS_LIT("s")),
	};
}

static enum ps_dmarc_policy
policy_word(struct ps_bytes word)
{
	if (ps_bytes_ieq(word, PS_LIT("reject")))
		return PS_DMARC_POLICY_REJECT;
	if (ps_bytes_ieq(word, PS_LIT("quarantine")))
		return PS_DMARC_POLICY_QUARANTINE;
	return PS_DMARC_POLICY_NONE;
}

static void
take_dmarc(struct ps_arena *a, const struct ps_authres_read_item *item,
	struct ps_verdict *out)
{
	struct ps_bytes from =
		ps_authres_prop(item, PS_LIT("header"), PS_LIT("from"));
	struct ps_bytes asks =
		ps_authres_prop(item, PS_LIT("policy"), PS_LIT("dmarc"));

	out->dmarc = (struct ps_dmarc_result){
		.result = item->result,
		.why = "as a trusted relay saw it",
		.from = out->author.from,
		.from_domain = domain_of(a, from),
		.policy = policy_word(asks),
		.published = policy_word(asks),
		.which = "p",
	};
}

/* Believed of the author whom this message names, and of no other. */
static void
take_openpgp(struct ps_arena *a, const struct ps_authres_read_item *item,
	struct ps_verdict *out)
{
	struct ps_bytes from =
		ps_authres_prop(item, PS_LIT("header"), PS_LIT("from"));
	struct ps_bytes fpr =
		ps_authres_prop(item, PS_LIT("x-openpgp"), PS_LIT("fpr"));
	struct ps_bytes scope =
		ps_authres_prop(item, PS_LIT("x-openpgp"), PS_LIT("scope"));
	struct ps_openpgp_result *r = &out->openpgp;

	*r = (struct ps_openpgp_result){
		.result = item->result,
		.reason = item->result == PS_AUTH_PASS
				  ? ""
				  : "as a trusted relay saw it",
		.shape = "",
		.scope = ps_bytes_eq(scope, PS_LIT("whole")) ? PS_SCOPE_WHOLE
							     : PS_SCOPE_PARTLY,
		.state = PS_SIGNATURE_ERROR,
	};
	if (fpr.len == sizeof(r->fpr) - 1)
		memcpy(r->fpr, fpr.p, fpr.len);
	if (r->result != PS_AUTH_PASS)
		return;
	r->state = PS_SIGNATURE_GOOD;
	if (out->author.from != PS_DMARC_FROM_ONE || out->author.n_addr != 1 ||
		r->scope != PS_SCOPE_WHOLE || r->fpr[0] == '\0' ||
		!ps_bytes_eq(
			from, ps_verify_mailbox(a, &out->author.addr[0]))) {
		r->result = PS_AUTH_POLICY;
		r->reason = "not-the-author";
		return;
	}
	r->author = out->author.addr[0].full;
}

static void
take(struct ps_arena *a, const struct ps_authres_read_item *item,
	struct ps_verdict *out)
{
	if (!item->known)
		return;
	if (ps_bytes_eq(item->method, PS_LIT("spf"))) {
		out->methods |= PS_METHOD_SPF;
		take_spf(a, item, out);
	} else if (ps_bytes_eq(item->method, PS_LIT("dkim"))) {
		out->methods |= PS_METHOD_DKIM;
		take_dkim(a, item, out);
	} else if (ps_bytes_eq(item->method, PS_LIT("dmarc"))) {
		out->methods |= PS_METHOD_DMARC;
		take_dmarc(a, item, out);
	} else if (ps_bytes_eq(item->method, PS_LIT("arc"))) {
		out->methods |= PS_METHOD_ARC;
		out->arc.result = item->result;
		out->arc.why = "as a trusted relay saw it";
	} else if (ps_bytes_eq(item->method, PS_LIT("iprev"))) {
		out->methods |= PS_METHOD_IPREV;
		out->iprev.result = item->result;
		out->iprev.why = "as a trusted relay saw it";
	} else if (ps_bytes_eq(item->method, PS_LIT("x-openpgp"))) {
		out->methods |= PS_METHOD_OPENPGP;
		take_openpgp(a, item, out);
	}
}

bool
ps_verify_by_relay(struct ps_arena *a, const struct ps_txn *t,
	const char *authserv_id, struct ps_verdict *out)
{
	const struct ps_header *h = &t->message.header;
	struct ps_bytes id = ps_bytes_of(authserv_id);
	struct ps_authres said;

	for (size_t i = 0; i < h->n_field; i++) {
		if (!ps_authres_is_ours(a, &h->field[i], id, &said))
			continue;
		*out = (struct ps_verdict){
			.by_relay = true,
			.null_sender = t->mail_from.full.len == 0,
		};
		ps_client_of(a, t, &out->client);
		ps_dmarc_author(a, h, &out->author);
		for (size_t k = 0; k < said.n_item; k++)
			take(a, &said.item[k], out);
		return true;
	}
	return false;
}
