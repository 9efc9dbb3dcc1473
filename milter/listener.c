/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * The one listener.  libmilter keeps its descriptor to itself, so it is found
 * among ours: it is the only listening socket that was not there before.
 */
#include "listener.h"

#include <errno.h>
#include <grp.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <libmilter/mfapi.h>

#include "kick.h"

#define BACKLOG	  4096
#define FD_SEARCH 256

static int
find_listener(void)
{
	for (int fd = FD_SEARCH; fd > 2; fd--) {
		int listening = 0;
		socklen_t len = sizeof(listening);

		if (getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listening,
			    &len) == 0 &&
			listening)
			return fd;
	}
	return -1;
}

static bool
set_owner(const struct ps_policy *p, const char *path, struct ps_arena *a,
	const char **why)
{
	const struct group *g;

	if (chmod(path, 0660) != 0) {
		*why = ps_arena_printf(a, "cannot set the mode of %s", path);
		return false;
	}
	if (p->socket_group == NULL)
		return true;
	g = getgrnam(p->socket_group); /* NOLINT(concurrency-mt-unsafe) */
	if (g == NULL) {
		*why = ps_arena_printf(a,
			"there is no group '%s' "
			"(listen.socket-group)",
			p->socket_group);
		return false;
	}
	/* In a directory with the setgid bit it has the group already. */
	if (chown(path, (uid_t)-1, g->gr_gid) != 0) {
		struct stat st;

		if (stat(path, &st) == 0 && st.st_gid == g->gr_gid)
			return true;
		*why = ps_arena_printf(a, "cannot give %s to group '%s'", path,
			p->socket_group);
		return false;
	}
	return true;
}

static bool
adopt(const struct ps_policy *p, struct ps_arena *a, const char **why)
{
	struct sockaddr_storage addr = {0};
	socklen_t len = sizeof(addr);
	int fd = find_listener(), one = 1;

	if (fd < 0 || getsockname(fd, (struct sockaddr *)&addr, &len) != 0) {
		*why = "cannot find the milter socket after opening it";
		return false;
	}
	ps_kick_aim(&addr, len);
	if (addr.ss_family == AF_UNIX)
		return set_owner(
			p, ((struct sockaddr_un *)&addr)->sun_path, a, why);
	/* Linux: accepted sockets inherit it. */
	if (setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one)) != 0) {
		*why = "cannot set TCP_NODELAY on the milter socket";
		return false;
	}
	return true;
}

bool
ps_listener_open(
	const struct ps_policy *p, struct ps_arena *a, const char **why)
{
	mode_t before;
	int r;

	/* libmilter keeps the string, and wants to be able to write to it */
	if (smfi_setconn(ps_arena_strdup(a, p->milter_socket)) != MI_SUCCESS ||
		smfi_setbacklog(BACKLOG) != MI_SUCCESS) {
		*why = ps_arena_printf(
			a, "'%s' is no milter socket", p->milter_socket);
		return false;
	}
	before = umask(0117);
	r = smfi_opensocket(true);
	umask(before);
	if (r != MI_SUCCESS) {
		*why = ps_arena_printf(a, "cannot listen on '%s': %s",
			p->milter_socket, strerror(errno));
		return false;
	}
	return adopt(p, a, why);
}
