/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * The MTA's half as the other tests use it: how it reads a message and what it
 * makes of edits, by cleanup_milter.c of Postfix 3.7.
 */
#include "tap.h"

#include "milter_client.h"

static struct ps_bytes
printed(struct ps_arena *a, const struct mc_message *m)
{
	struct ps_bytes copy;
	struct ps_buf b;

	ps_buf_init(&b, 1 << 20);
	mc_message_put(&b, m);
	copy = ps_arena_copy(a, ps_buf_bytes(&b));
	ps_buf_free(&b);
	return copy;
}

static void
a_message_is_read_as_an_mta_reads_it(void **state)
{
	static const struct {
		const char *in, *out;
		size_t n_field;
	} row[] = {
		{"A: b\n\nc", "A: b\r\n\r\nc\r\n", 1},
		{"A: b\r\n c\r\n\r\nd\r\n", "A: b\r\n c\r\n\r\nd\r\n", 1},
		{"A : b\n\n", "A: b\r\n\r\n", 1},
		{"A:b\nnot a field\n", "A:b\r\n\r\nnot a field\r\n", 1},
		{"\nbody\n", "\r\nbody\r\n", 0},
		{"A:\nB: c\n", "A:\r\nB: c\r\n\r\n", 2},
		{"", "\r\n", 0},
	};
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);

	(void)state;
	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		struct mc_message m =
			mc_message_parse(a, ps_bytes_of(row[i].in), false);

		assert_int_equal(m.n_field, row[i].n_field);
		assert_bytes(printed(a, &m), row[i].out);
	}
	ps_arena_free(a);
}

static void
edits_have_the_effect_that_postfix_gives_them(void **state)
{
	struct mc_edit edit[] = {
		{MC_CHANGE_HEADER, 2, PS_LIT("x"), PS_LIT(" changed")},
		{MC_CHANGE_HEADER, 1, PS_LIT("X"), PS_LIT("")},
		{MC_CHANGE_HEADER, 7, PS_LIT("Y"), PS_LIT(" missing")},
		{MC_CHANGE_HEADER, 7, PS_LIT("Z"), PS_LIT("")},
		{MC_ADD_HEADER, 0, PS_LIT("Last"), PS_LIT(" l\n m")},
		{MC_INSERT_HEADER, 0, PS_LIT("Top"), PS_LIT(" t")},
		{MC_INSERT_HEADER, 2, PS_LIT("Second"), PS_LIT(" s")},
		{MC_INSERT_HEADER, 99, PS_LIT("End"), PS_LIT(" e")},
	};
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);
	struct mc_result r = {.edit = edit, .n_edit = 8, .replaced = true};
	struct mc_message m =
		mc_message_parse(a, PS_LIT("X: 1\nY: y\nX: 2\n\nold\n"), false);

	(void)state;
	ps_buf_init(&r.body, 100);
	ps_buf_puts(&r.body, "new\r\n");
	m = mc_apply(a, &m, &r, MC_LEADSPC);
	assert_bytes(printed(a, &m),
		"Top: t\r\nSecond: s\r\nY: y\r\nx: changed\r\nY: missing\r\n"
		"Last: l\r\n m\r\nEnd: e\r\n\r\nnew\r\n");
	mc_result_free(&r);
	ps_arena_free(a);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(a_message_is_read_as_an_mta_reads_it),
	cmocka_unit_test(edits_have_the_effect_that_postfix_gives_them),
};

PS_TESTS("milter client", tests)
