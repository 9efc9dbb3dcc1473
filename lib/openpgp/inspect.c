/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Which parts of a message are sealed, and is that all of it?  A Content-Type
 * only says where to look; packets and CMS framing decide.  Knows no policy.
 */
#include "openpgp/inspect.h"

#include "mail/entity.h"
#include "openpgp/armor.h"
#include "openpgp/cms.h"
#include "openpgp/html.h"
#include "openpgp/packets.h"

/* Longer text around the parts of a sealed message, or in the head of its
 * armor, is no mere notice. */
#define MAX_NOTICE 512
/* And longer headers of its parts say more than what the parts are. */
#define MAX_PART_HEADER 1024
/* Enough of an attachment to see whether it is worth decoding. */
#define SNIFF ((size_t)1024)
/* Text that must be copied to be read: HTML, and what is encoded.  More than
 * this is read without its end and never counts as wholly sealed. */
#define MAX_COPY ((size_t)2 << 20)

/* What was found in one part. */
struct found {
	const char *shape; /* "" for nothing */
	bool is_all;	   /* but for blanks */
};

struct look {
	struct ps_arena *tmp; /* reset for every part */
	size_t max;
	const struct ps_entities *all;
};

static bool
is_sealed_block(struct ps_armor_reader *r, struct ps_bytes *whole)
{
	struct ps_packets_walk w;
	char piece[4096];
	const char *why;
	size_t n;

	ps_packets_walk_init(&w);
	while ((n = ps_armor_next(r, piece, sizeof(piece))) > 0)
		ps_packets_walk_feed(&w, ps_bytes(piece, n));
	return ps_armor_close(r, whole, &why) == PS_OK &&
	       ps_packets_walk_sealed(&w);
}

/* The first sealed block of a text, and the octets of its head.  Linear: it
 * goes on where one ended. */
static bool
find_armor(struct ps_bytes text, struct ps_bytes *whole, size_t *head)
{
	struct ps_armor_reader r;
	const char *why;

	for (;;) {
		if (ps_armor_open(&r, text, PS_ARMOR_MESSAGE, &why) == PS_OK) {
			*head = r.whole.len;
			if (is_sealed_block(&r, whole))
				return true;
		} else {
			*whole = r.whole;
		}
		if (whole->len == 0)
			return false;
		text = ps_bytes_from(
			text, (size_t)(whole->p - text.p) + whole->len);
	}
}

static bool
is_blank(struct ps_bytes b)
{
	return ps_bytes_trim(b).len == 0;
}

static bool
stands_alone(struct ps_bytes whole, struct ps_bytes text)
{
	size_t before = (size_t)(whole.p - text.p);

	return is_blank(ps_bytes_head(text, before)) &&
	       is_blank(ps_bytes_from(text, before + whole.len));
}

static struct found
look_into_text(struct ps_bytes text, const char *shape)
{
	struct ps_bytes whole;
	size_t head = 0;

	if (!find_armor(text, &whole, &head))
		return (struct found){.shape = ""};
	return (struct found){
		shape, head <= MAX_NOTICE && stands_alone(whole, text)};
}

static bool
is_text(const struct ps_entity *e)
{
	return ps_bytes_starts(e->type.main, PS_LIT("text/"));
}

/* The body decoded, at most max octets; false when there are more. */
static bool
decode(struct look *l, const struct ps_entity *e, size_t max,
	struct ps_bytes *out)
{
	struct ps_bytes b = ps_entity_decode(l->tmp, e, max + 1);

	*out = ps_bytes_head(b, max);
	return b.len <= max;
}

static bool
is_encoded(const struct ps_entity *e)
{
	return ps_bytes_eq(e->encoding, PS_LIT("base64")) ||
	       ps_bytes_eq(e->encoding, PS_LIT("quoted-printable"));
}

static struct found
look_into_html(struct look *l, struct ps_bytes html)
{
	struct found f = {.shape = ""};
	size_t at = ps_bytes_find(html, PS_LIT("-----BEGIN PGP MESSAGE"));

	if (at == PS_NOT_FOUND)
		return f;
	html = ps_bytes_head(ps_bytes_from(html, at), MAX_COPY);
	f = look_into_text(ps_html_armor_text(l->tmp, html), "pgp-inline");
	f.is_all = false; /* markup stands beside it */
	return f;
}

static struct found
look_into_plain(struct look *l, const struct ps_entity *e)
{
	size_t max = is_encoded(e) ? MAX_COPY : l->max;
	struct ps_bytes text;
	bool whole = decode(l, e, max, &text);
	struct found f;

	if (ps_bytes_eq(e->type.main, PS_LIT("text/html")))
		return look_into_html(l, text);
	f = look_into_text(text, "pgp-inline");
	f.is_all &= whole;
	return f;
}

/* Does it begin as a session key packet, or a marker before one? */
static bool
begins_binary(struct ps_bytes b)
{
	struct ps_packet p;
	unsigned char first = b.len > 0 ? (unsigned char)b.p[0] : 0;

	if ((first & 0xc0) == 0xc0)
		p.tag = first & 0x3f;
	else
		p.tag = first & 0x80 ? (first >> 2) & 0x0f : -1;
	return p.tag == PS_TAG_PKESK || p.tag == PS_TAG_SKESK ||
	       p.tag == PS_TAG_MARKER;
}

static bool
is_worth_decoding(struct ps_bytes sniff)
{
	return begins_binary(sniff) || ps_cms_begins_enveloped(sniff) ||
	       ps_bytes_find(sniff, PS_LIT("-----BEGIN PGP MESSAGE")) !=
		       PS_NOT_FOUND;
}

/* An attachment: it is decoded whole only when its beginning says so. */
static struct found
look_into_file(struct look *l, const struct ps_entity *e)
{
	struct found f = {.shape = ""};
	struct ps_bytes b;
	bool whole;

	decode(l, e, SNIFF, &b);
	if (is_encoded(e) && !is_worth_decoding(b))
		return f;
	whole = decode(l, e, l->max, &b);
	if (ps_cms_is_enveloped(b))
		f = (struct found){"cms", true};
	else if (begins_binary(b) && ps_packets_is_sealed(b))
		f = (struct found){"pgp-part", true};
	else
		f = look_into_text(b, "pgp-part");
	f.is_all &= whole;
	return f;
}

static struct found
look_into(struct look *l, size_t part)
{
	const struct ps_entity *e = &l->all->part[part];

	if (e->is_multipart)
		return (struct found){.shape = ""};
	ps_arena_reset(l->tmp);
	return is_text(e) ? look_into_plain(l, e) : look_into_file(l, e);
}

static bool
is_found(struct found f)
{
	return f.shape[0] != '\0';
}

/* "Version: 1" (RFC 3156 4), whatever its blanks. */
static bool
is_version_part(struct look *l, size_t part)
{
	const struct ps_entity *e = &l->all->part[part];
	struct ps_bytes b;

	if (!ps_bytes_eq(e->type.main, PS_LIT("application/pgp-encrypted")) ||
		!decode(l, e, SNIFF, &b))
		return false;
	b = ps_bytes_trim(b);
	return ps_bytes_istarts(b, PS_LIT("Version:")) &&
	       ps_bytes_eq(ps_bytes_trim(ps_bytes_from(b, 8)), PS_LIT("1"));
}

static bool
is_blank_text(struct look *l, size_t part)
{
	const struct ps_entity *e = &l->all->part[part];
	struct ps_bytes b;

	return ps_bytes_eq(e->type.main, PS_LIT("text/plain")) &&
	       decode(l, e, SNIFF, &b) && is_blank(b);
}

/* The first part is the root of all others. */
static bool
has_only_notices(const struct ps_entities *all)
{
	for (size_t i = 1; i < all->n_part; i++) {
		const struct ps_entity *e = &all->part[i];

		if ((size_t)(e->body.p - e->raw.p) > MAX_PART_HEADER)
			return false;
	}
	return all->part->preamble.len <= MAX_NOTICE &&
	       all->part->epilogue.len <= MAX_NOTICE;
}

/* PGP/MIME, in order (RFC 3156 4) or as Exchange leaves it: the shape when
 * that is the whole message, otherwise "". */
static const char *
whole_pgp_mime(struct look *l)
{
	const struct ps_entity *root = l->all->part;
	bool in_order =
		ps_bytes_eq(root->type.main, PS_LIT("multipart/encrypted"));
	bool mixed = ps_bytes_eq(root->type.main, PS_LIT("multipart/mixed"));
	size_t n = root->n_child, at = 1;
	struct found f;

	if (l->all->n_part != n + 1 || !has_only_notices(l->all))
		return "";
	if (mixed && n == 3 && is_blank_text(l, 1))
		at = 2;
	if ((!in_order && !mixed) || n != at + 1 || !is_version_part(l, at))
		return "";
	f = look_into(l, at + 1);
	if (!is_found(f) || !f.is_all)
		return "";
	return in_order ? "pgp-mime" : "pgp-mime-mangled";
}

static struct ps_inspection
inspect(struct look *l)
{
	const struct ps_entity *root = l->all->part;
	const char *shape = whole_pgp_mime(l);
	struct found f = {.shape = ""};

	if (shape[0] != '\0')
		return (struct ps_inspection){PS_SEALED_WHOLLY, shape};
	for (size_t i = 0; i < l->all->n_part && !is_found(f); i++)
		f = look_into(l, i);
	if (!is_found(f))
		return (struct ps_inspection){PS_SEALED_NOT, ""};
	if (l->all->n_part == 1 && f.is_all &&
		(ps_bytes_eq(root->type.main, PS_LIT("text/plain")) ||
			strcmp(f.shape, "cms") == 0))
		return (struct ps_inspection){PS_SEALED_WHOLLY, f.shape};
	return (struct ps_inspection){PS_SEALED_PARTLY, f.shape};
}

void
ps_inspect(struct ps_arena *a, const struct ps_message *m,
	const struct ps_limits *limits, struct ps_inspection *out)
{
	struct ps_entities all;
	struct look l = {.max = limits->max_message, .all = &all};
	const char *why;

	*out = (struct ps_inspection){PS_SEALED_NOT, ""};
	if (ps_entity_scan(a, &m->header, m->body, limits, &all, &why) != PS_OK)
		return;
	l.tmp = ps_arena_new(PS_ARENA_PLAIN);
	*out = inspect(&l);
	ps_arena_free(l.tmp);
}
