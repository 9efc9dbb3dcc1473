/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * The address list of a header field (RFC 5322 3.4, obsolete syntax 4.4).
 * Tolerant: what cannot be read is skipped up to the next separator and the
 * list is called broken, so that policy can be stricter than this reader.
 */
#include "mail/spec.h"

struct list {
	struct ps_spec s;
	size_t max;
	bool full, in_group;
	struct ps_addr_list out;
};

static bool
at_separator(const struct ps_lex *l)
{
	int c = ps_lex_peek(l);

	return c < 0 || c == ',' || c == ';';
}

static void
skip_to_separator(struct list *ls)
{
	struct ps_lex *l = &ls->s.in;

	for (;;) {
		ps_lex_cfws(l);
		if (at_separator(l))
			return;
		l->broken = true;
		if (ps_lex_peek(l) == '"')
			ps_lex_quoted(l);
		else
			l->p++;
	}
}

static void
keep(struct list *ls)
{
	struct ps_addr addr;

	if (ls->out.n_addr == ls->max) {
		ls->full = true;
		return;
	}
	if (!ps_spec_finish(&ls->s, &addr)) {
		ls->s.in.broken = true;
		return;
	}
	ls->s.in.broken |= addr.domain.len == 0;
	PS_GROW(ls->s.a, ls->out.addr, ls->out.n_addr);
	ls->out.addr[ls->out.n_addr++] = addr;
}

/* The cursor on "<". */
static void
read_angle(struct list *ls)
{
	struct ps_lex *l = &ls->s.in;

	l->p++;
	if (!ps_spec_inner(&ls->s) || ps_lex_peek(l) != '>') {
		l->broken = true;
		return;
	}
	l->p++;
	keep(ls);
}

/* Behind words and "@". */
static void
read_bare(struct list *ls)
{
	struct ps_lex *l = &ls->s.in;
	bool fine = ls->s.n_word > 0 && !ls->s.spaced;

	fine = ps_spec_domain(&ls->s) && fine;
	if (ps_lex_peek(l) == '<') {
		/* "a@b <c@d>": often written, never allowed. */
		l->broken = true;
		read_angle(ls);
	} else if (fine && at_separator(l)) {
		keep(ls);
	} else {
		l->broken = true;
	}
}

/* A word alone is a local mailbox that no MTA has completed. */
static void
read_words_only(struct list *ls)
{
	ls->s.n_domain = 0;
	if (ls->s.n_word > 0 && !ls->s.spaced)
		keep(ls);
	else
		ls->s.in.broken = true;
}

static void
open_group(struct list *ls)
{
	ls->s.in.broken |= ls->in_group || ls->s.n_word == 0;
	ls->in_group = ls->out.group = true;
	ls->s.in.p++;
}

/* One mailbox, or the name of a group with its colon. */
static void
read_element(struct list *ls)
{
	struct ps_lex *l = &ls->s.in;
	bool odd = false;

	for (;;) {
		ps_spec_words(&ls->s);
		ls->s.spaced |= odd;
		switch (ps_lex_peek(l)) {
		case '<':
			read_angle(ls);
			return;
		case '@':
			read_bare(ls);
			return;
		case ':':
			open_group(ls);
			return;
		case -1:
		case ',':
		case ';':
			read_words_only(ls);
			return;
		default: /* "[List] Name <a@b>": no name, but an address */
			l->broken = odd = true;
			l->p++;
		}
	}
}

enum ps_status
ps_addr_list(struct ps_arena *a, struct ps_bytes value, size_t max,
	struct ps_addr_list *out, const char **why)
{
	struct list ls = {.max = max};
	struct ps_lex *l = &ls.s.in;

	ps_spec_init(&ls.s, a, value, false);
	for (ps_lex_cfws(l); l->p < l->end && !ls.full; ps_lex_cfws(l)) {
		bool group = ls.in_group;

		if (*l->p == ';') {
			l->broken |= !group;
			ls.in_group = false;
			l->p++;
		} else if (*l->p == ',') {
			l->p++;
		} else {
			read_element(&ls);
			if (group || !ls.in_group)
				skip_to_separator(&ls);
		}
	}
	if (ls.full) {
		*why = "too many addresses in a header field";
		return PS_ELIMIT;
	}
	ls.out.broken = l->broken || ls.in_group;
	*out = ls.out;
	return PS_OK;
}
