/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Modes, owners and groups along a path.
 */
#include "reach.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>

#define MAX_GROUPS 256

static void
fill(struct ps_arena *a, const struct passwd *pw, struct ps_reach_who *out)
{
	gid_t *gid = ps_arena_array(a, MAX_GROUPS, sizeof(*gid));
	int n = MAX_GROUPS;

	if (getgrouplist(pw->pw_name, pw->pw_gid, gid, &n) < 0)
		n = MAX_GROUPS;
	*out = (struct ps_reach_who){
		.name = ps_arena_strdup(a, pw->pw_name),
		.uid = pw->pw_uid,
		.gid = gid,
		.n_gid = (size_t)n,
	};
}

bool
ps_reach_user(struct ps_arena *a, const char *name, struct ps_reach_who *out)
{
	/* NOLINTNEXTLINE(concurrency-mt-unsafe): subcommands have no threads */
	const struct passwd *pw = getpwnam(name);

	if (pw != NULL)
		fill(a, pw, out);
	return pw != NULL;
}

void
ps_reach_uid(struct ps_arena *a, uid_t uid, struct ps_reach_who *out)
{
	/* NOLINTNEXTLINE(concurrency-mt-unsafe): subcommands have no threads */
	const struct passwd *pw = getpwuid(uid);

	if (pw != NULL)
		fill(a, pw, out);
	else
		*out = (struct ps_reach_who){
			.name = ps_arena_printf(a, "%lu", (unsigned long)uid),
			.uid = uid,
		};
}

static bool
in_group(const struct ps_reach_who *who, gid_t gid)
{
	for (size_t i = 0; i < who->n_gid; i++)
		if (who->gid[i] == gid)
			return true;
	return false;
}

/* As the kernel does: the first class that fits decides alone. */
bool
ps_reach_allows(
	const struct stat *st, const struct ps_reach_who *who, unsigned want)
{
	unsigned bits = (unsigned)st->st_mode;

	if (who->uid == 0) /* but a file without any x is not run by root */
		return (want & PS_REACH_X) == 0 || S_ISDIR(st->st_mode) ||
		       (bits & 0111) != 0;
	if (st->st_uid == who->uid)
		bits >>= 6;
	else if (in_group(who, st->st_gid))
		bits >>= 3;
	return (bits & want) == want;
}

static const char *
action_word(unsigned want)
{
	if (want & PS_REACH_W)
		return "write to";
	return want & PS_REACH_R ? "read" : "pass through";
}

static bool
look(struct ps_arena *a, const char *path, const struct ps_reach_who *who,
	unsigned want, bool *missing, const char **why)
{
	struct stat st;

	if (stat(path, &st) != 0) {
		*missing = errno == ENOENT;
		*why = *missing ? ps_arena_printf(a, "%s does not exist", path)
				: ps_arena_printf(a, "%s: %s", path,
					  strerrordesc_np(errno));
		return false;
	}
	if (ps_reach_allows(&st, who, want))
		return true;
	*why = ps_arena_printf(a, "user %s cannot %s %s (mode %04o)", who->name,
		action_word(want), path, (unsigned)st.st_mode & 07777);
	return false;
}

bool
ps_reach_path(struct ps_arena *a, const char *path,
	const struct ps_reach_who *who, unsigned want, bool *missing,
	const char **why)
{
	char *part = ps_arena_strdup(a, path);

	*missing = false;
	if (!look(a, "/", who, PS_REACH_X, missing, why))
		return false;
	for (char *p = part + 1; *p != '\0'; p++) {
		bool good;

		if (*p != '/' || p[1] == '\0')
			continue;
		*p = '\0';
		good = look(a, part, who, PS_REACH_X, missing, why);
		*p = '/';
		if (!good)
			return false;
	}
	return look(a, path, who, want, missing, why);
}

const char *
ps_reach_parent(struct ps_arena *a, const char *path)
{
	size_t n = strlen(path);

	while (n > 1 && path[n - 1] == '/')
		n--;
	while (n > 1 && path[n - 1] != '/')
		n--;
	while (n > 1 && path[n - 1] == '/')
		n--;
	return ps_arena_cstr(a, ps_bytes(path, n));
}
