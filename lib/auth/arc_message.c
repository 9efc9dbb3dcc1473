/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * ARC-Message-Signature (RFC 8617 section 4.1.2): does it fit the message as
 * it is now?
 */
#include "auth/arc_parts.h"
#include "auth/dkim.h"

/* Once for each canonical form, however many hops signed it. */
static const struct ps_arc_body *
body_of(struct ps_arc_work *w, enum ps_canon how)
{
	struct ps_arc_body *b = &w->body[how];
	struct ps_canon_body canon;

	if (b->known)
		return b;
	ps_sha256_begin(w->sha);
	ps_canon_body_begin(&canon, how, PS_CANON_ALL,
		(struct ps_canon_sink){w->sha, ps_sha256_put});
	ps_canon_body_put(&canon, w->message->body);
	ps_canon_body_end(&canon);
	ps_sha256_end(w->sha, b->digest);
	b->total = canon.total;
	b->known = true;
	return b;
}

/*
 * l= that leaves a tail would let anybody write on, so that only one that
 * covers the body is a body hash of ours; longer ones are errors (RFC 6376
 * section 3.5).
 */
static const char *
check_body(struct ps_arc_work *w, const struct ps_arc_message *m)
{
	const struct ps_arc_body *b = body_of(w, m->body);

	if (m->limit >= 0 && (uint64_t)m->limit != b->total)
		return "l= of the message signature does not cover the body";
	if (memcmp(b->digest, m->body_hash.p, PS_SHA256_LEN) != 0)
		return "the body was changed";
	return NULL;
}

static const char *
check_time(int64_t now_s, const struct ps_arc_message *m)
{
	if (m->signed_s >= 0 && m->signed_s > now_s + PS_DKIM_SKEW_S)
		return "the message signature is of the future";
	if (m->expires_s < 0)
		return NULL;
	if (m->signed_s >= 0 && m->expires_s < m->signed_s)
		return "the message signature expired before it was made";
	if (m->expires_s < now_s - PS_DKIM_SKEW_S)
		return "the message signature has expired";
	return NULL;
}

/*
 * The field that the next item of that name stands for: the last one that is
 * not taken yet (RFC 6376 section 5.4.2).  NULL when there is none.
 */
static const struct ps_field *
take(const struct ps_header *h, bool *taken, struct ps_bytes name)
{
	for (size_t i = h->n_field; i-- > 0;)
		if (!taken[i] && h->field[i].name.len == name.len &&
			ps_bytes_ieq(h->field[i].name, name)) {
			taken[i] = true;
			return &h->field[i];
		}
	return NULL;
}

static void
hash_fields(struct ps_arc_work *w, const struct ps_arc_message *m, bool *taken,
	unsigned char out[PS_SHA256_LEN])
{
	const struct ps_header *h = &w->message->header;
	struct ps_canon_sink sink = {w->sha, ps_sha256_put};
	struct ps_bytes rest = m->fields, name;
	struct ps_field self = *m->sig.field;

	ps_sha256_begin(w->sha);
	taken[m->sig.field - h->field] = true; /* it comes last, as it is */
	while (ps_tagval_item(&rest, ':', &name)) {
		const struct ps_field *f = take(h, taken, name);

		if (f == NULL)
			continue;
		ps_canon_field(m->header, f, true, &sink);
		w->n_octet += f->value.len;
	}
	self.value = ps_canon_unsigned(w->a, self.value);
	ps_canon_field(m->header, &self, false, &sink);
	ps_sha256_end(w->sha, out);
}

static bool
covers_author(const struct ps_header *h, const bool *taken)
{
	for (size_t i = 0; i < h->n_field; i++)
		if (!taken[i] && ps_bytes_ieq(h->field[i].name, PS_LIT("From")))
			return false;
	return true;
}

enum ps_auth_result
ps_arc_check_message(struct ps_arc_work *w, const struct ps_arc_message *m,
	bool *author_signed)
{
	const struct ps_header *h = &w->message->header;
	unsigned char digest[PS_SHA256_LEN];
	bool *taken;

	w->why = m->sig.why;
	if (w->why == NULL)
		w->why = check_time(w->now_s, m);
	if (w->why == NULL)
		w->why = check_body(w, m);
	if (w->why != NULL)
		return PS_AUTH_FAIL;
	taken = ps_arena_array(w->a, h->n_field, sizeof(*taken));
	hash_fields(w, m, taken, digest);
	if (author_signed != NULL)
		*author_signed = covers_author(h, taken);
	return ps_arc_check_signature(w, &m->sig, digest);
}
