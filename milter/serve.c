/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * "postseal serve": start-up in order, and the end.
 *
 *   configuration, then the spawner splits off (before any thread), then what
 *   may need root (sockets), then privileges go, then everything else.
 */
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>
#include <unistd.h>

#include <libmilter/mfapi.h>

#include "base/log.h"
#include "callbacks.h"
#include "cmd.h"
#include "conf.h"
#include "daemon.h"
#include "listener.h"
#include "notify.h"
#include "orders.h"
#include "crypto/spawner.h"
#include "privs.h"

/* smfi_main() has waited 5 s when it returns. */
#define LAST_REPLIES_MS 1000

static int
fail(const char *what, const char *why)
{
	ps_log(PS_LOG_ERROR, "NOQUEUE: cannot start: %s%s%s", what,
		*what == '\0' ? "" : ": ", why == NULL ? "unknown" : why);
	return EX_UNAVAILABLE;
}

static bool
listens_on_inet(const struct ps_policy *p)
{
	return strncmp(p->milter_socket, "inet", 4) == 0;
}

/* What may need root. */
static bool
open_sockets(struct ps_daemon *d, const struct ps_policy *p, int *control,
	const char **why)
{
	if (!ps_callbacks_register(d, listens_on_inet(p))) {
		*why = "libmilter refuses the filter";
		return false;
	}
	if (!ps_listener_open(p, d->arena, why))
		return false;
	*control = -1;
	if (p->control_socket == NULL)
		return true;
	*control = ps_control_open(p->control_socket, why);
	return *control >= 0;
}

static bool
start_threads(struct ps_daemon *d, int orders_fd, int control, const char **why)
{
	return ps_orders_start(d, orders_fd, why) && ps_keeper_start(d, why) &&
	       (control < 0 || ps_control_start(d, control, why));
}

static _Noreturn void
run(struct ps_daemon *d)
{
	/* Threads run: a reload may free what serve() has read. */
	struct ps_generation *g = ps_daemon_hold(d);
	const struct ps_policy *p = g->policy;
	int r;

	ps_log(PS_LOG_INFO,
		"NOQUEUE: postseal " POSTSEAL_VERSION " serves %s with %s%s",
		p->milter_socket, d->config_file,
		p->trial ? " (trial: nothing is refused or changed)" : "");
	ps_generation_drop(g);
	ps_notify("READY=1");
	r = smfi_main(); /* returns when the signal came to this process */
	ps_end(d, "libmilter ended", LAST_REPLIES_MS,
		r == MI_SUCCESS ? EX_OK : EX_SOFTWARE);
}

static int
serve(const char *config_file, struct ps_policy *p)
{
	static struct ps_daemon daemon;
	struct ps_daemon *d = &daemon;
	struct ps_spawner spawner;
	const char *why = NULL;
	int control;

	d->config_file = config_file;
	d->clock = ps_clock_system();
	d->arena = ps_arena_new(PS_ARENA_PLAIN);
	if (ps_conf_spawn(p, d->arena, &spawner, &why) != PS_OK)
		return fail("", why);
	signal(SIGPIPE, SIG_IGN);
	ps_privs_no_dumps();
	if (!open_sockets(d, p, &control, &why))
		return fail("", why);
	if (!ps_privs_drop(p->user, d->arena, &why))
		return fail("", why);
	if (!ps_daemon_wire(d, p, spawner.spawner_fd, &why))
		return fail("", why);
	if (!ps_daemon_wire_outside(d, &why))
		return fail("", why);
	if (!start_threads(d, spawner.orders_fd, control, &why))
		return fail("", why);
	run(d);
}

int
ps_cmd_serve(int argc, char **argv)
{
	const char *file = PS_CONFIG_FILE;
	struct ps_policy *p;
	int opt;

	/* NOLINTNEXTLINE(concurrency-mt-unsafe): no threads yet */
	while ((opt = getopt(argc, argv, "c:")) != -1) {
		if (opt != 'c')
			return EX_USAGE;
		file = optarg;
	}
	if (optind != argc) {
		fputs("usage: postseal serve [-c FILE]\n", stderr);
		return EX_USAGE;
	}
	p = ps_conf_read(file);
	if (p == NULL)
		return EX_CONFIG;
	ps_log_open(p->log_syslog, PS_LOG_INFO);
	return serve(file, p);
}
