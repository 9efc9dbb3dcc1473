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

#include <libmilter/mfapi.h>

#include "base/log.h"
#include "notify.h"
#include "pgp/spawner.h"

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

static void
reload(struct ps_daemon *d)
{
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);
	const char *report;
	bool good = ps_daemon_reload(d, a, &report);

	log_lines(good ? PS_LOG_INFO : PS_LOG_ERROR, report);
	ps_arena_free(a);
}

static void
stop(struct ps_daemon *d, const char *cause)
{
	ps_log(PS_LOG_INFO, "NOQUEUE: stopping (%s)", cause);
	ps_notify("STOPPING=1");
	ps_daemon_stop(d);
	smfi_stop();
}

/*
 * The front process is gone, and with it every worker: nothing can be sealed
 * here any more.  Say so to whom waits, and make room for the next daemon
 * (smfi_main() would hold the socket for 5 s more).
 */
static _Noreturn void
be_orphan(struct ps_daemon *d)
{
	stop(d, "the front process is gone");
	for (int i = 0; i < 100 && atomic_load(&d->busy) > 0; i++)
		usleep(10000);
	_exit(EX_SOFTWARE);
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
		if (n <= 0)
			be_orphan(o.daemon);
		if (order == PS_ORDER_STOP) {
			stop(o.daemon, "signal");
			return NULL;
		}
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
