/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * A throw-away place with three keys, a gpg whose behaviour a test can change
 * while it is in use, and scenes: functions that run in a process split off by
 * the real spawner, with a real pool of workers.
 */
#ifndef PS_T_CRYPTO_WORLD_H
#define PS_T_CRYPTO_WORLD_H

#include <pthread.h>

#include "crypto/spawner.h"
#include "crypto/worker.h"

#define CW_PATH	  256
#define CW_N_CERT 3

struct crypto_world {
	char dir[64];
	char keys[CW_PATH]; /* a GnuPG home for each secret key */
	char gpg[CW_PATH];  /* the wrapper around the real gpg */
	char run[CW_PATH];  /* where the spawner makes its home */
	char cert[CW_N_CERT][CW_PATH];
	char program[CW_PATH];
	const char *crypto_user; /* NULL: workers run as the test does */
	const char *secret_home, *passphrase_file; /* NULL: none */
};

/* The worker's side of a test program: its exit status, or -1 when it was not
 * started as one. */
int cw_worker(int argc, char **argv);

/* Makes this process the one that inherits every orphan. */
void cw_make(struct crypto_world *w);
void cw_remove(struct crypto_world *w);

/* How gpg behaves from now on: "good", or a word of the wrapper script. */
void cw_gpg(const struct crypto_world *w, const char *how);

struct cw_scene {
	const struct crypto_world *world;
	const struct ps_spawner *spawner;
	struct ps_workers *workers;
	struct ps_engine engine;
	int64_t crypto_ms;
	size_t n_worker, n_queue;
	int stop_fd;
	int64_t *took_ms; /* of the last cw_seal(), when not NULL */
};

/* NULL when all was well, else what was not. */
typedef const char *(*cw_scene_fn)(struct cw_scene *s);
#define CW_CHECK(condition)                                                    \
	do {                                                                   \
		if (!(condition))                                              \
			return #condition;                                     \
	} while (0)

/*
 * Play the scene in a process split off by the spawner and wait for the end of
 * all of it.  Returns what the scene returned ("" when it could not say), and
 * the status of waitpid(2) of the front process in *status.  Fails the test
 * when a process or anything in the run directory is left.
 */
const char *cw_play(const struct crypto_world *w, const struct cw_scene *how,
	cw_scene_fn f, int *status);

/* The directory is empty. */
bool cw_nothing_in(const char *path);

/* Every descendant is gone within ms. */
bool cw_all_gone(int64_t ms);

/* Seal a pattern of len octets for n certificates, 10 s at most; spool limits:
 * larger than 256 kB goes to a file. */
enum ps_status cw_seal(const struct cw_scene *s, size_t len, size_t n_cert,
	struct ps_spool **out, const char **why);
/* What cw_seal() seals. */
void cw_pattern(char *p, size_t len);
bool cw_save(
	const struct cw_scene *s, struct ps_spool *sealed, const char *name);
/* The file saved so opens with each key to the pattern of len octets. */
bool cw_opens(const struct crypto_world *w, const char *name, size_t len,
	size_t n_cert);

/* Start to seal in a thread, and go on when its gpg hangs. */
bool cw_seal_aside(struct cw_scene *s, pthread_t *thread);
enum ps_status cw_result_of(pthread_t thread);

#endif
