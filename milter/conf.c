/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Reading the configuration for people, and starting the spawner by it.
 */
#include "conf.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

struct ps_policy *
ps_conf_read(const char *file)
{
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);
	struct ps_problems problems = {0};
	struct ps_policy *p = ps_policy_load(file, a, &problems);

	for (size_t i = 0; i < problems.n_problem; i++) {
		const struct ps_problem *one = &problems.problem[i];

		fprintf(stderr, "%s:%d: %s: %s\n",
			one->where.file == NULL ? file : one->where.file,
			one->where.line, one->warning ? "warning" : "error",
			one->text);
	}
	ps_arena_free(a);
	return p;
}

enum ps_status
ps_conf_spawn(const struct ps_policy *p, struct ps_arena *a,
	struct ps_spawner *out, const char **why)
{
	char self[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);
	struct ps_spawner_env env = {
		.gpg = p->gpg,
		/* gpg never runs as root when there is somebody else */
		.crypto_user = p->crypto_user == NULL && geteuid() == 0
				       ? p->user
				       : p->crypto_user,
		.secret_home = p->secret_home,
		.passphrase_file = p->passphrase_file,
		/* NOLINTNEXTLINE(concurrency-mt-unsafe): no threads yet */
		.run_dir = getenv("RUNTIME_DIRECTORY"),
	};

	if (n <= 0) {
		*why = "cannot find this program's own file";
		return PS_ETEMP;
	}
	env.program = ps_arena_cstr(a, ps_bytes(self, (size_t)n));
	return ps_spawner_split(&env, out, why);
}
