/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * The machine around the daemon: users, groups, gpg, directories.
 */
#include <grp.h>
#include <pwd.h>
#include <unistd.h>

#include "check.h"
#include "reach.h"
#include "run_program.h"

#define GPG_MS 10000

const char *
ps_check_where(const struct ps_check *c, struct ps_origin where)
{
	if (where.file == NULL)
		return c->policy->file;
	return ps_arena_printf(c->arena, "%s:%d", where.file, where.line);
}

static void
user_exists(const struct ps_check *c, const char *setting, const char *user)
{
	/* NOLINTNEXTLINE(concurrency-mt-unsafe): no threads yet */
	if (user == NULL || getpwnam(user) != NULL)
		return;
	ps_findings_add(c->out, PS_FINDING_ERROR, c->policy->file,
		"%s = \"%s\": there is no such user", setting, user)
		->todo = ps_arena_printf(
		c->arena, "run: adduser --system --group %s", user);
}

void
ps_check_users(const struct ps_check *c)
{
	const struct ps_policy *p = c->policy;

	user_exists(c, "listen: user", p->user);
	user_exists(c, "listen: crypto-user", p->crypto_user);
	/* NOLINTNEXTLINE(concurrency-mt-unsafe): no threads yet */
	if (p->socket_group != NULL && getgrnam(p->socket_group) == NULL)
		ps_findings_add(c->out, PS_FINDING_ERROR, p->file,
			"listen: socket-group = \"%s\": there is no such group",
			p->socket_group)
			->todo = "write the group that Postfix runs in, mostly "
				 "\"postfix\"";
}

bool
ps_check_gpg(const struct ps_check *c)
{
	const char *gpg = c->policy->gpg, *why = NULL;
	const char *argv[] = {gpg, "--version", NULL};
	struct ps_run_result got;
	enum ps_status s = ps_run_program(c->arena, argv, GPG_MS, &got, &why);
	struct ps_finding *f;

	if (s != PS_OK)
		f = ps_findings_add(
			c->out, PS_FINDING_ERROR, c->policy->file, "%s", why);
	else if (got.exit != 0 ||
		 !ps_bytes_starts(got.out, PS_LIT("gpg (GnuPG) 2.")))
		f = ps_findings_add(c->out, PS_FINDING_ERROR, c->policy->file,
			"%s is no GnuPG 2 (\"--version\" ended with status %d)",
			gpg, got.exit);
	else
		return true;
	f->todo = "run: apt-get install gnupg, or write keys: gpg = "
		  "\"/path/of/gpg\"";
	return false;
}

/* The daemon's user, or whoever runs this. */
static void
daemon_user(const struct ps_check *c, struct ps_reach_who *who)
{
	if (c->user == NULL || !ps_reach_user(c->arena, c->user, who))
		ps_reach_uid(c->arena, geteuid(), who);
}

static void
directory_trouble(const struct ps_check *c, const char *setting,
	const char *dir, const char *why)
{
	struct ps_reach_who who;

	daemon_user(c, &who);
	ps_findings_add(c->out, PS_FINDING_ERROR, c->policy->file,
		"%s = \"%s\": %s", setting, dir, why)
		->todo = ps_arena_printf(
		c->arena, "run: install -d -o %s -m 0700 %s", who.name, dir);
}

/* The daemon makes what is missing, where it may. */
static bool
directory_works(const struct ps_check *c, const char *setting, const char *dir,
	bool *missing)
{
	unsigned all = PS_REACH_R | PS_REACH_W | PS_REACH_X;
	struct ps_reach_who who;
	const char *why = NULL;
	bool up;

	daemon_user(c, &who);
	if (ps_reach_path(c->arena, dir, &who, all, missing, &why))
		return true;
	if (*missing && ps_reach_path(c->arena, ps_reach_parent(c->arena, dir),
				&who, PS_REACH_W | PS_REACH_X, &up, &why))
		return true;
	directory_trouble(c, setting, dir, why);
	return false;
}

bool
ps_check_directories(const struct ps_check *c)
{
	const char *keys = c->policy->key_dir;
	unsigned all = PS_REACH_R | PS_REACH_W | PS_REACH_X;
	const char *why = NULL;
	struct ps_reach_who me;
	bool missing;

	directory_works(c, "spool-directory", c->policy->spool_dir, &missing);
	if (!directory_works(c, "keys: directory", keys, &missing))
		return false;
	if (missing) {
		ps_findings_add(c->out, PS_FINDING_WARNING, c->policy->file,
			"keys: directory = \"%s\": there is none yet", keys)
			->todo = "run: postseal keys import FILE...";
		return false;
	}
	ps_reach_uid(c->arena, geteuid(), &me);
	if (ps_reach_path(c->arena, keys, &me, all, &missing, &why))
		return true;
	ps_findings_add(c->out, PS_FINDING_SKIPPED, keys,
		"keys were not looked at: %s", why)
		->todo = "run \"postseal check\" as root or as the daemon's "
			 "user";
	return false;
}
