/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * The text of a signature, and the digest of what it signs.  c= is
 * relaxed/relaxed: what is signed has to pass MTAs that fold anew.  No l=, no
 * i=, no z=.
 */
#include "dkim/dkim_sign.h"

#include <assert.h>
#include <openssl/evp.h>

#define WIDTH	  72
#define VALUE_MAX ((size_t)64 << 10)
/* libopendkim reads a signature before it says what it signs, and one with an
 * empty b= it refuses. */
#define SOME_B "AAAA"

static struct ps_bytes
base64(struct ps_arena *a, const unsigned char *p, size_t len)
{
	char *out = ps_arena_alloc(a, 4 * len / 3 + 8);
	int n = EVP_EncodeBlock((unsigned char *)out, p, (int)len);

	return ps_bytes(out, (size_t)n);
}

static void
put_names(struct ps_buf *b, const struct ps_bytes *name, size_t n)
{
	size_t column = 10; /* tab and "h=" */

	for (size_t i = 0; i < n; i++) {
		if (i > 0)
			ps_buf_putc(b, ':');
		if (column + name[i].len > WIDTH) {
			ps_buf_puts(b, "\r\n\t ");
			column = 9;
		}
		ps_buf_put(b, name[i]);
		column += name[i].len + 1;
	}
}

struct subject {
	const struct ps_dkim_order *order;
	const struct ps_bytes *name;
	size_t n_name;
	struct ps_bytes body_hash;
};

static struct ps_bytes
write_text(struct ps_arena *a, const struct subject *s,
	const struct ps_dkim_signer *by, enum ps_dkim_alg alg)
{
	const struct ps_dkim_order *o = s->order;
	struct ps_bytes out;
	struct ps_buf b;

	ps_buf_init(&b, VALUE_MAX);
	ps_buf_printf(&b, " v=1; a=%s; c=relaxed/relaxed;\r\n\td=",
		ps_dkim_alg_name(alg));
	ps_buf_put(&b, by->domain);
	ps_buf_puts(&b, "; s=");
	ps_buf_put(&b, by->selector);
	ps_buf_printf(&b, "; t=%lld;", (long long)o->now_s);
	if (o->expire_s > 0)
		ps_buf_printf(
			&b, " x=%lld;", (long long)(o->now_s + o->expire_s));
	ps_buf_puts(&b, "\r\n\tbh=");
	ps_buf_put(&b, s->body_hash);
	ps_buf_puts(&b, ";\r\n\th=");
	put_names(&b, s->name, s->n_name);
	ps_buf_puts(&b, ";\r\n\tb=");
	assert(!b.full); /* names are few and from a table */
	out = ps_arena_copy(a, ps_buf_bytes(&b));
	ps_buf_free(&b);
	return out;
}

/* The drafts' fields stand on top, as they will. */
static struct ps_header
with_drafts(struct ps_arena *a, const struct ps_header *h,
	const struct ps_dkim_draft *draft)
{
	struct ps_header out = {.n_field = h->n_field + PS_DKIM_ALG_N};

	out.field = ps_arena_array(a, out.n_field, sizeof(*out.field));
	for (size_t i = 0; i < PS_DKIM_ALG_N; i++)
		out.field[i] = (struct ps_field){
			.name = PS_LIT(PS_DKIM_FIELD),
			.value = ps_bytes_of(ps_arena_printf(
				a, "%.*s" SOME_B, PS_FMT(draft->text[i]))),
		};
	if (h->n_field > 0)
		memcpy(out.field + PS_DKIM_ALG_N, h->field,
			h->n_field * sizeof(*h->field));
	return out;
}

static void
digest(struct ps_arena *a, struct ps_dkim *lib, struct ps_sha256 *sha,
	const struct ps_header *h, const struct subject *s,
	struct ps_dkim_draft *out)
{
	struct ps_header all = with_drafts(a, h, out);
	struct ps_dkim_cover cover[PS_DKIM_ALG_N];
	struct ps_dkim_digest known[PS_DKIM_ALG_N] = {{0}};

	for (size_t i = 0; i < PS_DKIM_ALG_N; i++)
		cover[i] = (struct ps_dkim_cover){.field = &all.field[i],
			.name = s->name,
			.n_name = s->n_name,
			.canon = PS_CANON_RELAXED};
	if (lib != NULL)
		ps_dkim_digest_lib(lib, &all, cover, PS_DKIM_ALG_N, known);
	for (size_t i = 0; i < PS_DKIM_ALG_N; i++)
		if (known[i].known)
			memcpy(out->digest[i], known[i].octets, PS_SHA256_LEN);
		else
			ps_dkim_digest_own(
				a, sha, &all, &cover[i], out->digest[i]);
}

enum ps_status
ps_dkim_sign_draft(struct ps_arena *a, struct ps_dkim *lib,
	const struct ps_message *m, const struct ps_dkim_order *order,
	struct ps_dkim_draft *out, const char **why)
{
	struct subject s = {.order = order};
	unsigned char body[PS_SHA256_LEN];
	struct ps_sha256 *sha;

	s.name = ps_dkim_sign_names(a, &m->header, &s.n_name);
	if (s.name == NULL) {
		*why = "too many header fields to be signed";
		return PS_ELIMIT;
	}
	sha = ps_sha256_new();
	ps_dkim_digest_body(sha, m->body, PS_CANON_RELAXED, PS_CANON_ALL, body);
	s.body_hash = base64(a, body, sizeof(body));
	for (size_t i = 0; i < order->n_signer; i++) {
		for (int alg = 0; alg < PS_DKIM_ALG_N; alg++)
			out[i].text[alg] = write_text(a, &s, &order->signer[i],
				(enum ps_dkim_alg)alg);
		digest(a, lib, sha, &m->header, &s, &out[i]);
	}
	ps_sha256_free(sha);
	return PS_OK;
}

struct ps_bytes
ps_dkim_sign_finish(struct ps_arena *a, const struct ps_dkim_draft *draft,
	enum ps_dkim_alg alg, struct ps_bytes signature)
{
	struct ps_bytes b =
		base64(a, (const unsigned char *)signature.p, signature.len);
	size_t width = WIDTH - 10; /* tab and "b=" */
	struct ps_bytes value;
	struct ps_buf out;

	ps_buf_init(&out, VALUE_MAX);
	ps_buf_put(&out, draft->text[alg]);
	while (b.len > 0) {
		ps_buf_put(&out, ps_bytes_head(b, width));
		b = ps_bytes_from(b, width);
		if (b.len > 0)
			ps_buf_puts(&out, "\r\n\t ");
	}
	assert(!out.full);
	value = ps_arena_copy(a, ps_buf_bytes(&out));
	ps_buf_free(&out);
	return value;
}
