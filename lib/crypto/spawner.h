/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * The small process that starts, kills and reaps crypto workers, and that
 * stands in front as the program an administrator sees: it takes the signals
 * (libmilter owns them in the process that runs it) and passes them on as
 * orders.
 */
#ifndef PS_CRYPTO_SPAWNER_H
#define PS_CRYPTO_SPAWNER_H

#include <sys/types.h>

#include "base/status.h"

struct ps_spawner_env {
	const char *program;	 /* absolute path of this very program */
	const char *gpg;	 /* absolute path of gpg */
	const char *crypto_user; /* NULL: workers run as the caller is */
	const char *run_dir;	 /* the private GnuPG home is made in here,
				    NULL: TMPDIR or /tmp */
	const char *secret_home, *passphrase_file; /* may be NULL */
};

struct ps_spawner {
	int spawner_fd; /* for ps_workers_new() */
	int orders_fd;	/* yields enum ps_order octets; at end of file the
			   spawner is gone and the caller must end */
};

enum ps_order {
	PS_ORDER_STOP = 'T',  /* SIGTERM, SIGINT */
	PS_ORDER_RELOAD = 'R' /* SIGUSR1, SIGHUP */
};

/*
 * Fork, before any thread exists and before privileges drop.  Returns in the
 * child, in a process group of its own, with *out filled; the parent becomes
 * the spawner and never returns: it exits with the child's status (70 when a
 * signal ended it), every worker killed and the home removed.
 */
enum ps_status ps_spawner_split(const struct ps_spawner_env *env,
	struct ps_spawner *out, const char **why);

#endif
