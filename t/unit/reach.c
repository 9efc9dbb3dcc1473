/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Who may reach a file, by modes.
 */
#include "tap.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "../../milter/reach.h"

static const gid_t groups[] = {50, 60};
static const struct ps_reach_who who = {
	.name = "postfix", .uid = 100, .gid = groups, .n_gid = 2};

static void
the_first_class_that_fits_decides_alone(void **state)
{
	static const struct {
		uid_t uid;
		gid_t gid;
		mode_t mode;
		unsigned want;
		bool allowed;
	} row[] = {
		{100, 1, 0600, PS_REACH_R | PS_REACH_W, true},
		{100, 50, 0060, PS_REACH_R, false}, /* owner: no bits */
		{1, 60, 0660, PS_REACH_W, true},
		{1, 60, 0606, PS_REACH_W, false},
		{1, 1, 0660, PS_REACH_W, false},
		{1, 1, 0666, PS_REACH_W, true},
		{1, 50, 02750, PS_REACH_X, true},
		{1, 1, 02750, PS_REACH_X, false},
		{1, 1, 0755, PS_REACH_W | PS_REACH_X, false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		struct stat st = {.st_uid = row[i].uid,
			.st_gid = row[i].gid,
			.st_mode = S_IFREG | row[i].mode};

		assert_int_equal(ps_reach_allows(&st, &who, row[i].want),
			row[i].allowed);
	}
}

static void
root_passes_everywhere_but_runs_only_what_is_a_program(void **state)
{
	const struct ps_reach_who root = {.name = "root"};
	struct stat file = {.st_uid = 1, .st_mode = S_IFREG | 0600};
	struct stat dir = {.st_uid = 1, .st_mode = S_IFDIR | 0600};

	(void)state;
	assert_true(ps_reach_allows(&file, &root, PS_REACH_W));
	assert_false(ps_reach_allows(&file, &root, PS_REACH_X));
	assert_true(ps_reach_allows(&dir, &root, PS_REACH_X));
}

static void
a_path_is_judged_directory_by_directory(void **state)
{
	char top[] = "/tmp/postseal-reach-XXXXXX";
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);
	const struct ps_reach_who stranger = {
		.name = "nobody-we-know", .uid = (uid_t)-2};
	const char *in, *why = NULL;
	bool missing;

	(void)state;
	assert_non_null(mkdtemp(top));
	in = ps_arena_printf(a, "%s/in", top);
	assert_int_equal(mkdir(in, 0755), 0);
	assert_int_equal(chmod(top, 0700), 0);
	assert_false(
		ps_reach_path(a, in, &stranger, PS_REACH_X, &missing, &why));
	assert_false(missing);
	assert_non_null(strstr(why, "nobody-we-know cannot pass through"));
	assert_non_null(strstr(why, top));
	assert_int_equal(chmod(top, 0755), 0);
	assert_true(
		ps_reach_path(a, in, &stranger, PS_REACH_X, &missing, &why));
	assert_false(
		ps_reach_path(a, in, &stranger, PS_REACH_W, &missing, &why));
	assert_int_equal(rmdir(in), 0);
	assert_false(
		ps_reach_path(a, in, &stranger, PS_REACH_X, &missing, &why));
	assert_true(missing);
	assert_int_equal(rmdir(top), 0);
	ps_arena_free(a);
}

static void
a_path_has_one_parent(void **state)
{
	static const char *const row[][2] = {{"/a/b", "/a"}, {"/a", "/"},
		{"/a/b/", "/a"}, {"/a//b", "/a"}, {"/", "/"}};
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);

	(void)state;
	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++)
		assert_string_equal(ps_reach_parent(a, row[i][0]), row[i][1]);
	ps_arena_free(a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_first_class_that_fits_decides_alone),
		cmocka_unit_test(
			root_passes_everywhere_but_runs_only_what_is_a_program),
		cmocka_unit_test(a_path_is_judged_directory_by_directory),
		cmocka_unit_test(a_path_has_one_parent),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("reach", tests, NULL, NULL);
}
