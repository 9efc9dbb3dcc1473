/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Tokens that all structured fields share.
 */
#include "mail/lex.h"

int
ps_lex_peek(const struct ps_lex *l)
{
	return l->p < l->end ? (unsigned char)*l->p : -1;
}

static void
skip_comment(struct ps_lex *l)
{
	size_t depth = 0;

	while (l->p < l->end) {
		char c = *l->p++;

		if (c == '\\' && l->p < l->end)
			l->p++;
		else if (c == '(' && ++depth > PS_LEX_COMMENT_DEPTH)
			l->broken = true;
		else if (c == ')' && --depth == 0)
			return;
	}
	l->broken = true;
}

void
ps_lex_cfws(struct ps_lex *l)
{
	while (!l->plain && l->p < l->end) {
		char c = *l->p;

		if (c == '(')
			skip_comment(l);
		else if (ps_is_wsp(c) || c == '\r' || c == '\n')
			l->p++;
		else
			return;
	}
}

struct ps_bytes
ps_lex_quoted(struct ps_lex *l)
{
	const char *start = ++l->p;

	while (l->p < l->end) {
		char c = *l->p++;

		if (c == '"')
			return ps_bytes(start, (size_t)(l->p - start) - 1);
		if (c == '\\' && l->p < l->end)
			l->p++;
	}
	l->broken = true;
	return ps_bytes(start, (size_t)(l->p - start));
}

size_t
ps_lex_unquote(struct ps_bytes raw, char *out)
{
	size_t n = 0;

	for (size_t i = 0; i < raw.len; i++) {
		char c = raw.p[i];

		if (c == '\r' || c == '\n')
			continue;
		if (c == '\\' && i + 1 < raw.len)
			c = raw.p[++i];
		out[n++] = c;
	}
	return n;
}

struct ps_bytes
ps_lex_lower(struct ps_arena *a, struct ps_bytes b)
{
	char *p = ps_arena_cstr(a, b);

	for (size_t i = 0; i < b.len; i++)
		p[i] = (char)ps_lower(p[i]);
	return ps_bytes(p, b.len);
}

int
ps_lex_base64(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (ps_is_digit(c))
		return c - '0' + 52;
	return c == '+' ? 62 : c == '/' ? 63 : -1;
}
