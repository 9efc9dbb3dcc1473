/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * posix_spawn, a pipe, and a deadline.
 */
#include "run_program.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"

extern char **environ;

static enum ps_status
start(struct ps_arena *a, const char *const *argv, int out_fd, pid_t *pid,
	const char **why)
{
	posix_spawn_file_actions_t files;
	char **copy;
	size_t n = 0;
	int r;

	while (argv[n] != NULL)
		n++;
	copy = ps_arena_array(a, n + 1, sizeof(*copy));
	for (size_t i = 0; i < n; i++)
		copy[i] = ps_arena_strdup(a, argv[i]);
	posix_spawn_file_actions_init(&files);
	posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_adddup2(&files, out_fd, 1);
	posix_spawn_file_actions_addopen(&files, 2, "/dev/null", O_WRONLY, 0);
	r = posix_spawnp(pid, argv[0], &files, NULL, copy, environ);
	posix_spawn_file_actions_destroy(&files);
	if (r == 0)
		return PS_OK;
	*why = ps_arena_printf(a, "cannot run %s: %s", argv[0],
		r == ENOENT ? "there is no such program" : strerrordesc_np(r));
	return PS_EPERM;
}

/* All of the output, until it ends; false at the deadline. */
static bool
drain(int fd, int timeout_ms, struct ps_buf *out)
{
	const struct ps_clock *clock = ps_clock_system();
	int64_t end = ps_mono_ms(clock) + timeout_ms;
	char part[4096];

	for (;;) {
		int64_t left = end - ps_mono_ms(clock);
		struct pollfd p = {.fd = fd, .events = POLLIN};
		ssize_t n;

		if (left <= 0)
			return false;
		if (poll(&p, 1, (int)left) <= 0)
			continue;
		n = read(fd, part, sizeof(part));
		if (n == 0)
			return true;
		if (n > 0)
			ps_buf_put(out, ps_bytes(part, (size_t)n));
		else if (errno != EINTR)
			return true;
	}
}

static int
reap(pid_t pid)
{
	int status = 0;

	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return 128;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

enum ps_status
ps_run_program(struct ps_arena *a, const char *const *argv, int timeout_ms,
	struct ps_run_result *out, const char **why)
{
	struct ps_buf octets;
	enum ps_status s;
	int fd[2];
	pid_t pid;
	bool in_time;

	if (pipe2(fd, O_CLOEXEC) != 0) {
		*why = "cannot make a pipe";
		return PS_ETEMP;
	}
	s = start(a, argv, fd[1], &pid, why);
	close(fd[1]);
	if (s != PS_OK) {
		close(fd[0]);
		return s;
	}
	ps_buf_init(&octets, PS_RUN_MAX);
	in_time = drain(fd[0], timeout_ms, &octets);
	close(fd[0]);
	if (!in_time)
		kill(pid, SIGKILL);
	out->exit = reap(pid);
	out->out = ps_arena_copy(a, ps_buf_bytes(&octets));
	ps_buf_free(&octets);
	if (in_time)
		return PS_OK;
	*why = ps_arena_printf(
		a, "%s did not answer in %d ms", argv[0], timeout_ms);
	return PS_ELATE;
}
