/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Can Postfix's user talk to the milter socket?  Judged by modes, so that it
 * needs neither root nor a running daemon.
 */
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "check.h"
#include "reach.h"

#define USUAL_MTA_USER "postfix"

static const char *
mta_user(const struct ps_check *c)
{
	const char *user =
		c->mta == NULL ? "" : ps_mta_get(c->mta, "mail_owner");

	return *user == '\0' ? USUAL_MTA_USER : user;
}

static const char *
socket_where(const struct ps_check *c)
{
	return ps_arena_printf(c->arena, "%s: listen: milter = \"%s\"",
		c->policy->file, c->policy->milter_socket);
}

/* The socket is not there: will it be of the right group when it is? */
static void
judge_future(const struct ps_check *c, const struct ps_reach_who *mta,
	const char *path)
{
	const char *dir = ps_reach_parent(c->arena, path), *why = NULL;
	struct ps_reach_who daemon;
	struct stat st = {0};
	bool missing, inherits;

	if (c->policy->socket_group == NULL && stat(dir, &st) == 0) {
		inherits = (st.st_mode & S_ISGID) != 0;
		/* the mode that milter/listener.c will give it */
		st.st_mode = 0660;
		st.st_uid = (uid_t)-1;
		if (!inherits || !ps_reach_allows(&st, mta, PS_REACH_W))
			ps_findings_add(c->out, PS_FINDING_ERROR,
				socket_where(c),
				"the socket will have mode 0660 and user %s "
				"will not be in its group",
				mta->name)
				->todo = ps_arena_printf(c->arena,
				"write listen: socket-group = \"%s\", or run: "
				"chgrp %s %s && chmod 2750 %s",
				mta->name, mta->name, dir, dir);
	}
	if (c->user == NULL || !ps_reach_user(c->arena, c->user, &daemon))
		ps_reach_uid(c->arena, geteuid(), &daemon);
	if (!ps_reach_path(c->arena, dir, &daemon, PS_REACH_W | PS_REACH_X,
		    &missing, &why))
		ps_findings_add(c->out, PS_FINDING_ERROR, socket_where(c),
			"the daemon cannot make its socket: %s", why)
			->todo = ps_arena_printf(c->arena,
			"run: install -d -o %s -g %s -m 2750 %s", daemon.name,
			mta->name, dir);
}

static void
check_unix(const struct ps_check *c, const char *path)
{
	const char *dir = ps_reach_parent(c->arena, path), *why = NULL;
	struct ps_reach_who mta;
	bool missing, good;

	if (!ps_reach_user(c->arena, mta_user(c), &mta)) {
		ps_findings_add(c->out, PS_FINDING_SKIPPED, socket_where(c),
			"there is no user %s here to reach it", mta_user(c));
		return;
	}
	good = ps_reach_path(c->arena, dir, &mta, PS_REACH_X, &missing, &why);
	if (good &&
		ps_reach_path(c->arena, path, &mta, PS_REACH_W, &missing, &why))
		return;
	if (good && missing) {
		judge_future(c, &mta, path);
		return;
	}
	ps_findings_add(c->out, PS_FINDING_ERROR, socket_where(c),
		"Postfix cannot reach it: %s", why)
		->todo = ps_arena_printf(c->arena,
		"run: install -d -o %s -g %s -m 2750 %s",
		c->user == NULL ? "_postseal" : c->user, mta.name, dir);
}

/* 0: a daemon answers, or the address is free for one. */
static int
try_inet(const struct addrinfo *at)
{
	int fd = socket(at->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int one = 1, r;

	if (fd < 0)
		return errno;
	r = connect(fd, at->ai_addr, at->ai_addrlen);
	close(fd);
	if (r == 0) /* an empty connection does a milter no harm */
		return 0;
	fd = socket(at->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return errno;
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	r = bind(fd, at->ai_addr, at->ai_addrlen) == 0 ? 0 : errno;
	close(fd);
	return r;
}

static void
check_inet(const struct ps_check *c, const struct ps_socket_name *s)
{
	struct addrinfo want = {.ai_socktype = SOCK_STREAM,
				.ai_flags = AI_NUMERICSERV},
			*found = NULL;
	char port[16];
	int r;

	snprintf(port, sizeof(port), "%u", s->port);
	r = getaddrinfo(
		s->host == NULL ? "127.0.0.1" : s->host, port, &want, &found);
	if (r != 0) {
		ps_findings_add(c->out, PS_FINDING_ERROR, socket_where(c),
			"'%s' has no address: %s", s->host, gai_strerror(r))
			->todo = "write an address, such as "
				 "\"inet:8895@127.0.0.1\"";
		return;
	}
	r = try_inet(found);
	freeaddrinfo(found);
	if (r != 0)
		ps_findings_add(c->out, PS_FINDING_ERROR, socket_where(c),
			"nobody answers there, and the daemon could not listen "
			"there: %s",
			strerrordesc_np(r))
			->todo = "write an address of this machine and a free "
				 "port above 1023";
	if (s->host == NULL)
		ps_findings_add(c->out, PS_FINDING_WARNING, socket_where(c),
			"everybody who reaches this port can talk to the "
			"filter")
			->todo = "write an address, such as "
				 "\"inet:8895@127.0.0.1\"";
}

void
ps_check_socket(const struct ps_check *c, const struct ps_socket_name *ours)
{
	if (ours->inet)
		check_inet(c, ours);
	else
		check_unix(c, ours->path);
}
