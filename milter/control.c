/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * The control socket.
 */
#include <errno.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/log.h"
#include "orders.h"

#define COMMAND_MAX 64
#define PATIENCE_S  5

struct control {
	struct ps_daemon *daemon;
	int fd;
};

int
ps_control_open(const char *path, const char **why)
{
	struct sockaddr_un at = {.sun_family = AF_UNIX};
	mode_t before;
	int fd, r;

	if (strlen(path) >= sizeof(at.sun_path)) {
		*why = "the path of listen.control is too long";
		return -1;
	}
	memcpy(at.sun_path, path, strlen(path));
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0) {
		*why = "cannot make the control socket";
		return -1;
	}
	unlink(path);
	before = umask(0177);
	r = bind(fd, (const struct sockaddr *)&at, sizeof(at));
	umask(before);
	if (r != 0 || listen(fd, 8) != 0) {
		*why = "cannot listen on the control socket (listen.control)";
		close(fd);
		return -1;
	}
	return fd;
}

static void
answer(int fd, const char *text)
{
	size_t len = strlen(text);

	while (len > 0) {
		ssize_t n = send(fd, text, len, MSG_NOSIGNAL);

		if (n <= 0)
			return; /* whoever asked has gone */
		text += n;
		len -= (size_t)n;
	}
}

static void
obey(struct ps_daemon *d, int fd, const char *command)
{
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);

	if (strcmp(command, "reload") == 0)
		answer(fd, ps_orders_reload(d, a));
	else
		answer(fd, "error: unknown command\n");
	ps_arena_free(a);
}

static void
serve_one(struct ps_daemon *d, int fd)
{
	struct timeval patience = {.tv_sec = PATIENCE_S};
	char command[COMMAND_MAX] = "";
	size_t len = 0;

	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
	while (len < sizeof(command) - 1) {
		ssize_t n = read(fd, command + len, sizeof(command) - 1 - len);

		if (n <= 0)
			return;
		len += (size_t)n;
		if (command[len - 1] == '\n') {
			command[len - 1] = '\0';
			obey(d, fd, command);
			return;
		}
	}
}

static void *
run(void *arg)
{
	struct control c = *(struct control *)arg;

	free(arg);
	for (;;) {
		int fd = accept4(c.fd, NULL, NULL, SOCK_CLOEXEC);

		if (fd < 0 && errno != EINTR && errno != ECONNABORTED) {
			ps_log(PS_LOG_ERROR, "NOQUEUE: control socket: %s",
				strerror(errno));
			sleep(1); /* out of descriptors: it will pass */
		}
		if (fd < 0)
			continue;
		serve_one(c.daemon, fd);
		close(fd);
	}
	return NULL;
}

bool
ps_control_start(struct ps_daemon *d, int listen_fd, const char **why)
{
	struct control *c = malloc(sizeof(*c));
	pthread_t thread;

	if (c == NULL)
		abort();
	*c = (struct control){d, listen_fd};
	if (pthread_create(&thread, NULL, run, c) != 0) {
		free(c);
		*why = "cannot start a thread";
		return false;
	}
	pthread_detach(thread);
	return true;
}
