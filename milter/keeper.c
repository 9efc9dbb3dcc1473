/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * A thread that keeps the index of the key directory up to date: a file put
 * there by hand is used without a restart, and no message waits for it.
 */
#include <poll.h>
#include <pthread.h>

#include "base/log.h"
#include "orders.h"

#define LOOK_EVERY_MS  2000
#define ONE_REFRESH_MS 60000

static void
refresh(struct ps_daemon *d, bool *troubled)
{
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);
	struct ps_wait wait = {
		.clock = d->clock,
		.deadline_ms = ps_mono_ms(d->clock) + ONE_REFRESH_MS,
		.stop_fd = d->stop_fd,
	};
	const char *why = NULL;
	enum ps_status s = ps_keydir_refresh(d->keydir, a, &wait, &why);

	if (s != PS_OK && s != PS_ESTOP && !*troubled)
		ps_log(PS_LOG_ERROR,
			"NOQUEUE: the key directory cannot be "
			"read: %s",
			why);
	if (s == PS_OK && *troubled)
		ps_log(PS_LOG_INFO, "NOQUEUE: the key directory can be read "
				    "again");
	*troubled = s != PS_OK;
	ps_arena_free(a);
}

static void *
keep(void *arg)
{
	struct ps_daemon *d = arg;
	struct pollfd stop = {.fd = d->stop_fd, .events = POLLIN};
	bool troubled = false;

	while (poll(&stop, 1, LOOK_EVERY_MS) == 0) {
		refresh(d, &troubled);
		ps_splitting_flush(&d->splitting);
	}
	return NULL;
}

bool
ps_keeper_start(struct ps_daemon *d, const char **why)
{
	pthread_t thread;

	if (pthread_create(&thread, NULL, keep, d) != 0) {
		*why = "cannot start a thread";
		return false;
	}
	pthread_detach(thread);
	return true;
}
