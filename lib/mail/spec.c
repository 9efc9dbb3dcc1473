/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * The one reader of addr-specs.  Every octet is looked at once.
 */
#include "mail/spec.h"

#include "mail/idna.h"

/* RFC 5321 4.5.3.1: 64 + "@" + 255. */
#define ADDR_MAX 320

/* RFC 5322 3.2.3; octets above 127 are words too (RFC 6531 3.3). */
static bool
is_atext(int c)
{
	return c > ' ' && c != 0x7f && strchr("()<>[]:;@\\,.\"", c) == NULL;
}

void
ps_spec_init(struct ps_spec *s, struct ps_arena *a, struct ps_bytes input,
	bool plain)
{
	if (input.len == 0)
		input = PS_LIT("");
	*s = (struct ps_spec){.a = a};
	s->in = (struct ps_lex){
		.p = input.p, .end = input.p + input.len, .plain = plain};
	s->local = ps_arena_alloc(a, 2 * input.len + PS_IDNA_MAX);
	s->domain = s->local + input.len;
}

static void
take_atom(struct ps_spec *s, char *to, size_t *n)
{
	while (is_atext(ps_lex_peek(&s->in)))
		to[(*n)++] = *s->in.p++;
}

void
ps_spec_words(struct ps_spec *s)
{
	bool after_word = false;

	s->n_local = s->n_word = 0;
	s->spaced = false;
	for (;;) {
		int c;

		ps_lex_cfws(&s->in);
		c = ps_lex_peek(&s->in);
		if (c == '.') {
			s->local[s->n_local++] = *s->in.p++;
			s->n_word += s->n_word == 0;
			after_word = false;
			continue;
		}
		if (c != '"' && !is_atext(c))
			return;
		s->spaced |= after_word;
		after_word = true;
		s->n_word++;
		if (c == '"')
			s->n_local += ps_lex_unquote(
				ps_lex_quoted(&s->in), s->local + s->n_local);
		else
			take_atom(s, s->local, &s->n_local);
	}
}

/* "[192.0.2.1]", "[IPv6:2001:db8::1]", the cursor on the bracket (RFC 5321
 * 4.1.3; octets that no address has are left out). */
static bool
take_literal(struct ps_spec *s)
{
	int c;

	do {
		s->domain[s->n_domain++] = *s->in.p++;
		c = ps_lex_peek(&s->in);
	} while (ps_is_alpha(c) || ps_is_digit(c) || c == '.' || c == ':' ||
		 c == '-');
	if (c != ']' || s->n_domain == 1)
		return false;
	s->domain[s->n_domain++] = *s->in.p++;
	return true;
}

/* Labels that are not empty, of octets that a host name can have. */
static bool
is_host(struct ps_bytes b)
{
	char last = '.';

	for (size_t i = 0; i < b.len; i++) {
		char c = b.p[i];
		bool fine = ps_is_alpha(c) || ps_is_digit(c) || c == '-' ||
			    c == '_';

		if (c == '.' ? last == '.' : !fine)
			return false;
		last = c;
	}
	return last != '.';
}

/* Lower case, A-labels, no final dot. */
static bool
fold_domain(struct ps_spec *s)
{
	bool literal = s->n_domain > 0 && s->domain[0] == '[';

	if (!ps_bytes_is_ascii(ps_bytes(s->domain, s->n_domain)) &&
		!ps_idna_fold(s->domain, &s->n_domain))
		return false;
	if (s->n_domain > 1 && s->domain[s->n_domain - 1] == '.') {
		s->n_domain--;
		/* An MTA takes it; the grammar of a header does not. */
		s->in.broken |= !s->in.plain;
	}
	for (size_t i = 0; i < s->n_domain; i++)
		s->domain[i] = (char)ps_lower(s->domain[i]);
	return s->n_domain <= PS_IDNA_MAX &&
	       (literal || is_host(ps_bytes(s->domain, s->n_domain)));
}

bool
ps_spec_domain(struct ps_spec *s)
{
	bool want_word = true;

	s->in.p++;
	s->n_domain = 0;
	ps_lex_cfws(&s->in);
	if (ps_lex_peek(&s->in) == '[') {
		if (!take_literal(s))
			return false;
	} else {
		while (want_word ? is_atext(ps_lex_peek(&s->in))
				 : ps_lex_peek(&s->in) == '.') {
			if (want_word)
				take_atom(s, s->domain, &s->n_domain);
			else
				s->domain[s->n_domain++] = *s->in.p++;
			want_word = !want_word;
			ps_lex_cfws(&s->in);
		}
	}
	ps_lex_cfws(&s->in);
	return fold_domain(s);
}

/* "@a,@b:" (RFC 5321 4.1.2, RFC 5322 4.4): who relays is no part of who it
 * is. */
static bool
skip_route(struct ps_spec *s)
{
	while (ps_lex_peek(&s->in) == '@' || ps_lex_peek(&s->in) == ',') {
		if (ps_lex_peek(&s->in) == ',')
			s->in.p++;
		else if (!ps_spec_domain(s))
			return false;
		ps_lex_cfws(&s->in);
	}
	if (ps_lex_peek(&s->in) != ':')
		return false;
	s->in.p++;
	return true;
}

bool
ps_spec_inner(struct ps_spec *s)
{
	s->n_domain = 0;
	ps_lex_cfws(&s->in);
	if (ps_lex_peek(&s->in) == '@' && !skip_route(s))
		return false;
	s->n_domain = 0;
	ps_spec_words(s);
	if (s->n_word == 0 || s->spaced)
		return false;
	return ps_lex_peek(&s->in) != '@' || ps_spec_domain(s);
}

/* A dot-atom needs no quotes (RFC 5321 4.1.2). */
static bool
is_dot_atom(struct ps_bytes b)
{
	char last = '.';

	for (size_t i = 0; i < b.len; i++) {
		if (b.p[i] == '.' ? last == '.'
				  : !is_atext((unsigned char)b.p[i]))
			return false;
		last = b.p[i];
	}
	return last != '.';
}

static size_t
put_quoted(struct ps_bytes local, char *to)
{
	size_t n = 0;

	to[n++] = '"';
	for (size_t i = 0; i < local.len; i++) {
		if (local.p[i] == '"' || local.p[i] == '\\')
			to[n++] = '\\';
		to[n++] = local.p[i];
	}
	to[n++] = '"';
	return n;
}

bool
ps_spec_finish(struct ps_spec *s, struct ps_addr *out)
{
	struct ps_bytes local;
	size_t n = s->n_local;
	char *p;

	if (s->n_local + 1 + s->n_domain > ADDR_MAX)
		return false;
	for (size_t i = 0; i < n; i++)
		if ((unsigned char)s->local[i] < ' ' || s->local[i] == 0x7f)
			return false;
	local = ps_arena_copy(s->a, ps_bytes(s->local, n));
	p = ps_arena_alloc(s->a, 2 * n + 2 + 1 + s->n_domain + 1);
	if (is_dot_atom(local))
		memcpy(p, local.p, n);
	else
		n = put_quoted(local, p);
	out->local = local;
	if (s->n_domain > 0) {
		p[n] = '@';
		memcpy(p + n + 1, s->domain, s->n_domain);
		out->domain = ps_bytes(p + n + 1, s->n_domain);
		n += 1 + s->n_domain;
	} else {
		out->domain = ps_bytes(p + n, 0);
	}
	out->full = ps_bytes(p, n);
	return true;
}
