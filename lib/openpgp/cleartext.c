/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Cleartext signatures, line by line.  Only "Hash" is allowed as an armor
 * header (others have hidden text from readers), control octets are not, and a
 * line that begins with a dash must be escaped.
 */
#include "openpgp/cleartext.h"

#include "base/buf.h"
#include "openpgp/armor.h"

#define SIGNATURE_BEGIN PS_LIT("-----BEGIN PGP SIGNATURE-----")

static bool
is_blank(struct ps_bytes b)
{
	return ps_bytes_trim(b).len == 0;
}

static struct ps_bytes
without_trailing_blanks(struct ps_bytes line)
{
	line = ps_bytes_chomp(line);
	while (line.len > 0 && (ps_is_wsp(line.p[line.len - 1]) ||
				       line.p[line.len - 1] == '\r'))
		line.len--;
	return line;
}

static bool
is_line(struct ps_bytes line, struct ps_bytes wanted)
{
	return ps_bytes_eq(without_trailing_blanks(line), wanted);
}

static bool
has_control(struct ps_bytes line)
{
	for (size_t i = 0; i < line.len; i++) {
		unsigned char c = (unsigned char)line.p[i];

		if ((c < 0x20 && c != '\t') || c == 0x7f)
			return true;
	}
	return false;
}

/* To behind the block's first line; what stands before it is told. */
static bool
find_begin(struct ps_bytes *rest, bool *text_before)
{
	struct ps_bytes line;

	*text_before = false;
	while (ps_bytes_line(rest, &line)) {
		if (is_line(line, PS_LIT(PS_CLEARTEXT_BEGIN)))
			return true;
		*text_before = *text_before || !is_blank(line);
	}
	return false;
}

/* Names of digests; any other word would be shown and not signed. */
static bool
is_hash_header(struct ps_bytes line)
{
	static const char *const digest[] = {"MD5", "SHA1", "RIPEMD160",
		"SHA224", "SHA256", "SHA384", "SHA512", "SHA3-256", "SHA3-512"};
	struct ps_bytes rest;
	bool known = ps_bytes_starts(line, PS_LIT("Hash: "));

	for (rest = ps_bytes_from(line, 6); known && rest.len > 0;) {
		size_t comma = ps_bytes_chr(rest, ',');
		struct ps_bytes one = ps_bytes_trim(ps_bytes_head(rest, comma));

		known = false;
		for (size_t i = 0; i < sizeof(digest) / sizeof(*digest); i++)
			known = known ||
				ps_bytes_eq(one, ps_bytes_of(digest[i]));
		rest = comma == PS_NOT_FOUND ? PS_LIT("")
					     : ps_bytes_from(rest, comma + 1);
	}
	return known;
}

static const char *
skip_headers(struct ps_bytes *rest)
{
	struct ps_bytes line;

	while (ps_bytes_line(rest, &line)) {
		if (is_blank(line))
			return NULL;
		if (!is_hash_header(without_trailing_blanks(line)))
			return "the signed text has an armor header that may "
			       "not be there";
	}
	return "the signed text has no end";
}

/* Lines up to the signature, whose first line *rest then begins with. */
static const char *
read_lines(struct ps_bytes *rest, struct ps_buf *text)
{
	struct ps_bytes line, before = *rest;
	bool first = true;

	while (ps_bytes_line(rest, &line)) {
		line = without_trailing_blanks(line);
		if (ps_bytes_eq(line, SIGNATURE_BEGIN)) {
			*rest = before;
			return NULL;
		}
		if (ps_bytes_starts(line, PS_LIT("- ")))
			line = ps_bytes_from(line, 2);
		else if (ps_bytes_starts(line, PS_LIT("-")))
			return "a line of the signed text is not escaped";
		if (has_control(line))
			return "the signed text holds control octets";
		if (!first)
			ps_buf_put(text, PS_LIT("\r\n"));
		ps_buf_put(text, without_trailing_blanks(line));
		first = false;
		before = *rest;
	}
	return "the signed text has no signature";
}

static const char *
read_signature(struct ps_arena *a, struct ps_bytes rest,
	struct ps_bytes *signature, bool *text_after)
{
	struct ps_bytes whole, line, after = rest;
	const char *why;
	size_t end;

	if (ps_armor_read(a, rest, PS_ARMOR_SIGNATURE, signature, &whole,
		    &why) != PS_OK ||
		signature->len == 0)
		return "the signature cannot be read";
	end = (size_t)(whole.p - rest.p) + whole.len;
	/* "Comment: ..." and "Version: ..." are shown too, and not signed. */
	ps_bytes_line(&after, &line);
	ps_bytes_line(&after, &line);
	*text_after = !is_blank(ps_bytes_from(rest, end)) || !is_blank(line);
	return NULL;
}

void
ps_cleartext_read(
	struct ps_arena *a, struct ps_bytes text, struct ps_cleartext *out)
{
	bool before = false, after = false;
	struct ps_bytes rest = text;
	struct ps_buf lines;

	*out = (struct ps_cleartext){0};
	ps_buf_init(&lines, 2 * text.len + 2);
	if (!find_begin(&rest, &before))
		out->broken = "the signed text does not begin a line";
	if (out->broken == NULL)
		out->broken = skip_headers(&rest);
	if (out->broken == NULL)
		out->broken = read_lines(&rest, &lines);
	if (out->broken == NULL)
		out->broken = read_signature(a, rest, &out->signature, &after);
	out->text = ps_arena_copy(a, ps_buf_bytes(&lines));
	if (out->broken == NULL && out->text.len == 0)
		out->broken = "nothing is signed";
	out->text_outside = before || after;
	ps_buf_free(&lines);
}
