/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * setgroups, setgid, setuid, and proof that there is no way back.
 */
#include "privs.h"

#include <grp.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

void
ps_privs_no_dumps(void)
{
	struct rlimit none = {0};

	setrlimit(RLIMIT_CORE, &none);
	prctl(PR_SET_DUMPABLE, 0);
}

bool
ps_privs_drop(const char *user, struct ps_arena *a, const char **why)
{
	const struct passwd *pw;

	if (user == NULL)
		return true;
	pw = getpwnam(user); /* NOLINT(concurrency-mt-unsafe): no threads yet */
	if (pw == NULL) {
		*why = ps_arena_printf(
			a, "there is no user '%s' (listen.user)", user);
		return false;
	}
	if (geteuid() == pw->pw_uid && getuid() == pw->pw_uid)
		return true;
	if (initgroups(user, pw->pw_gid) != 0 || setgid(pw->pw_gid) != 0 ||
		setuid(pw->pw_uid) != 0) {
		*why = ps_arena_printf(a,
			"cannot become user '%s' (listen.user): start as root "
			"or as that user",
			user);
		return false;
	}
	if (pw->pw_uid != 0 && setuid(0) == 0) {
		*why = "privileges did not go away";
		return false;
	}
	return true;
}
