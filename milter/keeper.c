/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * A thread that keeps the index of the key directory up to date: a file put
 * there by hand is used without a restart, and no message waits for it.
 */
#include <poll.h>
#include <pthread.h>

#include "base/log.h"
#include "base/str.h"
#include "forecast.h"
#include "orders.h"

#define LOOK_EVERY_MS  2000
#define ONE_REFRESH_MS 60000
#define DAY_S	       ((int64_t)86400)
#define FORECAST_MAX   50 /* lines a day */

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

	if (s == PS_OK)
		s = ps_keydir_refresh(d->discovering.found, a, &wait, &why);
	if (s != PS_OK && s != PS_ESTOP && !*troubled)
		ps_log(PS_LOG_ERROR,
			"NOQUEUE: the key directory cannot be "
			"read: %s",
			why);
	if (s == PS_OK && *troubled)
		ps_log(PS_LOG_INFO, "NOQUEUE: the key directory can be read "
				    "again");
	*troubled = s != PS_OK;
	ps_discovery_tend(d->discovering.discovery, a);
	ps_arena_free(a);
}

/* Once a day, and when the daemon starts: who will be without a key. */
static void
foretell(struct ps_daemon *d, int64_t *next_s)
{
	int64_t now_s = ps_now_s(d->clock);
	struct ps_generation *g;
	struct ps_arena *a;
	struct ps_key_ending *e = NULL;
	const char *why = NULL;
	char date[16];
	size_t n = 0;

	if (now_s < *next_s)
		return;
	*next_s = now_s + DAY_S;
	a = ps_arena_new(PS_ARENA_PLAIN);
	g = ps_daemon_hold(d);
	if (ps_forecast(a, d->keydir, d->discovering.found, now_s,
		    now_s + g->policy->warn_before_s, FORECAST_MAX + 1, &e, &n,
		    &why) != PS_OK)
		ps_log(PS_LOG_WARNING,
			"NOQUEUE: nobody knows whose keys end soon: %s", why);
	for (size_t i = 0; i < n && i < FORECAST_MAX; i++) {
		ps_date(e[i].ends_s, date);
		ps_log(PS_LOG_WARNING,
			"NOQUEUE: <%s> will be without a key from %s, when %s "
			"ends",
			ps_str_printable(a, e[i].address, 320), date, e[i].fpr);
	}
	if (n > FORECAST_MAX)
		ps_log(PS_LOG_WARNING,
			"NOQUEUE: more recipients will be without a key: "
			"postseal keys list --expiring 60d");
	ps_generation_drop(g);
	ps_arena_free(a);
}

static void *
keep(void *arg)
{
	struct ps_daemon *d = arg;
	struct pollfd stop = {.fd = d->stop_fd, .events = POLLIN};
	bool troubled = false;
	int64_t next_s = 0;

	while (poll(&stop, 1, LOOK_EVERY_MS) == 0) {
		refresh(d, &troubled);
		foretell(d, &next_s);
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
