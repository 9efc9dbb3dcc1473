/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Configuration text: it loads without an error, or it is refused with one.
 */
#include <stdlib.h>

#include "policy/policy.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);
	struct ps_problems problems;
	struct ps_policy *p = ps_policy_load_text(
		ps_bytes((const char *)data, size), "fuzz", a, &problems);
	size_t errors = 0;

	for (size_t i = 0; i < problems.n_problem; i++) {
		errors += !problems.problem[i].warning;
		if (problems.problem[i].where.line < 0)
			abort();
	}
	if ((p == NULL) != (errors > 0))
		abort();
	ps_policy_free(p);
	ps_arena_free(a);
	return 0;
}
