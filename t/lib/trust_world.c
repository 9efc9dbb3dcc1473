/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * The script of trust_world.h, and a book in memory.
 */
#include "trust_world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
			      "abcdefghijklmnopqrstuvwxyz0123456789";
static char fprs[WORLD_FPRS][41];

const char *
trust_fpr(char letter)
{
	const char *at = strchr(letters, letter);

	if (at == NULL || letter == '\0')
		abort();
	memset(fprs[at - letters], letter, 40);
	return fprs[at - letters];
}

void
trust_world_open(struct trust_world *w)
{
	*w = (struct trust_world){.a = ps_arena_new(PS_ARENA_PLAIN),
		.now_s = 1000,
		.rules = {.on_change = PS_CHANGE_KEEP_OLD}};
	w->rules.order[w->rules.n_order++] = PS_ORIGIN_LOCAL;
	w->events = ps_arena_strdup(w->a, "");
}

void
trust_world_close(struct trust_world *w)
{
	ps_arena_free(w->a);
}

static void
put_bond(struct trust_world *w, const struct ps_key_bond *b)
{
	struct ps_key_page *p = &w->page;

	for (size_t i = 0; i < p->n_bond; i++) {
		if (strcmp(p->bond[i].fpr, b->fpr) == 0) {
			p->bond[i] = *b;
			return;
		}
	}
	PS_GROW(w->a, p->bond, p->n_bond);
	p->bond[p->n_bond++] = *b;
}

static void
remove_bond(struct trust_world *w, const char *fpr)
{
	struct ps_key_page *p = &w->page;

	for (size_t i = 0; i < p->n_bond; i++) {
		if (strcmp(p->bond[i].fpr, fpr) != 0)
			continue;
		memmove(&p->bond[i], &p->bond[i + 1],
			(p->n_bond - i - 1) * sizeof(p->bond[0]));
		p->n_bond--;
		return;
	}
	abort(); /* what ends must have been there */
}

static void
put_look(struct trust_world *w, const struct ps_key_look *look)
{
	struct ps_key_page *p = &w->page;

	for (size_t i = 0; i < p->n_look; i++) {
		if (p->look[i].origin == look->origin) {
			p->look[i] = *look;
			return;
		}
	}
	PS_GROW(w->a, p->look, p->n_look);
	p->look[p->n_look++] = *look;
}

static void
note(struct trust_world *w, const char *text)
{
	w->events = ps_arena_printf(w->a, "%s%s%s", w->events,
		w->events[0] == '\0' ? "" : " ", text);
}

/* The change is applied to a page of its own, as a book does. */
static void
apply(struct trust_world *w)
{
	const struct ps_key_change *c = &w->last;
	struct ps_key_page old = w->page;

	w->page.bond = NULL;
	w->page.n_bond = 0;
	for (size_t i = 0; i < old.n_bond; i++)
		put_bond(w, &old.bond[i]);
	for (size_t i = 0; i < c->n_put; i++)
		put_bond(w, &c->put[i]);
	for (size_t i = 0; i < c->n_remove; i++)
		remove_bond(w, c->remove[i]);
	for (size_t i = 0; i < c->n_look; i++)
		put_look(w, &c->look[i]);
	for (size_t i = 0; i < c->n_event; i++) {
		const struct ps_key_event *e = &c->event[i];

		note(w, ps_arena_printf(w->a, "%s:%.1s%s%.1s", e->what, e->fpr,
				e->old_fpr[0] == '\0' ? "" : "<", e->old_fpr));
	}
}

static bool
origin_of(const char *word, size_t len, enum ps_key_origin *out)
{
	for (int o = 0; o < PS_ORIGIN_N; o++) {
		const char *name = ps_key_origin_name((enum ps_key_origin)o);

		if (strlen(name) == len && strncmp(word, name, len) == 0) {
			*out = (enum ps_key_origin)o;
			return true;
		}
	}
	return false;
}

static void
set_source(struct trust_world *w, enum ps_key_origin origin, const char *use)
{
	struct ps_key_rules *r = &w->rules;
	bool known = false;

	for (size_t i = 0; i < r->n_order; i++)
		known = known || r->order[i] == origin;
	if (!known)
		r->order[r->n_order++] = origin;
	r->use[origin] = strcmp(use, "use") == 0       ? PS_USE_USE
			 : strcmp(use, "pending") == 0 ? PS_USE_PENDING
						       : PS_USE_OFF;
}

static void
look(struct trust_world *w, enum ps_key_origin origin, int64_t dated_s,
	const char *given)
{
	const char *fpr[WORLD_FPRS];
	struct ps_finding f = {
		.name = PS_LIT("b@example.net"),
		.origin = origin,
		.fpr = fpr,
		.text = "",
		.dated_s = dated_s,
		.now_s = w->now_s,
		.due_s = w->now_s + 5000,
		.local = w->local,
		.n_local = w->n_local,
	};

	if (strchr("0?", given[0]) != NULL && given[0] != '\0')
		f.outcome = given[0] == '0' ? PS_LOOK_ABSENT : PS_LOOK_TROUBLE;
	else if (given[0] != '!')
		for (const char *p = given; *p != '\0'; p++)
			fpr[f.n_fpr++] = trust_fpr(*p);
	ps_trust_admit(w->a, &w->page, &f, &w->rules, &w->last);
	apply(w);
}

static bool
order(struct trust_world *w, const char *verb, size_t len, char letter)
{
	static const char *const name[] = {
		"pin", "unpin", "trust", "reject", "drop", "also"};
	const char *why = NULL;

	for (size_t i = 0; i < sizeof(name) / sizeof(name[0]); i++) {
		if (strlen(name[i]) != len || strncmp(verb, name[i], len) != 0)
			continue;
		if (ps_trust_order(w->a, &w->page, PS_LIT("b@example.net"),
			    trust_fpr(letter), (enum ps_trust_order)i, w->now_s,
			    &w->last, &why) == PS_OK)
			apply(w);
		else
			note(w, ps_arena_printf(w->a, "no:%s", name[i]));
		return true;
	}
	return false;
}

static void
have_local(struct trust_world *w, const char *given)
{
	w->n_local = 0;
	for (const char *p = given; *p != '\0'; p++)
		w->local[w->n_local++] = trust_fpr(*p);
}

void
trust_world_do(struct trust_world *w, const char *word)
{
	size_t len = strcspn(word, "@:=");
	const char *rest = strchr(word, ':');
	enum ps_key_origin origin;

	w->now_s += 100;
	w->last = (struct ps_key_change){0};
	if (strcmp(word, "later") == 0)
		w->now_s += 10000;
	else if (strcmp(word, "keep-old") == 0)
		w->rules.on_change = PS_CHANGE_KEEP_OLD;
	else if (strcmp(word, "tempfail") == 0)
		w->rules.on_change = PS_CHANGE_TEMPFAIL;
	else if (strcmp(word, "accept") == 0)
		w->rules.on_change = PS_CHANGE_ACCEPT;
	else if (origin_of(word, len, &origin) && word[len] == '=')
		set_source(w, origin, word + len + 1);
	else if (rest != NULL && strncmp(word, "local:", 6) == 0)
		have_local(w, rest + 1);
	else if (rest != NULL && origin_of(word, len, &origin))
		look(w, origin, word[len] == '@' ? atol(word + len + 1) : 0,
			rest + 1);
	else if (rest == NULL || !order(w, word, len, rest[1]))
		abort();
}

void
trust_world_run(struct trust_world *w, const char *script)
{
	while (*script != '\0') {
		size_t n = strcspn(script, " ");

		if (n > 0)
			trust_world_do(
				w, ps_arena_cstr(w->a, ps_bytes(script, n)));
		script += n + (script[n] == ' ');
	}
}

static void
put_fprs(FILE *to, const char *before, const char *const *fpr, size_t n)
{
	if (n > 0)
		fputs(before, to);
	for (size_t i = 0; i < n; i++)
		putc(fpr[i][0], to);
}

const char *
trust_world_plan(struct trust_world *w)
{
	struct ps_trust_plan plan;
	char text[512] = "";
	FILE *to = fmemopen(text, sizeof(text), "w");

	if (to == NULL)
		abort();
	ps_trust_plan(w->a, &w->page, &w->rules, w->now_s, &plan);
	for (size_t i = 0; i < plan.n_step; i++) {
		const struct ps_trust_step *s = &plan.step[i];

		fprintf(to, "%s%s", i == 0 ? "" : " ",
			s->pinned ? "pinned" : ps_key_origin_name(s->origin));
		put_fprs(to, ":", s->fpr, s->n_fpr);
		put_fprs(to, "!", s->not_fpr, s->n_not);
		if (s->look)
			putc('?', to);
	}
	if (plan.held != NULL)
		fprintf(to, " held:%c", plan.held[0]);
	fclose(to);
	return ps_arena_strdup(w->a, text);
}

const char *
trust_world_page(struct trust_world *w)
{
	char *text = ps_arena_strdup(w->a, "");

	for (size_t i = 0; i < w->page.n_bond; i++) {
		const struct ps_key_bond *b = &w->page.bond[i];

		text = ps_arena_printf(w->a, "%s%s%c:%s%s%s", text,
			i == 0 ? "" : " ", b->fpr[0], ps_trust_name(b->trust),
			b->by_hand ? ":hand" : "", b->gone ? ":gone" : "");
	}
	return text;
}
