/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Start the name server, learn its port and anchors, count what it was asked.
 */
#include "dns_server.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define MAX_ARG 40

/* Exec with the arguments of two lists. */
static void
exec_server(const char *program, const char *const first[],
	const char *const args[])
{
	char *argv[MAX_ARG + 2] = {strdup(program)};
	int n = 1;

	for (int i = 0; first[i] != NULL && n < MAX_ARG; i++)
		argv[n++] = strdup(first[i]);
	for (int i = 0; args[i] != NULL && n < MAX_ARG; i++)
		argv[n++] = strdup(args[i]);
	execv(argv[0], argv);
	_exit(127);
}

/* What the server says of itself, until it closes its output. */
static void
listen_to(struct dns_server *s, FILE *f)
{
	char line[256];

	while (fgets(line, sizeof(line), f) != NULL) {
		line[strcspn(line, "\n")] = '\0';
		if (sscanf(line, "port %d", &s->port) == 1)
			continue;
		if (sscanf(line, "missing %31s", s->missing) == 1)
			continue;
		if (strncmp(line, "anchor ", 7) == 0 &&
			s->n_anchor < DNS_SERVER_ANCHORS)
			snprintf(s->anchor[s->n_anchor++], sizeof(s->anchor[0]),
				"%.199s", line + 7);
	}
}

static bool
start(struct dns_server *s, const char *program, const char *const first[],
	const char *const args[])
{
	int in[2], out[2];
	FILE *f;

	if (pipe2(in, O_CLOEXEC) != 0 || pipe2(out, O_CLOEXEC) != 0)
		return false;
	s->pid = fork();
	if (s->pid == 0) {
		dup2(in[0], 0);
		dup2(out[1], 1);
		exec_server(program, first, args);
	}
	close(in[0]);
	close(out[1]);
	s->in = in[1];
	f = fdopen(out[0], "r");
	if (f == NULL)
		return false;
	listen_to(s, f);
	fclose(f);
	snprintf(s->address, sizeof(s->address), "127.0.0.1@%d", s->port);
	return s->port != 0;
}

bool
dns_server_open(
	struct dns_server *s, const char *zone, const char *const args[])
{
	const char *first[] = {zone, "--log", s->log, NULL};
	int fd;

	*s = (struct dns_server){.in = -1};
	snprintf(s->log, sizeof(s->log), "/tmp/postseal-dns-log.XXXXXX");
	fd = mkstemp(s->log);
	if (fd < 0)
		return false;
	close(fd);
	return start(s, PS_SOURCE_DIR "/t/lib/dns_server.py", first, args);
}

bool
dns_server_open_signed(struct dns_server *s, const char *const args[])
{
	static const char *const none[] = {NULL};

	*s = (struct dns_server){.in = -1};
	return start(s, PS_SOURCE_DIR "/t/lib/dns_signed.py", none, args);
}

void
dns_server_close(struct dns_server *s)
{
	if (s->in >= 0)
		close(s->in);
	if (s->pid > 0)
		waitpid(s->pid, NULL, 0);
	if (s->log[0] != '\0')
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
