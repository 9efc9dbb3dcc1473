/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Split into the front process, which is the spawner, and the process that
 * goes on.  Must not know what workers do; its loop is spawner_serve.c.
 */
#include "crypto/spawner.h"

#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "crypto/spawner_serve.h"

/* The descriptors of both sides: [0] is the spawner's, [1] the child's. */
struct ends {
	int control[2], orders[2];
};

static void
close_ends(struct ends *e, int side)
{
	if (e->control[side] >= 0)
		close(e->control[side]);
	if (e->orders[side] >= 0)
		close(e->orders[side]);
	e->control[side] = e->orders[side] = -1;
}

static bool
open_ends(struct ends *e)
{
	*e = (struct ends){{-1, -1}, {-1, -1}};
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, e->control) ==
			0 &&
		socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, e->orders) ==
			0)
		return true;
	close_ends(e, 0);
	close_ends(e, 1);
	return false;
}

static enum ps_status
find_user(const char *name, struct ps_worker_exec *how, const char **why)
{
	struct passwd *pw;

	how->uid = (uid_t)-1;
	how->gid = (gid_t)-1;
	if (name == NULL)
		return PS_OK;
	if (geteuid() != 0) {
		*why = "only root can run crypto workers as another user";
		return PS_EPERM;
	}
	pw = getpwnam(name); /* no thread exists yet */
	if (pw == NULL) {
		*why = "the user of the crypto workers does not exist";
		return PS_EPERM;
	}
	how->user = name;
	how->uid = pw->pw_uid;
	how->gid = pw->pw_gid;
	return PS_OK;
}

static void
signals_of_the_spawner(sigset_t *set)
{
	sigemptyset(set);
	sigaddset(set, SIGTERM);
	sigaddset(set, SIGINT);
	sigaddset(set, SIGHUP);
	sigaddset(set, SIGUSR1);
	sigaddset(set, SIGCHLD);
}

static _Noreturn void
be_the_spawner(struct ps_spawner_serve *s, struct ends *e, const sigset_t *set)
{
	int status;

	close_ends(e, 1);
	signal(SIGCHLD, SIG_DFL); /* SIG_IGN is inherited, and loses status */
	s->control_fd = e->control[0];
	s->orders_fd = e->orders[0];
	s->signal_fd = signalfd(-1, set, SFD_CLOEXEC | SFD_NONBLOCK);
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	status = ps_spawner_serve(s);
	_exit(status);
}

static void
be_the_child(struct ends *e, const sigset_t *mask, struct ps_spawner *out)
{
	close_ends(e, 0);
	setpgid(0, 0);
	sigprocmask(SIG_SETMASK, mask, NULL);
	out->spawner_fd = e->control[1];
	out->orders_fd = e->orders[1];
}

/* The home, and whether workers can live there. */
static enum ps_status
settle(const struct ps_spawner_env *env, struct ps_spawner_serve *s,
	const char **why)
{
	enum ps_status st;

	st = ps_home_make(env->run_dir, s->how.uid, s->how.gid, s->home, why);
	if (st != PS_OK)
		return st;
	s->how.home = s->home;
	st = ps_worker_exec_check(&s->how, why);
	if (st != PS_OK)
		ps_home_remove(s->home);
	return st;
}

static enum ps_status
split(struct ps_spawner_serve *s, struct ends *e, struct ps_spawner *out,
	const char **why)
{
	sigset_t set, mask;

	/* Blocked before the fork: a signal in between must not be lost. */
	signals_of_the_spawner(&set);
	sigprocmask(SIG_BLOCK, &set, &mask);
	s->child = fork();
	if (s->child > 0)
		be_the_spawner(s, e, &set);
	if (s->child == 0) {
		be_the_child(e, &mask, out);
		return PS_OK;
	}
	sigprocmask(SIG_SETMASK, &mask, NULL);
	*why = "cannot fork";
	return PS_ETEMP;
}

enum ps_status
ps_spawner_split(const struct ps_spawner_env *env, struct ps_spawner *out,
	const char **why)
{
	struct ps_spawner_serve s = {
		.how = {.program = env->program,
			.gpg = env->gpg,
			.secret_home = env->secret_home,
			.passphrase_file = env->passphrase_file}};
	enum ps_status st = find_user(env->crypto_user, &s.how, why);
	struct ends e;

	if (st == PS_OK)
		st = settle(env, &s, why);
	if (st != PS_OK)
		return st;
	if (open_ends(&e)) {
		st = split(&s, &e, out, why);
		if (st == PS_OK)
			return PS_OK;
		close_ends(&e, 0);
		close_ends(&e, 1);
	} else {
		*why = "cannot make sockets for the crypto workers";
		st = PS_ETEMP;
	}
	ps_home_remove(s.home);
	return st;
}
