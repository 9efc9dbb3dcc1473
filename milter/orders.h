/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Threads of our own beside libmilter's: orders from the front process, and
 * the control socket.
 */
#ifndef PS_MILTER_ORDERS_H
#define PS_MILTER_ORDERS_H

#include "daemon.h"

/* Start the thread that obeys orders_fd (crypto/spawner.h). */
bool ps_orders_start(struct ps_daemon *d, int orders_fd, const char **why);

/* Read the configuration again and log what happened, which is returned. */
const char *ps_orders_reload(struct ps_daemon *d, struct ps_arena *a);

/*
 * The end: everything that waits gives up, replies get patience_ms to leave,
 * then the process exits.  Callable from any thread.
 */
_Noreturn void ps_end(
	struct ps_daemon *d, const char *cause, int patience_ms, int status);

/*
 * The control socket: a unix socket of mode 0600 where "postseal reload" asks.
 * One command a connection, the answer as text, then the connection closes.
 */
int ps_control_open(const char *path, const char **why);
bool ps_control_start(struct ps_daemon *d, int listen_fd, const char **why);

/* Start the thread that keeps the key directory's index up to date. */
bool ps_keeper_start(struct ps_daemon *d, const char **why);

#endif
