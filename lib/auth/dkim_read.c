/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Reads DKIM-Signature fields (RFC 6376 section 3.5), strictly, bounded, and
 * before any look-up.  Knows neither keys nor the rest of the message.
 */
#include "auth/dkim_parts.h"
#include "dns/dns_name.h"
#include "mail/tagval.h"

/* A name that cannot be read ends with what the DNS needs to know. */
static const char *
read_domain(struct ps_arena *a, const struct ps_tagval *t,
	struct ps_dkim_reading *out)
{
	struct ps_bytes value, domain;
	const char *why;

	if (!ps_tagval_get(t, PS_LIT("d"), &value))
		return "d= is missing";
	if (!ps_dns_name_border(a, value, &domain, &why))
		return "d= is no domain";
	/* domain-name = sub-domain 1*("." sub-domain) */
	if (ps_bytes_chr(domain, '.') == PS_NOT_FOUND)
		return "d= is a top-level domain";
	out->domain = domain;
	return NULL;
}

static const char *
read_selector(struct ps_arena *a, const struct ps_tagval *t,
	struct ps_dkim_reading *out)
{
	struct ps_bytes value;
	const char *why;

	if (!ps_tagval_get(t, PS_LIT("s"), &value))
		return "s= is missing";
	return ps_dns_name_border(a, value, &out->selector, &why)
		       ? NULL
		       : "s= is no selector";
}

static int
hex(char c)
{
	if (ps_is_digit(c))
		return c - '0';
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* dkim-quoted-printable (2.11), blanks dropped; false for a broken "=". */
static bool
unquote(struct ps_arena *a, struct ps_bytes value, struct ps_bytes *out)
{
	struct ps_bytes in = ps_tagval_squeeze(a, value);
	char *p = ps_arena_alloc(a, in.len + 1);
	size_t n = 0;

	for (size_t i = 0; i < in.len; i++) {
		if (in.p[i] != '=') {
			p[n++] = in.p[i];
			continue;
		}
		if (i + 2 >= in.len || hex(in.p[i + 1]) < 0 ||
			hex(in.p[i + 2]) < 0)
			return false;
		p[n++] = (char)(hex(in.p[i + 1]) << 4 | hex(in.p[i + 2]));
		i += 2;
	}
	*out = ps_bytes(p, n);
	return true;
}

/* Dot-atoms, UTF-8 among them (RFC 6532); what needs quotes is left out. */
static bool
is_plain_local(struct ps_bytes local)
{
	static const char special[] = "()<>[]:;@\\,\"";

	for (size_t i = 0; i < local.len; i++) {
		unsigned char c = (unsigned char)local.p[i];

		if (c <= ' ' || c == 0x7f || strchr(special, c) != NULL)
			return false;
	}
	return true;
}

static const char *
read_identity(struct ps_arena *a, const struct ps_tagval *t,
	struct ps_dkim_reading *out)
{
	struct ps_bytes value, text, domain, local = PS_LIT("");
	size_t at = 0;
	const char *why;

	out->exact = true;
	out->identity =
		ps_bytes_of(ps_arena_printf(a, "@%.*s", PS_FMT(out->domain)));
	if (!ps_tagval_get(t, PS_LIT("i"), &value))
		return NULL;
	if (!unquote(a, value, &text))
		return "i= is broken";
	for (at = text.len; at > 0 && text.p[at - 1] != '@'; at--)
		;
	if (at == 0)
		return "i= has no domain";
	if (!ps_dns_name_border(a, ps_bytes_from(text, at), &domain, &why))
		return "the domain of i= is none";
	if (!ps_dns_name_within(domain, out->domain))
		return "i= is not below d=";
	out->exact = domain.len == out->domain.len;
	if (is_plain_local(ps_bytes_head(text, at - 1)))
		local = ps_bytes_head(text, at - 1);
	out->identity = ps_bytes_of(
		ps_arena_printf(a, "%.*s@%.*s", PS_FMT(local), PS_FMT(domain)));
	return NULL;
}

static const char *
read_algorithm(const struct ps_tagval *t, struct ps_dkim_reading *out)
{
	struct ps_bytes a;

	if (!ps_tagval_get(t, PS_LIT("a"), &a))
		return "a= is missing";
	if (ps_bytes_eq(a, PS_LIT("rsa-sha256")))
		out->type = PS_DKIM_KEY_RSA;
	else if (ps_bytes_eq(a, PS_LIT("ed25519-sha256")))
		out->type = PS_DKIM_KEY_ED25519;
	else if (!ps_bytes_eq(a, PS_LIT("rsa-sha1")))
		return "a= is unknown";
	out->algorithm = a;
	return NULL;
}

/* v=, c= and q=: what a verifier of RFC 6376 can follow. */
static const char *
read_dialect(const struct ps_tagval *t, struct ps_dkim_reading *out)
{
	struct ps_bytes value, item;
	bool dns = false;

	if (!ps_tagval_get(t, PS_LIT("v"), &value))
		return "v= is missing";
	if (!ps_bytes_eq(value, PS_LIT("1")))
		return "v= is not 1";
	out->header = out->body = PS_CANON_SIMPLE;
	if (ps_tagval_get(t, PS_LIT("c"), &value) &&
		!ps_canon_words(value, &out->header, &out->body))
		return "c= is unknown";
	if (!ps_tagval_get(t, PS_LIT("q"), &value))
		return NULL;
	while (ps_tagval_item(&value, ':', &item))
		dns |= ps_bytes_eq(item, PS_LIT("dns/txt"));
	return dns ? NULL : "q= is unknown";
}

/* hdr-name: ftext of RFC 5322, without the ";" of tag lists. */
static bool
is_field_name(struct ps_bytes name)
{
	for (size_t i = 0; i < name.len; i++)
		if (name.p[i] <= ' ' || name.p[i] > '~')
			return false;
	return true;
}

static const char *
read_names(struct ps_arena *a, const struct ps_tagval *t,
	struct ps_dkim_reading *out)
{
	struct ps_bytes list, item;
	bool author = false;

	if (!ps_tagval_get(t, PS_LIT("h"), &list))
		return "h= is missing";
	while (ps_tagval_item(&list, ':', &item)) {
		if (item.len == 0)
			continue; /* stands for no field */
		if (!is_field_name(item))
			return "h= holds what is no field name";
		if (out->n_name == PS_DKIM_MAX_HEADERS)
			return "h= names over 100 fields";
		author |= ps_bytes_ieq(item, PS_LIT("From"));
		PS_GROW(a, out->name, out->n_name);
		out->name[out->n_name++] = item;
	}
	return author ? NULL : "From is not signed";
}

static const char *
read_hashes(struct ps_arena *a, const struct ps_tagval *t,
	struct ps_dkim_reading *out)
{
	struct ps_bytes value;

	if (!ps_tagval_get(t, PS_LIT("b"), &value))
		return "b= is missing";
	out->b = ps_tagval_squeeze(a, value);
	if (!ps_tagval_base64(a, value, &out->octets) || out->octets.len == 0)
		return "b= is no base64";
	if (!ps_tagval_get(t, PS_LIT("bh"), &value))
		return "bh= is missing";
	if (!ps_tagval_base64(a, value, &out->body_hash))
		return "bh= is no base64";
	return NULL;
}

/* What libopendkim cannot cut out of the field. */
static bool
is_odd_b(const struct ps_tagval *t)
{
	for (size_t i = 0; i < t->n_tag; i++) {
		struct ps_bytes name = t->tag[i].name;

		if (name.p[name.len - 1] == 'b' &&
			(name.len > 1 || name.p[1] != '='))
			return true;
	}
	return false;
}

static bool
read_number(const struct ps_tagval *t, struct ps_bytes name, int64_t *out)
{
	struct ps_bytes value;

	*out = -1;
	return !ps_tagval_get(t, name, &value) || ps_tagval_number(value, out);
}

static const char *
read_numbers(const struct ps_tagval *t, struct ps_dkim_reading *out)
{
	int64_t limit;

	if (!read_number(t, PS_LIT("l"), &limit))
		return "l= is no number";
	out->limit = limit < 0 ? PS_CANON_ALL : (uint64_t)limit;
	if (!read_number(t, PS_LIT("t"), &out->signed_s))
		return "t= is no number";
	if (!read_number(t, PS_LIT("x"), &out->expires_s))
		return "x= is no number";
	if (out->signed_s >= 0 && out->expires_s >= 0 &&
		out->expires_s <= out->signed_s)
		return "x= is not after t=";
	return NULL;
}

/*
 * RFC 8301 section 3.1: rsa-sha1 is no proof.  Said last, so that what is
 * wrong with the signature itself is told first.
 */
static void
judge_algorithm(struct ps_dkim_reading *out)
{
	if (ps_bytes_eq(out->algorithm, PS_LIT("rsa-sha1"))) {
		out->result = PS_AUTH_POLICY;
		out->why = "rsa-sha1 proves nothing";
	} else if (out->body_hash.len != PS_SHA256_LEN) {
		out->result = PS_AUTH_PERMERROR;
		out->why = "bh= is no SHA-256 digest";
	}
}

void
ps_dkim_read(struct ps_arena *a, const struct ps_field *f,
	struct ps_dkim_reading *out)
{
	struct ps_tagval t;

	*out = (struct ps_dkim_reading){
		.result = PS_AUTH_PERMERROR, .field = f};
	out->why = "the signature is too long";
	if (f->value.len > PS_DKIM_MAX_FIELD)
		return;
	ps_tagval_parse(a, f->value, PS_DKIM_MAX_TAGS, &t);
	/* what can be told of a broken one is told: whose it claims to be */
	out->why = t.broken  ? "the signature is no tag list"
		   : t.twice ? "a tag occurs twice"
			     : NULL;
	if (out->why != NULL)
		return;
	if ((out->why = read_domain(a, &t, out)) != NULL ||
		(out->why = read_selector(a, &t, out)) != NULL ||
		(out->why = read_identity(a, &t, out)) != NULL ||
		(out->why = read_algorithm(&t, out)) != NULL ||
		(out->why = read_dialect(&t, out)) != NULL ||
		(out->why = read_names(a, &t, out)) != NULL ||
		(out->why = read_hashes(a, &t, out)) != NULL ||
		(out->why = read_numbers(&t, out)) != NULL)
		return;
	out->odd_b = is_odd_b(&t);
	out->result = PS_AUTH_PASS;
	judge_algorithm(out);
}

void
ps_dkim_read_all(struct ps_arena *a, const struct ps_header *h,
	struct ps_dkim_readings *out)
{
	*out = (struct ps_dkim_readings){.n = 0};
	for (size_t i = 0; i < h->n_field; i++) {
		if (!ps_bytes_ieq(h->field[i].name, PS_LIT("DKIM-Signature")))
			continue;
		if (out->n == PS_DKIM_MAX_SIGNATURES) {
			out->n_ignored++;
			continue;
		}
		PS_GROW(a, out->of, out->n);
		ps_dkim_read(a, &h->field[i], &out->of[out->n++]);
	}
}
