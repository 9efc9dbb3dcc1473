/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Can some other user reach a file?  Answered from modes and owners, so that
 * it needs no root; access lists and security modules are not seen.
 */
#ifndef PS_MILTER_REACH_H
#define PS_MILTER_REACH_H

#include <sys/stat.h>
#include <sys/types.h>

#include "base/arena.h"

enum ps_reach_want { PS_REACH_X = 1, PS_REACH_W = 2, PS_REACH_R = 4 };

struct ps_reach_who {
	const char *name;
	uid_t uid;
	const gid_t *gid; /* every group */
	size_t n_gid;
};

/* False when there is no such user. */
bool ps_reach_user(
	struct ps_arena *a, const char *name, struct ps_reach_who *out);
/* The user of that number; its name is the number where it has none. */
void ps_reach_uid(struct ps_arena *a, uid_t uid, struct ps_reach_who *out);

/* Do these modes let him do all of what is wanted (bits)? */
bool ps_reach_allows(
	const struct stat *st, const struct ps_reach_who *who, unsigned want);

/*
 * Every directory on the way can be searched, and the file itself allows what
 * is wanted.  False with *why, which names the first obstacle.
 *
 * missing  set when the obstacle is that something does not exist
 */
bool ps_reach_path(struct ps_arena *a, const char *path,
	const struct ps_reach_who *who, unsigned want, bool *missing,
	const char **why);

/* The directory that holds a path: "/" for "/x". */
const char *ps_reach_parent(struct ps_arena *a, const char *path);

#endif
