/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Canonical header fields.  Bodies are canon_body.c's.
 */
#include "dkim/canon.h"

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

/* Words are short and a digest takes its time for each call: they are gathered.
 */
struct gather {
	const struct ps_canon_sink *out;
	size_t len;
	char p[512];
};

static void
flush(struct gather *g)
{
	put(g->out, ps_bytes(g->p, g->len));
	g->len = 0;
}

static void
add(struct gather *g, char c)
{
	if (g->len == sizeof(g->p))
		flush(g);
	g->p[g->len++] = c;
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/*
 * A run of blanks is one space; a line end of folding is nothing, the blanks
 * beside it remain (RFC 5322 section 2.2.3); a CR alone is text.
 */
static void
add_squeezed(struct gather *g, struct ps_bytes value)
{
	bool blank = false, text = false;

	for (size_t i = 0; i < value.len; i++) {
		char c = value.p[i];

		if (is_blank(c) &&
			(c != '\r' || (i + 1 < value.len &&
					      value.p[i + 1] == '\n'))) {
			blank |= ps_is_wsp(c);
			continue;
		}
		if (blank && text)
			add(g, ' ');
		add(g, c);
		blank = false;
		text = true;
	}
}

static void
put_relaxed(const struct ps_canon_sink *out, const struct ps_field *f)
{
	struct gather g = {.out = out};

	for (size_t i = 0; i < f->name.len; i++)
		add(&g, (char)ps_lower((unsigned char)f->name.p[i]));
	add(&g, ':');
	add_squeezed(&g, f->value);
	flush(&g);
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
		put_relaxed(out, f);
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
