/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * The front process: orders, exit status, and that nothing is left of anything
 * whoever is killed.
 */
#include "crypto_world.h"

#include "tap.h"

#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <pwd.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static struct crypto_world world;
static const struct cw_scene patient = {
	.crypto_ms = 60000, .n_worker = 2, .n_queue = 100, .stop_fd = -1};

static void
play(cw_scene_fn f)
{
	int status;
	const char *problem = cw_play(&world, NULL, f, &status);

	cw_gpg(&world, "good");
	if (problem != NULL)
		fail_msg("%s", problem);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static enum ps_status
seal(const struct cw_scene *s)
{
	struct ps_spool *out = NULL;
	const char *why = "";
	enum ps_status st = cw_seal(s, 10240, 1, &out, &why);

	ps_spool_free(out);
	return st;
}

static const char *
signal_the_front(struct cw_scene *s)
{
	static const struct {
		int sig;
		char order;
	} each[] = {{SIGTERM, PS_ORDER_STOP}, {SIGUSR1, PS_ORDER_RELOAD},
		{SIGINT, PS_ORDER_STOP}, {SIGHUP, PS_ORDER_RELOAD}};

	for (size_t i = 0; i < sizeof(each) / sizeof(each[0]); i++) {
		struct pollfd p = {
			.fd = s->spawner->orders_fd, .events = POLLIN};
		char order = '?';

		CW_CHECK(kill(getppid(), each[i].sig) == 0);
		CW_CHECK(poll(&p, 1, 5000) == 1);
		CW_CHECK(read(p.fd, &order, 1) == 1);
		CW_CHECK(order == each[i].order);
	}
	CW_CHECK(getpgrp() == getpid());
	return NULL;
}

static void
signals_become_orders(void **state)
{
	(void)state;
	play(signal_the_front);
}

static const char *
exit_42(struct cw_scene *s)
{
	if (seal(s) != PS_OK)
		return "cannot seal";
	_exit(42);
}

static void
the_front_exits_as_its_child_did(void **state)
{
	int status;

	(void)state;
	assert_string_equal(cw_play(&world, NULL, exit_42, &status), "");
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 42);
}

static const char *
die_while_gpg_hangs(struct cw_scene *s)
{
	pthread_t thread;

	CW_CHECK(cw_seal_aside(s, &thread));
	kill(getpid(), SIGKILL);
	return "still alive";
}

static void
a_killed_child_takes_its_workers_with_it(void **state)
{
	int status;

	(void)state;
	assert_string_equal(
		cw_play(&world, &patient, die_while_gpg_hangs, &status), "");
	cw_gpg(&world, "good");
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 70);
}

static const char *
lose_the_front_while_gpg_hangs(struct cw_scene *s)
{
	struct pollfd p = {.fd = s->spawner->orders_fd, .events = POLLIN};
	pthread_t thread;
	char order;

	CW_CHECK(cw_seal_aside(s, &thread));
	kill(getppid(), SIGKILL);
	CW_CHECK(poll(&p, 1, 5000) == 1);
	CW_CHECK(read(p.fd, &order, 1) == 0);
	CW_CHECK(cw_result_of(thread) == PS_ETEMP);
	cw_gpg(&world, "good");
	CW_CHECK(seal(s) == PS_ETEMP);
	return NULL;
}

static void
a_killed_front_takes_the_workers_and_their_gpg_with_it(void **state)
{
	int status;
	const char *problem;
	char line[CW_PATH + 32];

	(void)state;
	problem = cw_play(
		&world, &patient, lose_the_front_while_gpg_hangs, &status);
	if (problem != NULL)
		fail_msg("%s", problem);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	/* Nobody is left who could have removed the home. */
	snprintf(line, sizeof(line), "rm -r %s/postseal-*", world.run);
	assert_int_equal(system(line), 0);
}

/* Processes of the spawner that run as crypto workers. */
static size_t
workers(pid_t pid[], size_t max)
{
	DIR *proc = opendir("/proc");
	struct dirent *e;
	size_t n = 0;

	while (proc != NULL && n < max && (e = readdir(proc)) != NULL) {
		char path[64], text[256] = "";
		long parent = 0;
		int fd;

		if (!ps_is_digit(e->d_name[0]))
			continue;
		snprintf(path, sizeof(path), "/proc/%.16s/stat", e->d_name);
		fd = open(path, O_RDONLY | O_CLOEXEC);
		if (fd < 0)
			continue;
		if (read(fd, text, sizeof(text) - 1) > 0 &&
			strrchr(text, ')') != NULL)
			parent = strtol(strrchr(text, ')') + 4, NULL, 10);
		close(fd);
		pid[n] = (pid_t)strtol(e->d_name, NULL, 10);
		if (parent == getppid() && pid[n] != getpid())
			n++;
	}
	closedir(proc);
	return n;
}

static const char *
kill_idle_workers(struct cw_scene *s)
{
	pid_t pid[8];

	for (int i = 0; i < 20; i++) {
		size_t n;

		CW_CHECK(seal(s) == PS_OK);
		n = workers(pid, 8);
		CW_CHECK(n == 1);
		CW_CHECK(kill(pid[0], SIGKILL) == 0);
	}
	return NULL;
}

static void
a_worker_that_died_between_jobs_is_replaced_unseen(void **state)
{
	(void)state;
	play(kill_idle_workers);
}

static const char *
kill_a_worker_while_gpg_hangs(struct cw_scene *s)
{
	const int64_t end = ps_mono_ms(ps_clock_system()) + 3000;
	pthread_t thread;
	pid_t pid[8], first;
	size_t n = 0;

	CW_CHECK(cw_seal_aside(s, &thread));
	CW_CHECK(workers(pid, 8) == 1);
	first = pid[0];
	cw_gpg(&world, "good");
	CW_CHECK(kill(first, SIGKILL) == 0);
	CW_CHECK(cw_result_of(thread) == PS_OK); /* by another worker */
	/* An orphaned gpg would be the spawner's child now. */
	while ((n = workers(pid, 8)) != 1 &&
		ps_mono_ms(ps_clock_system()) < end)
		sched_yield();
	CW_CHECK(n == 1 && pid[0] != first);
	return NULL;
}

static void
a_killed_worker_takes_its_gpg_with_it(void **state)
{
	(void)state;
	play(kill_a_worker_while_gpg_hangs);
}

struct storm {
	struct cw_scene *s;
	unsigned seed;
	int n_killed;
	_Atomic bool over;
};

static void *
kill_at_random(void *arg)
{
	struct storm *storm = arg;
	pid_t pid[8];

	while (!storm->over) {
		size_t n = workers(pid, 8);
		struct timespec tick;

		storm->seed = storm->seed * 1103515245U + 12345U;
		tick = (struct timespec){0, (storm->seed >> 8) % 20000000};
		nanosleep(&tick, NULL);
		if (n > 0)
			storm->n_killed +=
				kill(pid[storm->seed % n], SIGKILL) == 0;
	}
	return NULL;
}

static const char *
weather_the_storm(struct cw_scene *s)
{
	struct storm storm = {.s = s, .seed = 20261124};
	pthread_t thread;

	CW_CHECK(pthread_create(&thread, NULL, kill_at_random, &storm) == 0);
	for (int i = 0; i < 100; i++) {
		enum ps_status st = seal(s);

		CW_CHECK(st == PS_OK || st == PS_ETEMP);
	}
	storm.over = true;
	pthread_join(thread, NULL);
	CW_CHECK(storm.n_killed > 20);
	CW_CHECK(seal(s) == PS_OK);
	return NULL;
}

static void
workers_killed_at_random_leave_no_trace(void **state)
{
	(void)state;
	play(weather_the_storm);
}

static bool
file_says(const char *path, const char *text, size_t len)
{
	char have[8192];
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, have, sizeof(have));

	if (fd >= 0)
		close(fd);
	return n >= 0 && memmem(have, (size_t)n, text, len) != NULL;
}

static const char *
look_at_a_worker(struct cw_scene *s)
{
	static const char environment[] = "LC_ALL=C\0PATH=/usr/bin:/bin";
	static const char no_core[] =
		"Max core file size        0                    0 ";
	char path[64];
	struct stat st;
	pid_t pid[8];

	CW_CHECK(seal(s) == PS_OK);
	CW_CHECK(workers(pid, 8) == 1);
	CW_CHECK(getpgid(pid[0]) == pid[0]);
	snprintf(path, sizeof(path), "/proc/%ld/limits", (long)pid[0]);
	CW_CHECK(file_says(path, no_core, sizeof(no_core) - 1));
	snprintf(path, sizeof(path), "/proc/%ld/environ", (long)pid[0]);
	CW_CHECK(getuid() != 0 ||
		 file_says(path, environment, sizeof(environment)));
	for (int fd = 0; fd < 64 && getuid() == 0; fd++) {
		snprintf(path, sizeof(path), "/proc/%ld/fd/%d", (long)pid[0],
			fd);
		CW_CHECK((lstat(path, &st) == 0) == (fd <= 3));
	}
	if (world.crypto_user != NULL) {
		snprintf(path, sizeof(path), "/proc/%ld/status", (long)pid[0]);
		CW_CHECK(file_says(path, "CapEff:\t0000000000000000", 24));
	}
	return NULL;
}

static void
a_worker_inherits_nothing(void **state)
{
	(void)state;
	play(look_at_a_worker);
}

static bool
others_may_run_this_program(void)
{
	char path[CW_PATH];
	struct stat st;

	snprintf(path, sizeof(path), "%s", world.program);
	for (char *slash; (slash = strrchr(path, '/')) != NULL; *slash = '\0') {
		if (stat(path, &st) != 0 || (st.st_mode & 0001) == 0)
			return false;
	}
	return true;
}

static void
workers_can_run_as_another_user(void **state)
{
	const char *problem;
	int status;

	(void)state;
	if (getuid() != 0 || getpwnam("nobody") == NULL ||
		!others_may_run_this_program()) {
		print_message("needs root, the user nobody, and a build "
			      "folder that others can enter\n");
		skip();
	}
	assert_int_equal(chmod(world.dir, 0711), 0);
	assert_int_equal(chmod(world.run, 0711), 0);
	assert_int_equal(chmod(world.gpg, 0755), 0);
	world.crypto_user = "nobody";
	play(look_at_a_worker);
	/* A run directory that this user cannot enter is found at once. */
	assert_int_equal(chmod(world.run, 0700), 0);
	problem = cw_play(&world, NULL, look_at_a_worker, &status);
	world.crypto_user = NULL;
	assert_string_equal(
		problem, "the crypto workers cannot enter the run directory");
}

static void
a_spawner_that_cannot_be_is_refused_before_the_fork(void **state)
{
	struct ps_spawner_env env = {.program = world.program,
		.gpg = world.gpg,
		.crypto_user = "no-such-user",
		.run_dir = world.run};
	struct ps_spawner out;
	const char *why = NULL;

	(void)state;
	assert_int_equal(ps_spawner_split(&env, &out, &why), PS_EPERM);
	assert_non_null(why);
	why = NULL;
	env.crypto_user = NULL;
	env.run_dir = "/nonexistent";
	assert_int_equal(ps_spawner_split(&env, &out, &why), PS_EPERM);
	assert_non_null(why);
	why = NULL;
	env.run_dir = world.run;
	env.program = "/nonexistent";
	assert_int_equal(ps_spawner_split(&env, &out, &why), PS_EPERM);
	assert_non_null(why);
	assert_true(cw_nothing_in(world.run));
	assert_true(cw_all_gone(1));
}

static int
make_world(void **state)
{
	(void)state;
	cw_make(&world);
	return 0;
}

static int
remove_world(void **state)
{
	(void)state;
	cw_remove(&world);
	return 0;
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(signals_become_orders),
	cmocka_unit_test(the_front_exits_as_its_child_did),
	cmocka_unit_test(a_killed_child_takes_its_workers_with_it),
	cmocka_unit_test(
		a_killed_front_takes_the_workers_and_their_gpg_with_it),
	cmocka_unit_test(a_worker_that_died_between_jobs_is_replaced_unseen),
	cmocka_unit_test(a_killed_worker_takes_its_gpg_with_it),
	cmocka_unit_test(workers_killed_at_random_leave_no_trace),
	cmocka_unit_test(a_worker_inherits_nothing),
	cmocka_unit_test(workers_can_run_as_another_user),
	cmocka_unit_test(a_spawner_that_cannot_be_is_refused_before_the_fork),
};

int
main(int argc, char **argv)
{
	if (argc >= 4 && strcmp(argv[1], "crypto-worker") == 0)
		return ps_worker_main(&(struct ps_worker_place){.gpg = argv[2],
			.home = argv[3],
			.secret_home = argc > 4 ? argv[4] : NULL,
			.passphrase_file = argc > 5 ? argv[5] : NULL});
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name(
		"spawner", tests, make_world, remove_world);
}
