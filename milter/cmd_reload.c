/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * "postseal reload": ask the running daemon, show what it says.
 */
#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sysexits.h>
#include <unistd.h>

#include "cmd.h"
#include "conf.h"

static int
dial(const char *path)
{
	struct sockaddr_un to = {.sun_family = AF_UNIX};
	int fd;

	if (strlen(path) >= sizeof(to.sun_path))
		return -1;
	memcpy(to.sun_path, path, strlen(path));
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd >= 0 &&
		connect(fd, (const struct sockaddr *)&to, sizeof(to)) == 0)
		return fd;
	if (fd >= 0)
		close(fd);
	return -1;
}

static int
ask(int fd)
{
	static const char command[] = "reload\n";
	char text[16384];
	size_t len = 0;
	ssize_t n;

	if (write(fd, command, strlen(command)) != (ssize_t)strlen(command))
		return EX_UNAVAILABLE;
	while (len < sizeof(text) - 1 &&
		(n = read(fd, text + len, sizeof(text) - 1 - len)) > 0)
		len += (size_t)n;
	text[len] = '\0';
	fputs(text, stdout);
	if (strncmp(text, "ok:", 3) == 0 || strstr(text, "\nok:") != NULL)
		return EX_OK;
	if (len == 0)
		fputs("postseal: the daemon did not answer\n", stderr);
	return EX_CONFIG;
}

int
ps_cmd_reload(int argc, char **argv)
{
	const char *file = PS_CONFIG_FILE;
	struct ps_policy *p;
	int opt, fd, r;

	/* NOLINTNEXTLINE(concurrency-mt-unsafe): no threads */
	while ((opt = getopt(argc, argv, "c:")) != -1) {
		if (opt != 'c')
			return EX_USAGE;
		file = optarg;
	}
	p = ps_conf_read(file);
	if (p == NULL) /* what is wrong was said; do not even ask */
		return EX_CONFIG;
	if (p->control_socket == NULL) {
		fprintf(stderr,
			"postseal: %s has no listen.control; send "
			"SIGUSR1 to the daemon instead\n",
			file);
		ps_policy_free(p);
		return EX_UNAVAILABLE;
	}
	fd = dial(p->control_socket);
	if (fd < 0)
		fprintf(stderr,
			"postseal: nobody listens on %s: is the daemon "
			"running, and may you talk to it?\n",
			p->control_socket);
	r = fd < 0 ? EX_UNAVAILABLE : ask(fd);
	if (fd >= 0)
		close(fd);
	ps_policy_free(p);
	return r;
}
