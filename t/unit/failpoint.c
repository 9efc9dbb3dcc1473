/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Where tests kill a process: exactly there.  This program has failpoints in
 * every build.
 */
#ifndef PS_FAILPOINTS
#define PS_FAILPOINTS
#endif
#include "tap.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/failpoint.h"

/* Passages that a child got through before it died, or 9 when it lived. */
static int
passages(const char *wanted)
{
	int p[2], status, n;
	char marks[8];
	pid_t pid;

	assert_int_equal(pipe(p), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		setenv("POSTSEAL_FAILPOINT", wanted, 1);
		for (int i = 0; i < 3; i++) {
			PS_FAILPOINT_OF("a-", "b");
			if (write(p[1], "x", 1) != 1)
				_exit(1);
		}
		_exit(0);
	}
	close(p[1]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	n = (int)read(p[0], marks, sizeof(marks));
	close(p[0]);
	if (WIFEXITED(status))
		return 9;
	assert_int_equal(WTERMSIG(status), SIGKILL);
	return n;
}

static void
a_process_dies_at_the_nth_passage_of_one_name(void **state)
{
	(void)state;
	assert_int_equal(passages("a-b"), 0);
	assert_int_equal(passages("a-b:1"), 0);
	assert_int_equal(passages("a-b:3"), 2);
	assert_int_equal(passages("a-b:4"), 9);
	assert_int_equal(passages("a-"), 9);
	assert_int_equal(passages("a-bc"), 9);
	assert_int_equal(passages("a-c"), 9);
	assert_int_equal(passages(""), 9);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(a_process_dies_at_the_nth_passage_of_one_name),
};

PS_TESTS("failpoint", tests)
