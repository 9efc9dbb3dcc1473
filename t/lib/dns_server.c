/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Start the name server, learn its port, count what it was asked.
 */
#include "dns_server.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define MAX_ARG 16

static void
exec_server(const char *zone, const char *log, const char *const args[])
{
	char *argv[MAX_ARG + 6];
	int n = 0;

	argv[n++] = strdup(PS_SOURCE_DIR "/t/lib/dns_server.py");
	argv[n++] = strdup(zone);
	argv[n++] = strdup("--log");
	argv[n++] = strdup(log);
	for (int i = 0; args[i] != NULL && i < MAX_ARG; i++)
		argv[n++] = strdup(args[i]);
	argv[n] = NULL;
	execv(argv[0], argv);
	_exit(127);
}

bool
dns_server_open(
	struct dns_server *s, const char *zone, const char *const args[])
{
	int in[2], out[2], fd;
	FILE *f;

	*s = (struct dns_server){.in = -1};
	snprintf(s->log, sizeof(s->log), "/tmp/postseal-dns-log.XXXXXX");
	fd = mkstemp(s->log);
	if (fd < 0 || pipe2(in, O_CLOEXEC) != 0 || pipe2(out, O_CLOEXEC) != 0)
		return false;
	close(fd);
	s->pid = fork();
	if (s->pid == 0) {
		dup2(in[0], 0);
		dup2(out[1], 1);
		exec_server(zone, s->log, args);
	}
	close(in[0]);
	close(out[1]);
	s->in = in[1];
	f = fdopen(out[0], "r");
	if (f == NULL || fscanf(f, "port %d", &s->port) != 1)
		s->port = 0;
	if (f != NULL)
		fclose(f);
	snprintf(s->address, sizeof(s->address), "127.0.0.1@%d", s->port);
	return s->port != 0;
}

void
dns_server_close(struct dns_server *s)
{
	if (s->in >= 0)
		close(s->in);
	if (s->pid > 0)
		waitpid(s->pid, NULL, 0);
	unlink(s->log);
}

size_t
dns_server_asked(const struct dns_server *s, const char *text)
{
	FILE *f = fopen(s->log, "r");
	char line[1200];
	size_t n = 0;

	while (f != NULL && fgets(line, sizeof(line), f) != NULL)
		n += strstr(line, text) != NULL;
	if (f != NULL)
		fclose(f);
	return n;
}
