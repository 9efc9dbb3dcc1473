/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Does a field claim to be ours?  Readers differ: some know nested comments,
 * quoted-pairs, quotes, folding in a word, and some do not; so the head of the
 * field is read in every such way, and one that sees our id is enough.  What a
 * field says behind its id is no matter here.
 */
#include "auth/authres.h"

#include "dns/dns_name.h"
#include "mail/lex.h"

#define MAX_ID	   1020 /* octets of a spelling: 255 characters of UTF-8 */
#define MAX_HIDDEN 16	/* fields in a field: more is nobody's mistake */
#define MAX_FOLD   8	/* spellings with U-labels that are converted */

/* What a reader knows; every set of these is tried. */
enum { NESTS = 1, ESCAPES = 2, QUOTES = 4, WAYS = 8 };

struct claim {
	struct ps_arena *a;
	struct ps_bytes ours; /* lower-case A-labels where it is a domain */
	const char *p, *end;
	unsigned way;
	char id[MAX_ID];
	size_t len;
	bool is_ascii, fresh; /* fresh: not yet compared */
	size_t n_fold;
};

static struct ps_bytes
normal(struct ps_arena *a, struct ps_bytes id)
{
	struct ps_bytes out;
	const char *why;

	if (ps_dns_name_border(a, id, &out, &why))
		return out;
	return ps_lex_lower(a, id);
}

/* Are the octets so far, up to a place where a reader may stop, our id? */
static bool
is_ours(struct claim *c)
{
	struct ps_bytes id = {c->id, c->len};

	if (!c->fresh)
		return false;
	c->fresh = false;
	while (id.len > 0 && id.p[id.len - 1] == '.')
		id.len--;
	if (id.len == 0)
		return false;
	if (ps_bytes_ieq(id, c->ours))
		return true;
	if (c->is_ascii || c->n_fold == MAX_FOLD)
		return false;
	c->n_fold++;
	return ps_bytes_eq(normal(c->a, id), c->ours);
}

/* False when it is longer than any spelling of an id. */
static bool
add(struct claim *c, char octet)
{
	if (c->len == MAX_ID)
		return false;
	c->id[c->len++] = octet;
	c->is_ascii &= (unsigned char)octet < 0x80;
	c->fresh = true;
	return true;
}

static void
skip_comment(struct claim *c)
{
	size_t depth = 0;

	while (c->p < c->end) {
		char octet = *c->p++;

		if (octet == '\\' && (c->way & ESCAPES) != 0 && c->p < c->end)
			c->p++;
		else if (octet == '(' && ((c->way & NESTS) != 0 || depth == 0))
			depth++;
		else if (octet == ')' && --depth == 0)
			return;
	}
}

/* Blanks that programs strip: those of Unicode too, and what has no width. */
static size_t
blank(const struct claim *c)
{
	static const struct {
		const char *start;
		size_t len;
	} wide[] = {{"\xc2\xa0", 2}, {"\xc2\x85", 2}, {"\xe2\x80", 3},
		{"\xe2\x81\x9f", 3}, {"\xe2\x81\xa0", 3}, {"\xe3\x80\x80", 3},
		{"\xef\xbb\xbf", 3}};
	struct ps_bytes rest = {c->p, (size_t)(c->end - c->p)};
	unsigned char octet = (unsigned char)*c->p;

	if (octet <= ' ' || octet == 0x7f)
		return 1;
	for (size_t i = 0; i < sizeof(wide) / sizeof(wide[0]); i++)
		if (rest.len >= wide[i].len &&
			ps_bytes_starts(rest, ps_bytes_of(wide[i].start)))
			return wide[i].len;
	return 0;
}

/* What an octet between the words of a head does. */
enum { NOTHING, CHECK, END, CLAIMS };

static int
meaning(const struct claim *c, char octet)
{
	switch (octet) {
	case '=':
		/* No honest field begins so: "=?utf-8?q?...?=". */
		return c->p < c->end && *c->p == '?' ? CLAIMS : END;
	case ';':
	case '/':
		return c->len > 0 ? END : CHECK;
	case '"':
	case ',':
	case ':':
	case '<':
	case '>':
	case ')':
	case '\'':
	case '\\':
		return CHECK;
	default:
		return NOTHING;
	}
}

/*
 * One reading.  Blanks and comments within the id are left out, as readers do
 * that unfold carelessly; at each the id may also end.
 */
static bool
reads(struct claim *c)
{
	bool quoted = false;

	while (c->p < c->end) {
		size_t n = blank(c);
		int what;

		if (n > 0 || (*c->p == '(' && !quoted)) {
			if (is_ours(c))
				return true;
			c->p += n;
			if (n == 0)
				skip_comment(c);
			continue;
		}
		what = meaning(c, *c->p++);
		if (what == END && !quoted)
			break;
		if (what == CLAIMS || (what != NOTHING && is_ours(c)))
			return true;
		if (c->p[-1] == '"')
			quoted = !quoted && (c->way & QUOTES) != 0;
		if (c->p[-1] == ')')
			c->len = 0; /* of a comment that began elsewhere */
		if (what == NOTHING && !add(c, c->p[-1]))
			return false;
	}
	c->n_fold = 0;
	return is_ours(c);
}

static bool
value_claims(struct ps_arena *a, struct ps_bytes value, struct ps_bytes ours)
{
	struct claim c = {.a = a, .ours = ours};
	bool plain = ps_bytes_chr(value, '(') == PS_NOT_FOUND &&
		     ps_bytes_chr(value, '"') == PS_NOT_FOUND;

	for (unsigned way = 0; way < (plain ? 1 : WAYS); way++) {
		c.p = value.p;
		c.end = value.p + value.len;
		c.way = way;
		c.len = c.n_fold = 0;
		c.is_ascii = true;
		c.fresh = false;
		if (value.len > 0 && reads(&c))
			return true;
	}
	return false;
}

/*
 * A line end that folds nothing (bare CR and LF pass MTAs) may become a new
 * field for somebody: what stands behind it is judged as one.
 */
static bool
next_hidden(struct ps_bytes *rest)
{
	static const struct ps_bytes name = {
		PS_AUTHRES_FIELD, sizeof(PS_AUTHRES_FIELD) - 1};

	while (rest->len > 0) {
		char octet = *rest->p;

		*rest = ps_bytes_from(*rest, 1);
		if ((octet != '\r' && octet != '\n') ||
			!ps_bytes_istarts(*rest, name))
			continue;
		*rest = ps_bytes_from(*rest, name.len);
		while (rest->len > 0 && ps_is_wsp(*rest->p))
			*rest = ps_bytes_from(*rest, 1);
		if (rest->len > 0 && *rest->p == ':') {
			*rest = ps_bytes_from(*rest, 1);
			return true;
		}
	}
	return false;
}

bool
ps_authres_claims(struct ps_arena *a, const struct ps_field *f,
	struct ps_bytes authserv_id)
{
	struct ps_bytes ours, rest = f->value, value = f->value;
	bool named = ps_bytes_ieq(f->name, PS_LIT(PS_AUTHRES_FIELD));

	if (!named && !next_hidden(&rest))
		return false;
	ours = normal(a, authserv_id);
	if (ours.len == 0)
		return false;
	if (!named)
		value = rest;
	for (size_t n = 0; n <= MAX_HIDDEN; n++) {
		if (value_claims(a, value, ours))
			return true;
		if (!next_hidden(&rest))
			return false;
		value = rest;
	}
	return true;
}

bool
ps_authres_is_ours(struct ps_arena *a, const struct ps_field *f,
	struct ps_bytes authserv_id, struct ps_authres *said)
{
	return ps_bytes_ieq(f->name, PS_LIT(PS_AUTHRES_FIELD)) &&
	       ps_authres_read(a, f->value, said) &&
	       said->authserv_id.len > 0 &&
	       ps_bytes_eq(said->authserv_id, normal(a, authserv_id));
}
