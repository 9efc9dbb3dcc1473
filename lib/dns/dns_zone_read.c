/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * The grammar of a zone file's lines: directives, owners, types, record data.
 */
#include "dns/dns_zone_read.h"

#include <arpa/inet.h>
#include <stdlib.h>

#include "base/str.h"
#include "dns/dns_name.h"
#include "dns/dns_rdata.h"
#include "dns/dns_zone_text.h"
#include "mail/tagval.h"

#define TYPE_EXISTS 65280 /* of the private range: only its owner matters */

struct reader {
	struct ps_arena *a;
	struct ps_bytes origin, owner;
	bool has_owner, secure;
	struct ps_dns_records *out;
	const char *why;
};

static const struct {
	const char *word;
	int type;
} types[] = {
	{"A", PS_DNS_A},
	{"AAAA", PS_DNS_AAAA},
	{"MX", PS_DNS_MX},
	{"TXT", PS_DNS_TXT},
	{"PTR", PS_DNS_PTR},
	{"CNAME", PS_DNS_CNAME},
	{"OPENPGPKEY", PS_DNS_OPENPGPKEY},
	{"TYPE61", PS_DNS_OPENPGPKEY}, /* RFC 3597 section 5 */
	{"SOA", TYPE_EXISTS},
	{"NS", TYPE_EXISTS},
	{"SPF", TYPE_EXISTS},
	{"SRV", TYPE_EXISTS},
	{"CAA", TYPE_EXISTS},
	{"HINFO", TYPE_EXISTS},
	{"TLSA", TYPE_EXISTS},
	{"SSHFP", TYPE_EXISTS},
	{"DS", TYPE_EXISTS},
	{"DNSKEY", TYPE_EXISTS},
	{"RRSIG", TYPE_EXISTS},
	{"NSEC", TYPE_EXISTS},
	{"NSEC3", TYPE_EXISTS},
	{"NSEC3PARAM", TYPE_EXISTS},
};

static const struct {
	const char *word, *why;
} failures[] = {
	{"SERVFAIL", "the name server failed (SERVFAIL)"},
	{"REFUSED", "the name server refused (REFUSED)"},
	{"TIMEOUT", "no answer within the time"},
	{"BOGUS", "the DNSSEC check failed (bogus)"},
};

static bool
is_word(struct ps_bytes text, const char *word)
{
	return ps_bytes_ieq(text, ps_bytes_of(word));
}

static bool
find_type(struct ps_bytes word, int *out)
{
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		if (is_word(word, types[i].word)) {
			*out = types[i].type;
			return true;
		}
	}
	return false;
}

/* A name: absolute with a final dot or without an origin; "." is empty. */
static bool
read_name(struct reader *r, const struct ps_dns_token *t, struct ps_bytes *out)
{
	char folded[PS_DNS_NAME_MAX];
	struct ps_bytes name = t->text;

	if (t->has_escaped_dot) {
		r->why = "a label with a dot in it";
		return false;
	}
	if (ps_bytes_eq(name, PS_LIT("."))) {
		*out = PS_LIT("");
		return true;
	}
	if (ps_bytes_eq(name, PS_LIT("@")) && !t->quoted) {
		*out = r->origin;
		return true;
	}
	if (name.len > 2 * (size_t)PS_DNS_NAME_MAX) {
		r->why = "the name is longer than 253 octets";
		return false;
	}
	if (r->origin.len > 0 && name.len > 0 && name.p[name.len - 1] != '.')
		name = ps_bytes_of(ps_arena_printf(
			r->a, "%.*s.%.*s", PS_FMT(name), PS_FMT(r->origin)));
	if (!ps_dns_name_fold(name, folded, &name.len, &r->why))
		return false;
	*out = ps_arena_copy(r->a, ps_bytes(folded, name.len));
	return true;
}

static bool
read_address(struct reader *r, int family, const struct ps_dns_token *t,
	struct ps_bytes *out)
{
	unsigned char addr[16];

	if (inet_pton(family, ps_arena_cstr(r->a, t->text), addr) != 1) {
		r->why = family == AF_INET ? "no IPv4 address"
					   : "no IPv6 address";
		return false;
	}
	*out = ps_arena_copy(
		r->a, ps_bytes((const char *)addr, family == AF_INET ? 4 : 16));
	return true;
}

/* Strings over 255 octets are split, so that keys may stand in one. */
static bool
read_txt(struct reader *r, const struct ps_dns_token *t, size_t n,
	struct ps_bytes *out)
{
	struct ps_buf b;

	ps_buf_init(&b, 65535);
	for (size_t i = 0; i < n; i++) {
		struct ps_bytes rest = t[i].text;

		do {
			struct ps_bytes part = ps_bytes_head(rest, 255);

			ps_buf_putc(&b, (char)part.len);
			ps_buf_put(&b, part);
			rest = ps_bytes_from(rest, part.len);
		} while (rest.len > 0);
	}
	if (b.full)
		r->why = "the record is longer than 65535 octets";
	else
		*out = ps_arena_copy(r->a, ps_buf_bytes(&b));
	ps_buf_free(&b);
	return r->why == NULL;
}

static bool
hex(struct ps_bytes digits, struct ps_buf *out)
{
	unsigned octet = 0;

	for (size_t i = 0; i < digits.len; i++) {
		int c = ps_lower(digits.p[i]);

		if (!ps_is_digit(c) && (c < 'a' || c > 'f'))
			return false;
		octet = octet << 4 |
			(unsigned)(ps_is_digit(c) ? c - '0' : c - 'a' + 10);
		if (i % 2 == 1)
			ps_buf_putc(out, (char)(octet & 0xff));
	}
	return digits.len % 2 == 0;
}

/*
 * base64, in as many tokens as one likes (RFC 7929 section 2.3), or "\# 3
 * ABCDEF" (RFC 3597 section 5).
 */
static bool
read_openpgpkey(struct reader *r, const struct ps_dns_token *t, size_t n,
	struct ps_bytes *out)
{
	bool generic = n > 0 && ps_bytes_eq(t[0].text, PS_LIT("#"));
	struct ps_bytes digits;
	struct ps_buf b, octets;
	int64_t len = 0;
	bool good;

	ps_buf_init(&b, 2 * 65535);
	ps_buf_init(&octets, 65535);
	for (size_t i = generic ? 2 : 0; i < n; i++)
		ps_buf_put(&b, t[i].text);
	digits = ps_buf_bytes(&b);
	if (generic) {
		good = n >= 2 && ps_tagval_number(t[1].text, &len) &&
		       hex(digits, &octets) && octets.len == (size_t)len;
		*out = ps_arena_copy(r->a, ps_buf_bytes(&octets));
	} else {
		good = ps_tagval_base64(r->a, digits, out);
	}
	good = good && !b.full && !octets.full && out->len > 0 &&
	       out->len <= 65535;
	if (!good)
		r->why = "a key is base64, or \\# with a length and that many "
			 "octets in hex";
	ps_buf_free(&b);
	ps_buf_free(&octets);
	return good;
}

static bool
read_mx(struct reader *r, const struct ps_dns_token *t, struct ps_bytes *out)
{
	struct ps_bytes name, wire;
	unsigned long n = 0;
	char *p;

	for (size_t i = 0; i < t[0].text.len; i++) {
		if (!ps_is_digit((unsigned char)t[0].text.p[i]) || n > 65535)
			n = 65536;
		else
			n = 10 * n + (unsigned long)(t[0].text.p[i] - '0');
	}
	if (n > 65535 || t[0].text.len == 0) {
		r->why = "an MX preference is a number up to 65535";
		return false;
	}
	if (!read_name(r, &t[1], &name))
		return false;
	wire = ps_dns_rdata_put_name(r->a, name);
	p = ps_arena_alloc(r->a, wire.len + 2);
	p[0] = (char)(n >> 8);
	p[1] = (char)(n & 255);
	memcpy(p + 2, wire.p, wire.len);
	*out = ps_bytes(p, wire.len + 2);
	return true;
}

static bool
read_rdata(struct reader *r, int type, const struct ps_dns_token *t, size_t n,
	struct ps_bytes *out)
{
	struct ps_bytes name;

	if (type == TYPE_EXISTS)
		return true;
	if (type == PS_DNS_TXT)
		return read_txt(r, t, n, out);
	if (type == PS_DNS_OPENPGPKEY)
		return read_openpgpkey(r, t, n, out);
	if (n != (type == PS_DNS_MX ? 2 : 1)) {
		r->why = "wrong number of fields in the record";
		return false;
	}
	if (type == PS_DNS_MX)
		return read_mx(r, t, out);
	if (type == PS_DNS_A)
		return read_address(r, AF_INET, t, out);
	if (type == PS_DNS_AAAA)
		return read_address(r, AF_INET6, t, out);
	if (!read_name(r, t, &name))
		return false;
	*out = ps_dns_rdata_put_name(r->a, name);
	return true;
}

static struct ps_dns_record *
add(struct reader *r, size_t line, int type)
{
	struct ps_dns_record *rec;

	PS_GROW(r->a, r->out->record, r->out->n_record);
	rec = &r->out->record[r->out->n_record++];
	*rec = (struct ps_dns_record){.name = r->owner,
		.type = type,
		.secure = r->secure,
		.line = line};
	return rec;
}

/* "SERVFAIL", alone or with the types that it is for. */
static bool
read_failure(struct reader *r, const struct ps_dns_line *l, size_t at,
	const char *why)
{
	bool bogus = is_word(l->token[at].text, "BOGUS");
	size_t first = at + 1;

	if (first == l->n_token) {
		struct ps_dns_record *rec = add(r, l->number, 0);

		rec->failure = why;
		rec->bogus = bogus;
	}
	for (size_t i = first; i < l->n_token; i++) {
		struct ps_dns_record *rec;
		int type;

		if (!find_type(l->token[i].text, &type)) {
			r->why = "a failure is followed by record types";
			return false;
		}
		rec = add(r, l->number, type);
		rec->failure = why;
		rec->bogus = bogus;
	}
	return true;
}

static bool
is_ttl_or_class(const struct ps_dns_token *t)
{
	if (t->quoted || t->text.len == 0)
		return false;
	return is_word(t->text, "IN") ||
	       ps_is_digit((unsigned char)t->text.p[0]);
}

static bool
read_record(struct reader *r, const struct ps_dns_line *l)
{
	struct ps_bytes rr = {NULL, 0};
	size_t at = 0;
	int type;

	if (!l->starts_blank) {
		if (!read_name(r, &l->token[at++], &r->owner))
			return false;
		r->has_owner = true;
	}
	if (!r->has_owner || r->owner.len == 0) {
		r->why = "the record has no name";
		return false;
	}
	while (at < l->n_token && is_ttl_or_class(&l->token[at]))
		at++;
	if (at == l->n_token) {
		r->why = "the record has no type";
		return false;
	}
	for (size_t i = 0; i < sizeof(failures) / sizeof(failures[0]); i++)
		if (is_word(l->token[at].text, failures[i].word))
			return read_failure(r, l, at, failures[i].why);
	if (!find_type(l->token[at].text, &type)) {
		r->why = ps_arena_printf(r->a, "unknown record type \"%s\"",
			ps_str_printable(r->a, l->token[at].text, 40));
		return false;
	}
	at++;
	if (!read_rdata(r, type, l->token + at, l->n_token - at, &rr))
		return false;
	add(r, l->number, type)->rr = rr;
	return true;
}

static bool
read_directive(struct reader *r, const struct ps_dns_line *l)
{
	struct ps_bytes word = l->token[0].text;

	r->why = "the directive wants one value";
	if (l->n_token != 2)
		return false;
	r->why = NULL;
	if (is_word(word, "$ORIGIN"))
		return read_name(r, &l->token[1], &r->origin);
	if (is_word(word, "$TTL"))
		return true;
	if (is_word(word, "$SECURE")) {
		r->secure = is_word(l->token[1].text, "on");
		if (r->secure || is_word(l->token[1].text, "off"))
			return true;
		r->why = "$SECURE is on or off";
		return false;
	}
	r->why = "unknown directive";
	return false;
}

enum ps_status
ps_dns_zone_read(struct ps_arena *a, const char *name, struct ps_bytes text,
	struct ps_dns_records *out, const char **why)
{
	struct ps_dns_zone_text t = {.rest = text, .number = 1};
	struct ps_dns_records all = {NULL, 0};
	struct reader r = {.a = a, .out = &all};
	struct ps_dns_line l = {.n_token = 0};
	bool good = true;

	while (good && ps_dns_zone_text_line(a, &t, &l)) {
		if (!l.token[0].quoted && l.token[0].text.len > 0 &&
			l.token[0].text.p[0] == '$')
			good = read_directive(&r, &l);
		else
			good = read_record(&r, &l);
	}
	if (good && t.why == NULL) {
		*out = all;
		return PS_OK;
	}
	*why = ps_arena_printf(
		a, "%s:%zu: %s", name, l.number, t.why == NULL ? r.why : t.why);
	return PS_EPERM;
}
