/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Edits: what the difference of two messages is, and that it makes the second
 * out of the first.
 */
#include "tap.h"

#include "mail/edit.h"

/* xorshift64: the same copies in every run. */
static uint64_t
next_random(uint64_t *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 7;
	*seed ^= *seed << 17;
	return *seed;
}

static struct ps_message
message(struct ps_arena *a, const char *raw)
{
	struct ps_message m = {.body_fd = -1};
	const char *why = NULL;

	assert_int_equal(ps_header_parse(a, ps_bytes_of(raw), 1000, &m.header,
				 &m.body, &why),
		PS_OK);
	return m;
}

static void
assert_same(const struct ps_message *x, const struct ps_message *y)
{
	assert_int_equal(x->header.n_field, y->header.n_field);
	for (size_t i = 0; i < x->header.n_field; i++) {
		const struct ps_field *f = &x->header.field[i];
		const struct ps_field *g = &y->header.field[i];

		assert_true(ps_bytes_eq(f->name, g->name));
		assert_true(ps_bytes_eq(f->value, g->value));
		assert_int_equal(f->from, g->from);
	}
	assert_true(ps_bytes_eq(x->body, y->body));
}

static void
assert_edit(const struct ps_edit *e, enum ps_edit_kind kind, const char *name,
	size_t nth, const char *value)
{
	assert_int_equal(e->kind, kind);
	assert_bytes(e->name, name);
	assert_int_equal(e->nth, nth);
	assert_bytes(e->value, value);
}

static void
a_kept_message_needs_no_edits(void **state)
{
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);
	struct ps_message m = message(a, "A: 1\nB:\nA: 1\n\nbody"), copy;
	struct ps_edits e;

	(void)state;
	copy = ps_message_keep(a, &m);
	assert_ptr_not_equal(copy.header.field, m.header.field);
	ps_edit_diff(a, &m, &copy, &e);
	assert_int_equal(e.n_edit, 0);
	assert_false(e.replace_body);
	ps_arena_free(a);
}

static void
edits_come_from_the_bottom_up_then_the_end_then_the_top(void **state)
{
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);
	struct ps_message m = message(a, "A: 1\nB: 2\na: 3\nA: 4\nC: 5\n\nx");
	struct ps_field field[] = {
		{PS_LIT("T1"), PS_LIT(" t1"), 0},
		{PS_LIT("T2"), PS_LIT(" t2"), 0},
		{PS_LIT("A"), PS_LIT(" one"), 1},
		{PS_LIT("N"), PS_LIT(" n"), 0},
		{PS_LIT("A"), PS_LIT(" four"), 4},
		{PS_LIT("C"), PS_LIT(" 5"), 5},
	};
	struct ps_message copy = {{field, 6}, PS_LIT("y"), -1};
	struct ps_edits e;

	(void)state;
	ps_edit_diff(a, &m, &copy, &e);
	assert_int_equal(e.n_edit, 7);
	assert_edit(&e.edit[0], PS_EDIT_CHANGE, "A", 3, " four");
	assert_edit(&e.edit[1], PS_EDIT_DELETE, "a", 2, "");
	assert_edit(&e.edit[2], PS_EDIT_DELETE, "B", 1, "");
	assert_edit(&e.edit[3], PS_EDIT_CHANGE, "A", 1, " one");
	assert_edit(&e.edit[4], PS_EDIT_APPEND, "N", 0, " n");
	assert_edit(&e.edit[5], PS_EDIT_TOP, "T2", 0, " t2");
	assert_edit(&e.edit[6], PS_EDIT_TOP, "T1", 0, " t1");
	assert_true(e.replace_body);
	assert_bytes(e.body, "y");
	ps_arena_free(a);
}

static void
a_value_that_becomes_empty_is_a_blank_since_empty_deletes(void **state)
{
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);
	struct ps_message m = message(a, "A: 1\nB:\n\n"), copy, out;
	struct ps_edits e;

	(void)state;
	copy = ps_message_keep(a, &m);
	copy.header.field[0].value = PS_LIT("");
	ps_edit_diff(a, &m, &copy, &e);
	assert_int_equal(e.n_edit, 1);
	assert_edit(&e.edit[0], PS_EDIT_CHANGE, "A", 1, " ");
	out = ps_edit_simulate(a, &m, &e);
	copy = ps_edit_order(a, &m, &copy);
	assert_same(&out, &copy);
	assert_bytes(out.header.field[1].value, "");
	ps_arena_free(a);
}

static void
an_edit_of_a_field_that_is_not_there_does_nothing(void **state)
{
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);
	struct ps_message m = message(a, "A: 1\nB: 2\n\nx"), out, keep;
	struct ps_edit edit[] = {
		{PS_EDIT_DELETE, PS_LIT("A"), 2, PS_LIT("")},
		{PS_EDIT_CHANGE, PS_LIT("Z"), 1, PS_LIT("x")},
		{PS_EDIT_DELETE, PS_LIT("B"), 0, PS_LIT("")},
	};
	struct ps_edits e = {.edit = edit, .n_edit = 3};

	(void)state;
	out = ps_edit_simulate(a, &m, &e);
	keep = ps_message_keep(a, &m);
	assert_same(&out, &keep);
	ps_arena_free(a);
}

static void
deleting_forward_misses_fields_as_it_does_in_an_mta(void **state)
{
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);
	struct ps_message m = message(a, "A: 1\nA: 2\nA: 3\nA: 4\n\nx"), out;
	struct ps_edit edit[] = {
		{PS_EDIT_DELETE, PS_LIT("A"), 1, PS_LIT("")},
		{PS_EDIT_DELETE, PS_LIT("a"), 2, PS_LIT("")},
		{PS_EDIT_DELETE, PS_LIT("A"), 3, PS_LIT("")},
		{PS_EDIT_DELETE, PS_LIT("A"), 4, PS_LIT("")},
	};
	struct ps_edits e = {.edit = edit, .n_edit = 4};

	(void)state;
	out = ps_edit_simulate(a, &m, &e);
	assert_int_equal(out.header.n_field, 2);
	assert_bytes(out.header.field[0].value, " 2");
	assert_bytes(out.header.field[1].value, " 4");
	ps_arena_free(a);
}

static const char *const names[] = {
	"A", "a", "B", "Received", "RECEIVED", "Content-Type"};
static const char *const values[] = {"", " ", " x", " y\n z", " x"};
static const char *const bodies[] = {"", "a\r\n", "b\r\n"};

static struct ps_bytes
pick(uint64_t *seed, const char *const *from, size_t n)
{
	return ps_bytes_of(from[next_random(seed) % n]);
}

static struct ps_message
random_original(struct ps_arena *a, uint64_t *seed)
{
	struct ps_message m = {.body_fd = -1};

	m.header.n_field = next_random(seed) % 12;
	m.header.field =
		ps_arena_array(a, m.header.n_field, sizeof(struct ps_field));
	for (size_t i = 0; i < m.header.n_field; i++)
		m.header.field[i] = (struct ps_field){
			pick(seed, names, 6), pick(seed, values, 5), 0};
	m.body = pick(seed, bodies, 3);
	return m;
}

static void
maybe_new(struct ps_arena *a, uint64_t *seed, struct ps_header *h)
{
	while (next_random(seed) % 4 == 0) {
		PS_GROW(a, h->field, h->n_field);
		h->field[h->n_field++] = (struct ps_field){
			pick(seed, names, 6), pick(seed, values, 5), 0};
	}
}

static struct ps_message
random_copy(struct ps_arena *a, uint64_t *seed, const struct ps_message *m)
{
	struct ps_message copy = {.body_fd = -1};

	maybe_new(a, seed, &copy.header);
	for (size_t i = 0; i < m->header.n_field; i++) {
		struct ps_field f = m->header.field[i];

		if (next_random(seed) % 3 == 0)
			continue;
		f.from = i + 1;
		if (next_random(seed) % 3 == 0)
			f.value = pick(seed, values, 5);
		PS_GROW(a, copy.header.field, copy.header.n_field);
		copy.header.field[copy.header.n_field++] = f;
		maybe_new(a, seed, &copy.header);
	}
	copy.body = next_random(seed) % 2 ? m->body : pick(seed, bodies, 3);
	return copy;
}

/* No MTA's way of counting deleted fields can then matter. */
static void
assert_bottom_up(const struct ps_edits *e)
{
	for (size_t i = 0; i < e->n_edit; i++)
		for (size_t k = 0; k < i; k++)
			if (e->edit[i].nth != 0 &&
				ps_bytes_ieq(e->edit[i].name, e->edit[k].name))
				assert_true(e->edit[i].nth < e->edit[k].nth);
}

static void
the_difference_makes_the_copy_out_of_the_original(void **state)
{
	uint64_t seed = 20260101;

	(void)state;
	for (int i = 0; i < 20000; i++) {
		struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);
		struct ps_message m = random_original(a, &seed);
		struct ps_message copy = random_copy(a, &seed, &m), out;
		struct ps_message ordered = ps_edit_order(a, &m, &copy);
		struct ps_edits e, again;

		ps_edit_diff(a, &m, &copy, &e);
		assert_bottom_up(&e);
		out = ps_edit_simulate(a, &m, &e);
		assert_same(&out, &ordered);
		ps_edit_diff(a, &m, &out, &again);
		assert_int_equal(again.n_edit, e.n_edit);
		ps_arena_free(a);
	}
}

static void
ten_thousand_fields_of_one_name_are_no_burden(void **state)
{
	enum { FIELDS = 10000 };
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);
	struct ps_message m = {.body_fd = -1}, copy, out;
	struct ps_edits e;

	(void)state;
	m.header.field = ps_arena_array(a, FIELDS, sizeof(struct ps_field));
	m.header.n_field = FIELDS;
	for (size_t i = 0; i < FIELDS; i++)
		m.header.field[i] =
			(struct ps_field){PS_LIT("Received"), PS_LIT(" x"), 0};
	copy = ps_message_keep(a, &m);
	copy.header.n_field = 0;
	for (size_t i = 0; i < FIELDS; i += 2) {
		struct ps_field *f = &copy.header.field[copy.header.n_field++];

		*f = m.header.field[i];
		f->from = i + 1;
		f->value = PS_LIT(" y");
	}
	ps_edit_diff(a, &m, &copy, &e);
	assert_int_equal(e.n_edit, FIELDS);
	out = ps_edit_simulate(a, &m, &e);
	assert_same(&out, &copy);
	ps_arena_free(a);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(a_kept_message_needs_no_edits),
	cmocka_unit_test(
		edits_come_from_the_bottom_up_then_the_end_then_the_top),
	cmocka_unit_test(
		a_value_that_becomes_empty_is_a_blank_since_empty_deletes),
	cmocka_unit_test(an_edit_of_a_field_that_is_not_there_does_nothing),
	cmocka_unit_test(deleting_forward_misses_fields_as_it_does_in_an_mta),
	cmocka_unit_test(the_difference_makes_the_copy_out_of_the_original),
	cmocka_unit_test(ten_thousand_fields_of_one_name_are_no_burden),
};

PS_TESTS("edit", tests)
