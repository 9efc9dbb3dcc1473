/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Asking another program (postconf, gpg) something, without a shell.  For
 * subcommands only: the daemon runs nothing this way.
 */
#ifndef PS_MILTER_RUN_PROGRAM_H
#define PS_MILTER_RUN_PROGRAM_H

#include "base/arena.h"
#include "base/status.h"

struct ps_run_result {
	struct ps_bytes out; /* its standard output, cut at PS_RUN_MAX */
	int exit;	     /* its exit status, 128 + signal when killed */
};
#define PS_RUN_MAX ((size_t)1 << 20)

/*
 * argv  NULL-terminated; argv[0] with a slash, or looked for in PATH
 * PS_EPERM when the program cannot be started, PS_ELATE when it did not end
 * within timeout_ms (it is killed then).
 */
enum ps_status ps_run_program(struct ps_arena *a, const char *const *argv,
	int timeout_ms, struct ps_run_result *out, const char **why);

#endif
