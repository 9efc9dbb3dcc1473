/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * The port by which copies leave: it must be there where policy can need it,
 * and it must not be a way around policy for other users of this machine.
 */
#include <errno.h>
#include <grp.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"
#include "reach.h"
#include "relay/address.h"

/* Who is nobody in particular; the number that Linux gives "nobody". */
#define ANYBODY 65534

static const char *
relay_where(const struct ps_check *c)
{
	return ps_arena_printf(c->arena, "%s: relay: to = \"%s\"",
		c->policy->file, c->policy->relay_to);
}

static void
daemon_user(const struct ps_check *c, struct ps_reach_who *who)
{
	if (c->user == NULL || !ps_reach_user(c->arena, c->user, who))
		ps_reach_uid(c->arena, geteuid(), who);
}

static void
check_need(const struct ps_check *c)
{
	struct ps_origin where = {0};

	if (!ps_policy_can_split(c->policy, &where))
		return;
	ps_findings_add(c->out, PS_FINDING_ERROR, ps_check_where(c, where),
		"recipients of one message may need different copies, and "
		"there is no relay to send them by: such mail is deferred")
		->todo = "write relay { to = \"inet:10026@127.0.0.1\" } and "
			 "run \"postseal postfix-config master\" for that "
			 "port, or write mixed = reject";
}

/* In a child, which becomes that user and goes away. */
static int
connect_as(const struct ps_relay_address *to, uid_t uid)
{
	int fd;

	if (geteuid() == 0 && (setgroups(0, NULL) != 0 || setgid(uid) != 0 ||
				      setuid(uid) != 0))
		return EIO;
	fd = socket(to->at[0].addr.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return errno;
	alarm(5); /* a port that says nothing at all */
	return connect(fd, (const struct sockaddr *)&to->at[0].addr,
		       to->at[0].len) == 0
		       ? 0
		       : errno;
}

/* 0: that user is let in; else an errno.  Needs root for another user. */
static int
try_as(const struct ps_relay_address *to, uid_t uid)
{
	pid_t child = fork();
	int status = 0;

	if (child == 0)
		_exit(connect_as(to, uid));
	if (child < 0 || waitpid(child, &status, 0) != child)
		return EIO;
	return WIFEXITED(status) ? WEXITSTATUS(status) : ETIMEDOUT;
}

static void
nobody_answers(const struct ps_check *c, int code)
{
	ps_findings_add(c->out, PS_FINDING_WARNING, relay_where(c),
		"nobody answers there now: %s", strerrordesc_np(code))
		->todo = "run \"postseal postfix-config master\" or "
			 "\"postseal sendmail-config\" for that port";
}

static void
check_inet(const struct ps_check *c, const struct ps_relay_address *to)
{
	struct ps_reach_who daemon;
	uid_t other = geteuid() == 0 ? ANYBODY : geteuid();
	int code;

	daemon_user(c, &daemon);
	code = try_as(to, other);
	if (code != 0 && geteuid() == 0)
		code = try_as(to, daemon.uid) == 0 ? 0 : code;
	else if (code == 0 && other == daemon.uid)
		ps_findings_add(c->out, PS_FINDING_SKIPPED, relay_where(c),
			"which other users of this machine are let in was not "
			"looked at")
			->todo = "run \"postseal check\" as root";
	else if (code == 0 && c->policy->relay_login_file == NULL)
		ps_findings_add(c->out, PS_FINDING_WARNING, relay_where(c),
			"every user of this machine can send mail past policy "
			"by this port")
			->todo = "let it want a login (relay: login-file), "
				 "use a unix socket, or let the daemon's user "
				 "alone connect; \"postseal postfix-config "
				 "master\" says how";
	if (code != 0)
		nobody_answers(c, code);
}

static void
check_unix(const struct ps_check *c, const char *path)
{
	struct ps_reach_who daemon, other;
	const char *why = NULL;
	bool missing;

	daemon_user(c, &daemon);
	ps_reach_uid(c->arena, ANYBODY, &other);
	if (!ps_reach_path(c->arena, path, &daemon, PS_REACH_W, &missing, &why))
		ps_findings_add(c->out,
			missing ? PS_FINDING_WARNING : PS_FINDING_ERROR,
			relay_where(c), "user %s cannot reach it: %s",
			daemon.name, why)
			->todo = "\"postseal postfix-config master\" says how";
	else if (c->policy->relay_login_file == NULL &&
		 ps_reach_path(
			 c->arena, path, &other, PS_REACH_W, &missing, &why))
		ps_findings_add(c->out, PS_FINDING_WARNING, relay_where(c),
			"every user of this machine can send mail past policy "
			"by this socket")
			->todo = "put it where its directory lets only "
				 "Postfix and the daemon in";
}

static void
check_login_file(const struct ps_check *c, const char *path)
{
	const char *where = ps_arena_printf(c->arena,
		"%s: relay: login-file = \"%s\"", c->policy->file, path);
	struct ps_reach_who daemon, other;
	const char *why = NULL;
	bool missing;

	daemon_user(c, &daemon);
	ps_reach_uid(c->arena, ANYBODY, &other);
	if (!ps_reach_path(c->arena, path, &daemon, PS_REACH_R, &missing, &why))
		ps_findings_add(c->out, PS_FINDING_ERROR, where,
			"user %s cannot read it: %s", daemon.name, why)
			->todo = ps_arena_printf(c->arena,
			"write \"user:password\" in it, and run: chown %s %s "
			"&& chmod 0400 %s",
			daemon.name, path, path);
	else if (ps_reach_path(
			 c->arena, path, &other, PS_REACH_R, &missing, &why))
		ps_findings_add(c->out, PS_FINDING_WARNING, where,
			"every user of this machine can read it, and send "
			"mail past policy")
			->todo =
			ps_arena_printf(c->arena, "run: chmod 0400 %s", path);
}

static void
check_ledger(const struct ps_check *c, const char *path)
{
	const char *dir = ps_reach_parent(c->arena, path), *why = NULL;
	struct ps_reach_who daemon;
	bool missing;

	daemon_user(c, &daemon);
	if (ps_reach_path(c->arena, dir, &daemon, PS_REACH_W | PS_REACH_X,
		    &missing, &why))
		return;
	ps_findings_add(c->out, PS_FINDING_ERROR, c->policy->file,
		"relay: ledger = \"%s\": user %s cannot write there: %s", path,
		daemon.name, why)
		->todo = ps_arena_printf(
		c->arena, "run: install -d -o %s -m 0700 %s", daemon.name, dir);
}

void
ps_check_relay(const struct ps_check *c)
{
	const struct ps_policy *p = c->policy;
	struct ps_relay_address to;
	const char *why = NULL;

	if (p->relay_to == NULL) {
		check_need(c);
		return;
	}
	if (p->relay_login_file != NULL)
		check_login_file(c, p->relay_login_file);
	check_ledger(c, p->ledger);
	if (ps_relay_address_read(c->arena, p->relay_to, &to, &why) != PS_OK)
		ps_findings_add(c->out, PS_FINDING_ERROR, relay_where(c),
			"no address: %s", why)
			->todo = "write an address, such as "
				 "\"inet:10026@127.0.0.1\"";
	else if (to.at[0].addr.ss_family == AF_UNIX)
		check_unix(c, p->relay_to + strlen("unix:"));
	else
		check_inet(c, &to);
}
