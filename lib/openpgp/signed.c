/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Which octets of a message are signed, by the shape of its MIME structure.
 * What a MIME reader does not show (preamble, epilogue) counts as outside of
 * what is seen; everything else beside the signed part makes it "partly".
 */
#include "openpgp/signed.h"

#include "base/str.h"
#include "mail/entity.h"
#include "openpgp/armor.h"
#include "openpgp/cleartext.h"
#include "openpgp/one_way.h"

#define SIGNATURE_TYPE PS_LIT("application/pgp-signature")
/* A signature part is small; longer ones are a burden. */
#define MAX_SIGNATURE ((size_t)64 << 10)
/* Text that is copied to be read. */
#define MAX_TEXT ((size_t)8 << 20)

const char *
ps_signed_scope_name(enum ps_signed_scope s)
{
	static const char *const name[] = {"none", "whole", "partly", "broken"};

	return name[s];
}

static void
broken(struct ps_signed *out, const char *why)
{
	out->scope = PS_SCOPE_BROKEN;
	out->why = why;
	out->octets = out->signature = (struct ps_bytes){NULL, 0};
}

static size_t
count_params(const struct ps_params *p, struct ps_bytes name)
{
	size_t n = 0;

	for (size_t i = 0; i < p->n_param; i++)
		n += ps_bytes_eq(p->param[i].name, name);
	return n;
}

/* Or says of nothing else, as CMS does (RFC 1847 2.1 wants it said). */
static bool
may_be_pgp(const struct ps_entity *e)
{
	struct ps_bytes protocol = ps_params_get(&e->type, PS_LIT("protocol"));

	return ps_bytes_eq(e->type.main, PS_LIT("multipart/signed")) &&
	       (protocol.p == NULL || ps_bytes_ieq(protocol, SIGNATURE_TYPE) ||
		       count_params(&e->type, PS_LIT("protocol")) > 1);
}

/* A parameter or a field that stands twice is read differently by different
 * readers. */
static bool
is_clear_header(const struct ps_entity *e)
{
	return ps_header_count(&e->header, PS_LIT("Content-Type")) <= 1 &&
	       ps_header_count(
		       &e->header, PS_LIT("Content-Transfer-Encoding")) <= 1 &&
	       !e->type.broken &&
	       count_params(&e->type, PS_LIT("boundary")) <= 1 &&
	       count_params(&e->type, PS_LIT("protocol")) <= 1;
}

static bool
is_identity(struct ps_bytes encoding)
{
	return ps_bytes_eq(encoding, PS_LIT("7bit")) ||
	       ps_bytes_eq(encoding, PS_LIT("8bit")) ||
	       ps_bytes_eq(encoding, PS_LIT("binary"));
}

/* The two parts of a multipart/signed; NULL with *why when they are not so. */
static const struct ps_entity *
signed_parts(const struct ps_entities *all, size_t at,
	const struct ps_entity **signature, const char **why)
{
	const struct ps_entity *e = &all->part[at], *first = NULL;

	*signature = NULL;
	for (size_t i = at + 1; i < all->n_part; i++) {
		if (all->part[i].parent != at)
			continue;
		if (first == NULL)
			first = &all->part[i];
		else
			*signature = &all->part[i];
	}
	*why = NULL;
	if (!is_clear_header(e) || !ps_one_way_type(e) ||
		!is_identity(e->encoding))
		*why = "its Content-Type can be read in several ways";
	else if (ps_params_get(&e->type, PS_LIT("protocol")).p == NULL)
		*why = "multipart/signed names no protocol";
	else if (e->n_child != 2 || first == NULL || *signature == NULL)
		*why = "multipart/signed has not exactly two parts";
	else if (!e->closed)
		*why = "multipart/signed has no end";
	else if (!ps_bytes_eq((*signature)->type.main, SIGNATURE_TYPE))
		*why = "the second part of multipart/signed is no signature";
	else if (!is_clear_header(first) || !is_clear_header(*signature))
		*why = "a part's Content-Type can be read in several ways";
	else if (!ps_one_way_split(e, first) ||
		 !ps_one_way_split(e, *signature))
		*why = "its parts can be told in several ways";
	else if (first->raw.len == 0)
		*why = "nothing is signed";
	return *why == NULL ? first : NULL;
}

/* With CRLF, as it is hashed (RFC 3156 section 5). */
static struct ps_bytes
with_crlf(struct ps_arena *a, struct ps_bytes raw)
{
	struct ps_bytes out, line, rest = raw;
	struct ps_buf b;
	bool bare = false;

	for (size_t i = 0; i < raw.len && !bare; i++)
		bare = raw.p[i] == '\n' && (i == 0 || raw.p[i - 1] != '\r');
	if (!bare)
		return raw;
	ps_buf_init(&b, 2 * raw.len);
	while (ps_bytes_line(&rest, &line)) {
		struct ps_bytes text = ps_bytes_chomp(line);

		ps_buf_put(&b, text);
		if (text.len < line.len)
			ps_buf_put(&b, PS_LIT("\r\n"));
	}
	out = ps_arena_copy(a, ps_buf_bytes(&b));
	ps_buf_free(&b);
	return out;
}

static bool
read_signature(struct ps_arena *a, struct ps_bytes text, struct ps_bytes *out)
{
	struct ps_bytes whole;
	const char *why;

	return text.len <= MAX_SIGNATURE &&
	       ps_armor_read(a, text, PS_ARMOR_SIGNATURE, out, &whole, &why) ==
		       PS_OK &&
	       out->len > 0;
}

/* Header protection is the root of what is signed only (RFC 9788 2.1). */
static void
find_inner_from(const struct ps_header *h, const struct ps_params *type,
	struct ps_signed *out)
{
	const struct ps_field *from;

	if (ps_params_get(type, PS_LIT("hp")).p == NULL &&
		ps_params_get(type, PS_LIT("protected-headers")).p == NULL)
		return;
	from = ps_header_nth(h, PS_LIT("From"), 0);
	out->has_inner_from = from != NULL;
	/* Two of them are as good as another one. */
	if (from != NULL && ps_header_count(h, PS_LIT("From")) == 1)
		out->inner_from = from->value;
}

void
ps_signed_inner_from(struct ps_arena *a, struct ps_bytes entity,
	const struct ps_limits *limits, struct ps_signed *out)
{
	const struct ps_field *f;
	struct ps_params type;
	struct ps_header h;
	struct ps_bytes rest;
	const char *why;

	if (ps_header_parse(a, entity, limits->max_header_fields, &h, &rest,
		    &why) != PS_OK)
		return;
	f = ps_header_nth(&h, PS_LIT("Content-Type"), 0);
	if (f == NULL)
		return;
	ps_header_params(a, f->value, &type);
	find_inner_from(&h, &type, out);
}

static void
look_at_mime(struct ps_arena *a, const struct ps_entities *all, size_t at,
	struct ps_signed *out)
{
	const struct ps_entity *signature, *first;
	const char *why = NULL;

	out->shape = at == 0 ? "pgp-mime" : "pgp-nested";
	first = signed_parts(all, at, &signature, &why);
	if (first == NULL) {
		broken(out, why);
		return;
	}
	if (!read_signature(a,
		    ps_entity_decode(a, signature, MAX_SIGNATURE + 1),
		    &out->signature)) {
		broken(out, "the signature cannot be read");
		return;
	}
	out->octets = with_crlf(a, first->raw);
	out->scope = at == 0 ? PS_SCOPE_WHOLE : PS_SCOPE_PARTLY;
	out->why = at == 0 ? NULL : "the signed part stands inside others";
	if (at == 0)
		find_inner_from(&first->header, &first->type, out);
}

static void
look_at_text(struct ps_arena *a, const struct ps_entity *e, bool is_root,
	struct ps_signed *out)
{
	struct ps_bytes text = ps_entity_decode(a, e, MAX_TEXT + 1);
	struct ps_cleartext block;
	bool is_plain = ps_bytes_eq(e->type.main, PS_LIT("text/plain"));

	if (ps_bytes_find(text, PS_LIT(PS_CLEARTEXT_BEGIN)) == PS_NOT_FOUND)
		return;
	out->shape = !is_plain ? "pgp-inline-html"
		     : is_root ? "pgp-inline"
			       : "pgp-inline-part";
	if (!is_plain) {
		out->scope = PS_SCOPE_PARTLY;
		out->why = "the signed text stands in markup";
		return;
	}
	if (text.len > MAX_TEXT || !is_clear_header(e)) {
		broken(out, "the signed text cannot be read for certain");
		return;
	}
	ps_cleartext_read(a, text, &block);
	if (block.broken != NULL) {
		broken(out, block.broken);
		return;
	}
	out->octets = block.text;
	out->signature = block.signature;
	out->why = !is_root ? "the signed text stands beside others"
		   : block.text_outside
			   ? "there is text outside of what is signed"
		   : !ps_one_way_text(e, text)
			   ? "its charset can be read in several ways"
			   : NULL;
	out->scope = out->why == NULL ? PS_SCOPE_WHOLE : PS_SCOPE_PARTLY;
}

static bool
is_text(const struct ps_entity *e)
{
	return !e->is_multipart &&
	       ps_bytes_starts(e->type.main, PS_LIT("text/"));
}

void
ps_signed_scan(struct ps_arena *a, const struct ps_message *m,
	const struct ps_limits *limits, struct ps_signed *out)
{
	struct ps_entities all;
	const char *why;

	*out = (struct ps_signed){.shape = ""};
	if (ps_entity_scan(a, &m->header, m->body, limits, &all, &why) !=
		PS_OK) {
		out->shape = "unknown";
		broken(out, "its parts are too many or too deep");
		return;
	}
	for (size_t i = 0; i < all.n_part && out->scope == PS_SCOPE_NONE; i++)
		if (may_be_pgp(&all.part[i]))
			look_at_mime(a, &all, i, out);
	for (size_t i = 0; i < all.n_part && out->scope == PS_SCOPE_NONE; i++)
		if (is_text(&all.part[i]))
			look_at_text(a, &all.part[i], i == 0, out);
}
