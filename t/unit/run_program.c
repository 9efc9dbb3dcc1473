/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Asking another program, and what happens when it does not answer.
 */
#include "tap.h"

#include "../../milter/run_program.h"

static void
output_and_status_come_back(void **state)
{
	static const char *const argv[] = {"sh", "-c",
		"echo $1; echo lost >&2; exit 3", "sh", "a b", NULL};
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);
	struct ps_run_result got;
	const char *why = NULL;

	(void)state;
	assert_int_equal(ps_run_program(a, argv, 10000, &got, &why), PS_OK);
	assert_int_equal(got.exit, 3);
	assert_bytes(got.out, "a b\n");
	ps_arena_free(a);
}

static void
a_missing_program_is_told_from_one_that_hangs(void **state)
{
	static const char *const missing[] = {"/nonexistent/program", NULL};
	static const char *const hangs[] = {"sleep", "1000", NULL};
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);
	struct ps_run_result got;
	const char *why = NULL;

	(void)state;
	assert_int_equal(
		ps_run_program(a, missing, 10000, &got, &why), PS_EPERM);
	assert_non_null(strstr(why, "no such program"));
	assert_int_equal(ps_run_program(a, hangs, 50, &got, &why), PS_ELATE);
	assert_int_equal(got.exit, 128 + 9);
	ps_arena_free(a);
}

static void
a_flood_is_cut_and_does_not_block(void **state)
{
	static const char *const argv[] = {
		"sh", "-c", "head -c 3000000 /dev/zero", NULL};
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);
	struct ps_run_result got;
	const char *why = NULL;

	(void)state;
	assert_int_equal(ps_run_program(a, argv, 10000, &got, &why), PS_OK);
	assert_int_equal(got.exit, 0);
	assert_true(got.out.len <= PS_RUN_MAX);
	ps_arena_free(a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(output_and_status_come_back),
		cmocka_unit_test(a_missing_program_is_told_from_one_that_hangs),
		cmocka_unit_test(a_flood_is_cut_and_does_not_block),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("run_program", tests, NULL, NULL);
}
