/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * What one look at one source makes of an address's page.  Everything is judged
 * against the page as it was before the look, so that two certificates given
 * together are no change of each other.  Knows no files and no network.
 */
#include "discovery/trust.h"

#include "openpgp/cert_raw.h"

/* A page while it changes: the bonds that it had, then new ones. */
struct draft {
	struct ps_arena *a;
	const struct ps_key_page *page;
	const struct ps_finding *f;
	const struct ps_key_rules *rules;
	enum ps_source_use may; /* of the finding's source */
	int64_t dated_s;
	struct ps_key_bond *bond;
	bool *is_put, *is_over;
	size_t n_bond;
	struct ps_key_event *event;
	size_t n_event;
};

static void
tell(struct draft *d, const char *what, const struct ps_key_bond *b,
	const char *old_fpr, const char *text)
{
	PS_GROW(d->a, d->event, d->n_event);
	d->event[d->n_event++] = (struct ps_key_event){
		.at_s = d->f->now_s,
		.address = d->f->name,
		.what = what,
		.fpr = b->fpr,
		.old_fpr = old_fpr == NULL ? "" : old_fpr,
		.by = ps_key_origin_name(d->f->origin),
		.text = text == NULL ? "" : text,
	};
}

static bool
is_among(const char *const *list, size_t n, const char *fpr)
{
	for (size_t i = 0; i < n; i++) {
		if (strcmp(list[i], fpr) == 0)
			return true;
	}
	return false;
}

static bool
is_given(const struct draft *d, const struct ps_key_bond *b)
{
	return d->f->outcome == PS_LOOK_FOUND &&
	       is_among(d->f->fpr, d->f->n_fpr, b->fpr);
}

static struct ps_key_bond *
find(struct draft *d, const char *fpr)
{
	for (size_t i = 0; i < d->n_bond; i++) {
		if (strcmp(d->bond[i].fpr, fpr) == 0)
			return &d->bond[i];
	}
	return NULL;
}

/* Does it stand in the way of another?  Not when it is merely pending, of a
 * source that may do less than the one that gives the other. */
static bool
stands(const struct draft *d, const struct ps_key_bond *b)
{
	if (b->trust == PS_TRUST_REJECTED)
		return false;
	return b->trust != PS_TRUST_PENDING ||
	       ps_trust_of_source(d->rules, b->origin) >= d->may;
}

/* The certificate that fpr would be a change of, or NULL. */
static const char *
other_than(const struct draft *d, const char *fpr)
{
	const struct ps_key_bond *best = NULL;

	for (size_t i = 0; i < d->page->n_bond; i++) {
		const struct ps_key_bond *b = &d->page->bond[i];

		if (strcmp(b->fpr, fpr) == 0 || !stands(d, b))
			continue;
		if (best == NULL || ps_trust_use(b, d->rules) >
					    ps_trust_use(best, d->rules))
			best = b;
	}
	for (size_t i = 0; best == NULL && i < d->f->n_local; i++) {
		const char *local = d->f->local[i];
		bool rejected = false;

		for (size_t k = 0; k < d->page->n_bond; k++) {
			const struct ps_key_bond *b = &d->page->bond[k];

			rejected =
				rejected || (b->trust == PS_TRUST_REJECTED &&
						    strcmp(b->fpr, local) == 0);
		}
		if (!rejected && strcmp(local, fpr) != 0)
			return local;
	}
	return best == NULL ? NULL : best->fpr;
}

static bool
waits(const struct draft *d, const struct ps_key_bond *b)
{
	return !b->by_hand && ps_trust_use(b, d->rules) != PS_USE_USE;
}

static void
end(struct draft *d, size_t at, const char *text)
{
	d->is_over[at] = true;
	d->is_put[at] = false;
	tell(d, "ended", &d->bond[at], NULL, text);
}

static void
make_room(struct draft *d)
{
	size_t n_waiting = 0, oldest = d->n_bond;

	for (size_t i = 0; i < d->n_bond; i++) {
		const struct ps_key_bond *b = &d->bond[i];

		if (d->is_over[i] || !waits(d, b))
			continue;
		n_waiting++;
		if (i < d->page->n_bond && !is_given(d, b) &&
			(oldest == d->n_bond ||
				b->seen_s < d->bond[oldest].seen_s))
			oldest = i;
	}
	if (n_waiting >= PS_TRUST_MAX_WAITING && oldest < d->n_bond)
		end(d, oldest, "too many wait");
}

static void
tell_change(struct draft *d, const struct ps_key_bond *b, const char *other)
{
	bool in_use = ps_trust_use(b, d->rules) == PS_USE_USE;

	tell(d, "changed", b, other,
		ps_arena_printf(d->a, "another than %s; %s",
			ps_cert_short(d->a, other),
			in_use ? "in use" : "waits for approval"));
}

/* As the first of its address, or as a change that is accepted. */
static enum ps_trust
trust_by_rule(const struct draft *d)
{
	return d->may == PS_USE_USE ? PS_TRUST_TRUSTED : PS_TRUST_PENDING;
}

static void
add(struct draft *d, const char *fpr)
{
	const char *other = NULL;
	struct ps_key_bond *b;

	if (!is_among(d->f->local, d->f->n_local, fpr))
		other = other_than(d, fpr);
	make_room(d);
	b = &d->bond[d->n_bond];
	*b = (struct ps_key_bond){
		.address = d->f->name,
		.origin = d->f->origin,
		.trust = trust_by_rule(d),
		.since_s = d->f->now_s,
		.seen_s = d->f->now_s,
		.dated_s = d->dated_s,
	};
	memccpy(b->fpr, fpr, '\0', sizeof(b->fpr) - 1);
	if (other != NULL && d->rules->on_change != PS_CHANGE_ACCEPT)
		b->trust = PS_TRUST_CHANGED;
	d->is_put[d->n_bond++] = true;
	if (other != NULL)
		tell_change(d, b, other);
	else
		tell(d, "found", b, NULL,
			b->trust == PS_TRUST_TRUSTED ? "in use"
						     : "waits for approval");
}

/* Its source's word alone may bring it into use now, and did not before. */
static void
promote(struct draft *d, struct ps_key_bond *b, enum ps_source_use was)
{
	bool accepts = d->rules->on_change == PS_CHANGE_ACCEPT;
	const char *other = NULL;

	if (b->trust == PS_TRUST_CHANGED && !accepts)
		return;
	if (was != PS_USE_USE && b->trust != PS_TRUST_TRUSTED)
		other = other_than(d, b->fpr);
	if (other != NULL && !accepts) {
		b->trust = PS_TRUST_CHANGED;
		tell_change(d, b, other);
		return;
	}
	if (b->trust == PS_TRUST_TRUSTED && was == PS_USE_USE)
		return;
	b->trust = PS_TRUST_TRUSTED;
	tell(d, "trusted", b, other, "as the rules say");
}

static void
see_again(struct draft *d, struct ps_key_bond *b)
{
	enum ps_source_use was = ps_trust_use(b, d->rules);

	if (b->dated_s < d->dated_s)
		b->dated_s = d->dated_s;
	if (!b->by_hand && d->may > ps_trust_of_source(d->rules, b->origin))
		b->origin = d->f->origin;
	if (b->origin != d->f->origin)
		return;
	b->seen_s = d->f->now_s;
	if (b->gone && b->trust != PS_TRUST_REJECTED)
		tell(d, "back", b, NULL, NULL);
	b->gone = false;
	if (!b->by_hand && d->may == PS_USE_USE)
		promote(d, b, was);
}

static void
see(struct draft *d, const char *fpr)
{
	struct ps_key_bond *b = find(d, fpr);

	if (b == NULL) {
		add(d, fpr);
		return;
	}
	d->is_put[b - d->bond] = true;
	see_again(d, b);
}

static bool
replaces(struct draft *d)
{
	if (d->f->outcome != PS_LOOK_FOUND ||
		d->rules->on_change != PS_CHANGE_ACCEPT)
		return false;
	for (size_t i = 0; i < d->n_bond; i++) {
		if (is_given(d, &d->bond[i]) &&
			ps_trust_use(&d->bond[i], d->rules) == PS_USE_USE)
			return true;
	}
	return false;
}

/* What this source gave once, and now does not. */
static void
miss(struct draft *d)
{
	bool over = replaces(d);

	for (size_t i = 0; i < d->page->n_bond; i++) {
		struct ps_key_bond *b = &d->bond[i];

		if (d->is_over[i] || b->origin != d->f->origin ||
			is_given(d, b))
			continue;
		if (over && !b->by_hand) {
			end(d, i, "another is given in its place");
		} else if (!b->gone && b->origin != PS_ORIGIN_AUTOCRYPT) {
			b->gone = true;
			d->is_put[i] = true;
			if (b->trust != PS_TRUST_REJECTED)
				tell(d, "gone", b, NULL, d->f->text);
		}
	}
}

static void
close_draft(const struct draft *d, struct ps_key_change *out)
{
	struct ps_key_bond *put =
		ps_arena_array(d->a, d->n_bond + 1, sizeof(*put));
	const char **over =
		ps_arena_array(d->a, d->n_bond + 1, sizeof(const char *));

	for (size_t i = 0; i < d->n_bond; i++) {
		if (d->is_over[i])
			over[out->n_remove++] = d->bond[i].fpr;
		else if (d->is_put[i])
			put[out->n_put++] = d->bond[i];
	}
	out->put = put;
	out->remove = over;
	out->event = d->event;
	out->n_event = d->n_event;
}

static void
record_look(struct draft *d, struct ps_key_change *out)
{
	struct ps_key_look *look = ps_arena_alloc(d->a, sizeof(*look));

	for (size_t i = 0; i < d->page->n_look; i++) {
		if (d->page->look[i].origin == d->f->origin)
			*look = d->page->look[i]; /* used_s stays */
	}
	look->address = d->f->name;
	look->origin = d->f->origin;
	look->outcome = d->f->outcome;
	look->at_s = d->f->now_s;
	look->due_s = d->f->due_s;
	look->text = d->f->text == NULL ? "" : d->f->text;
	out->look = look;
	out->n_look = 1;
}

static void
begin_draft(struct draft *d)
{
	size_t max = d->page->n_bond + d->f->n_fpr + 1;

	d->may = ps_trust_of_source(d->rules, d->f->origin);
	d->dated_s = d->f->dated_s < d->f->now_s ? d->f->dated_s : d->f->now_s;
	d->bond = ps_arena_array(d->a, max, sizeof(*d->bond));
	d->is_put = ps_arena_array(d->a, max, sizeof(bool));
	d->is_over = ps_arena_array(d->a, max, sizeof(bool));
	for (size_t i = 0; i < d->page->n_bond; i++)
		d->bond[d->n_bond++] = d->page->bond[i];
}

static bool
is_outdated(const struct draft *d)
{
	for (size_t i = 0; i < d->page->n_bond; i++) {
		if (d->f->origin == PS_ORIGIN_AUTOCRYPT &&
			d->dated_s < d->page->bond[i].dated_s)
			return true;
	}
	return false;
}

void
ps_trust_admit(struct ps_arena *a, const struct ps_key_page *page,
	const struct ps_finding *f, const struct ps_key_rules *rules,
	struct ps_key_change *out)
{
	struct draft d = {.a = a, .page = page, .f = f, .rules = rules};

	*out = (struct ps_key_change){.address = f->name};
	begin_draft(&d);
	if (f->origin == PS_ORIGIN_LOCAL || is_outdated(&d))
		return;
	record_look(&d, out);
	for (size_t i = 0; f->outcome == PS_LOOK_FOUND && i < f->n_fpr; i++)
		see(&d, f->fpr[i]);
	if (f->outcome == PS_LOOK_ABSENT ||
		(f->outcome == PS_LOOK_FOUND && f->n_fpr > 0))
		miss(&d);
	close_draft(&d, out);
}
