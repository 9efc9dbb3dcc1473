/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Sentences for SMTP replies.  Everything that strangers wrote is made
 * printable and cut, so that the reason and the rule behind it always fit.
 */
#include "policy/sender_text.h"

#include "base/str.h"

#define SHOWN_MAX   120
#define EXPLAIN_MAX 200

/*
 * RFC 7372 for SPF, DKIM and reverse DNS, RFC 8617 10 for ARC, RFC 5248 for
 * TLS.  RFC 6376 6.1.2 has the code for keys that cannot be asked for.  DMARC
 * fails when all that it builds on fails: 7.26.
 */
static const struct {
	enum ps_word word;
	const char *reason, *xcode;
} table[] = {
	{PS_WORD_ON_SPF_FAIL, "spf-fail", "7.23"},
	{PS_WORD_ON_SPF_SOFTFAIL, "spf-softfail", "7.23"},
	{PS_WORD_ON_SPF_TEMPERROR, "spf-temperror", "7.24"},
	{PS_WORD_ON_SPF_PERMERROR, "spf-permerror", "7.24"},
	{PS_WORD_ON_DKIM_FAIL, "dkim-fail", "7.20"},
	{PS_WORD_ON_DKIM_NONE, "dkim-none", "7.20"},
	{PS_WORD_ON_DKIM_TEMPERROR, "dkim-temperror", "7.5"},
	{PS_WORD_ON_DMARC_REJECT, "dmarc-reject", "7.26"},
	{PS_WORD_ON_DMARC_QUARANTINE, "dmarc-quarantine", "7.26"},
	{PS_WORD_ON_DMARC_FAIL, "dmarc-fail", "7.26"},
	{PS_WORD_ON_DMARC_NONE, "dmarc-none", "7.1"},
	{PS_WORD_ON_DMARC_TEMPERROR, "dmarc-temperror", "4.3"},
	{PS_WORD_ON_AMBIGUOUS_FROM, "ambiguous-from", "7.1"},
	{PS_WORD_ON_ARC_FAIL, "arc-fail", "7.29"},
	{PS_WORD_ON_IPREV_FAIL, "iprev-fail", "7.25"},
	{PS_WORD_ON_SIGNATURE_MISSING, "signature-missing", "7.1"},
};

static const struct {
	const char *reason, *xcode;
} found[] = {
	[PS_FOUND_LOGIN_REQUIRED] = {"login-required", "7.1"},
	[PS_FOUND_NOT_ALLOWED] = {"address-not-allowed", "7.1"},
	[PS_FOUND_TLS_REQUIRED] = {"tls-required", "7.10"},
	[PS_FOUND_CERT_REQUIRED] = {"client-cert-required", "7.1"},
};

static size_t
row_of(enum ps_word w)
{
	size_t i = 0;

	while (i + 1 < sizeof(table) / sizeof(table[0]) && table[i].word != w)
		i++;
	return i;
}

const char *
ps_finding_reason(const struct ps_finding *f)
{
	return f->kind == PS_FOUND_WORD ? table[row_of(f->word)].reason
					: found[f->kind].reason;
}

const char *
ps_finding_xcode(const struct ps_finding *f)
{
	return f->kind == PS_FOUND_WORD ? table[row_of(f->word)].xcode
					: found[f->kind].xcode;
}

static const char *
shown(struct ps_arena *a, struct ps_bytes b)
{
	return ps_str_printable(a, b, SHOWN_MAX);
}

/* ": the reason", or "". */
static const char *
because(struct ps_arena *a, const char *why)
{
	if (why == NULL || *why == '\0')
		return "";
	return ps_arena_printf(a, ": %s", shown(a, ps_bytes_of(why)));
}

/* RFC 7208 8.4: the words of the domain's owner are shown as his. */
static const char *
explanation(struct ps_arena *a, const struct ps_spf_result *r)
{
	struct ps_bytes said = ps_bytes_head(r->explanation, EXPLAIN_MAX);
	char *text = ps_arena_cstr(a, said);

	if (said.len == 0)
		return "";
	for (size_t i = 0; i < said.len; i++)
		if (text[i] == '"')
			text[i] = '\'';
	return ps_arena_printf(a, "; %s explains: \"%s\"", shown(a, r->domain),
		ps_str_printable(a, ps_bytes(text, said.len), EXPLAIN_MAX));
}

static const char *
spf_text(struct ps_arena *a, const struct ps_sender_case *c, enum ps_word w)
{
	const struct ps_spf_result *r = &c->verdict->mail_from;
	const char *domain = shown(a, r->domain);
	const char *ip = shown(a, c->txn->session->client_ip);

	if (w == PS_WORD_ON_SPF_FAIL)
		return ps_arena_printf(a, "%s may not send mail for %s%s", ip,
			domain, explanation(a, r));
	if (w == PS_WORD_ON_SPF_SOFTFAIL)
		return ps_arena_printf(
			a, "%s should not send mail for %s", ip, domain);
	if (w == PS_WORD_ON_SPF_TEMPERROR)
		return ps_arena_printf(a,
			"the SPF record of %s cannot be looked up now%s",
			domain, because(a, r->why));
	return ps_arena_printf(a, "the SPF record of %s cannot be used%s",
		domain, because(a, r->why));
}

/* The first signature that explains the word. */
static const char *
dkim_text(struct ps_arena *a, const struct ps_verdict *v, enum ps_word w)
{
	const struct ps_dkim_result *d = &v->dkim;
	bool temporary = w == PS_WORD_ON_DKIM_TEMPERROR;
	const char *why = NULL;

	if (w == PS_WORD_ON_DKIM_NONE)
		return "the message has no DKIM signature";
	for (size_t i = 0; i < d->n_signature && why == NULL; i++)
		if (temporary == (d->signature[i].result == PS_AUTH_TEMPERROR))
			why = d->signature[i].why;
	return ps_arena_printf(a, "%s%s",
		temporary ? "DKIM keys cannot be looked up now"
			  : "no DKIM signature passes",
		because(a, why));
}

static const char *
dmarc_text(struct ps_arena *a, const struct ps_verdict *v, enum ps_word w)
{
	const char *from = shown(a, v->dmarc.from_domain);
	const char *why = v->author.why != NULL ? v->author.why : v->dmarc.why;

	if (w == PS_WORD_ON_AMBIGUOUS_FROM)
		return ps_arena_printf(
			a, "who wrote this cannot be told%s", because(a, why));
	if (w == PS_WORD_ON_DMARC_NONE)
		return ps_arena_printf(a, "%s has no DMARC record", from);
	if (w == PS_WORD_ON_DMARC_TEMPERROR)
		return ps_arena_printf(a, "DMARC of %s cannot be told now%s",
			from, because(a, v->dmarc.why));
	return ps_arena_printf(a, "mail from %s fails DMARC%s", from,
		w == PS_WORD_ON_DMARC_REJECT
			? ", and its owner asks to reject it"
		: w == PS_WORD_ON_DMARC_QUARANTINE
			? ", and its owner asks to quarantine it"
			: "");
}

bool
ps_signature_is_open(const struct ps_verdict *v)
{
	return (v->methods & PS_METHOD_OPENPGP) == 0 ||
	       v->openpgp.result == PS_AUTH_TEMPERROR;
}

static const char *
openpgp_text(struct ps_arena *a, const struct ps_verdict *v)
{
	const char *why = v->openpgp.reason;

	if (ps_signature_is_open(v))
		return ps_arena_printf(a,
			"the OpenPGP signature cannot be verified now%s",
			because(a, why));
	if (v->openpgp.scope == PS_SCOPE_NONE)
		why = "not-signed";
	return ps_arena_printf(
		a, "no OpenPGP signature by the author%s", because(a, why));
}

static const char *
word_text(struct ps_arena *a, const struct ps_sender_case *c, enum ps_word w)
{
	const struct ps_verdict *v = c->verdict;

	if (w == PS_WORD_ON_SIGNATURE_MISSING)
		return openpgp_text(a, v);
	switch (ps_words[w].under) {
	case PS_WORD_SPF:
		return spf_text(a, c, w);
	case PS_WORD_DKIM:
		return dkim_text(a, v, w);
	case PS_WORD_DMARC:
		return dmarc_text(a, v, w);
	case PS_WORD_ARC:
		return ps_arena_printf(
			a, "the ARC chain is broken%s", because(a, v->arc.why));
	default:
		return ps_arena_printf(a, "%s has no name that leads back%s",
			shown(a, c->txn->session->client_ip),
			because(a, v->iprev.why));
	}
}

static const char *
address_text(struct ps_arena *a, const struct ps_addr *addr)
{
	if (addr == NULL)
		return "this From field";
	return ps_arena_printf(a, "<%s>", shown(a, addr->full));
}

const char *
ps_finding_text(struct ps_arena *a, const struct ps_sender_case *c,
	const struct ps_finding *f)
{
	switch (f->kind) {
	case PS_FOUND_LOGIN_REQUIRED:
		return ps_arena_printf(a, "mail from %s needs a login",
			address_text(a, f->addr));
	case PS_FOUND_NOT_ALLOWED:
		return ps_arena_printf(a, "this login may not use %s",
			address_text(a, f->addr));
	case PS_FOUND_TLS_REQUIRED:
		return f->need == PS_TLS_IN_ENCRYPTED
			       ? "this needs an encrypted connection"
			       : ps_arena_printf(a,
					 "this needs a connection by %s or "
					 "newer",
					 ps_words[PS_WORD_TLS_IN]
						 .choice[f->need]);
	case PS_FOUND_CERT_REQUIRED:
		return "this needs a client certificate that we trust";
	case PS_FOUND_WORD:
		break;
	}
	return word_text(a, c, f->word);
}
