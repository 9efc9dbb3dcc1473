/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * The parameters of Content-Type and its kin (RFC 2045 5.1, RFC 2231),
 * tolerant where mail is broken: a missing semicolon, blanks around "=", an
 * unquoted "=" in a boundary.  Knows no parameter's meaning.
 */
#include "mail/header.h"

#include <stdlib.h>

#include "mail/lex.h"

/* More than this is no mail; the rest is left out and the value is broken. */
#define PARAMS_MAX   1000
#define SECTION_NONE ((size_t)-1)

/* A parameter as written: "name*section*". */
struct section {
	struct ps_bytes name, value;
	size_t number, order;
};

struct reader {
	struct ps_arena *a;
	struct ps_lex in;
	struct section *section;
	size_t n_section, n_read;
	struct ps_params out;
};

static bool
ends_token(char c)
{
	return ps_is_wsp(c) || c == '\r' || c == '\n' || c == ';' || c == '(';
}

/* Octets up to a blank, a comment, a semicolon or one of the set. */
static struct ps_bytes
take_token(struct ps_lex *l, const char *stop)
{
	const char *start = l->p;

	while (l->p < l->end && !ends_token(*l->p) &&
		(*l->p == '\0' || strchr(stop, *l->p) == NULL))
		l->p++;
	return ps_bytes(start, (size_t)(l->p - start));
}

/* "type / subtype" with whatever stands between; the cursor behind it. */
static void
read_main(struct reader *r)
{
	char *p = ps_arena_alloc(r->a, (size_t)(r->in.end - r->in.p) + 1);
	const char *start = r->in.p;
	bool want_word = true;
	size_t n = 0;

	for (;;) {
		struct ps_bytes word;

		ps_lex_cfws(&r->in);
		if (ps_lex_peek(&r->in) == '/') {
			r->in.p++;
			p[n++] = '/';
			want_word = true;
			continue;
		}
		word = want_word ? take_token(&r->in, "/=\"") : PS_LIT("");
		if (word.len == 0)
			break;
		for (size_t i = 0; i < word.len; i++)
			p[n++] = (char)ps_lower(word.p[i]);
		want_word = false;
	}
	if (ps_lex_peek(&r->in) == '=') { /* a parameter, and no main at all */
		r->in.p = start;
		n = 0;
	}
	r->in.broken |= n == 0;
	r->out.main = ps_bytes(p, n);
}

static struct ps_bytes
read_value(struct reader *r)
{
	struct ps_bytes raw;
	char *p;

	if (ps_lex_peek(&r->in) != '"')
		return take_token(&r->in, "");
	raw = ps_lex_quoted(&r->in);
	if (ps_bytes_chr(raw, '\\') == PS_NOT_FOUND &&
		ps_bytes_chr(raw, '\n') == PS_NOT_FOUND &&
		ps_bytes_chr(raw, '\r') == PS_NOT_FOUND)
		return raw;
	p = ps_arena_alloc(r->a, raw.len + 1);
	return ps_bytes(p, ps_lex_unquote(raw, p));
}

/* The number in "*12" or "*12*"; SECTION_NONE for "*" and for anything else. */
static size_t
section_number(struct ps_bytes tail, bool *broken)
{
	size_t i = 1, number = 0;

	while (i < tail.len && i < 5 && ps_is_digit(tail.p[i]))
		number = 10 * number + (size_t)(tail.p[i++] - '0');
	if (i < tail.len && tail.p[i] == '*' && i > 1)
		i++;
	*broken |= i != tail.len;
	return i == 1 || i != tail.len ? SECTION_NONE : number;
}

static void
keep(struct reader *r, struct ps_bytes name, struct ps_bytes value)
{
	size_t star = ps_bytes_chr(name, '*'), number = SECTION_NONE;

	if (star != PS_NOT_FOUND)
		number = section_number(
			ps_bytes_from(name, star), &r->in.broken);
	name = ps_lex_lower(r->a, ps_bytes_head(name, star));
	if (number == SECTION_NONE) {
		PS_GROW(r->a, r->out.param, r->out.n_param);
		r->out.param[r->out.n_param++] = (struct ps_param){name, value};
		return;
	}
	PS_GROW(r->a, r->section, r->n_section);
	r->section[r->n_section] =
		(struct section){name, value, number, r->n_section};
	r->n_section++;
}

/* One "name=value", or whatever stands up to the next semicolon. */
static void
read_param(struct reader *r)
{
	struct ps_bytes name = take_token(&r->in, "=\"");

	ps_lex_cfws(&r->in);
	if (name.len == 0 || ps_lex_peek(&r->in) != '=' ||
		r->n_read++ == PARAMS_MAX) {
		size_t left = (size_t)(r->in.end - r->in.p);
		const char *semi =
			left == 0 ? NULL : memchr(r->in.p, ';', left);

		r->in.broken = true;
		r->in.p = semi == NULL ? r->in.end : semi;
		if (r->n_read > PARAMS_MAX)
			r->in.p = r->in.end;
		return;
	}
	r->in.p++;
	ps_lex_cfws(&r->in);
	keep(r, name, read_value(r));
}

static int
by_name_and_number(const void *x, const void *y)
{
	const struct section *a = x, *b = y;
	size_t len = a->name.len < b->name.len ? a->name.len : b->name.len;
	int d = len == 0 ? 0 : memcmp(a->name.p, b->name.p, len);

	if (d != 0)
		return d;
	if (a->name.len != b->name.len)
		return a->name.len < b->name.len ? -1 : 1;
	if (a->number != b->number)
		return a->number < b->number ? -1 : 1;
	return a->order < b->order ? -1 : 1;
}

/* Sections [from, to) are one parameter: its value up to the first gap. */
static void
join(struct reader *r, size_t from, size_t to)
{
	struct ps_bytes name = r->section[from].name;
	size_t len = 0, n = 0;
	char *p;

	for (size_t i = from; i < to; i++)
		len += r->section[i].value.len;
	p = ps_arena_alloc(r->a, len + 1);
	len = 0;
	for (size_t i = from; i < to; i++) {
		const struct section *s = &r->section[i];

		if (s->number != n) {
			r->in.broken = true;
			continue;
		}
		if (s->value.len > 0)
			memcpy(p + len, s->value.p, s->value.len);
		len += s->value.len;
		n++;
	}
	if (n == 0)
		return;
	PS_GROW(r->a, r->out.param, r->out.n_param);
	r->out.param[r->out.n_param++] =
		(struct ps_param){name, ps_bytes(p, len)};
}

void
ps_header_params(
	struct ps_arena *a, struct ps_bytes value, struct ps_params *out)
{
	struct reader r = {.a = a};
	size_t from = 0;

	if (value.len == 0)
		value = PS_LIT("");
	r.in = (struct ps_lex){.p = value.p, .end = value.p + value.len};
	read_main(&r);
	for (;;) {
		bool semicolon = false;

		ps_lex_cfws(&r.in);
		while (ps_lex_peek(&r.in) == ';') {
			semicolon = true;
			r.in.p++;
			ps_lex_cfws(&r.in);
		}
		if (ps_lex_peek(&r.in) < 0)
			break;
		r.in.broken |= !semicolon;
		read_param(&r);
	}
	if (r.n_section > 0)
		qsort(r.section, r.n_section, sizeof(*r.section),
			by_name_and_number);
	for (size_t i = 1; i <= r.n_section; i++)
		if (i == r.n_section ||
			!ps_bytes_eq(r.section[i].name, r.section[from].name)) {
			join(&r, from, i);
			from = i;
		}
	r.out.broken = r.in.broken;
	*out = r.out;
}

struct ps_bytes
ps_params_get(const struct ps_params *p, struct ps_bytes name)
{
	for (size_t i = 0; i < p->n_param; i++)
		if (ps_bytes_ieq(p->param[i].name, name))
			return p->param[i].value;
	return (struct ps_bytes){0};
}
