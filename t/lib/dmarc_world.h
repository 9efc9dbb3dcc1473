/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * What tests of DMARC share: header fields from a string, identities as
 * "dkim/pass/example.org spf/temp/example.net", a verdict against a zone.
 */
#ifndef PS_T_DMARC_WORLD_H
#define PS_T_DMARC_WORLD_H

#include "tap.h"

#include "auth/dmarc.h"
#include "dns_world.h"

#define N(a)		   (sizeof(a) / sizeof((a)[0]))
#define DMARC_WORLD_MAX_ID 32

static inline struct ps_header
dmarc_header(struct ps_arena *a, const char *text)
{
	struct ps_header h;
	struct ps_bytes rest;
	const char *why = NULL;

	assert_int_equal(
		ps_header_parse(a, ps_bytes_of(text), 10000, &h, &rest, &why),
		PS_OK);
	return h;
}

static inline size_t
dmarc_identities(struct ps_arena *a, const char *list,
	struct ps_dmarc_identity out[DMARC_WORLD_MAX_ID])
{
	size_t n = 0;

	for (char *rest = ps_arena_strdup(a, list), *save = NULL, *item;
		(item = strtok_r(rest, " ", &save)) != NULL; rest = NULL) {
		const char *result = strchr(item, '/') + 1;

		assert_true(n < DMARC_WORLD_MAX_ID);
		out[n++] = (struct ps_dmarc_identity){
			.domain = ps_bytes_of(strchr(result, '/') + 1),
			.dkim = item[0] == 'd',
			.temperror = result[0] == 't'};
	}
	return n;
}

/* psl NULL: by the walk. */
static inline struct ps_dmarc_result
dmarc_judge_by(struct dns_world *w, const char *header, const char *ids,
	enum ps_dmarc_discovery by, const struct ps_orgdom *psl)
{
	struct ps_dmarc_identity id[DMARC_WORLD_MAX_ID];
	struct ps_header h = dmarc_header(w->arena, header);
	struct ps_dmarc_question q = {.header = &h,
		.identity = id,
		.n_identity = dmarc_identities(w->arena, ids, id),
		.discovery = by,
		.psl = psl};
	struct ps_dmarc_result r;

	ps_dmarc_evaluate(w->arena, &q, &w->budget, &r);
	assert_true((r.result == PS_AUTH_PASS) == (r.why == NULL));
	assert_null(r.mismatch);
	return r;
}

static inline struct ps_dmarc_result
dmarc_judge(struct dns_world *w, const char *header, const char *ids)
{
	return dmarc_judge_by(w, header, ids, PS_DMARC_WALK, NULL);
}

#endif
