/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Lines of armor out of HTML.  Not a parser: webmail puts <pre>, <div>, <br>
 * and &nbsp; around lines that have none of these characters themselves.
 */
#include "openpgp/html.h"

#include <stdlib.h>

static char
numeric_entity(struct ps_bytes digits)
{
	bool hex = digits.len > 0 && ps_lower(digits.p[0]) == 'x';
	char text[12] = {0};
	unsigned long n;

	digits = ps_bytes_from(digits, hex ? 1 : 0);
	memcpy(text, digits.p, digits.len < 11 ? digits.len : 11);
	n = strtoul(text, NULL, hex ? 16 : 10);
	if (n == 0xa0)
		return ' ';
	if (n == 0 || n > 0x7f)
		return '?';
	return (char)n;
}

static char
entity(struct ps_bytes name)
{
	static const struct {
		const char *name;
		char c;
	} known[] = {
		{"nbsp", ' '},
		{"plus", '+'},
		{"sol", '/'},
		{"equals", '='},
		{"amp", '&'},
		{"lt", '<'},
		{"gt", '>'},
	};

	if (name.len > 0 && name.p[0] == '#')
		return numeric_entity(ps_bytes_from(name, 1));
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (ps_bytes_eq(name, ps_bytes_of(known[i].name)))
			return known[i].c;
	return '?';
}

/* Octets that one character of the text takes in the HTML. */
static size_t
take_character(struct ps_bytes html, char *out)
{
	size_t end;

	*out = html.p[0];
	if (ps_bytes_starts(html, PS_LIT("\xc2\xa0"))) {
		*out = ' ';
		return 2;
	}
	if (html.p[0] == '<') {
		end = ps_bytes_chr(html, '>');
		*out = '\n';
		return end == PS_NOT_FOUND ? html.len : end + 1;
	}
	if (html.p[0] == '&') {
		end = ps_bytes_chr(ps_bytes_head(html, 10), ';');
		if (end == PS_NOT_FOUND)
			return 1;
		*out = entity(ps_bytes(html.p + 1, end - 1));
		return end + 1;
	}
	return 1;
}

static struct ps_bytes
without_markup(struct ps_arena *a, struct ps_bytes html)
{
	char *p = ps_arena_alloc(a, html.len + 1);
	size_t n = 0;

	while (html.len > 0)
		html = ps_bytes_from(html, take_character(html, &p[n++]));
	return ps_bytes(p, n);
}

static size_t
append(char *p, size_t n, struct ps_bytes line)
{
	memcpy(p + n, line.p, line.len);
	p[n + line.len] = '\n';
	return n + line.len + 1;
}

struct ps_bytes
ps_html_armor_text(struct ps_arena *a, struct ps_bytes html)
{
	struct ps_bytes rest = without_markup(a, html), line;
	char *p = ps_arena_alloc(a, 2 * rest.len + 2);
	bool in_head = false;
	size_t n = 0;

	while (ps_bytes_line(&rest, &line)) {
		line = ps_bytes_trim(line);
		if (line.len == 0)
			continue;
		if (in_head && ps_bytes_chr(line, ':') == PS_NOT_FOUND) {
			p[n++] = '\n';
			in_head = false;
		}
		n = append(p, n, line);
		if (ps_bytes_starts(line, PS_LIT("-----BEGIN ")))
			in_head = true;
	}
	return ps_bytes(p, n);
}
