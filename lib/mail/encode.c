/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Base64 and quoted-printable, from octets to lines of 76 characters.
 */
#include "mail/encode.h"

#define LINE 76

/* Four digits for the first three octets, or for what there is. */
static void
put_quad(struct ps_bytes b, struct ps_buf *out)
{
	static const char digit[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "abcdefghijklmnopqrstuvwxyz0123456789+/";
	const unsigned char *p = (const unsigned char *)b.p;
	unsigned long v = (unsigned long)p[0] << 16;

	if (b.len > 1)
		v |= (unsigned long)p[1] << 8;
	if (b.len > 2)
		v |= p[2];
	ps_buf_putc(out, digit[v >> 18 & 63]);
	ps_buf_putc(out, digit[v >> 12 & 63]);
	ps_buf_putc(out, b.len > 1 ? digit[v >> 6 & 63] : '=');
	ps_buf_putc(out, b.len > 2 ? digit[v & 63] : '=');
}

void
ps_encode_base64_line(struct ps_bytes octets, struct ps_buf *out)
{
	for (; octets.len > 0; octets = ps_bytes_from(octets, 3))
		put_quad(octets, out);
}

void
ps_encode_base64(struct ps_bytes octets, struct ps_buf *out)
{
	for (; octets.len > 0; octets = ps_bytes_from(octets, LINE / 4 * 3)) {
		ps_encode_base64_line(ps_bytes_head(octets, LINE / 4 * 3), out);
		ps_buf_puts(out, "\r\n");
	}
}

struct line {
	struct ps_buf *out;
	size_t column;
};

static void
put(struct line *l, const char *s, size_t len)
{
	if (l->column + len > LINE - 1) { /* room for a soft line end */
		ps_buf_puts(l->out, "=\r\n");
		l->column = 0;
	}
	ps_buf_put(l->out, ps_bytes(s, len));
	l->column += len;
}

static void
put_octet(struct line *l, unsigned char c, bool plain)
{
	static const char hex[] = "0123456789ABCDEF";
	const char quoted[3] = {'=', hex[c >> 4], hex[c & 15]};
	const char itself = (char)c;

	if (plain)
		put(l, &itself, 1);
	else
		put(l, quoted, sizeof(quoted));
}

static bool
stands_for_itself(struct ps_bytes text, size_t at)
{
	unsigned char c = (unsigned char)text.p[at];

	if (c == ' ' || c == '\t')
		return at + 1 < text.len;
	if (at == 0 && (ps_bytes_starts(text, PS_LIT("From ")) ||
			       (c == '.' && text.len == 1)))
		return false;
	return c > ' ' && c < 0x7f && c != '=';
}

void
ps_encode_quoted_printable(struct ps_bytes octets, struct ps_buf *out)
{
	struct ps_bytes rest = octets, whole;
	struct line l = {.out = out};

	while (ps_bytes_line(&rest, &whole)) {
		bool ends = ps_bytes_iends(whole, PS_LIT("\r\n"));
		struct ps_bytes text = {whole.p, whole.len - (ends ? 2 : 0)};

		for (size_t i = 0; i < text.len; i++)
			put_octet(&l, (unsigned char)text.p[i],
				stands_for_itself(text, i));
		if (!ends)
			continue;
		ps_buf_puts(out, "\r\n");
		l.column = 0;
	}
}
