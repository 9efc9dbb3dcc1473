/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * From two messages to edits, and back.  Occurrence numbers ("the third
 * Received") are counted once by sorting the names, so that 10,000 fields of
 * one name cost no more than 10,000 different ones.
 */
#include "mail/edit.h"

#include <assert.h>
#include <stdlib.h>

/* A field's place among those of its name. */
struct place {
	struct ps_bytes name;
	size_t index; /* in the header */
	size_t nth;   /* 1 is the first */
};

static int
compare_names(struct ps_bytes a, struct ps_bytes b)
{
	for (size_t i = 0; i < a.len && i < b.len; i++) {
		int d = ps_lower(a.p[i]) - ps_lower(b.p[i]);

		if (d != 0)
			return d;
	}
	return a.len < b.len ? -1 : a.len > b.len;
}

static int
by_name(const void *x, const void *y)
{
	const struct place *a = x, *b = y;
	int d = compare_names(a->name, b->name);

	if (d != 0)
		return d;
	return a->index < b->index ? -1 : a->index > b->index;
}

/* All places of a header, sorted by name and then from top to bottom. */
static struct place *
sort_places(struct ps_arena *a, const struct ps_header *h)
{
	struct place *place = ps_arena_array(a, h->n_field, sizeof(*place));

	for (size_t i = 0; i < h->n_field; i++)
		place[i] = (struct place){h->field[i].name, i, 1};
	if (h->n_field > 1)
		qsort(place, h->n_field, sizeof(*place), by_name);
	for (size_t i = 1; i < h->n_field; i++)
		if (compare_names(place[i - 1].name, place[i].name) == 0)
			place[i].nth = place[i - 1].nth + 1;
	return place;
}

static struct ps_bytes
writable(struct ps_bytes value)
{
	return value.len == 0 ? PS_LIT(" ") : value;
}

static bool
same_body(struct ps_bytes a, struct ps_bytes b)
{
	return (a.p == b.p && a.len == b.len) || ps_bytes_eq(a, b);
}

static struct ps_field
as_written(const struct ps_header *original, struct ps_field f)
{
	if (f.from == 0 || original->field[f.from - 1].value.len > 0)
		f.value = writable(f.value);
	return f;
}

struct ps_message
ps_edit_order(struct ps_arena *a, const struct ps_message *original,
	const struct ps_message *copy)
{
	size_t n = copy->header.n_field, top = 0, at = 0;
	struct ps_message m = *copy;
	struct ps_field *to = ps_arena_array(a, n, sizeof(*to));

	while (top < n && copy->header.field[top].from == 0)
		top++;
	for (size_t i = 0; i < n; i++)
		if (i < top || copy->header.field[i].from != 0)
			to[at++] = copy->header.field[i];
	for (size_t i = top; i < n; i++)
		if (copy->header.field[i].from == 0)
			to[at++] = copy->header.field[i];
	for (size_t i = 0; i < n; i++)
		to[i] = as_written(&original->header, to[i]);
	m.header.field = to;
	return m;
}

static void
put(struct ps_edits *out, enum ps_edit_kind kind, const struct ps_field *f,
	size_t nth)
{
	struct ps_edit *e = &out->edit[out->n_edit++];

	*e = (struct ps_edit){.kind = kind, .name = f->name, .nth = nth};
	if (kind != PS_EDIT_DELETE)
		e->value = f->value;
}

/* For each field of the original: 1 + the index of the copy's that keeps it. */
static size_t *
find_keepers(struct ps_arena *a, const struct ps_header *original,
	const struct ps_header *copy)
{
	size_t *keeper = ps_arena_array(a, original->n_field, sizeof(*keeper));
	size_t last = 0;

	for (size_t i = 0; i < copy->n_field; i++) {
		const struct ps_field *f = &copy->field[i];

		if (f->from == 0)
			continue;
		assert(f->from > last && f->from <= original->n_field);
		assert(ps_bytes_eq(f->name, original->field[f->from - 1].name));
		keeper[f->from - 1] = i + 1;
		last = f->from;
	}
	return keeper;
}

/* Changes and deletions, from the bottom up: no index shifts under a later
 * edit, whether the MTA counts deleted fields or not. */
static void
diff_old_fields(struct ps_arena *a, const struct ps_header *original,
	const struct ps_header *copy, struct ps_edits *out)
{
	const size_t *keeper = find_keepers(a, original, copy);
	struct place *place = sort_places(a, original);
	size_t *nth = ps_arena_array(a, original->n_field, sizeof(*nth));

	for (size_t i = 0; i < original->n_field; i++)
		nth[place[i].index] = place[i].nth;
	for (size_t i = original->n_field; i-- > 0;) {
		const struct ps_field *old = &original->field[i], *new;

		if (keeper[i] == 0) {
			put(out, PS_EDIT_DELETE, old, nth[i]);
			continue;
		}
		new = &copy->field[keeper[i] - 1];
		if (!ps_bytes_eq(old->value, new->value))
			put(out, PS_EDIT_CHANGE, new, nth[i]);
	}
}

void
ps_edit_diff(struct ps_arena *a, const struct ps_message *original,
	const struct ps_message *copy, struct ps_edits *out)
{
	const struct ps_message made = ps_edit_order(a, original, copy);
	const struct ps_header *h = &made.header;
	struct ps_edits e = {0};
	size_t top = 0;

	while (top < h->n_field && h->field[top].from == 0)
		top++;
	e.edit = ps_arena_array(
		a, original->header.n_field + h->n_field, sizeof(*e.edit));
	diff_old_fields(a, &original->header, h, &e);
	for (size_t i = top; i < h->n_field; i++)
		if (h->field[i].from == 0)
			put(&e, PS_EDIT_APPEND, &h->field[i], 0);
	for (size_t i = top; i-- > 0;)
		put(&e, PS_EDIT_TOP, &h->field[i], 0);
	e.replace_body = !same_body(original->body, copy->body);
	if (e.replace_body)
		e.body = copy->body;
	*out = e;
}

/* The live fields of an MTA, reachable by name and occurrence. */
struct mta {
	const struct ps_header *original;
	struct ps_field *field; /* as the original; changed in place */
	bool *gone;
	struct place *place; /* sorted; deleted ones close up in their name */
	size_t *n_live;	     /* of the name that begins at that place */
};

/* The first place of a name, or n_field. */
static size_t
find_name(const struct mta *m, struct ps_bytes name)
{
	size_t lo = 0, hi = m->original->n_field;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (compare_names(m->place[mid].name, name) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	if (lo < m->original->n_field &&
		compare_names(m->place[lo].name, name) == 0)
		return lo;
	return m->original->n_field;
}

static void
alter(struct mta *m, const struct ps_edit *e)
{
	size_t first = find_name(m, e->name);
	struct place *at;

	if (first == m->original->n_field || e->nth == 0 ||
		e->nth > m->n_live[first])
		return;
	at = &m->place[first + e->nth - 1];
	if (e->kind == PS_EDIT_CHANGE && e->value.len > 0) {
		m->field[at->index].value = e->value;
		return;
	}
	m->gone[at->index] = true;
	/* The names stay equal: only what they point to moves up. */
	memmove(at, at + 1, (m->n_live[first] - e->nth) * sizeof(*at));
	m->n_live[first]--;
}

static struct mta
open_mta(struct ps_arena *a, const struct ps_message *original)
{
	struct mta m = {.original = &original->header};
	size_t n = original->header.n_field, first = 0;

	m.field = ps_message_keep(a, original).header.field;
	m.gone = ps_arena_array(a, n, sizeof(*m.gone));
	m.n_live = ps_arena_array(a, n, sizeof(*m.n_live));
	m.place = sort_places(a, &original->header);
	for (size_t i = 0; i < n; i++) {
		if (m.place[i].nth == 1)
			first = i;
		m.n_live[first]++;
	}
	return m;
}

struct ps_message
ps_edit_simulate(struct ps_arena *a, const struct ps_message *original,
	const struct ps_edits *edits)
{
	size_t n = original->header.n_field, at = 0;
	struct mta m = open_mta(a, original);
	struct ps_message out = *original;
	struct ps_field *to;

	to = ps_arena_array(a, n + edits->n_edit, sizeof(*to));
	for (size_t i = edits->n_edit; i-- > 0;)
		if (edits->edit[i].kind == PS_EDIT_TOP)
			to[at++] = (struct ps_field){
				edits->edit[i].name, edits->edit[i].value, 0};
	for (size_t i = 0; i < edits->n_edit; i++)
		if (edits->edit[i].kind == PS_EDIT_CHANGE ||
			edits->edit[i].kind == PS_EDIT_DELETE)
			alter(&m, &edits->edit[i]);
	for (size_t i = 0; i < n; i++)
		if (!m.gone[i])
			to[at++] = m.field[i];
	for (size_t i = 0; i < edits->n_edit; i++)
		if (edits->edit[i].kind == PS_EDIT_APPEND)
			to[at++] = (struct ps_field){
				edits->edit[i].name, edits->edit[i].value, 0};
	out.header = (struct ps_header){to, at};
	if (edits->replace_body) {
		out.body = edits->body;
		out.body_fd = -1;
	}
	return out;
}
