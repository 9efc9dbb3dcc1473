/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Reading the armor of others, tolerant where mail systems are careless (line
 * ends, blanks) and strict where a proof rests on it.  Stricter than RFC 9580
 * 6.1 on purpose: a checksum that is there must be right, because GnuPG 2.2
 * refuses such a block, so that its reader could not open the mail.
 */
#include "openpgp/armor.h"

#include <assert.h>
#include <stdio.h>

#include "openpgp/crc24.h"

#define MARK_MAX 80 /* "-----BEGIN PGP PUBLIC KEY BLOCK-----" and the like */

/* One more than the value of a base64 character; 0 is none. */
/* clang-format off */
static const unsigned char value_plus_1[256] = {
	['A'] = 1, ['B'] = 2, ['C'] = 3, ['D'] = 4, ['E'] = 5, ['F'] = 6,
	['G'] = 7, ['H'] = 8, ['I'] = 9, ['J'] = 10, ['K'] = 11, ['L'] = 12,
	['M'] = 13, ['N'] = 14, ['O'] = 15, ['P'] = 16, ['Q'] = 17, ['R'] = 18,
	['S'] = 19, ['T'] = 20, ['U'] = 21, ['V'] = 22, ['W'] = 23, ['X'] = 24,
	['Y'] = 25, ['Z'] = 26, ['a'] = 27, ['b'] = 28, ['c'] = 29, ['d'] = 30,
	['e'] = 31, ['f'] = 32, ['g'] = 33, ['h'] = 34, ['i'] = 35, ['j'] = 36,
	['k'] = 37, ['l'] = 38, ['m'] = 39, ['n'] = 40, ['o'] = 41, ['p'] = 42,
	['q'] = 43, ['r'] = 44, ['s'] = 45, ['t'] = 46, ['u'] = 47, ['v'] = 48,
	['w'] = 49, ['x'] = 50, ['y'] = 51, ['z'] = 52, ['0'] = 53, ['1'] = 54,
	['2'] = 55, ['3'] = 56, ['4'] = 57, ['5'] = 58, ['6'] = 59, ['7'] = 60,
	['8'] = 61, ['9'] = 62, ['+'] = 63, ['/'] = 64,
};
/* clang-format on */

static struct ps_bytes
mark(const char *word, struct ps_bytes kind, char out[MARK_MAX])
{
	int n;

	assert(kind.len <= 40);
	n = snprintf(out, MARK_MAX, "-----%s %.*s-----", word, PS_FMT(kind));
	return ps_bytes(out, (size_t)n);
}

/*
 * Blanks only.  Webmail turns the empty line behind the armor headers into a
 * no-break space (U+00A0, in UTF-8 or in Latin-1).
 */
static bool
is_blank(struct ps_bytes line)
{
	line = ps_bytes_trim(line);
	return line.len == 0 || ps_bytes_eq(line, PS_LIT("\xc2\xa0")) ||
	       ps_bytes_eq(line, PS_LIT("\xa0"));
}

/* Find the line that is exactly this mark; cut text to start at it. */
static bool
find_line(struct ps_bytes *text, struct ps_bytes wanted)
{
	struct ps_bytes rest = *text, line;
	size_t at;

	while ((at = ps_bytes_find(rest, wanted)) != PS_NOT_FOUND) {
		const char *hit = rest.p + at;

		rest = ps_bytes_from(rest, at);
		if (hit == text->p || hit[-1] == '\n') {
			struct ps_bytes after = rest;

			ps_bytes_line(&after, &line);
			if (is_blank(ps_bytes_from(line, wanted.len))) {
				*text = rest;
				return true;
			}
		}
		rest = ps_bytes_from(rest, wanted.len);
	}
	return false;
}

/* "Version: ..." lines (RFC 9580 6.2.2) up to the empty line. */
static enum ps_status
skip_headers(struct ps_armor_reader *r, const char **why)
{
	struct ps_bytes line, after = r->rest;
	size_t colon;

	while (ps_bytes_line(&after, &line)) {
		bool blank = is_blank(line);

		colon = ps_bytes_chr(line, ':');
		if (!blank && (colon == 0 || colon == PS_NOT_FOUND))
			break; /* another block may begin here */
		r->rest = after;
		if (blank)
			return PS_OK;
	}
	*why = "armor without an empty line behind its headers";
	return PS_EPERM;
}

enum ps_status
ps_armor_open(struct ps_armor_reader *r, struct ps_bytes text,
	struct ps_bytes kind, const char **why)
{
	char begin[MARK_MAX];
	struct ps_bytes line;
	enum ps_status s;

	*r = (struct ps_armor_reader){.kind = kind, .crc = PS_CRC24_INIT};
	if (!find_line(&text, mark("BEGIN", kind, begin))) {
		*why = "no armored block";
		return PS_EPERM;
	}
	r->rest = text;
	ps_bytes_line(&r->rest, &line);
	s = skip_headers(r, why);
	r->whole = ps_bytes_head(text, text.len - r->rest.len);
	return s;
}

static void
take_checksum(struct ps_armor_reader *r)
{
	for (size_t i = 1; i < r->line.len; i++) {
		unsigned v = value_plus_1[(unsigned char)r->line.p[i]];

		if (v == 0)
			r->trouble = "an armor checksum that is none";
		r->checksum = r->checksum << 6 | ((v - 1) & 0x3f);
	}
	r->has_checksum = true;
	r->line.len = 0;
}

/* A line that begins with dashes, before which rest stood. */
static void
take_tail(struct ps_armor_reader *r, struct ps_bytes rest)
{
	char end[MARK_MAX];

	if (!ps_bytes_eq(r->line, mark("END", r->kind, end))) {
		r->trouble = "armor that ends as another kind";
		r->rest = rest; /* another block may begin here */
	} else if (r->n_quad != 0) {
		r->trouble = "armor whose base64 is cut off";
	}
	r->ended = true;
}

/* The next line that holds base64 into r->line; false when there is none. */
static bool
next_line(struct ps_armor_reader *r)
{
	struct ps_bytes before = r->rest;

	for (; ps_bytes_line(&r->rest, &r->line); before = r->rest) {
		r->line = ps_bytes_trim(r->line);
		if (r->line.len == 0)
			continue;
		if (ps_bytes_starts(r->line, PS_LIT("-----"))) {
			take_tail(r, before);
			return false;
		}
		if (r->has_checksum)
			r->trouble = "octets behind the armor checksum";
		else if (r->line.p[0] == '=' && r->line.len == 5)
			take_checksum(r);
		else
			return true;
		if (r->trouble != NULL)
			return false;
	}
	r->trouble = "armor without a tail line";
	return false;
}

/* "=": the quad has two or three characters, and no more follow. */
static size_t
take_pad(struct ps_armor_reader *r, unsigned char *out)
{
	size_t n = 0;

	if (r->n_quad == 2 && !r->padded) {
		r->n_quad = 3;
	} else if (r->n_quad == 3) {
		n = r->padded ? 1 : 2;
		out[0] = (unsigned char)(r->quad >> (n == 1 ? 4 : 10));
		out[1] = (unsigned char)(r->quad >> 2);
		r->n_quad = 0;
	} else {
		r->trouble = "armor with misplaced padding";
	}
	r->padded = true;
	return n;
}

/* One character, at most three octets. */
static size_t
take_character(struct ps_armor_reader *r, unsigned char c, unsigned char *out)
{
	unsigned v = value_plus_1[c];

	if (c == '=')
		return take_pad(r, out);
	if (v == 0 || r->padded) {
		r->trouble = "armor with an octet that is not base64";
		return 0;
	}
	r->quad = r->quad << 6 | (v - 1);
	if (++r->n_quad < 4)
		return 0;
	out[0] = (unsigned char)(r->quad >> 16);
	out[1] = (unsigned char)(r->quad >> 8);
	out[2] = (unsigned char)r->quad;
	r->n_quad = 0;
	return 3;
}

/* Whole quads from the start of the line: the fast path. */
static size_t
take_quads(struct ps_armor_reader *r, unsigned char *out, size_t size)
{
	const unsigned char *p = (const unsigned char *)r->line.p;
	size_t quads = r->line.len / 4, n = 0;

	if (quads > size / 3)
		quads = size / 3;
	for (; quads > 0; quads--, p += 4) {
		uint32_t a = value_plus_1[p[0]], b = value_plus_1[p[1]];
		uint32_t c = value_plus_1[p[2]], d = value_plus_1[p[3]];
		uint32_t v;

		if (a == 0 || b == 0 || c == 0 || d == 0)
			break;
		v = (a - 1) << 18 | (b - 1) << 12 | (c - 1) << 6 | (d - 1);
		out[n++] = (unsigned char)(v >> 16);
		out[n++] = (unsigned char)(v >> 8);
		out[n++] = (unsigned char)v;
	}
	r->line = ps_bytes_from(r->line, n / 3 * 4);
	return n;
}

size_t
ps_armor_next(struct ps_armor_reader *r, char *out, size_t size)
{
	unsigned char *to = (unsigned char *)out;
	size_t n = 0;

	while (!r->ended && r->trouble == NULL && size - n >= 3) {
		if (r->line.len == 0 && !next_line(r))
			break;
		if (r->n_quad == 0 && !r->padded)
			n += take_quads(r, to + n, size - n);
		if (r->line.len == 0 || size - n < 3)
			continue;
		n += take_character(r, (unsigned char)r->line.p[0], to + n);
		r->line = ps_bytes_from(r->line, 1);
	}
	r->crc = ps_crc24(r->crc, ps_bytes(out, n));
	return n;
}

enum ps_status
ps_armor_close(
	struct ps_armor_reader *r, struct ps_bytes *whole, const char **why)
{
	if (r->whole.len > 0)
		r->whole.len = (size_t)(r->rest.p - r->whole.p);
	*whole = r->whole;
	if (r->trouble == NULL && !r->ended)
		r->trouble = "armor that was not read to its end";
	if (r->trouble == NULL && r->has_checksum && r->checksum != r->crc >> 8)
		r->trouble = "armor with a wrong checksum";
	if (r->trouble == NULL)
		return PS_OK;
	*why = r->trouble;
	return PS_EPERM;
}

enum ps_status
ps_armor_read(struct ps_arena *a, struct ps_bytes text, struct ps_bytes kind,
	struct ps_bytes *binary, struct ps_bytes *whole, const char **why)
{
	struct ps_armor_reader r;
	size_t room, n;
	char *out;
	enum ps_status s = ps_armor_open(&r, text, kind, why);

	*whole = r.whole;
	if (s != PS_OK)
		return s;
	room = r.rest.len / 4 * 3 + 3;
	out = ps_arena_alloc(a, room);
	n = ps_armor_next(&r, out, room);
	s = ps_armor_close(&r, whole, why);
	if (s == PS_OK)
		*binary = ps_bytes(out, n);
	return s;
}
