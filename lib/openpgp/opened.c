/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Before and after an engine opens a message.  What it gets was proven by the
 * packet walk; what it gives is a stranger's, and only its Content-* fields and
 * a hidden Subject get out.
 */
#include "openpgp/opened.h"

#include <string.h>

#include "mail/entity.h"
#include "openpgp/armor.h"
#include "openpgp/inspect.h"
#include "openpgp/packets.h"
#include "openpgp/protect.h"

#define KEY_ID_AT  1 /* in a PKESK, behind its version (RFC 9580 5.1.1) */
#define KEY_ID_LEN 8

static bool
is_hidden(const struct ps_packet *p)
{
	static const char none[KEY_ID_LEN] = {0};

	return p->body.len < KEY_ID_AT + KEY_ID_LEN ||
	       memcmp(p->body.p + KEY_ID_AT, none, KEY_ID_LEN) == 0;
}

/* All packets but session keys for passwords. */
static enum ps_status
keep_public(struct ps_bytes all, struct ps_buf *out, const char **why)
{
	size_t n_key = 0, n_hidden = 0;
	struct ps_packet p;
	bool got;

	while (ps_packets_next(&all, &p, &got, why) == PS_OK && got) {
		if (p.tag == PS_TAG_SKESK || p.tag == PS_TAG_MARKER)
			continue;
		n_key += p.tag == PS_TAG_PKESK;
		n_hidden += p.tag == PS_TAG_PKESK && is_hidden(&p);
		ps_buf_put(out, p.raw);
	}
	if (n_key > PS_OPENED_MAX_KEYS || n_hidden > PS_OPENED_MAX_HIDDEN) {
		*why = "it is sealed to too many keys";
		return PS_ELIMIT;
	}
	if (n_key > 0 && all.len == 0 && !out->full)
		return PS_OK;
	*why = "it is sealed by a password only";
	return PS_EPERM;
}

/* Of the part that inspect.c has proven to be sealed: the last one. */
static struct ps_bytes
binary_of(struct ps_arena *a, const struct ps_entities *all,
	const struct ps_limits *limits)
{
	struct ps_bytes b = ps_entity_decode(
		a, &all->part[all->n_part - 1], limits->max_message);
	struct ps_bytes binary, whole;
	const char *why;

	if (ps_armor_read(a, b, PS_ARMOR_MESSAGE, &binary, &whole, &why) ==
		PS_OK)
		return binary;
	return b;
}

enum ps_status
ps_opened_sealed(struct ps_arena *a, const struct ps_message *m,
	const struct ps_limits *limits, struct ps_bytes *binary,
	const char **why)
{
	struct ps_inspection look;
	struct ps_entities all;
	struct ps_bytes b;
	struct ps_buf kept;
	enum ps_status s;

	ps_inspect(a, m, limits, &look);
	if (look.sealed != PS_SEALED_WHOLLY ||
		!ps_bytes_starts(ps_bytes_of(look.shape), PS_LIT("pgp-mime")) ||
		ps_entity_scan(a, &m->header, m->body, limits, &all, why) !=
			PS_OK) {
		*why = "it is not wholly sealed as PGP/MIME";
		return PS_EPERM;
	}
	b = binary_of(a, &all, limits);
	if (!ps_packets_is_sealed(b)) {
		*why = "its packets are no integrity-protected message";
		return PS_EPERM;
	}
	ps_buf_init(&kept, b.len);
	s = keep_public(b, &kept, why);
	if (s == PS_OK)
		*binary = ps_arena_copy(a, ps_buf_bytes(&kept));
	ps_buf_free(&kept);
	return s;
}

/* As an MTA hands values over: folded with LF; nothing else that could end a
 * line, and no NUL. */
static struct ps_bytes
value_of(struct ps_arena *a, struct ps_bytes value)
{
	char *p = ps_arena_alloc(a, value.len + 1);
	size_t n = 0;

	for (size_t i = 0; i < value.len; i++)
		if (value.p[i] != '\r')
			p[n++] = value.p[i] == '\0' ? ' ' : value.p[i];
	return ps_bytes(p, n);
}

static struct ps_field
field_of(struct ps_arena *a, const struct ps_field *inner, size_t from)
{
	return (struct ps_field){.name = ps_arena_copy(a, inner->name),
		.value = value_of(a, inner->value),
		.from = from};
}

static bool
is_obscured(struct ps_arena *a, const struct ps_field *f)
{
	struct ps_bytes v = ps_header_unfold(a, f->value);

	return ps_bytes_eq(v, PS_LIT(PS_PROTECT_SUBJECT)) ||
	       ps_bytes_eq(v, PS_LIT("..."));
}

/* The one Subject that the entity protects, or NULL. */
static const struct ps_field *
inner_subject(struct ps_arena *a, const struct ps_header *inner)
{
	const struct ps_field *type =
		ps_header_nth(inner, PS_LIT("Content-Type"), 0);
	struct ps_params p;

	if (type == NULL || ps_header_count(inner, PS_LIT("Subject")) != 1)
		return NULL;
	ps_header_params(a, type->value, &p);
	if (!ps_bytes_eq(ps_params_get(&p, PS_LIT("hp")), PS_LIT("cipher")) &&
		!ps_bytes_eq(ps_params_get(&p, PS_LIT("protected-headers")),
			PS_LIT("v1")))
		return NULL;
	return ps_header_nth(inner, PS_LIT("Subject"), 0);
}

static void
restore_subject(struct ps_arena *a, const struct ps_header *inner,
	struct ps_header *out)
{
	const struct ps_field *subject = inner_subject(a, inner);

	if (subject == NULL || ps_header_count(out, PS_LIT("Subject")) != 1)
		return;
	for (size_t i = 0; i < out->n_field; i++)
		if (ps_bytes_ieq(out->field[i].name, PS_LIT("Subject")) &&
			is_obscured(a, &out->field[i]))
			out->field[i].value = value_of(a, subject->value);
}

static void
make_header(struct ps_arena *a, const struct ps_header *original,
	const struct ps_header *inner, struct ps_header *out)
{
	bool has_version = false;

	out->field = ps_arena_array(
		a, original->n_field + inner->n_field + 1, sizeof(*out->field));
	out->n_field = 0;
	for (size_t i = 0; i < original->n_field; i++) {
		struct ps_field f = original->field[i];

		if (ps_entity_is_content_field(f.name))
			continue;
		has_version = has_version ||
			      ps_bytes_ieq(f.name, PS_LIT("MIME-Version"));
		f.from = i + 1;
		out->field[out->n_field++] = f;
	}
	if (!has_version)
		out->field[out->n_field++] =
			(struct ps_field){.name = PS_LIT("MIME-Version"),
				.value = PS_LIT(" 1.0")};
	for (size_t i = 0; i < inner->n_field; i++)
		if (ps_entity_is_content_field(inner->field[i].name))
			out->field[out->n_field++] =
				field_of(a, &inner->field[i], 0);
	restore_subject(a, inner, out);
}

/* The octets up to the first line end that is no CRLF. */
static size_t
good_lines(struct ps_bytes b)
{
	const char *p = b.p, *end = b.p + b.len, *lf;

	while ((lf = memchr(p, '\n', (size_t)(end - p))) != NULL) {
		if (lf == b.p || lf[-1] != '\r')
			return (size_t)(lf - b.p);
		p = lf + 1;
	}
	return b.len;
}

/* gpg writes text with the line ends of its system. */
static enum ps_status
put_lines(struct ps_bytes rest, struct ps_spool *body, const char **why)
{
	struct ps_buf piece;
	enum ps_status s = PS_OK;
	size_t n = good_lines(rest);

	if (n == rest.len)
		return ps_spool_put(body, rest, why);
	ps_buf_init(&piece, SIZE_MAX / 4);
	while (rest.len > 0 && s == PS_OK) {
		n = good_lines(rest);
		ps_buf_put(&piece, ps_bytes_head(rest, n));
		if (n < rest.len)
			ps_buf_puts(&piece, "\r\n");
		rest = ps_bytes_from(rest, n < rest.len ? n + 1 : n);
		if (piece.len < (size_t)64 << 10 && rest.len > 0)
			continue;
		s = ps_spool_put(body, ps_buf_bytes(&piece), why);
		piece.len = 0;
	}
	if (s == PS_OK && piece.full) {
		*why = "out of memory";
		s = PS_ETEMP;
	}
	ps_buf_free(&piece);
	return s;
}

enum ps_status
ps_opened_message(struct ps_arena *a, const struct ps_message *original,
	struct ps_bytes entity, const struct ps_limits *limits,
	struct ps_spool *body, struct ps_message *out, const char **why)
{
	struct ps_header inner;
	struct ps_bytes rest;
	enum ps_status s = ps_header_parse(
		a, entity, limits->max_header_fields, &inner, &rest, why);

	if (s != PS_OK)
		return s;
	if ((size_t)(rest.p - entity.p) > limits->max_header) {
		*why = "the header inside is too large";
		return PS_ELIMIT;
	}
	make_header(a, &original->header, &inner, &out->header);
	s = put_lines(rest, body, why);
	if (s == PS_OK)
		s = ps_spool_view(body, &out->body, why);
	out->body_fd = s == PS_OK ? ps_spool_file(body) : -1;
	return s;
}
