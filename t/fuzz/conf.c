/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Configuration text: it loads without an error, or it is refused with one
 * that points to a line of it.
 */
#include <stdlib.h>

#include "policy/policy.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int
lines_of(const uint8_t *data, size_t size)
{
	int n = 1;

	for (size_t i = 0; i < size; i++)
		n += data[i] == '\n';
	return n;
}

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
		if (problems.problem[i].where.line < 1 ||
			problems.problem[i].where.line > lines_of(data, size))
			abort();
	}
	if ((p == NULL) != (errors > 0))
		abort();
	ps_policy_free(p);
	ps_arena_free(a);
	return 0;
}
