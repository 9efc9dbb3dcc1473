/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * What is read in one way only, octet by octet.
 */
#include "openpgp/one_way.h"

#define BOUNDARY_MAX 70 /* RFC 2046 5.1.1 */

static bool
is_control(char c)
{
	unsigned char u = (unsigned char)c;

	return (u < 0x20 && c != '\t') || u >= 0x7f;
}

/* Not every reader knows comments, "name*=" and backslashes, nor unfolds what
 * is quoted. */
static bool
is_plain_value(struct ps_bytes v)
{
	bool quoted = false;

	for (size_t i = 0; i < v.len; i++) {
		char c = v.p[i];
		bool ends_line = c == '\r' || c == '\n';

		if (c == '"')
			quoted = !quoted;
		else if (is_control(c) && !(ends_line && !quoted))
			return false;
		else if (c == '\\' || (!quoted && (c == '(' || c == '*')))
			return false;
	}
	return !quoted;
}

/* Without the blank that RFC 2046 allows: some cut it off. */
static bool
is_boundary_octet(char c)
{
	return ps_is_alpha(c) || ps_is_digit(c) ||
	       (c != '\0' && strchr("'()+_,-./:=?", c) != NULL);
}

/* One with these unquoted ends there for some (RFC 2045 5.1, tspecials). */
static bool
needs_quotes(struct ps_bytes boundary)
{
	for (size_t i = 0; i < boundary.len; i++)
		if (strchr("(),/:=?", boundary.p[i]) != NULL)
			return true;
	return false;
}

static bool
is_quoted_in(struct ps_bytes value, struct ps_bytes boundary)
{
	size_t at = ps_bytes_find(value, boundary);

	return at != PS_NOT_FOUND && at > 0 && value.p[at - 1] == '"' &&
	       at + boundary.len < value.len &&
	       value.p[at + boundary.len] == '"';
}

bool
ps_one_way_type(const struct ps_entity *multipart)
{
	const struct ps_field *f =
		ps_header_nth(&multipart->header, PS_LIT("Content-Type"), 0);
	struct ps_bytes boundary =
		ps_params_get(&multipart->type, PS_LIT("boundary"));

	if (f == NULL || !is_plain_value(f->value) || boundary.len == 0 ||
		boundary.len > BOUNDARY_MAX)
		return false;
	for (size_t i = 0; i < boundary.len; i++)
		if (!is_boundary_octet(boundary.p[i]))
			return false;
	/* some decode encoded words where none may be (RFC 2047 5) */
	return ps_bytes_find(boundary, PS_LIT("=?")) == PS_NOT_FOUND &&
	       (!needs_quotes(boundary) || is_quoted_in(f->value, boundary));
}

/* What stands behind "--boundary" on a delimiter line; else it is another,
 * longer line. */
static bool
ends_delimiter(struct ps_bytes rest)
{
	return rest.len == 0 || ps_is_wsp(rest.p[0]) || rest.p[0] == '\r' ||
	       rest.p[0] == '\n' || ps_bytes_starts(rest, PS_LIT("--"));
}

/* anywhere: not only as a line. */
static bool
has_delimiter(struct ps_bytes in, struct ps_bytes boundary, bool anywhere)
{
	const char *begin = in.p;
	size_t at;

	while ((at = ps_bytes_find(in, boundary)) != PS_NOT_FOUND) {
		const char *hit = in.p + at;
		bool dashes =
			hit - begin >= 2 && hit[-1] == '-' && hit[-2] == '-';
		bool starts = hit - begin == 2 ||
			      (hit - begin > 2 &&
				      (hit[-3] == '\r' || hit[-3] == '\n'));

		in = ps_bytes_from(in, at + boundary.len);
		if (dashes && (anywhere || (starts && ends_delimiter(in))))
			return true;
	}
	return false;
}

bool
ps_one_way_split(
	const struct ps_entity *multipart, const struct ps_entity *part)
{
	struct ps_bytes boundary =
		ps_params_get(&multipart->type, PS_LIT("boundary"));

	return boundary.len > 0 &&
	       !has_delimiter(multipart->preamble, boundary, true) &&
	       !has_delimiter(multipart->epilogue, boundary, true) &&
	       !has_delimiter(part->raw, boundary, false);
}

static bool
is_ascii(struct ps_bytes b)
{
	for (size_t i = 0; i < b.len; i++)
		if ((unsigned char)b.p[i] >= 0x80)
			return false;
	return true;
}

/* ASCII in it is ASCII. */
static bool
holds_ascii(struct ps_bytes charset)
{
	static const char *const family[] = {
		"us-ascii", "iso-8859-", "windows-125", "koi8-"};

	for (size_t i = 0; i < sizeof(family) / sizeof(family[0]); i++) {
		struct ps_bytes name = ps_bytes_of(family[i]);

		if (ps_bytes_ieq(ps_bytes_head(charset, name.len), name))
			return true;
	}
	return charset.len == 0;
}

static bool
is_known_encoding(struct ps_bytes encoding)
{
	static const char *const known[] = {
		"7bit", "8bit", "binary", "quoted-printable", "base64"};

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (ps_bytes_eq(encoding, ps_bytes_of(known[i])))
			return true;
	return false;
}

bool
ps_one_way_text(const struct ps_entity *text, struct ps_bytes decoded)
{
	const struct ps_field *f =
		ps_header_nth(&text->header, PS_LIT("Content-Type"), 0);
	struct ps_bytes charset = ps_params_get(&text->type, PS_LIT("charset"));
	size_t n = 0;

	for (size_t i = 0; i < text->type.n_param; i++)
		n += ps_bytes_eq(text->type.param[i].name, PS_LIT("charset"));
	if (n > 1 || (f != NULL && !is_plain_value(f->value)))
		return false;
	return is_known_encoding(text->encoding) &&
	       (ps_bytes_ieq(charset, PS_LIT("utf-8")) ||
		       (holds_ascii(charset) && is_ascii(decoded)));
}
