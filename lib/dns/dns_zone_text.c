/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Octets to tokens, one logical line at a time.
 */
#include "dns/dns_zone_text.h"

static char
next(struct ps_dns_zone_text *t)
{
	char c = t->rest.p[0];

	t->rest = ps_bytes_from(t->rest, 1);
	if (c == '\n')
		t->number++;
	return c;
}

/* What stands behind a backslash: three digits or any one octet. */
static bool
escape(struct ps_dns_zone_text *t, char *out)
{
	int n = 0;

	if (t->rest.len == 0 || t->rest.p[0] == '\n')
		return false;
	if (!ps_is_digit((unsigned char)t->rest.p[0])) {
		*out = next(t);
		return true;
	}
	if (t->rest.len < 3)
		return false;
	for (int i = 0; i < 3; i++) {
		if (!ps_is_digit((unsigned char)t->rest.p[0]))
			return false;
		n = 10 * n + (next(t) - '0');
	}
	*out = (char)n;
	return n <= 255;
}

static bool
ends_token(char c, bool quoted)
{
	if (quoted)
		return c == '"';
	return ps_is_wsp((unsigned char)c) || c == '\r' || c == '\n' ||
	       c == ';' || c == '(' || c == ')' || c == '"';
}

static bool
token(struct ps_arena *a, struct ps_dns_zone_text *t, struct ps_dns_token *out)
{
	size_t max = 0;
	char *p;

	*out = (struct ps_dns_token){.quoted = t->rest.p[0] == '"'};
	if (out->quoted)
		next(t);
	while (max < t->rest.len && !ends_token(t->rest.p[max], out->quoted))
		max += t->rest.p[max] == '\\' && max + 1 < t->rest.len ? 2 : 1;
	p = ps_arena_alloc(a, max + 1);
	out->text.p = p;
	while (t->rest.len > 0 && !ends_token(t->rest.p[0], out->quoted)) {
		char c = next(t);

		if (c == '\n') {
			t->why = "a string is not closed";
			return false;
		}
		if (c == '\\') {
			if (!escape(t, &c)) {
				t->why = "a backslash with nothing to escape";
				return false;
			}
			out->has_escaped_dot |= c == '.';
		}
		p[out->text.len++] = c;
	}
	if (!out->quoted)
		return true;
	if (t->rest.len == 0) {
		t->why = "a string is not closed";
		return false;
	}
	next(t);
	return true;
}

static void
comment(struct ps_dns_zone_text *t)
{
	while (t->rest.len > 0 && t->rest.p[0] != '\n')
		next(t);
}

/* Tokens up to the end of the line; inside parentheses a line has no end. */
static bool
tokens(struct ps_arena *a, struct ps_dns_zone_text *t, struct ps_dns_line *out)
{
	bool inside = false;

	while (t->rest.len > 0 && (inside || t->rest.p[0] != '\n')) {
		char c = t->rest.p[0];

		if (c == ';') {
			comment(t);
		} else if (c == '(' || c == ')') {
			if (inside == (c == '(')) {
				t->why = "parentheses do not match";
				return false;
			}
			inside = c == '(';
			next(t);
		} else if (ps_is_wsp((unsigned char)c) || c == '\r' ||
			   c == '\n') {
			next(t);
		} else {
			PS_GROW(a, out->token, out->n_token);
			if (!token(a, t, &out->token[out->n_token++]))
				return false;
		}
	}
	if (inside)
		t->why = "a parenthesis is not closed";
	return !inside;
}

bool
ps_dns_zone_text_line(
	struct ps_arena *a, struct ps_dns_zone_text *t, struct ps_dns_line *out)
{
	while (t->rest.len > 0) {
		*out = (struct ps_dns_line){.number = t->number};
		out->starts_blank = ps_is_wsp((unsigned char)t->rest.p[0]);
		if (!tokens(a, t, out))
			return false;
		if (t->rest.len > 0)
			next(t);
		if (out->n_token > 0)
			return true;
	}
	return false;
}
