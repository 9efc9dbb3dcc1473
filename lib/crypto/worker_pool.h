/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Who gets which worker when: a fixed number of slots, first come first
 * served.  Must not know what a job is.
 */
#ifndef PS_CRYPTO_WORKER_POOL_H
#define PS_CRYPTO_WORKER_POOL_H

#include <pthread.h>
#include <stdint.h>

#include "base/wait.h"
#include "crypto/worker_proto.h"

struct ps_pool_slot {
	int fd; /* the worker's socket, -1 while there is none */
	uint64_t id;
	unsigned n_done;
};

struct ps_pool_waiter {
	int fd; /* eventfd: readable when slot is set, or at a stop */
	struct ps_pool_slot *slot;
	struct ps_pool_waiter *next;
};

struct ps_pool {
	pthread_mutex_t lock; /* for all that follows */
	int spawner_fd;
	struct ps_pool_slot slot[PS_WORKER_MAX / 2];
	size_t n_slot;
	struct ps_pool_slot *idle[PS_WORKER_MAX / 2]; /* the last used on top */
	size_t n_idle;
	struct ps_pool_waiter *first, **last;
	size_t n_waiting, n_queue;
	uint64_t last_id;
	bool stopping;
};

void ps_pool_init(struct ps_pool *p, int spawner_fd, size_t n_slot);
void ps_pool_destroy(struct ps_pool *p);

/*
 * A slot for one job.  PS_ELIMIT when n_queue wait already; PS_ELATE,
 * PS_ESTOP.
 */
enum ps_status ps_pool_take(struct ps_pool *p, const struct ps_wait *wait,
	struct ps_pool_slot **out, const char **why);
void ps_pool_give(struct ps_pool *p, struct ps_pool_slot *slot);

/* See that the slot has a worker process.  *fresh: it was started just now. */
enum ps_status ps_pool_start(struct ps_pool *p, struct ps_pool_slot *slot,
	bool *fresh, const char **why);
/* Kill the slot's worker with its whole group. */
void ps_pool_kill(struct ps_pool *p, struct ps_pool_slot *slot);

/* From now on everything is PS_ESTOP; jobs under way see their socket end. */
void ps_pool_stop(struct ps_pool *p);
bool ps_pool_is_stopping(struct ps_pool *p);

#endif
