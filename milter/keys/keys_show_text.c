/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * "postseal keys show" for people.
 */
#include <stdio.h>

#include "base/str.h"
#include "keys_show.h"

static const char *
date(struct ps_arena *a, int64_t at_s, const char *none)
{
	char text[16];

	if (at_s <= 0)
		return none;
	ps_date(at_s, text);
	return ps_arena_strdup(a, text);
}

static void
put_now(struct ps_keys *k, const struct ps_keys_report *s)
{
	const struct ps_cert_answer *now = &s->now;

	printf("%s\n", ps_str_printable(k->a, s->addr->full, 320));
	printf("  policy now   ");
	if (now->state == PS_CERT_FOUND)
		printf("seals to %s (%s)\n", now->cert[0].fpr,
			now->origin == NULL ? "local" : now->origin);
	else
		printf("%s%s%s\n", ps_cert_state_name(now->state),
			now->text == NULL || *now->text == '\0' ? "" : ": ",
			now->text == NULL ? "" : now->text);
	for (size_t i = 1; i < now->n_cert; i++)
		printf("               and to %s\n", now->cert[i].fpr);
}

static void
put_subkeys(struct ps_keys *k, const struct ps_key_record *r)
{
	for (size_t i = 0; i < r->n_subkey; i++) {
		const struct ps_key_subkey *u = &r->subkey[i];

		printf("  %-12s %s, %s, made %s, ends %s%s%s\n",
			i == 0 ? "primary key" : "subkey", u->fpr,
			u->can_encrypt ? "encrypts" : "does not encrypt",
			date(k->a, u->created_s, "-"),
			date(k->a, u->expires_s, "never"),
			u->revoked ? ", revoked" : "",
			u->invalid ? ", invalid" : "");
	}
}

static void
put_bond(struct ps_keys *k, const struct ps_key_bond *b)
{
	printf("  for          %s: %s%s, by %s%s, since %s, last seen %s\n",
		ps_str_printable(k->a, b->address, 320),
		ps_trust_name(b->trust), b->by_hand ? " by hand" : "",
		ps_key_origin_name(b->origin),
		b->gone ? " (which no longer gives it)" : "",
		date(k->a, b->since_s, "-"), date(k->a, b->seen_s, "-"));
}

static void
put_cert(struct ps_keys *k, const struct ps_keys_report *s, size_t at)
{
	const struct ps_keys_cert *c = &s->all.cert[at];
	const struct ps_key_record *r = &c->record;
	const struct ps_key_bond *bond;
	struct ps_keys_view v;
	size_t n;

	bond = ps_keys_all_bonds(&s->all, r->fpr, &n);
	ps_keys_view(k, c, s->addr, bond, n, &v);
	printf("key %s\n", r->fpr);
	for (size_t i = 0; i < r->n_uid; i++)
		printf("  user id      %s%s%s\n",
			ps_str_printable(k->a, r->uid[i].text, 200),
			r->uid[i].revoked ? " (revoked)" : "",
			r->uid[i].invalid ? " (invalid)" : "");
	if (v.text == NULL)
		printf("  state        usable, ends %s\n",
			date(k->a, v.ends_s, "never"));
	else
		printf("  state        %s: %s\n", v.state, v.text);
	for (size_t i = 0; i < s->lints[at].n_lint; i++)
		printf("  %-12s %s\n",
			ps_lint_severity_name(s->lints[at].lint[i].severity),
			s->lints[at].lint[i].text);
	printf("  lies in      %s%s%s\n",
		c->is_local ? "the key directory" : "",
		c->is_local && c->is_found ? ", and " : "",
		c->is_found ? "what was found" : "");
	printf("  source       %s, %s\n",
		v.sources == NULL ? "not in the book" : v.sources,
		v.trust == NULL ? "never used" : v.trust);
	put_subkeys(k, r);
	for (size_t i = 0; i < n; i++)
		put_bond(k, &bond[i]);
}

/* The book may know more than there is. */
static void
put_missing(struct ps_keys *k, const struct ps_keys_report *s)
{
	for (size_t i = 0; i < s->all.n_bond; i++) {
		bool is_there = false;

		for (size_t c = 0; c < s->all.n_cert; c++)
			is_there = is_there || strcmp(s->all.cert[c].record.fpr,
						       s->all.bond[i].fpr) == 0;
		if (is_there)
			continue;
		printf("key %s\n  state        it is not here\n",
			s->all.bond[i].fpr);
		put_bond(k, &s->all.bond[i]);
	}
}

static void
put_looks(struct ps_keys *k, const struct ps_key_page *page)
{
	for (size_t i = 0; i < page->n_look; i++) {
		const struct ps_key_look *l = &page->look[i];

		printf("look %-12s %s on %s, next on %s%s%s\n",
			ps_key_origin_name(l->origin),
			ps_look_outcome_name(l->outcome),
			date(k->a, l->at_s, "-"), date(k->a, l->due_s, "-"),
			*l->text == '\0' ? "" : ": ",
			ps_keys_shown(k->a, l->text));
	}
}

static void
put_history(struct ps_keys *k, const struct ps_keys_report *s)
{
	for (size_t i = 0; i < s->n_event; i++) {
		const struct ps_key_event *e = &s->event[i];

		printf("%s %-9s %s", date(k->a, e->at_s, "-"), e->what,
			*e->fpr == '\0' ? "-" : e->fpr);
		if (*e->old_fpr != '\0')
			printf(" after %s", e->old_fpr);
		printf(" by %s", e->by);
		if (s->addr == NULL && e->address.len > 0)
			printf(" for %s",
				ps_str_printable(k->a, e->address, 320));
		if (*e->text != '\0')
			printf(": %s", ps_keys_shown(k->a, e->text));
		putchar('\n');
	}
}

void
ps_keys_show_text(struct ps_keys *k, const struct ps_keys_report *s)
{
	if (s->addr != NULL)
		put_now(k, s);
	for (size_t i = 0; i < s->all.n_cert; i++)
		put_cert(k, s, i);
	put_missing(k, s);
	put_looks(k, &s->page);
	put_history(k, s);
}
