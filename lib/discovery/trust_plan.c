/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Which certificates may serve an address now.  Whether they can be used is
 * for others to say: here only who is allowed to.
 */
#include "discovery/trust.h"

#include "base/buf.h"
#include "openpgp/cert_raw.h"

#define SAID_MAX 3 /* certificates that wait, by name */

struct sketch {
	struct ps_arena *a;
	const struct ps_key_page *page;
	const struct ps_key_rules *rules;
	int64_t now_s;
	struct ps_trust_plan *out;
};

/* Bonds that go into one list. */
struct wish {
	bool (*fits)(const struct sketch *k, const struct wish *w,
		const struct ps_key_bond *b);
	enum ps_key_origin origin;
	int64_t seen_s;
};

static const char *const *
pick(const struct sketch *k, const struct wish *w, size_t *n)
{
	const char **list =
		ps_arena_array(k->a, k->page->n_bond + 1, sizeof(const char *));

	*n = 0;
	for (size_t i = 0; i < k->page->n_bond; i++) {
		const struct ps_key_bond *b = &k->page->bond[i];

		if (w->fits(k, w, b))
			list[(*n)++] = b->fpr;
	}
	return list;
}

static bool
is_pin(const struct sketch *k, const struct wish *w,
	const struct ps_key_bond *b)
{
	(void)k;
	(void)w;
	return b->trust == PS_TRUST_PINNED;
}

static bool
is_rejected(const struct sketch *k, const struct wish *w,
	const struct ps_key_bond *b)
{
	(void)k;
	(void)w;
	return b->trust == PS_TRUST_REJECTED;
}

static bool
is_trusted_by_hand(const struct sketch *k, const struct wish *w,
	const struct ps_key_bond *b)
{
	(void)k;
	return b->origin == w->origin && b->by_hand &&
	       b->trust == PS_TRUST_TRUSTED;
}

static bool
may_serve(const struct sketch *k, const struct wish *w,
	const struct ps_key_bond *b)
{
	return b->origin == w->origin &&
	       ps_trust_use(b, k->rules) == PS_USE_USE;
}

static bool
serves(const struct sketch *k, const struct wish *w,
	const struct ps_key_bond *b)
{
	return may_serve(k, w, b) && (b->by_hand || !b->gone);
}

static bool
served_last(const struct sketch *k, const struct wish *w,
	const struct ps_key_bond *b)
{
	return may_serve(k, w, b) && b->seen_s == w->seen_s;
}

static struct ps_trust_step *
add_step(struct sketch *k, enum ps_key_origin origin)
{
	struct ps_trust_step *step;

	PS_GROW(k->a, k->out->step, k->out->n_step);
	step = &k->out->step[k->out->n_step++];
	*step = (struct ps_trust_step){.origin = origin};
	return step;
}

/* Where the source gives nothing any more, what it gave last serves on. */
static void
list_serving(struct sketch *k, struct ps_trust_step *step)
{
	struct wish w = {serves, step->origin, 0};

	step->fpr = pick(k, &w, &step->n_fpr);
	if (step->n_fpr > 0)
		return;
	for (size_t i = 0; i < k->page->n_bond; i++) {
		const struct ps_key_bond *b = &k->page->bond[i];

		if (may_serve(k, &w, b) && b->seen_s > w.seen_s)
			w.seen_s = b->seen_s;
	}
	w.fits = served_last;
	step->fpr = pick(k, &w, &step->n_fpr);
}

static void
see_look(struct sketch *k, struct ps_trust_step *step)
{
	const struct ps_key_look *look = NULL;

	for (size_t i = 0; i < k->page->n_look; i++) {
		if (k->page->look[i].origin == step->origin)
			look = &k->page->look[i];
	}
	if (look != NULL)
		step->last = look->outcome;
	if (step->n_fpr == 0 && step->origin != PS_ORIGIN_AUTOCRYPT)
		step->look = look == NULL || look->due_s <= k->now_s;
}

static void
plan_source(struct sketch *k, enum ps_key_origin origin)
{
	const struct wish rejected = {is_rejected, origin, 0};
	struct ps_trust_step *step;

	if (ps_trust_of_source(k->rules, origin) == PS_USE_OFF)
		return;
	step = add_step(k, origin);
	if (origin == PS_ORIGIN_LOCAL) {
		step->not_fpr = pick(k, &rejected, &step->n_not);
		return;
	}
	list_serving(k, step);
	see_look(k, step);
}

/* Trusted by hand, and no step has it yet. */
static void
plan_rest(struct sketch *k, enum ps_key_origin origin)
{
	const struct wish w = {is_trusted_by_hand, origin, 0};
	const char *const *fpr;
	size_t n;

	if (origin != PS_ORIGIN_LOCAL &&
		ps_trust_of_source(k->rules, origin) != PS_USE_OFF)
		return;
	fpr = pick(k, &w, &n);
	if (n > 0) {
		struct ps_trust_step *step = add_step(k, origin);

		step->fpr = fpr;
		step->n_fpr = n;
	}
}

static bool
plan_pins(struct sketch *k)
{
	const struct wish w = {is_pin, PS_ORIGIN_LOCAL, 0};
	const char *const *fpr;
	struct ps_trust_step *step;
	size_t n;

	fpr = pick(k, &w, &n);
	if (n == 0)
		return false;
	step = add_step(k, PS_ORIGIN_LOCAL);
	for (size_t i = 0; i < k->page->n_bond; i++) {
		if (is_pin(k, &w, &k->page->bond[i]))
			step->origin = k->page->bond[i].origin;
	}
	step->pinned = true;
	step->fpr = fpr;
	step->n_fpr = n;
	return true;
}

static const char *
say_waiting(const struct sketch *k, const struct ps_key_bond *b)
{
	return ps_arena_printf(k->a, "key %s found by %s %swaits for approval",
		ps_cert_short(k->a, b->fpr), ps_key_origin_name(b->origin),
		b->trust == PS_TRUST_CHANGED
			? "is another than the one before and "
			: "");
}

static void
note_waiting(struct sketch *k)
{
	const char *said = NULL;
	size_t n = 0;

	for (size_t i = 0; i < k->page->n_bond; i++) {
		const struct ps_key_bond *b = &k->page->bond[i];

		if (ps_trust_use(b, k->rules) != PS_USE_PENDING ||
			++n > SAID_MAX)
			continue;
		said = said == NULL ? say_waiting(k, b)
				    : ps_arena_printf(k->a, "%s; %s", said,
					      say_waiting(k, b));
	}
	if (n > SAID_MAX)
		said = ps_arena_printf(
			k->a, "%s; %zu more", said, n - SAID_MAX);
	k->out->pending = said;
}

static void
note_held(struct sketch *k)
{
	if (k->rules->on_change != PS_CHANGE_TEMPFAIL)
		return;
	for (size_t i = 0; i < k->page->n_bond; i++) {
		const struct ps_key_bond *b = &k->page->bond[i];

		if (b->trust == PS_TRUST_CHANGED &&
			ps_trust_use(b, k->rules) == PS_USE_PENDING)
			k->out->held = b->fpr;
	}
}

void
ps_trust_plan(struct ps_arena *a, const struct ps_key_page *page,
	const struct ps_key_rules *rules, int64_t now_s,
	struct ps_trust_plan *out)
{
	struct sketch k = {a, page, rules, now_s, out};

	*out = (struct ps_trust_plan){0};
	note_waiting(&k);
	if (plan_pins(&k))
		return;
	for (size_t i = 0; i < rules->n_order; i++)
		plan_source(&k, rules->order[i]);
	for (int o = 0; o < PS_ORIGIN_N; o++)
		plan_rest(&k, (enum ps_key_origin)o);
	note_held(&k);
}
