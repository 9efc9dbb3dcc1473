/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Key records (RFC 6376 section 3.6.1, RFC 8463 section 4).  Knows nothing of
 * signatures, nor of the libraries that verify them.
 */
#include "auth/dkim_key.h"

#include "auth/rsa_der.h"
#include "dns/dns_name.h"
#include "dns/dns_rdata.h"
#include "mail/tagval.h"

#define MAX_TAGS 50
/* Larger ones only make a verification slow; 65537 takes 17. */
#define MAX_EXPONENT ((size_t)8) /* octets */

static void
say(struct ps_dkim_key *out, enum ps_auth_result result, const char *why)
{
	out->result = result;
	out->why = why;
}

/* Is word an item of a list with colons? */
static bool
lists(struct ps_bytes list, struct ps_bytes word)
{
	struct ps_bytes item;

	while (ps_tagval_item(&list, ':', &item))
		if (ps_bytes_eq(item, word))
			return true;
	return false;
}

/* v= may be left out; where it is, it must be first. */
static bool
is_version(const struct ps_tagval *t)
{
	struct ps_bytes v;

	if (!ps_tagval_get(t, PS_LIT("v"), &v))
		return true;
	return ps_bytes_eq(t->tag[0].name, PS_LIT("v")) &&
	       ps_bytes_eq(v, PS_LIT("DKIM1"));
}

static const char *
read_type(const struct ps_tagval *t, struct ps_dkim_key *out)
{
	struct ps_bytes k;

	out->type = PS_DKIM_KEY_RSA;
	if (!ps_tagval_get(t, PS_LIT("k"), &k) || ps_bytes_eq(k, PS_LIT("rsa")))
		return NULL;
	out->type = PS_DKIM_KEY_ED25519;
	return ps_bytes_eq(k, PS_LIT("ed25519"))
		       ? NULL
		       : "the key is of an unknown type";
}

/* What the key may be used for; unknown words of lists are skipped. */
static const char *
read_uses(const struct ps_tagval *t, struct ps_dkim_key *out)
{
	struct ps_bytes list;

	out->sha1 = out->sha256 = true;
	if (ps_tagval_get(t, PS_LIT("h"), &list)) {
		out->sha1 = lists(list, PS_LIT("sha1"));
		out->sha256 = lists(list, PS_LIT("sha256"));
	}
	if (ps_tagval_get(t, PS_LIT("t"), &list)) {
		out->testing = lists(list, PS_LIT("y"));
		out->strict = lists(list, PS_LIT("s"));
	}
	if (ps_tagval_get(t, PS_LIT("s"), &list) && !lists(list, PS_LIT("*")) &&
		!lists(list, PS_LIT("email")))
		return "the key is not for mail";
	return NULL;
}

static void
read_rsa(struct ps_arena *a, struct ps_bytes der, struct ps_dkim_key *out)
{
	struct ps_rsa_key rsa;

	if (!ps_rsa_der_read(der, &rsa)) {
		say(out, PS_AUTH_PERMERROR, "p= of the key is no RSA key");
		return;
	}
	out->bits = rsa.bits;
	out->octets = ps_rsa_der_write(a, &rsa);
	out->modulus = rsa.modulus;
	out->exponent = rsa.exponent;
	if (rsa.bits < PS_DKIM_RSA_MIN)
		say(out, PS_AUTH_POLICY, "the RSA key has under 1024 bits");
	else if (rsa.bits > PS_DKIM_RSA_MAX)
		say(out, PS_AUTH_POLICY, "the RSA key has over 8192 bits");
	else if (rsa.exponent.len > MAX_EXPONENT)
		say(out, PS_AUTH_POLICY, "the RSA key's exponent is too large");
	else
		out->result = PS_AUTH_PASS;
}

static void
read_ed25519(struct ps_bytes point, struct ps_dkim_key *out)
{
	if (point.len != 32) {
		say(out, PS_AUTH_PERMERROR, "p= of the key is no Ed25519 key");
		return;
	}
	out->octets = point;
	out->bits = 256;
	out->result = PS_AUTH_PASS;
}

static void
read_octets(
	struct ps_arena *a, const struct ps_tagval *t, struct ps_dkim_key *out)
{
	struct ps_bytes p, octets;

	if (!ps_tagval_get(t, PS_LIT("p"), &p))
		say(out, PS_AUTH_PERMERROR, "the key record has no p=");
	else if (p.len == 0)
		say(out, PS_AUTH_PERMERROR, "the key is revoked");
	else if (!ps_tagval_base64(a, p, &octets))
		say(out, PS_AUTH_PERMERROR, "p= of the key is no base64");
	else if (out->type == PS_DKIM_KEY_RSA)
		read_rsa(a, octets, out);
	else
		read_ed25519(octets, out);
}

void
ps_dkim_key_parse(
	struct ps_arena *a, struct ps_bytes record, struct ps_dkim_key *out)
{
	struct ps_tagval t;

	*out = (struct ps_dkim_key){.result = PS_AUTH_PERMERROR};
	out->why = "the key record is too long";
	if (record.len > PS_DKIM_RECORD_MAX)
		return;
	ps_tagval_parse(a, record, MAX_TAGS, &t);
	out->why = "the key record is no tag list";
	if (t.broken || t.n_tag == 0)
		return;
	out->why = "the key record has a tag twice";
	if (t.twice)
		return;
	out->why = "the key record is of another version";
	if (!is_version(&t))
		return;
	out->why = read_type(&t, out);
	if (out->why == NULL)
		out->why = read_uses(&t, out);
	if (out->why == NULL)
		read_octets(a, &t, out);
}

/* selector._domainkey.domain; false with *why for what is no such name. */
static bool
key_name(struct ps_arena *a, struct ps_bytes selector, struct ps_bytes domain,
	struct ps_bytes *out, const char **why)
{
	struct ps_bytes s, d;

	if (!ps_dns_name_border(a, selector, &s, why) ||
		!ps_dns_name_border(a, domain, &d, why))
		return false;
	*out = ps_bytes_of(ps_arena_printf(
		a, "%.*s._domainkey.%.*s", PS_FMT(s), PS_FMT(d)));
	return ps_dns_name_check(*out, why);
}

static void
read_answer(struct ps_arena *a, const struct ps_dns_answer *answer,
	struct ps_dkim_key *out)
{
	struct ps_bytes text;

	/* more than one: "the results are undefined" (3.6.2.2), and which one
	 * comes first is anybody's guess */
	if (answer->n_rr != 1)
		say(out, PS_AUTH_PERMERROR, "there are several key records");
	else if (!ps_dns_rdata_txt(a, answer->rr[0], &text))
		say(out, PS_AUTH_PERMERROR, "the key record is cut short");
	else
		ps_dkim_key_parse(a, text, out);
}

void
ps_dkim_key_fetch(struct ps_arena *a, struct ps_bytes selector,
	struct ps_bytes domain, struct ps_dns_budget *dns,
	struct ps_dkim_key *out)
{
	struct ps_dns_answer answer;
	struct ps_bytes name;

	*out = (struct ps_dkim_key){.result = PS_AUTH_PERMERROR};
	if (!key_name(a, selector, domain, &name, &out->why))
		return;
	ps_dns_ask(a, name, PS_DNS_TXT, dns, &answer);
	if (answer.status == PS_DNS_TROUBLE)
		say(out, PS_AUTH_TEMPERROR,
			answer.why != NULL ? answer.why
					   : "the DNS did not answer");
	else if (answer.status != PS_DNS_FOUND || answer.n_rr == 0)
		say(out, PS_AUTH_PERMERROR, "there is no key");
	else
		read_answer(a, &answer, out);
	out->secure = answer.secure;
}

void
ps_dkim_key_ahead(struct ps_arena *a, struct ps_bytes selector,
	struct ps_bytes domain, struct ps_dns_budget *dns)
{
	struct ps_bytes name;
	const char *why;

	if (key_name(a, selector, domain, &name, &why))
		ps_dns_ahead(name, PS_DNS_TXT, dns);
}
