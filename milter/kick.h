/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * libmilter's worker pool signals an idle worker without reserving it, so that
 * of several sessions made ready at once all but one wait until some worker
 * ends its task.  A callback that is about to block kicks the pool first: it
 * connects to our own listener and closes at once, and that event makes the
 * pool wake or launch a worker, which then takes the waiting sessions.
 */
#ifndef PS_MILTER_KICK_H
#define PS_MILTER_KICK_H

#include <sys/socket.h>

/* The address of our listener, once, before any thread. */
void ps_kick_aim(const struct sockaddr_storage *listener, socklen_t len);
/* About 30 us; never blocks; does nothing before it was aimed. */
void ps_kick(void);

#endif
