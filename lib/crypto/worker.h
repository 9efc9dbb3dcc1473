/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * The real engine: a pool of crypto worker processes.  GPGME 1.18 spins or
 * hangs when gpg dies and has no time-out, so each operation runs in a process
 * that can be killed with its whole group; the process that parses mail never
 * touches gpg and cannot exec.  Workers are started, killed and reaped by the
 * spawner (spawner.h) at the other end of a socket.
 */
#ifndef PS_CRYPTO_WORKER_H
#define PS_CRYPTO_WORKER_H

#include "crypto/engine.h"

struct ps_workers;

struct ps_workers_env {
	int spawner_fd; /* from ps_spawner_split(); owned by the pool */
	const struct ps_clock *clock;
	size_t n_worker;   /* 0: as many as there are processors */
	size_t n_queue;	   /* messages that may wait for a worker */
	int64_t crypto_ms; /* deadline of one operation */
};

/* NULL with *why on trouble. */
struct ps_workers *ps_workers_new(
	const struct ps_workers_env *env, const char **why);
/* Waits for nobody: operations under way end as PS_ESTOP. */
void ps_workers_free(struct ps_workers *w);

/* The engine adapter; safe from many threads. */
struct ps_engine ps_workers_engine(struct ps_workers *w);
/* New ceilings after a reload. */
void ps_workers_limits(struct ps_workers *w, size_t n_queue, int64_t crypto_ms);

/*
 * The other side: what "postseal crypto-worker" runs.  Serves operations from
 * the socket fd 3 until it closes.  Returns the process's exit status.
 */
struct ps_worker_place {
	const char *gpg;	 /* the program */
	const char *home;	 /* the private GnuPG home */
	const char *secret_home; /* the one with secret keys, or NULL */
	char *passphrase_file;	 /* for those, or NULL */
};
int ps_worker_main(const struct ps_worker_place *place);

#endif
