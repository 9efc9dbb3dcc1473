/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * What the tags of seals and message signatures say (RFC 8617 sections 4.1.2
 * and 4.1.3, on RFC 6376 section 3.5).  Tags that we do not know are no fault.
 */
#include "auth/arc_parts.h"
#include "auth/dkim.h"
#include "dns/dns_name.h"

static const char *
read_algorithm(struct ps_arc_signature *s)
{
	struct ps_bytes a;

	if (!ps_tagval_get(&s->tags, PS_LIT("a"), &a))
		return "there is no a=";
	s->type = PS_DKIM_KEY_RSA;
	if (ps_bytes_eq(a, PS_LIT("rsa-sha256")))
		return NULL;
	s->type = PS_DKIM_KEY_ED25519;
	if (ps_bytes_eq(a, PS_LIT("ed25519-sha256")))
		return NULL;
	return "a= is no algorithm that counts";
}

/* t= and x=. */
static const char *
read_time(const struct ps_tagval *t, struct ps_bytes name, int64_t *out)
{
	struct ps_bytes text;

	*out = -1;
	if (!ps_tagval_get(t, name, &text) || ps_tagval_number(text, out))
		return NULL;
	return "a time is no number";
}

static const char *
read_common(struct ps_arena *a, struct ps_arc_signature *s)
{
	struct ps_bytes d, b;
	const char *why;

	if (s->tags.broken)
		return "it is no tag list";
	if (s->tags.twice)
		return "a tag occurs twice";
	why = read_algorithm(s);
	if (why != NULL)
		return why;
	if (!ps_tagval_get(&s->tags, PS_LIT("d"), &d) ||
		!ps_dns_name_border(a, d, &s->domain, &why))
		return "d= is no domain";
	if (!ps_tagval_get(&s->tags, PS_LIT("s"), &d) ||
		!ps_dns_name_border(a, d, &s->selector, &why))
		return "s= is no selector";
	if (!ps_tagval_get(&s->tags, PS_LIT("b"), &b) ||
		!ps_tagval_base64(a, b, &s->octets) || s->octets.len == 0)
		return "b= is no signature";
	return NULL;
}

/* h= (section 4.1.2): a seal in it could not be made by the next hop. */
static const char *
read_fields(struct ps_arc_message *m)
{
	struct ps_bytes rest, item;
	size_t n = 0;

	if (!ps_tagval_get(&m->sig.tags, PS_LIT("h"), &m->fields))
		return "there is no h=";
	rest = m->fields;
	while (ps_tagval_item(&rest, ':', &item)) {
		if (++n > PS_DKIM_MAX_HEADERS)
			return "h= is too long";
		if (ps_bytes_ieq(item, PS_LIT("ARC-Seal")))
			return "h= names ARC-Seal";
	}
	return NULL;
}

/*
 * Without c= RFC 6376 says simple/simple; sealers and verifiers of ARC say
 * relaxed/relaxed, and so does the public test suite.
 */
static const char *
read_canon(struct ps_arc_message *m)
{
	struct ps_bytes c;

	m->header = m->body = PS_CANON_RELAXED;
	if (!ps_tagval_get(&m->sig.tags, PS_LIT("c"), &c) ||
		ps_canon_words(c, &m->header, &m->body))
		return NULL;
	return "c= is no canonicalization";
}

static const char *
read_body(struct ps_arena *a, struct ps_arc_message *m)
{
	struct ps_bytes bh, l;

	if (!ps_tagval_get(&m->sig.tags, PS_LIT("bh"), &bh) ||
		!ps_tagval_base64(a, bh, &m->body_hash) ||
		m->body_hash.len != PS_SHA256_LEN)
		return "bh= is no body hash";
	m->limit = -1;
	if (ps_tagval_get(&m->sig.tags, PS_LIT("l"), &l) &&
		!ps_tagval_number(l, &m->limit))
		return "l= is no number";
	return NULL;
}

/* q=: the key is asked for in one way (RFC 6376 section 3.5). */
static const char *
read_query(const struct ps_tagval *t)
{
	struct ps_bytes q, item;

	if (!ps_tagval_get(t, PS_LIT("q"), &q))
		return NULL;
	while (ps_tagval_item(&q, ':', &item))
		if (ps_bytes_eq(item, PS_LIT("dns/txt")))
			return NULL;
	return "q= does not offer dns/txt";
}

void
ps_arc_read_message(struct ps_arena *a, struct ps_arc_message *m)
{
	struct ps_arc_signature *s = &m->sig;

	s->why = read_common(a, s);
	if (s->why == NULL)
		s->why = read_fields(m);
	if (s->why == NULL)
		s->why = read_canon(m);
	if (s->why == NULL)
		s->why = read_body(a, m);
	if (s->why == NULL)
		s->why = read_time(&s->tags, PS_LIT("t"), &m->signed_s);
	if (s->why == NULL)
		s->why = read_time(&s->tags, PS_LIT("x"), &m->expires_s);
	if (s->why == NULL)
		s->why = read_query(&s->tags);
}

void
ps_arc_read_seal(struct ps_arena *a, struct ps_arc_hop *hop)
{
	struct ps_arc_signature *s = &hop->seal;
	struct ps_bytes cv = {0}, other;
	int64_t when;

	ps_tagval_get(&s->tags, PS_LIT("cv"), &cv);
	hop->cv_none = ps_bytes_eq(cv, PS_LIT("none"));
	hop->cv_pass = ps_bytes_eq(cv, PS_LIT("pass"));
	hop->cv_fail = ps_bytes_eq(cv, PS_LIT("fail"));
	s->why = read_common(a, s);
	if (s->why == NULL)
		s->why = read_time(&s->tags, PS_LIT("t"), &when);
	/* section 4.1.3: it MUST result in a failure */
	if (s->why == NULL && ps_tagval_get(&s->tags, PS_LIT("h"), &other))
		s->why = "a seal has h=";
}
