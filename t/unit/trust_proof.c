/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * What holds whatever happens to an address: random looks, orders and rules,
 * and after each of them what must be true of the page, the plan and what was
 * told.  It knows only what may be planned, never how that is found out.
 */
#include "tap.h"

#include <stdlib.h>
#include <string.h>

#include "trust_world.h"

#define N(array)   (sizeof(array) / sizeof((array)[0]))
#define N_SEQUENCE 4000
#define N_STEP	   40
#define KEYS	   "ABCDEF12"

/* For whoever has to find out why. */
static const char *script;

#define HOLDS(what)                                                            \
	do {                                                                   \
		if (!(what))                                                   \
			print_message("# %s\n", script);                       \
		assert_true(what);                                             \
	} while (0)

struct set {
	bool has[128]; /* by letter */
	size_t n;
};

struct run {
	uint64_t seed;
	struct trust_world w;
	struct set ever; /* planned or local since it came */
	/* Before the word: */
	struct ps_key_page page;
	struct set planned, trusted; /* trusted: by hand, or local */
	bool held;
	const char *word;
};

static uint64_t
draw(struct run *r, uint64_t below)
{
	r->seed ^= r->seed << 13;
	r->seed ^= r->seed >> 7;
	r->seed ^= r->seed << 17;
	return (r->seed >> 11) % below;
}

static void
put(struct set *s, const char *fpr)
{
	s->n += !s->has[(int)fpr[0]];
	s->has[(int)fpr[0]] = true;
}

static bool
in(const struct set *s, const char *fpr)
{
	return s->has[(int)fpr[0]];
}

static struct ps_trust_plan
plan(struct run *r, struct set *all)
{
	struct ps_trust_plan p;

	ps_trust_plan(r->w.a, &r->w.page, &r->w.rules, r->w.now_s, &p);
	*all = (struct set){0};
	for (size_t i = 0; i < p.n_step; i++) {
		const struct ps_trust_step *s = &p.step[i];
		struct set not = {0};

		for (size_t k = 0; k < s->n_fpr; k++)
			put(all, s->fpr[k]);
		for (size_t k = 0; k < s->n_not; k++)
			put(&not, s->not_fpr[k]);
		for (size_t k = 0; s->origin == PS_ORIGIN_LOCAL &&
				   s->n_fpr == 0 && k < r->w.n_local;
			k++) {
			if (!in(&not, r->w.local[k]))
				put(all, r->w.local[k]);
		}
	}
	return p;
}

static const char *
random_keys(struct run *r, size_t min)
{
	char *keys = ps_arena_alloc(r->w.a, sizeof(KEYS));
	size_t n = 0;

	while (n < min || (n < 3 && draw(r, 2) == 0)) {
		char c = KEYS[draw(r, sizeof(KEYS) - 1)];

		if (strchr(keys, c) == NULL)
			keys[n++] = c;
	}
	return keys;
}

static const char *
random_look(struct run *r)
{
	static const char *const source[] = {"wkd", "dane", "autocrypt"};
	static const char *const nothing[] = {"0", "?", "!"};
	size_t at = draw(r, N(source));
	const char *given = draw(r, 4) == 0 ? nothing[draw(r, N(nothing))]
					    : random_keys(r, 1);

	if (at == 2)
		return ps_arena_printf(r->w.a, "autocrypt@%u:%c",
			1 + (unsigned)draw(r, (uint64_t)r->w.now_s + 200),
			KEYS[draw(r, sizeof(KEYS) - 1)]);
	return ps_arena_printf(r->w.a, "%s:%s", source[at], given);
}

static const char *
random_word(struct run *r)
{
	static const char *const verb[] = {
		"pin", "unpin", "trust", "reject", "drop", "also"};
	static const char *const source[] = {"wkd", "dane", "autocrypt"};
	static const char *const use[] = {"off", "pending", "use", "use"};

	switch (draw(r, 12)) {
	case 0:
		return ps_arena_printf(r->w.a, "%s=%s",
			source[draw(r, N(source))], use[draw(r, N(use))]);
	case 1:
		return draw(r, 4) == 0 ? "later"
				       : ps_arena_printf(r->w.a, "local:%s",
						 random_keys(r, 0));
	case 2:
	case 3:
		return ps_arena_printf(r->w.a, "%s:%c", verb[draw(r, N(verb))],
			KEYS[draw(r, sizeof(KEYS) - 1)]);
	default:
		return random_look(r);
	}
}

static const struct ps_key_bond *
bond(const struct ps_key_page *p, const char *fpr)
{
	for (size_t i = 0; i < p->n_bond; i++) {
		if (strcmp(p->bond[i].fpr, fpr) == 0)
			return &p->bond[i];
	}
	return NULL;
}

static bool
is_told(const struct run *r, const char *fpr)
{
	for (size_t i = 0; i < r->w.last.n_event; i++) {
		if (strcmp(r->w.last.event[i].fpr, fpr) == 0)
			return true;
	}
	return false;
}

static void
only_pins_are_planned_and_rejected_ones_never(
	const struct run *r, const struct ps_trust_plan *p, const struct set *s)
{
	size_t n_pin = 0;

	for (size_t i = 0; i < r->w.page.n_bond; i++) {
		const struct ps_key_bond *b = &r->w.page.bond[i];

		n_pin += b->trust == PS_TRUST_PINNED;
		HOLDS(!(b->trust == PS_TRUST_REJECTED && in(s, b->fpr)));
	}
	if (n_pin == 0)
		return;
	HOLDS(p->n_step == 1);
	HOLDS(p->step[0].pinned);
	HOLDS(p->step[0].n_fpr == n_pin);
	for (size_t i = 0; i < n_pin; i++)
		HOLDS(bond(&r->w.page, p->step[0].fpr[i])->trust ==
			PS_TRUST_PINNED);
	HOLDS(p->held == NULL);
}

/* A look, unless changes are accepted, brings into use only what was in use
 * before, what a person trusts, and the first. */
static void
nothing_slips_in(const struct run *r, const struct set *now)
{
	for (const char *k = KEYS; *k != '\0'; k++) {
		const char *fpr = trust_fpr(*k);
		const struct ps_key_bond *was = bond(&r->page, fpr);

		if (!in(now, fpr) || in(&r->planned, fpr) ||
			in(&r->ever, fpr) || in(&r->trusted, fpr))
			continue;
		/* allowed before, but behind others, as one that was gone */
		if (was != NULL && ps_trust_use(was, &r->w.rules) == PS_USE_USE)
			continue;
		HOLDS(r->planned.n == 0);
	}
}

static void
what_is_set_by_hand_stays(const struct run *r)
{
	for (size_t i = 0; i < r->page.n_bond; i++) {
		const struct ps_key_bond *was = &r->page.bond[i], *is;

		if (!was->by_hand)
			continue;
		is = bond(&r->w.page, was->fpr);
		HOLDS(is != NULL);
		HOLDS(is->by_hand);
		HOLDS(is->trust == was->trust);
		HOLDS(is->origin == was->origin);
		if (was->trust == PS_TRUST_REJECTED)
			HOLDS(!(is_told(r, was->fpr)));
	}
}

static void
history_explains(const struct run *r, const struct set *now)
{
	bool differs = false;

	for (const char *k = KEYS; *k != '\0'; k++) {
		const char *fpr = trust_fpr(*k);

		differs = differs || in(now, fpr) != in(&r->planned, fpr);
		if (in(now, fpr) && !in(&r->planned, fpr) &&
			!in(&r->ever, fpr) && !in(&r->trusted, fpr) &&
			bond(&r->page, fpr) == NULL)
			HOLDS(is_told(r, fpr));
	}
	HOLDS(!differs || r->w.last.n_event > 0);
}

static bool
word_is(const struct run *r, const char *const *list, size_t n)
{
	size_t len = strcspn(r->word, "@:=");

	for (size_t i = 0; i < n; i++) {
		if (strlen(list[i]) == len &&
			strncmp(list[i], r->word, len) == 0)
			return strchr(r->word, '=') == NULL;
	}
	return false;
}

static void
after_a_look(const struct run *r, const struct ps_trust_plan *p,
	const struct set *now)
{
	what_is_set_by_hand_stays(r);
	if (r->w.rules.on_change != PS_CHANGE_ACCEPT)
		nothing_slips_in(r, now);
	/* no source can turn encryption off, nor end an alarm */
	HOLDS(r->planned.n == 0 || now->n > 0);
	HOLDS(!r->held || p->held != NULL);
	if (strpbrk(r->word, "?!") != NULL)
		HOLDS(r->w.last.n_put + r->w.last.n_remove +
				r->w.last.n_event ==
			0);
}

static void
remember(struct run *r, const struct ps_trust_plan *p, const struct set *now)
{
	for (const char *k = KEYS; *k != '\0'; k++) {
		const struct ps_key_bond *b = bond(&r->w.page, trust_fpr(*k));
		bool rejected = b != NULL && b->trust == PS_TRUST_REJECTED;

		if (in(now, trust_fpr(*k)))
			put(&r->ever, trust_fpr(*k));
		if (b == NULL || rejected)
			r->ever.has[(int)*k] = false; /* forgotten */
	}
	r->trusted = (struct set){0};
	for (size_t i = 0; i < r->w.page.n_bond; i++) {
		if (r->w.page.bond[i].by_hand)
			put(&r->trusted, r->w.page.bond[i].fpr);
	}
	for (size_t i = 0; i < r->w.n_local; i++) {
		put(&r->trusted, r->w.local[i]);
		/* found while it was local: no change, then or later */
		put(&r->ever, r->w.local[i]);
	}
	r->planned = *now;
	r->held = p->held != NULL;
	r->page = r->w.page;
}

static void
one_step(struct run *r)
{
	static const char *const sources[] = {"wkd", "dane", "autocrypt"};
	static const char *const orders[] = {
		"pin", "unpin", "trust", "reject", "drop", "also"};
	struct ps_trust_plan p;
	struct set now;

	r->word = random_word(r);
	script = ps_arena_printf(r->w.a, "%s %s", script, r->word);
	trust_world_do(&r->w, r->word);
	p = plan(r, &now);
	only_pins_are_planned_and_rejected_ones_never(r, &p, &now);
	if (word_is(r, sources, N(sources)))
		after_a_look(r, &p, &now);
	if (word_is(r, sources, N(sources)) || word_is(r, orders, N(orders)))
		history_explains(r, &now);
	remember(r, &p, &now);
}

static void
one_sequence(uint64_t seed, const char *on_change)
{
	struct run r = {.seed = seed * 0x9e3779b97f4a7c15U + 1};

	trust_world_open(&r.w);
	script = ps_arena_printf(r.w.a, "%s %s", on_change,
		draw(&r, 2) == 0 ? "wkd=use dane=use"
				 : "autocrypt=use wkd=use");
	trust_world_run(&r.w, script);
	for (int i = 0; i < N_STEP; i++)
		one_step(&r);
	trust_world_close(&r.w);
}

static void
sequences(const char *on_change)
{
	for (uint64_t i = 1; i <= N_SEQUENCE; i++)
		one_sequence(i, on_change);
}

static void
under_keep_old_nothing_slips_in(void **state)
{
	(void)state;
	sequences("keep-old");
}

static void
under_tempfail_an_alarm_ends_only_by_an_order(void **state)
{
	(void)state;
	sequences("tempfail");
}

static void
under_accept_pins_and_rejections_hold(void **state)
{
	(void)state;
	sequences("accept");
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(under_keep_old_nothing_slips_in),
	cmocka_unit_test(under_tempfail_an_alarm_ends_only_by_an_order),
	cmocka_unit_test(under_accept_pins_and_rejections_hold),
};

PS_TESTS("trust_proof", tests)
