/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * The spawner's loop, from the split to its exit.
 */
#ifndef PS_CRYPTO_SPAWNER_SERVE_H
#define PS_CRYPTO_SPAWNER_SERVE_H

#include <stdbool.h>

#include "crypto/home.h"
#include "crypto/worker_exec.h"
#include "crypto/worker_proto.h"

struct ps_spawner_serve {
	struct ps_worker_exec how;
	char home[PS_HOME_PATH_MAX];
	int control_fd; /* requests; -1 once the pool is gone */
	int orders_fd;	/* enum ps_order to the child */
	int signal_fd;
	pid_t child;
	bool child_ended;
	int child_status; /* of waitpid(2) */
	struct ps_spawned {
		uint64_t id;
		pid_t pid;
	} worker[PS_WORKER_MAX];
	size_t n_worker;
};

/* Until the child ends; then nothing of it is left.  The exit status. */
int ps_spawner_serve(struct ps_spawner_serve *s);

#endif
