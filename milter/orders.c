/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Signals arrive at the front process and come here as orders: libmilter owns
 * SIGTERM, SIGINT and SIGHUP in this one.
 */
#include "orders.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/log.h"
#include "notify.h"
#include "crypto/spawner.h"

/* Waits give up at once; what may take longer is an MTA that reads slowly. */
#define PATIENCE_STOP_MS   5000
#define PATIENCE_ORPHAN_MS 1000
#define LAST_REPLY_US	   200000

struct orders {
	struct ps_daemon *daemon;
	int fd;
};

static void
log_lines(enum ps_log_level level, const char *text)
{
	struct ps_bytes rest = ps_bytes_of(text), line;

	while (ps_bytes_line(&rest, &line)) {
		line = ps_bytes_chomp(line);
		ps_log(level, "NOQUEUE: %.*s", PS_FMT(line));
	}
}

const char *
ps_orders_reload(struct ps_daemon *d, struct ps_arena *a)
{
	const char *report = NULL;
	bool good = ps_daemon_reload(d, a, &report);

	log_lines(good ? PS_LOG_INFO : PS_LOG_ERROR, report);
	return report;
}

static void
reload(struct ps_daemon *d)
{
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);

	ps_orders_reload(d, a);
	ps_arena_free(a);
}

/* Copies that are being sent end with a known outcome, or at the relay's
 * deadline; everything else gives up at once. */
static int
sending_ms(struct ps_daemon *d)
{
	struct ps_generation *g = ps_daemon_hold(d);
	int ms = g->policy->relay_to == NULL ? 0 : (int)g->policy->relay_ms;

	ps_generation_drop(g);
	return ms;
}

_Noreturn void
ps_end(struct ps_daemon *d, const char *cause, int patience_ms, int status)
{
	ps_log(PS_LOG_INFO, "NOQUEUE: stopping (%s)", cause);
	ps_notify("STOPPING=1");
	ps_daemon_stop(d);
	if (patience_ms > 0)
		patience_ms += sending_ms(d);
	for (; patience_ms > 0 && atomic_load(&d->busy) > 0; patience_ms -= 10)
		usleep(10000);
	/* libmilter writes the last replies behind our callbacks' backs */
	usleep(LAST_REPLY_US);
	ps_splitting_flush(&d->splitting);
	ps_log(PS_LOG_INFO, "NOQUEUE: ended");
	/* No smfi_stop(): it takes up to 5 s and races with smfi_main() over
	 * a lock that this destroys.  Sessions that wait for nothing end with
	 * the process. */
	_exit(status);
}

static void *
obey(void *arg)
{
	struct orders o = *(struct orders *)arg;
	char order;

	free(arg);
	for (;;) {
		ssize_t n = read(o.fd, &order, 1);

		if (n < 0 && errno == EINTR)
			continue;
		/* With the front process every worker is gone: nothing can
		 * be sealed here any more. */
		if (n <= 0)
			ps_end(o.daemon, "the front process is gone",
				PATIENCE_ORPHAN_MS, EX_SOFTWARE);
		if (order == PS_ORDER_STOP)
			ps_end(o.daemon, "signal", PATIENCE_STOP_MS, EX_OK);
		if (order == PS_ORDER_RELOAD)
			reload(o.daemon);
	}
}

bool
ps_orders_start(struct ps_daemon *d, int orders_fd, const char **why)
{
	struct orders *o = malloc(sizeof(*o));
	pthread_t thread;

	if (o == NULL)
		abort();
	*o = (struct orders){d, orders_fd};
	if (pthread_create(&thread, NULL, obey, o) != 0) {
		free(o);
		*why = "cannot start a thread";
		return false;
	}
	pthread_detach(thread);
	return true;
}
