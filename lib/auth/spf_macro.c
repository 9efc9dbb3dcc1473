/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * One scanner of pieces serves the check and the expansion, so that they
 * cannot differ.
 */
#include "auth/spf_macro.h"

#include <arpa/inet.h>
#include <inttypes.h>
#include <stdio.h>

#include "base/buf.h"

struct piece {
	struct ps_bytes literal; /* empty p: a macro */
	char letter;		 /* lower case */
	bool url_escape;	 /* the letter was upper case */
	bool reverse;
	size_t keep; /* the rightmost parts, 0 for all */
	struct ps_bytes delimiters;
};

static bool
is_delimiter(char c)
{
	return c != '\0' && strchr(".-+,/_=", c) != NULL;
}

static bool
is_literal(char c, enum ps_spf_text kind)
{
	return (c > ' ' && c < 0x7f && c != '%') ||
	       (c == ' ' && kind == PS_SPF_EXPLAIN);
}

static bool
is_letter(char c, enum ps_spf_text kind)
{
	if (c == '\0')
		return false;
	return strchr("slodiphv", c) != NULL ||
	       (kind != PS_SPF_DOMAIN && strchr("crt", c) != NULL);
}

/* What stands between "%{" and "}". */
static bool
scan_macro(struct ps_bytes in, enum ps_spf_text kind, struct piece *out)
{
	size_t i = 1, digits;

	if (in.len == 0)
		return false;
	out->letter = (char)ps_lower((unsigned char)in.p[0]);
	out->url_escape = out->letter != in.p[0];
	if (!is_letter(out->letter, kind))
		return false;
	for (digits = i; i < in.len && ps_is_digit((unsigned char)in.p[i]); i++)
		if (out->keep < 1000)
			out->keep = 10 * out->keep + (size_t)(in.p[i] - '0');
	if (i > digits && out->keep == 0)
		return false; /* 7.3: the value MUST be nonzero */
	if (i < in.len && (in.p[i] == 'r' || in.p[i] == 'R')) {
		out->reverse = true;
		i++;
	}
	out->delimiters = ps_bytes_from(in, i);
	for (; i < in.len; i++)
		if (!is_delimiter(in.p[i]))
			return false;
	return true;
}

static bool
scan_percent(struct ps_bytes *rest, enum ps_spf_text kind, struct piece *out)
{
	size_t end;

	if (rest->len < 2)
		return false;
	switch (rest->p[1]) {
	case '%':
		out->literal = PS_LIT("%");
		break;
	case '_':
		out->literal = PS_LIT(" ");
		break;
	case '-':
		out->literal = PS_LIT("%20");
		break;
	case '{':
		end = ps_bytes_chr(*rest, '}');
		if (end == PS_NOT_FOUND ||
			!scan_macro(ps_bytes(rest->p + 2, end - 2), kind, out))
			return false;
		*rest = ps_bytes_from(*rest, end + 1);
		return true;
	default:
		return false;
	}
	*rest = ps_bytes_from(*rest, 2);
	return true;
}

/* The next piece of what is not empty; false when it is none. */
static bool
scan(struct ps_bytes *rest, enum ps_spf_text kind, struct piece *out)
{
	size_t n = 0;

	*out = (struct piece){.literal = {NULL, 0}};
	if (rest->p[0] == '%')
		return scan_percent(rest, kind, out);
	while (n < rest->len && is_literal(rest->p[n], kind))
		n++;
	out->literal = ps_bytes_head(*rest, n);
	*rest = ps_bytes_from(*rest, n);
	return n > 0;
}

bool
ps_spf_macro_check(
	struct ps_bytes text, enum ps_spf_text kind, bool *ends_in_macro)
{
	struct piece piece;

	*ends_in_macro = false;
	while (text.len > 0) {
		*ends_in_macro = text.p[0] == '%';
		if (!scan(&text, kind, &piece))
			return false;
	}
	return true;
}

static struct ps_bytes
print_address(struct ps_arena *a, const struct ps_spf_query *q)
{
	char text[INET6_ADDRSTRLEN];
	int family = q->client_len == 4 ? AF_INET : AF_INET6;

	if (inet_ntop(family, q->client, text, sizeof(text)) == NULL)
		text[0] = '\0';
	return ps_bytes_of(ps_arena_strdup(a, text));
}

/* %{i}: as printed for IPv4, dotted nibbles for IPv6 (7.3). */
static struct ps_bytes
dotted(struct ps_arena *a, const struct ps_spf_query *q)
{
	static const char hex[] = "0123456789ABCDEF";
	char *p;

	if (q->client_len == 4)
		return print_address(a, q);
	p = ps_arena_alloc(a, 64);
	for (size_t i = 0; i < 16; i++) {
		p[4 * i] = hex[q->client[i] >> 4];
		p[4 * i + 1] = '.';
		p[4 * i + 2] = hex[q->client[i] & 15];
		p[4 * i + 3] = '.';
	}
	return ps_bytes(p, 63);
}

static struct ps_bytes
sender(struct ps_arena *a, const struct ps_spf_query *q)
{
	size_t n = q->sender_local.len;
	char *p = ps_arena_alloc(a, n + 1 + q->sender_domain.len);

	memcpy(p, q->sender_local.p, n);
	p[n] = '@';
	memcpy(p + n + 1, q->sender_domain.p, q->sender_domain.len);
	return ps_bytes(p, n + 1 + q->sender_domain.len);
}

static struct ps_bytes
value_of(struct ps_arena *a, const struct ps_spf_macros *m, char letter)
{
	switch (letter) {
	case 's':
		return sender(a, m->q);
	case 'l':
		return m->q->sender_local;
	case 'o':
		return m->q->sender_domain;
	case 'd':
		return m->domain;
	case 'i':
		return dotted(a, m->q);
	case 'p':
		return m->validated(m->self, m->domain);
	case 'v':
		return m->q->client_len == 4 ? PS_LIT("in-addr")
					     : PS_LIT("ip6");
	case 'h':
		return m->q->helo;
	case 'c':
		return print_address(a, m->q);
	case 'r':
		return m->q->receiver.len > 0 ? m->q->receiver
					      : PS_LIT("unknown");
	default:
		return ps_bytes_of(ps_arena_printf(a, "%" PRId64, m->q->now_s));
	}
}

static void
put(struct ps_buf *out, struct ps_bytes part, bool url_escape)
{
	static const char hex[] = "0123456789ABCDEF";

	for (size_t i = 0; i < part.len; i++) {
		unsigned char c = (unsigned char)part.p[i];

		if (!url_escape || ps_is_alpha(c) || ps_is_digit(c) ||
			(c != '\0' && strchr("-._~", c) != NULL)) {
			ps_buf_putc(out, (char)c);
			continue;
		}
		ps_buf_putc(out, '%');
		ps_buf_putc(out, hex[c >> 4]);
		ps_buf_putc(out, hex[c & 15]);
	}
}

/* Split, reverse, keep the rightmost, join with dots (7.3). */
static void
transform(struct ps_arena *a, struct ps_bytes value, const struct piece *piece,
	struct ps_buf *out)
{
	struct ps_bytes by = piece->delimiters, *part = NULL;
	size_t n = 0, start = 0, first = 0;

	if (by.len == 0)
		by = PS_LIT(".");
	for (size_t i = 0; i <= value.len; i++) {
		if (i < value.len &&
			ps_bytes_chr(by, value.p[i]) == PS_NOT_FOUND)
			continue;
		PS_GROW(a, part, n);
		part[n++] = ps_bytes(value.p + start, i - start);
		start = i + 1;
	}
	if (piece->keep > 0 && piece->keep < n)
		first = n - piece->keep;
	for (size_t i = first; i < n; i++) {
		if (i > first)
			ps_buf_putc(out, '.');
		put(out, part[piece->reverse ? n - 1 - i : i],
			piece->url_escape);
	}
}

static bool
is_plain(const struct piece *piece)
{
	return piece->keep == 0 && !piece->reverse &&
	       piece->delimiters.len == 0;
}

bool
ps_spf_macro_expand(struct ps_arena *a, const struct ps_spf_macros *m,
	struct ps_bytes text, size_t max, struct ps_bytes *out)
{
	bool good = true, ascii = ps_bytes_is_ascii(m->q->sender_local);
	struct piece piece;
	struct ps_buf b;

	ps_buf_init(&b, max);
	while (good && text.len > 0 && !b.full) {
		if (!scan(&text, PS_SPF_EXPLAIN, &piece)) {
			good = false;
		} else if (piece.literal.p != NULL) {
			ps_buf_put(&b, piece.literal);
		} else if ((piece.letter == 's' || piece.letter == 'l') &&
			   !ascii) {
			good = false;
		} else {
			struct ps_bytes v = value_of(a, m, piece.letter);

			if (is_plain(&piece))
				put(&b, v, piece.url_escape);
			else
				transform(a, v, &piece, &b);
		}
	}
	if (b.full)
		good = false;
	if (good)
		*out = ps_arena_copy(a, ps_buf_bytes(&b));
	ps_buf_free(&b);
	return good;
}
