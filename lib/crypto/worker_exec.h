/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Start one crypto worker: what it inherits, and what it must not.
 */
#ifndef PS_CRYPTO_WORKER_EXEC_H
#define PS_CRYPTO_WORKER_EXEC_H

#include <sys/types.h>

#include "base/status.h"

struct ps_worker_exec {
	const char *program, *gpg, *home;
	const char *secret_home, *passphrase_file; /* may be NULL */
	const char *user;			   /* NULL: as we are */
	uid_t uid;				   /* of user */
	gid_t gid;
};

/*
 * Can a worker enter its home and run the program, as the user that it will
 * be?  PS_EPERM when not.
 */
enum ps_status ps_worker_exec_check(
	const struct ps_worker_exec *how, const char **why);

/*
 * Fork and exec "postseal crypto-worker GPG HOME ..." with the socket as fd 3,
 * in a process group of its own.  The process's id, or -1.
 */
pid_t ps_worker_exec_start(const struct ps_worker_exec *how, int sock);

#endif
