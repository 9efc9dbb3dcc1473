/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Canonical bodies.  What stays as it is goes to the sink in the longest runs
 * that there are, straight from the input: a call a line would cost more than
 * the digest.
 */
#include "dkim/canon.h"

void
ps_canon_body_begin(struct ps_canon_body *b, enum ps_canon how, uint64_t limit,
	struct ps_canon_sink out)
{
	*b = (struct ps_canon_body){.how = how, .out = out, .left = limit};
}

static void
put(struct ps_canon_body *b, struct ps_bytes octets)
{
	b->total += octets.len;
	if (octets.len > b->left)
		octets.len = (size_t)b->left;
	if (b->left != PS_CANON_ALL)
		b->left -= octets.len;
	if (octets.len > 0)
		b->out.put(b->out.self, octets);
}

static void
put_line_ends(struct ps_canon_body *b)
{
	static const char ends[] = "\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n"
				   "\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n";

	while (b->n_line_end > 0) {
		uint64_t n = b->n_line_end < 16 ? b->n_line_end : 16;

		put(b, ps_bytes(ends, (size_t)n * 2));
		b->n_line_end -= n;
	}
}

/* What was held back is inside the body after all. */
static void
settle(struct ps_canon_body *b)
{
	put_line_ends(b);
	if (b->blank)
		put(b, PS_LIT(" "));
	b->blank = false;
}

static void
step(struct ps_canon_body *b, char c)
{
	if (b->cr) {
		b->cr = false;
		if (c == '\n') {
			b->blank = false; /* blanks at the end of a line */
			b->n_line_end++;
			return;
		}
		settle(b);
		put(b, PS_LIT("\r"));
	}
	if (c == '\r') {
		b->cr = true;
	} else if (b->how == PS_CANON_RELAXED && ps_is_wsp(c)) {
		b->blank = true;
	} else {
		settle(b);
		put(b, ps_bytes(&c, 1));
	}
}

/* How much of it can go out as it is, when nothing is held back. */
static size_t
plain_simple(struct ps_bytes in)
{
	while (in.len > 0 &&
		(in.p[in.len - 1] == '\r' || in.p[in.len - 1] == '\n'))
		in.len--;
	return in.len;
}

static bool
is_plain(char c)
{
	return c != ' ' && c != '\t' && c != '\r';
}

/*
 * How many of eight octets stand before the first that is a blank, a line end
 * or another control; 8 when there is none.  An octet at a time, most of the
 * time of a signed attachment goes into this question.
 */
static size_t
count_printable(const char *text)
{
	const unsigned char *p = (const unsigned char *)text;
	const uint64_t ones = UINT64_C(0x0101010101010101);
	/* one load: compilers see through this, and not through a loop */
	uint64_t w = (uint64_t)p[0] | (uint64_t)p[1] << 8 |
		     (uint64_t)p[2] << 16 | (uint64_t)p[3] << 24 |
		     (uint64_t)p[4] << 32 | (uint64_t)p[5] << 40 |
		     (uint64_t)p[6] << 48 | (uint64_t)p[7] << 56;
	uint64_t low;

	/* the top bit of every octet below 0x21; right up to the first */
	low = (w - ones * 0x21) & ~w & ones * 0x80;
	if (low == 0)
		return 8;
	low &= ~low + 1;
	return (size_t)((low >> 7) * UINT64_C(0x0001020304050607) >> 56);
}

static size_t
plain_relaxed(struct ps_bytes in)
{
	size_t i = 0, n;

	if (in.len == 0 || !is_plain(in.p[0]))
		return 0;
	while (i < in.len) {
		n = i + 8 <= in.len ? count_printable(in.p + i) : 0;
		i += n;
		if (n == 8)
			continue;
		if (is_plain(in.p[i]))
			i++;
		else if (in.p[i] == ' ' && i + 1 < in.len &&
			 is_plain(in.p[i + 1]))
			i += 2;
		else if (in.p[i] == '\r' && i + 2 < in.len &&
			 in.p[i + 1] == '\n' && is_plain(in.p[i + 2]))
			i += 3;
		else
			break;
	}
	return i;
}

static void
put_relaxed(struct ps_canon_body *b, struct ps_bytes octets)
{
	size_t n;

	while (octets.len > 0) {
		n = b->cr ? 0 : plain_relaxed(octets);
		if (n > 0) {
			settle(b);
			put(b, ps_bytes_head(octets, n));
		} else {
			step(b, octets.p[n++]);
		}
		octets = ps_bytes_from(octets, n);
	}
}

void
ps_canon_body_put(struct ps_canon_body *b, struct ps_bytes octets)
{
	size_t i = 0, n;

	if (b->how == PS_CANON_RELAXED) {
		put_relaxed(b, octets);
		return;
	}
	while (b->cr && i < octets.len)
		step(b, octets.p[i++]);
	octets = ps_bytes_from(octets, i);
	n = plain_simple(octets);
	if (n > 0) {
		settle(b);
		put(b, ps_bytes_head(octets, n));
	}
	for (; n < octets.len; n++)
		step(b, octets.p[n]);
}

void
ps_canon_body_end(struct ps_canon_body *b)
{
	if (b->cr) {
		settle(b);
		put(b, PS_LIT("\r"));
		b->cr = b->blank = false;
	}
	/* Without a line end at its end a body gets one; an empty one is CRLF
	 * to "simple" and nothing to "relaxed". */
	b->n_line_end = b->total > 0 || b->how == PS_CANON_SIMPLE;
	put_line_ends(b);
	b->blank = false;
}
