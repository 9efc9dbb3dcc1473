/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * From 8bit to 7bit by replacing slices: what is not replaced is copied octet
 * for octet.
 */
#include "mail/sevenbit.h"

#include "mail/encode.h"
#include "mail/entity.h"

#define LINE_MAX 998
#define NEST_MAX 8 /* messages in messages */

static const char identity[] = "7bit";

enum need {
	NEEDS_NOTHING,
	NEEDS_LABEL, /* it says 8bit, and is not */
	NEEDS_ENCODING
};

struct work {
	struct ps_arena *a;
	const struct ps_limits *limits;
	struct ps_buf *out;
	int nested;
	const char **why;
};

static enum ps_status convert(struct work *w, const struct ps_header *h,
	struct ps_bytes body, bool is_message);

static bool
says(const struct ps_entity *e, const char *encoding)
{
	return ps_bytes_eq(e->encoding, ps_bytes_of(encoding));
}

/* Octets and lines that every MTA passes on as they are. */
static bool
is_seven_bit(struct ps_bytes b)
{
	size_t column = 0;

	for (size_t i = 0; i < b.len; i++) {
		unsigned char c = (unsigned char)b.p[i];

		if (c >= 0x80 || c == '\0')
			return false;
		if (c == '\r' && (i + 1 == b.len || b.p[i + 1] != '\n'))
			return false;
		if (c == '\n' && (i == 0 || b.p[i - 1] != '\r'))
			return false;
		column = c == '\n' ? 0 : column + 1;
		if (column > LINE_MAX + 1) /* the CR counts here */
			return false;
	}
	return true;
}

static enum need
need_of(const struct ps_entity *e)
{
	if (!is_seven_bit(e->body))
		return NEEDS_ENCODING;
	return says(e, "8bit") || says(e, "binary") ? NEEDS_LABEL
						    : NEEDS_NOTHING;
}

/* Mostly ASCII: people can still read it. */
static bool
is_readable(const struct ps_entity *e)
{
	size_t high = 0;

	if (!ps_bytes_starts(e->type.main, PS_LIT("text/")))
		return false;
	for (size_t i = 0; i < e->body.len; i++)
		high += (unsigned char)e->body.p[i] >= 0x80 ||
			e->body.p[i] == '\0';
	return high * 4 <= e->body.len;
}

/* A part's header with another encoding; of the root only what is of the
 * entity. */
static void
put_header(struct work *w, const struct ps_header *h, bool is_root,
	const char *encoding)
{
	const struct ps_bytes name = PS_LIT("Content-Transfer-Encoding");
	bool said = encoding == NULL;

	for (size_t i = 0; i < h->n_field; i++) {
		struct ps_field f = h->field[i];

		if (is_root && !ps_entity_is_content_field(f.name))
			continue;
		if (encoding != NULL && ps_bytes_ieq(f.name, name)) {
			if (said)
				continue;
			f.value = ps_bytes_of(
				ps_arena_printf(w->a, " %s", encoding));
			said = true;
		}
		ps_header_put(w->out, &f);
	}
	if (!said)
		ps_buf_printf(w->out, "%.*s: %s\r\n", PS_FMT(name), encoding);
	ps_buf_puts(w->out, "\r\n");
}

static enum ps_status
refuse(struct work *w, const char *why)
{
	*w->why = why;
	return PS_EPERM;
}

static enum ps_status
put_encoded(struct work *w, const struct ps_entity *e, bool is_root)
{
	if (!says(e, "7bit") && !says(e, "8bit") && !says(e, "binary"))
		return refuse(w, "a part that says it is encoded is not");
	if (is_readable(e)) {
		put_header(w, &e->header, is_root, "quoted-printable");
		ps_encode_quoted_printable(e->body, w->out);
	} else {
		put_header(w, &e->header, is_root, "base64");
		ps_encode_base64(e->body, w->out);
	}
	return PS_OK;
}

/* RFC 2046 5.2.1: a message inside may only be 7bit, 8bit or binary. */
static enum ps_status
put_message(struct work *w, const struct ps_entity *e, bool is_root)
{
	struct ps_header inner;
	struct ps_bytes body;
	enum ps_status s;

	if (w->nested == NEST_MAX)
		return refuse(w, "messages stand too deep in messages");
	s = ps_header_parse(w->a, e->body, w->limits->max_header_fields, &inner,
		&body, w->why);
	if (s != PS_OK)
		return s;
	put_header(w, &e->header, is_root, identity);
	w->nested++;
	s = convert(w, &inner, body, true);
	w->nested--;
	return s;
}

static enum ps_status
put_leaf(struct work *w, const struct ps_entity *e, bool is_root)
{
	enum need need = need_of(e);

	if (need == NEEDS_ENCODING &&
		ps_bytes_eq(e->type.main, PS_LIT("message/rfc822")))
		return put_message(w, e, is_root);
	if (need == NEEDS_ENCODING &&
		(ps_bytes_eq(e->type.main, PS_LIT("message/partial")) ||
			ps_bytes_eq(
				e->type.main, PS_LIT("message/external-body"))))
		return refuse(w, "a part that must be 7bit is not");
	if (need == NEEDS_ENCODING)
		return put_encoded(w, e, is_root);
	put_header(
		w, &e->header, is_root, need == NEEDS_LABEL ? identity : NULL);
	ps_buf_put(w->out, e->body);
	return PS_OK;
}

/* Does part "at" stand in a multipart/signed?  Its signature would break. */
static bool
is_signed_over(const struct ps_entities *all, size_t at)
{
	for (size_t i = at;; i = all->part[i].parent) {
		if (ps_bytes_eq(
			    all->part[i].type.main, PS_LIT("multipart/signed")))
			return true;
		if (i == 0)
			return false;
	}
}

static bool
stays(const struct ps_entity *e)
{
	if (e->is_multipart)
		return !says(e, "8bit") && !says(e, "binary");
	return need_of(e) == NEEDS_NOTHING;
}

/* What is written anew of a part: of a multipart the header alone, for its
 * parts are looked at one by one. */
static struct ps_bytes
replaced(const struct ps_entity *e)
{
	if (e->is_multipart)
		return ps_bytes(e->raw.p, (size_t)(e->body.p - e->raw.p));
	return e->raw;
}

static enum ps_status
put_part(struct work *w, const struct ps_entities *all, size_t at)
{
	const struct ps_entity *e = &all->part[at];

	if (is_signed_over(all, at))
		return refuse(w, "a signed part inside is not 7bit");
	if (!e->is_multipart)
		return put_leaf(w, e, false);
	put_header(w, &e->header, false, identity);
	return PS_OK;
}

/* Everything that can stay, and what is between the parts, as it stands. */
static enum ps_status
put_parts(struct work *w, const struct ps_entities *all, struct ps_bytes body)
{
	const char *at = body.p, *end = body.p + body.len;
	enum ps_status s;

	for (size_t i = 1; i < all->n_part; i++) {
		const struct ps_entity *e = &all->part[i];

		if (stays(e))
			continue;
		ps_buf_put(w->out, ps_bytes(at, (size_t)(e->raw.p - at)));
		s = put_part(w, all, i);
		if (s != PS_OK)
			return s;
		at = e->raw.p + replaced(e).len;
	}
	ps_buf_put(w->out, ps_bytes(at, (size_t)(end - at)));
	return PS_OK;
}

static enum ps_status
convert(struct work *w, const struct ps_header *h, struct ps_bytes body,
	bool is_message)
{
	struct ps_entities all;
	enum ps_status s;

	s = ps_entity_scan(w->a, h, body, w->limits, &all, w->why);
	if (s != PS_OK)
		return s;
	if (!all.part[0].is_multipart) {
		struct ps_entity whole = all.part[0];

		whole.header = *h;
		return put_leaf(w, &whole, !is_message);
	}
	put_header(w, h, !is_message,
		says(&all.part[0], "8bit") || says(&all.part[0], "binary")
			? identity
			: NULL);
	return put_parts(w, &all, body);
}

enum ps_status
ps_sevenbit_entity(struct ps_arena *a, const struct ps_message *m,
	const struct ps_limits *limits, struct ps_buf *out, const char **why)
{
	struct work w = {.a = a, .limits = limits, .out = out, .why = why};
	enum ps_status s = convert(&w, &m->header, m->body, false);

	if (s == PS_OK && (out->len < 2 || out->p[out->len - 1] != '\n'))
		ps_buf_puts(out, "\r\n");
	if (s == PS_OK && out->full) {
		*why = "the message is too large to be signed";
		return PS_ELIMIT;
	}
	return s;
}
