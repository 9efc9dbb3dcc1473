/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Test data from files: our own under t/data, and the public suites, which lie
 * beside the project or where POSTSEAL_SUITES says.
 */
#ifndef PS_T_DATA_H
#define PS_T_DATA_H

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/arena.h"

/* Empty with p NULL when the file cannot be read. */
static inline struct ps_bytes
data_read(struct ps_arena *a, const char *path)
{
	FILE *f = fopen(path, "rb");
	struct ps_bytes out = {NULL, 0};
	long size;
	char *p;

	if (f == NULL)
		return out;
	if (fseek(f, 0, SEEK_END) == 0 && (size = ftell(f)) >= 0) {
		rewind(f);
		p = ps_arena_alloc(a, (size_t)size + 1);
		if (fread(p, 1, (size_t)size, f) == (size_t)size)
			out = ps_bytes(p, (size_t)size);
	}
	fclose(f);
	return out;
}

/* A file of t/data; the test cannot go on without it. */
static inline struct ps_bytes
data_own(struct ps_arena *a, const char *name)
{
	const char *path =
		ps_arena_printf(a, "%s/t/data/%s", PS_SOURCE_DIR, name);
	struct ps_bytes b = data_read(a, path);

	if (b.p == NULL) {
		fprintf(stderr, "cannot read %s\n", path);
		abort();
	}
	return b;
}

/* Where the public suites lie, or NULL, with the reason printed. */
static inline const char *
data_suites(struct ps_arena *a)
{
	const char *dir =
		ps_arena_printf(a, "%s/../shared/suites", PS_SOURCE_DIR);

	if (access(dir, R_OK) == 0)
		return dir;
	dir = getenv("POSTSEAL_SUITES");
	if (dir != NULL && access(dir, R_OK) == 0)
		return dir;
	printf("# skipped: no public suites in ../shared/suites, "
	       "and POSTSEAL_SUITES names none\n");
	return NULL;
}

#endif
