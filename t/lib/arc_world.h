/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Messages with chains that tests seal hop by hop, with keys of their own, and
 * the zone that publishes them.  The canonical forms are lib's, which the
 * public suites judge; everything else is done anew here.
 */
#ifndef PS_T_ARC_WORLD_H
#define PS_T_ARC_WORLD_H

#include "tap.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include "auth/arc.h"
#include "dkim/canon.h"
#include "base/buf.h"
#include "dns_world.h"

#define ARC_NOW	  1700000000
#define ARC_HEAD  "From: Ann <ann@example.org>\r\nTo: bob@example.net\r\n"
#define ARC_BODY  "Hello  Bob,\r\nall is well.\r\n"
#define ARC_H	  "from:to:subject"
#define ARC_BLANK "                "

struct arc_key {
	EVP_PKEY *pkey;
	bool rsa;
	const char *domain; /* selector is "s" */
};

struct arc_world {
	struct dns_world dns;
	struct ps_buf header, body, zone;
};

/* How one hop signs; empty words are the usual ones. */
struct arc_hop {
	const struct arc_key *key;
	const struct arc_key *seal_key; /* NULL: key */
	const char *cv;
	const char *h;
	const char *extra; /* more tags of the message signature */
	const char *c;
	const char *a;	/* of both */
	const char *bh; /* a lie */
};

static inline struct arc_key
arc_key(const char *type, const char *domain)
{
	struct arc_key k = {.domain = domain, .rsa = strcmp(type, "RSA") == 0};

	k.pkey = k.rsa ? EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)1024)
		       : EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
	assert_non_null(k.pkey);
	return k;
}

static inline void
arc_base64(struct ps_buf *out, const unsigned char *p, size_t len)
{
	char *text = malloc(len * 2 + 8);
	int n = EVP_EncodeBlock((unsigned char *)text, p, (int)len);

	ps_buf_put(out, ps_bytes(text, (size_t)n));
	free(text);
}

static inline void
arc_open(struct arc_world *w, const char *header, const char *body)
{
	ps_buf_init(&w->header, 8 << 20);
	ps_buf_init(&w->body, 8 << 20);
	ps_buf_init(&w->zone, 1 << 20);
	ps_buf_puts(&w->header, header);
	ps_buf_puts(&w->body, body);
}

static inline void
arc_close(struct arc_world *w)
{
	ps_buf_free(&w->header);
	ps_buf_free(&w->body);
	ps_buf_free(&w->zone);
}

/* The key's record, with k= and p= behind what is given. */
static inline void
arc_publish(struct arc_world *w, const struct arc_key *k, const char *tags)
{
	unsigned char raw[2048], *p = raw;
	size_t len = 32;

	if (k->rsa)
		len = (size_t)i2d_PUBKEY(k->pkey, &p);
	else
		EVP_PKEY_get_raw_public_key(k->pkey, raw, &len);
	ps_buf_printf(&w->zone,
		"s._domainkey.%s. TXT \"v=DKIM1; %s\" \"k=%s; \" \"p=",
		k->domain, tags, k->rsa ? "rsa" : "ed25519");
	if (len > 150) {
		arc_base64(&w->zone, raw, 150);
		ps_buf_puts(&w->zone, "\" \"");
		arc_base64(&w->zone, raw + 150, len - 150);
	} else {
		arc_base64(&w->zone, raw, len);
	}
	ps_buf_puts(&w->zone, "\"\n");
}

static inline void
arc_collect(void *self, struct ps_bytes octets)
{
	ps_buf_put(self, octets);
}

static inline void
arc_sign(struct ps_buf *out, const struct arc_key *k, struct ps_bytes text)
{
	unsigned char digest[32], sig[1024];
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	size_t n = sizeof(sig);

	assert_int_equal(EVP_Q_digest(NULL, "SHA256", NULL, text.p, text.len,
				 digest, NULL),
		1);
	assert_int_equal(EVP_DigestSignInit(ctx, NULL,
				 k->rsa ? EVP_sha256() : NULL, NULL, k->pkey),
		1);
	if (k->rsa)
		assert_int_equal(
			EVP_DigestSign(ctx, sig, &n,
				(const unsigned char *)text.p, text.len),
			1);
	else
		assert_int_equal(EVP_DigestSign(ctx, sig, &n, digest, 32), 1);
	EVP_MD_CTX_free(ctx);
	arc_base64(out, sig, n);
}

/* The header as it stands now. */
static inline struct ps_header
arc_header(struct ps_arena *a, const struct arc_world *w)
{
	struct ps_header h = {0};
	struct ps_bytes rest;
	const char *why = NULL;

	assert_int_equal(ps_header_parse(a, ps_buf_bytes(&w->header), 20000, &h,
				 &rest, &why),
		PS_OK);
	return h;
}

static inline void
arc_prepend(struct arc_world *w, struct ps_bytes name, struct ps_bytes value)
{
	struct ps_buf all;

	ps_buf_init(&all, 8 << 20);
	ps_buf_put(&all, name);
	ps_buf_puts(&all, ": ");
	ps_buf_put(&all, value);
	ps_buf_puts(&all, "\r\n");
	ps_buf_put(&all, ps_buf_bytes(&w->header));
	ps_buf_free(&w->header);
	w->header = all;
}

static inline void
arc_body_hash(const struct arc_world *w, enum ps_canon how, struct ps_buf *out)
{
	struct ps_canon_body b;
	struct ps_buf text;
	unsigned char digest[32];

	ps_buf_init(&text, 8 << 20);
	ps_canon_body_begin(&b, how, PS_CANON_ALL,
		(struct ps_canon_sink){&text, arc_collect});
	ps_canon_body_put(&b, ps_buf_bytes(&w->body));
	ps_canon_body_end(&b);
	EVP_Q_digest(NULL, "SHA256", NULL, text.len == 0 ? "" : text.p,
		text.len, digest, NULL);
	arc_base64(out, digest, 32);
	ps_buf_free(&text);
}

static inline void
arc_put_field(struct ps_buf *out, const char *name, struct ps_bytes value,
	enum ps_canon how, bool crlf)
{
	struct ps_canon_sink sink = {out, arc_collect};
	struct ps_field f = {.name = ps_bytes_of(name), .value = value};

	ps_canon_field(how, &f, crlf, &sink);
}

/* h=, from the bottom up. */
static inline void
arc_put_signed(struct ps_buf *out, const struct ps_header *h, const char *list,
	enum ps_canon how)
{
	struct ps_bytes rest = ps_bytes_of(list), name;
	struct ps_canon_sink sink = {out, arc_collect};
	bool *taken = calloc(h->n_field + 1, sizeof(*taken));

	while (rest.len > 0) {
		size_t end = ps_bytes_chr(rest, ':');

		name = ps_bytes_head(rest, end);
		rest = end == PS_NOT_FOUND ? PS_LIT("")
					   : ps_bytes_from(rest, end + 1);
		for (size_t i = h->n_field; i-- > 0;) {
			if (taken[i] || !ps_bytes_ieq(h->field[i].name, name))
				continue;
			taken[i] = true;
			ps_canon_field(how, &h->field[i], true, &sink);
			break;
		}
	}
	free(taken);
}

static inline const char *
arc_or(const char *word, const char *usual)
{
	return word == NULL ? usual : word;
}

static inline void
arc_message(struct arc_world *w, size_t i, const struct arc_hop *hop)
{
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);
	struct ps_header h = arc_header(a, w);
	const char *list = arc_or(hop->h, ARC_H);
	enum ps_canon head, body;
	struct ps_buf value, text;

	ps_buf_init(&value, 1 << 20);
	ps_buf_init(&text, 8 << 20);
	ps_canon_words(
		ps_bytes_of(arc_or(hop->c, "relaxed/relaxed")), &head, &body);
	ps_buf_printf(&value, "i=%zu; a=%s; c=%s; d=%s; s=s; %sh=%s; bh=", i,
		arc_or(hop->a, hop->key->rsa ? "rsa-sha256" : "ed25519-sha256"),
		arc_or(hop->c, "relaxed/relaxed"), hop->key->domain,
		arc_or(hop->extra, ""), list);
	if (hop->bh == NULL)
		arc_body_hash(w, body, &value);
	else
		ps_buf_puts(&value, hop->bh);
	ps_buf_puts(&value, ";\r\n b=");
	arc_put_signed(&text, &h, list, head);
	/* with the blank that arc_prepend puts */
	ps_buf_puts(&text,
		head == PS_CANON_RELAXED ? "" : "ARC-Message-Signature: ");
	if (head == PS_CANON_RELAXED)
		arc_put_field(&text, "ARC-Message-Signature",
			ps_buf_bytes(&value), head, false);
	else
		ps_buf_put(&text, ps_buf_bytes(&value));
	arc_sign(&value, hop->key, ps_buf_bytes(&text));
	arc_prepend(w, PS_LIT("ARC-Message-Signature"), ps_buf_bytes(&value));
	ps_buf_free(&value);
	ps_buf_free(&text);
	ps_arena_free(a);
}

/* Every set so far, in its order; the newest are at the top. */
static inline void
arc_put_sets(struct ps_buf *out, const struct ps_header *h, size_t n)
{
	const struct ps_bytes name[] = {PS_LIT("ARC-Authentication-Results"),
		PS_LIT("ARC-Message-Signature"), PS_LIT("ARC-Seal")};
	struct ps_canon_sink sink = {out, arc_collect};

	for (size_t i = n; i-- > 0;)
		for (size_t k = 0; k < 3; k++) {
			/* set n has no seal yet */
			size_t nth = k == 2 ? i - 1 : i;

			if (k == 2 && i == 0)
				continue;
			ps_canon_field(PS_CANON_RELAXED,
				ps_header_nth(h, name[k], nth), true, &sink);
		}
}

static inline void
arc_seal(struct arc_world *w, size_t i, const struct arc_hop *hop)
{
	const struct arc_key *key =
		hop->seal_key == NULL ? hop->key : hop->seal_key;
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);
	struct ps_header h = arc_header(a, w);
	struct ps_buf value, text;

	ps_buf_init(&value, 1 << 20);
	ps_buf_init(&text, 8 << 20);
	ps_buf_printf(&value, "i=%zu; a=%s; cv=%s; d=%s; s=s; t=%d; b=", i,
		arc_or(hop->a, key->rsa ? "rsa-sha256" : "ed25519-sha256"),
		arc_or(hop->cv, i == 1 ? "none" : "pass"), key->domain,
		ARC_NOW - 10);
	arc_put_sets(&text, &h, i);
	arc_put_field(&text, "ARC-Seal", ps_buf_bytes(&value), PS_CANON_RELAXED,
		false);
	arc_sign(&value, key, ps_buf_bytes(&text));
	arc_prepend(w, PS_LIT("ARC-Seal"), ps_buf_bytes(&value));
	ps_buf_free(&value);
	ps_buf_free(&text);
	ps_arena_free(a);
}

/* One hop more: i is its instance. */
static inline void
arc_add(struct arc_world *w, size_t i, struct arc_hop hop)
{
	char text[200];

	snprintf(text, sizeof(text),
		"i=%zu; mx.%s;\r\n\tspf=pass smtp.mailfrom=example.org", i,
		hop.key->domain);
	arc_prepend(w, PS_LIT("ARC-Authentication-Results"), ps_bytes_of(text));
	arc_message(w, i, &hop);
	arc_seal(w, i, &hop);
}

/* Verified; the result lives in w->dns.arena until arc_done. */
static inline struct ps_arc_result
arc_check(struct arc_world *w)
{
	struct ps_message m = {.body_fd = -1};
	struct ps_arc_result r;
	char *zone = calloc(w->zone.len + 1, 1);

	if (w->zone.len > 0)
		memcpy(zone, w->zone.p, w->zone.len);
	dns_world_open(&w->dns, zone);
	free(zone);
	m.header = arc_header(w->dns.arena, w);
	m.body = ps_buf_bytes(&w->body);
	ps_arc_ahead(w->dns.arena, &m.header, &w->dns.budget);
	ps_arc_verify(w->dns.arena, &m, ARC_NOW, &w->dns.budget, &r);
	return r;
}

static inline void
arc_done(struct arc_world *w)
{
	dns_world_close(&w->dns);
}

#endif
