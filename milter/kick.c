/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * A connection to ourselves that carries nothing.
 */
#include "kick.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/un.h>
#include <unistd.h>

static struct sockaddr_storage target;
static socklen_t target_len;

/* A wildcard listener is reached on loopback. */
static void
aim_at_loopback(struct sockaddr_storage *to)
{
	struct sockaddr_in *v4 = (struct sockaddr_in *)to;
	struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)to;

	if (to->ss_family == AF_INET && v4->sin_addr.s_addr == INADDR_ANY)
		v4->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (to->ss_family == AF_INET6 &&
		IN6_IS_ADDR_UNSPECIFIED(&v6->sin6_addr))
		v6->sin6_addr = in6addr_loopback;
}

void
ps_kick_aim(const struct sockaddr_storage *listener, socklen_t len)
{
	target = *listener;
	aim_at_loopback(&target);
	target_len = len;
}

void
ps_kick(void)
{
	int fd;

	if (target_len == 0)
		return;
	fd = socket(target.ss_family,
		SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return;
	/* A full backlog refuses us: then its own connections wake the pool.
	 * No reset on closing: libmilter would log it.  What stays behind in
	 * TIME_WAIT is reused on loopback (net.ipv4.tcp_tw_reuse = 2). */
	(void)connect(fd, (const struct sockaddr *)&target, target_len);
	close(fd);
}
