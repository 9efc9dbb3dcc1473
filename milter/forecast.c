/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Two forecasts to one.
 */
#include "forecast.h"

#include <stdlib.h>

struct sum {
	struct ps_arena *arena;
	struct ps_key_ending *of;
	size_t n;
};

/* What ends here and does not go on there; of two ends the later one counts,
 * and of two that are the same the first directory's. */
static enum ps_status
add(struct sum *s, const struct ps_key_ending *e, struct ps_keydir *other,
	bool first, const char **why)
{
	int64_t there_s = 0;
	enum ps_status r = PS_OK;

	if (other != NULL)
		r = ps_keydir_lasts(other, s->arena, e->address, &there_s, why);
	if (r != PS_OK || there_s > e->ends_s ||
		(there_s == e->ends_s && !first))
		return r;
	PS_GROW(s->arena, s->of, s->n);
	s->of[s->n++] = *e;
	return PS_OK;
}

static int
by_end(const void *x, const void *y)
{
	const struct ps_key_ending *a = x, *b = y;

	return (a->ends_s > b->ends_s) - (a->ends_s < b->ends_s);
}

enum ps_status
ps_forecast(struct ps_arena *a, struct ps_keydir *local,
	struct ps_keydir *found, int64_t now_s, int64_t until_s, size_t max,
	struct ps_key_ending **out, size_t *n_out, const char **why)
{
	struct ps_keydir *const dir[] = {local, found};
	struct sum sum = {.arena = a};
	enum ps_status r = PS_OK;

	for (int i = 0; i < 2 && r == PS_OK; i++) {
		struct ps_key_ending *e = NULL;
		size_t n = 0;

		if (dir[i] == NULL)
			continue;
		r = ps_keydir_expiring(
			dir[i], a, now_s, until_s, max, NULL, &e, &n, why);
		for (size_t k = 0; k < n && r == PS_OK; k++)
			r = add(&sum, &e[k], dir[1 - i], i == 0, why);
	}
	if (r != PS_OK)
		return r;
	if (sum.n > 1)
		qsort(sum.of, sum.n, sizeof(*sum.of), by_end);
	*out = sum.of;
	*n_out = sum.n;
	return PS_OK;
}
