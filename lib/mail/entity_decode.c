/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Content transfer decoding (RFC 2045 6.7, 6.8) for looking into parts; what
 * is sealed is never decoded.  Tolerant, as mail programs are: what cannot be
 * decoded stands as it is (quoted-printable) or is passed over (base64).
 */
#include "mail/entity.h"

#include "mail/lex.h"

struct sink {
	char *p;
	size_t len, max;
};

static void
put(struct sink *to, struct ps_bytes b)
{
	b = ps_bytes_head(b, to->max - to->len);
	if (b.len > 0)
		memcpy(to->p + to->len, b.p, b.len);
	to->len += b.len;
}

static void
putc_to(struct sink *to, unsigned value)
{
	char c = (char)(unsigned char)value;

	put(to, ps_bytes(&c, 1));
}

/* The octets of n (2 to 4) base64 digits. */
static void
put_group(struct sink *to, unsigned bits, unsigned n)
{
	bits <<= 6 * (4 - n);
	for (unsigned i = 0; i + 1 < n; i++)
		putc_to(to, bits >> (16 - 8 * i) & 0xff);
}

static void
decode_base64(struct ps_bytes in, struct sink *to)
{
	unsigned bits = 0, n = 0;

	for (size_t i = 0; i < in.len && to->len < to->max; i++) {
		int v = ps_lex_base64(in.p[i]);

		if (v >= 0) {
			bits = bits << 6 | (unsigned)v;
			n++;
		}
		/* Padding in the middle: a second stream may follow. */
		if (n == 4 || (in.p[i] == '=' && n > 0)) {
			put_group(to, bits, n);
			bits = n = 0;
		}
	}
	if (n > 0)
		put_group(to, bits, n);
}

static int
hex_value(char c)
{
	int l = ps_lower(c);

	if (ps_is_digit(l))
		return l - '0';
	return l >= 'a' && l <= 'f' ? l - 'a' + 10 : -1;
}

static void
decode_qp_text(struct ps_bytes text, struct sink *to)
{
	for (size_t i = 0; i < text.len && to->len < to->max; i++) {
		int hi = -1, lo = -1;

		if (text.p[i] == '=' && i + 2 < text.len) {
			hi = hex_value(text.p[i + 1]);
			lo = hex_value(text.p[i + 2]);
		}
		if (hi >= 0 && lo >= 0) {
			putc_to(to, (unsigned)hi << 4 | (unsigned)lo);
			i += 2;
		} else {
			putc_to(to, (unsigned char)text.p[i]);
		}
	}
}

/* Blanks at the end of a line were added on the way; "=" there joins. */
static void
decode_qp(struct ps_bytes in, struct sink *to)
{
	struct ps_bytes line;

	while (to->len < to->max && ps_bytes_line(&in, &line)) {
		struct ps_bytes text = ps_bytes_chomp(line);
		struct ps_bytes line_end = ps_bytes_from(line, text.len);

		while (text.len > 0 && ps_is_wsp(text.p[text.len - 1]))
			text.len--;
		if (text.len > 0 && text.p[text.len - 1] == '=') {
			text.len--;
			line_end.len = 0;
		}
		decode_qp_text(text, to);
		put(to, line_end);
	}
}

struct ps_bytes
ps_entity_decode(struct ps_arena *a, const struct ps_entity *e, size_t max)
{
	bool base64 = ps_bytes_eq(e->encoding, PS_LIT("base64"));
	struct sink to = {0};

	if (!base64 && !ps_bytes_eq(e->encoding, PS_LIT("quoted-printable")))
		return ps_bytes_head(e->body, max);
	to.max = base64 ? e->body.len / 4 * 3 + 3 : e->body.len;
	if (to.max > max)
		to.max = max;
	to.p = ps_arena_alloc(a, to.max + 1);
	if (base64)
		decode_base64(e->body, &to);
	else
		decode_qp(e->body, &to);
	return ps_bytes(to.p, to.len);
}
