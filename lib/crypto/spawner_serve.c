/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * The spawner's loop: signals become orders, requests become workers, and
 * whatever ends is reaped, gpg processes that lost their worker included (we
 * are the subreaper of all).  Reads nothing that came from the network.
 */
#include "crypto/spawner_serve.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "crypto/spawner.h"

#define EXIT_SIGNALLED 70 /* EX_SOFTWARE of sysexits(3) */
#define REAP_MS	       2000
#define ASK_AGAIN_MS   50

static struct ps_spawned *
worker_of_id(struct ps_spawner_serve *s, uint64_t id)
{
	for (size_t i = 0; i < s->n_worker; i++) {
		if (s->worker[i].id == id)
			return &s->worker[i];
	}
	return NULL;
}

static void
start(struct ps_spawner_serve *s, uint64_t id, int sock)
{
	pid_t pid;

	if (s->n_worker == PS_WORKER_MAX || worker_of_id(s, id) != NULL)
		return;
	pid = ps_worker_exec_start(&s->how, sock);
	if (pid > 0)
		s->worker[s->n_worker++] =
			(struct ps_spawned){.id = id, .pid = pid};
}

static void
kill_all(struct ps_spawner_serve *s)
{
	for (size_t i = 0; i < s->n_worker; i++)
		kill(-s->worker[i].pid, SIGKILL);
}

/* One request; false when the pool is gone. */
static bool
serve(struct ps_spawner_serve *s)
{
	struct ps_spawn_request r;
	struct ps_spawned *w;
	size_t n_fd;
	int sock = -1;
	ssize_t n = ps_worker_receive(
		s->control_fd, &r, sizeof(r), MSG_DONTWAIT, &sock, 1, &n_fd);

	if (n < 0)
		return errno == EAGAIN;
	if (n == (ssize_t)sizeof(r) && r.op == PS_SPAWN_START && n_fd == 1)
		start(s, r.id, sock);
	else if (n == (ssize_t)sizeof(r) && r.op == PS_SPAWN_KILL) {
		w = worker_of_id(s, r.id);
		if (w != NULL)
			kill(-w->pid, SIGKILL);
	}
	if (n_fd == 1)
		close(sock);
	return n != 0;
}

static void
order(struct ps_spawner_serve *s, enum ps_order what)
{
	char octet = (char)what;

	/* A child that does not listen is ending already. */
	if (send(s->orders_fd, &octet, 1, MSG_NOSIGNAL | MSG_DONTWAIT) < 0)
		return;
}

static void
take_signals(struct ps_spawner_serve *s)
{
	struct signalfd_siginfo info;

	while (read(s->signal_fd, &info, sizeof(info)) == sizeof(info)) {
		switch (info.ssi_signo) {
		case SIGTERM:
		case SIGINT:
			order(s, PS_ORDER_STOP);
			break;
		case SIGUSR1:
		case SIGHUP:
			order(s, PS_ORDER_RELOAD);
			break;
		default:
			break; /* SIGCHLD: reap() looks anyway */
		}
	}
}

/* A group may outlive its leader (gpg does): it goes while the leader, not yet
 * reaped, still keeps the number from being used again. */
static void
bury(struct ps_spawner_serve *s, pid_t pid)
{
	if (pid == s->child)
		kill(-pid, SIGKILL);
	for (size_t i = 0; i < s->n_worker; i++) {
		if (s->worker[i].pid != pid)
			continue;
		kill(-pid, SIGKILL);
		ps_home_remove_reading(s->home, pid);
		s->worker[i] = s->worker[--s->n_worker];
		return;
	}
}

/* All that have ended; false when no child is left at all. */
static bool
reap(struct ps_spawner_serve *s)
{
	siginfo_t info;
	int status;

	for (;;) {
		info.si_pid = 0;
		if (waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) != 0)
			return errno != ECHILD;
		if (info.si_pid == 0)
			return true;
		bury(s, info.si_pid);
		if (waitpid(info.si_pid, &status, 0) == s->child) {
			s->child_ended = true;
			s->child_status = status;
		}
	}
}

static int64_t
now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

/* To all children there are, which are those that slipped out of their groups:
 * a gpg-agent that some gpg started.  One that an administrator started is no
 * child of ours. */
static void
signal_rest(int sig)
{
	FILE *f = fopen("/proc/thread-self/children", "re");
	long pid;

	while (f != NULL && fscanf(f, "%ld", &pid) == 1)
		kill((pid_t)pid, sig);
	if (f != NULL)
		fclose(f);
}

/* Everything that we or the child started ends, an agent by itself when it is
 * asked; what does not is not waited for without end. */
static void
end_all(struct ps_spawner_serve *s)
{
	int64_t now = now_ms(), end = now + REAP_MS, hard = now + REAP_MS / 2;

	if (!s->child_ended)
		kill(-s->child, SIGKILL);
	kill_all(s);
	for (; reap(s) && now < end; now = now_ms()) {
		struct pollfd p = {.fd = s->signal_fd, .events = POLLIN};
		struct signalfd_siginfo info;

		signal_rest(now < hard ? SIGTERM : SIGKILL);
		if (poll(&p, 1, ASK_AGAIN_MS) > 0 &&
			read(s->signal_fd, &info, sizeof(info)) < 0)
			return;
	}
}

int
ps_spawner_serve(struct ps_spawner_serve *s)
{
	while (reap(s) && !s->child_ended) {
		struct pollfd p[2] = {
			{.fd = s->signal_fd, .events = POLLIN},
			{.fd = s->control_fd, .events = POLLIN},
		};

		if (poll(p, 2, -1) < 0 && errno != EINTR)
			break;
		if (p[0].revents != 0)
			take_signals(s);
		if (p[1].revents != 0 && !serve(s)) {
			kill_all(s);
			close(s->control_fd);
			s->control_fd = -1;
		}
	}
	end_all(s);
	ps_home_remove(s->home);
	return s->child_ended && WIFEXITED(s->child_status)
		       ? WEXITSTATUS(s->child_status)
		       : EXIT_SIGNALLED;
}
