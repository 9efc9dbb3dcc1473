/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Dying on demand.  Only in builds for tests.
 */
#ifndef PS_FAILPOINTS
#define PS_FAILPOINTS
#endif
#include "base/failpoint.h"

#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static atomic_long n_passed;

static void
trace(const char *prefix, const char *rest)
{
	const char *path = secure_getenv("POSTSEAL_FAILPOINT_TRACE");
	struct timespec now;
	char line[128];
	int fd, n;

	if (path == NULL)
		return;
	fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0)
		return;
	clock_gettime(CLOCK_MONOTONIC, &now);
	n = snprintf(line, sizeof(line), "%s%s %lld\n", prefix, rest,
		(long long)now.tv_sec * 1000000 + now.tv_nsec / 1000);
	if (n > 0 && n < (int)sizeof(line) &&
		write(fd, line, (size_t)n) != (ssize_t)n)
		abort(); /* a trace with holes would hide places */
	close(fd);
}

static bool
is_wanted(const char *prefix, const char *rest, const char *wanted)
{
	size_t n = strcspn(wanted, ":"), first = strlen(prefix);
	long nth = wanted[n] == ':' ? strtol(wanted + n + 1, NULL, 10) : 1;

	if (n != first + strlen(rest) || strncmp(wanted, prefix, first) != 0 ||
		strncmp(wanted + first, rest, n - first) != 0)
		return false;
	return atomic_fetch_add(&n_passed, 1) + 1 == nth;
}

void
ps_failpoint(const char *prefix, const char *rest)
{
	const char *wanted = secure_getenv("POSTSEAL_FAILPOINT");

	trace(prefix, rest);
	if (wanted != NULL && is_wanted(prefix, rest, wanted))
		kill(getpid(), SIGKILL);
}
