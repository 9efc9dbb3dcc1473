/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Canonical header fields.  Bodies are canon_body.c's.
 */
#include "auth/canon.h"

#include "mail/tagval.h"

static bool
read_word(struct ps_bytes word, enum ps_canon *out)
{
	word = ps_bytes_trim(word);
	*out = ps_bytes_eq(word, PS_LIT("relaxed")) ? PS_CANON_RELAXED
						    : PS_CANON_SIMPLE;
	return *out == PS_CANON_RELAXED || ps_bytes_eq(word, PS_LIT("simple"));
}

bool
ps_canon_words(
	struct ps_bytes value, enum ps_canon *header, enum ps_canon *body)
{
	size_t slash = ps_bytes_chr(value, '/');

	*body = PS_CANON_SIMPLE;
	if (slash == PS_NOT_FOUND)
		return read_word(value, header);
	return read_word(ps_bytes_head(value, slash), header) &&
	       read_word(ps_bytes_from(value, slash + 1), body);
}

static void
put(const struct ps_canon_sink *out, struct ps_bytes octets)
{
	if (octets.len > 0)
		out->put(out->self, octets);
}

/* "simple" changes nothing but what the MTA did to line ends. */
static void
put_lines(const struct ps_canon_sink *out, struct ps_bytes value)
{
	struct ps_bytes line, text;

	while (ps_bytes_line(&value, &line)) {
		text = ps_bytes_chomp(line);
		put(out, text);
		if (text.len < line.len)
			put(out, PS_LIT("\r\n"));
	}
}

static void
put_lower(const struct ps_canon_sink *out, struct ps_bytes name)
{
	char part[64];

	while (name.len > 0) {
		struct ps_bytes head = ps_bytes_head(name, sizeof(part));

		for (size_t i = 0; i < head.len; i++)
			part[i] = (char)ps_lower((unsigned char)head.p[i]);
		put(out, ps_bytes(part, head.len));
		name = ps_bytes_from(name, head.len);
	}
}

/* A line end of folding is nothing, the blanks beside it remain (RFC 5322
 * section 2.2.3); a run of blanks is one space. */
static size_t
skip_blank(struct ps_bytes b, size_t at)
{
	while (at < b.len) {
		if (b.p[at] == '\r' && at + 1 < b.len && b.p[at + 1] == '\n')
			at += 2;
		else if (ps_is_wsp(b.p[at]) || b.p[at] == '\n')
			at++;
		else
			break;
	}
	return at;
}

static bool
holds_wsp(struct ps_bytes b)
{
	for (size_t i = 0; i < b.len; i++)
		if (ps_is_wsp(b.p[i]))
			return true;
	return false;
}

static void
put_squeezed(const struct ps_canon_sink *out, struct ps_bytes value)
{
	size_t at = skip_blank(value, 0), start = at, next;

	while (at < value.len) {
		next = skip_blank(value, at);
		if (next == at) {
			at++;
			continue;
		}
		put(out, ps_bytes(value.p + start, at - start));
		if (next < value.len &&
			holds_wsp(ps_bytes(value.p + at, next - at)))
			put(out, PS_LIT(" "));
		start = at = next;
	}
	put(out, ps_bytes(value.p + start, at - start));
}

void
ps_canon_field(enum ps_canon how, const struct ps_field *f, bool crlf,
	const struct ps_canon_sink *out)
{
	if (how == PS_CANON_SIMPLE) {
		put(out, f->name);
		put(out, PS_LIT(":"));
		put_lines(out, f->value);
	} else {
		put_lower(out, f->name);
		put(out, PS_LIT(":"));
		put_squeezed(out, f->value);
	}
	if (crlf)
		put(out, PS_LIT("\r\n"));
}

struct ps_bytes
ps_canon_unsigned(struct ps_arena *a, struct ps_bytes value)
{
	struct ps_bytes rest = value, part;
	char *out;

	while (ps_tagval_item(&rest, ';', &part)) {
		size_t equal = ps_bytes_chr(part, '='), head, tail;

		if (equal == PS_NOT_FOUND ||
			!ps_bytes_eq(ps_bytes_trim(ps_bytes_head(part, equal)),
				PS_LIT("b")))
			continue;
		/* up to the "=", and from the ";" on, where there is one */
		head = (size_t)(part.p + equal + 1 - value.p);
		tail = ps_bytes_chr(ps_bytes_from(value, head), ';');
		tail = tail == PS_NOT_FOUND ? value.len : head + tail;
		out = ps_arena_alloc(a, head + value.len - tail + 1);
		memcpy(out, value.p, head);
		memcpy(out + head, value.p + tail, value.len - tail);
		return ps_bytes(out, head + value.len - tail);
	}
	return value;
}
