/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Which addresses will be without a certificate, and when.
 */
#include "store/key_index_db.h"

static enum ps_status
read_ending(struct ps_arena *a, struct key_conn *c, sqlite3_stmt *q, size_t max,
	struct ps_key_ending **out, size_t *n_out, const char **why)
{
	struct ps_bytes last = {0};
	enum ps_status s = PS_OK;
	bool row;

	while (*n_out < max) {
		struct ps_bytes folded;
		struct ps_key_ending *e;

		s = ps_key_db_step(a, c, q, &row, why);
		if (s != PS_OK || !row)
			break;
		folded = ps_key_db_text(a, q, 3);
		/* Two that end together stand behind one another. */
		if (last.len > 0 && ps_bytes_eq(folded, last))
			continue;
		last = folded;
		PS_GROW(a, *out, *n_out);
		e = &(*out)[(*n_out)++];
		e->address = ps_key_db_text(a, q, 0);
		ps_key_db_fpr(q, 1, e->fpr);
		e->ends_s = sqlite3_column_int64(q, 2);
	}
	sqlite3_reset(q);
	return s;
}

enum ps_status
ps_key_index_ending(struct ps_key_index *ix, struct ps_arena *a, int64_t from_s,
	int64_t until_s, size_t max, struct ps_key_ending **out, size_t *n_out,
	const char **why)
{
	struct key_conn *c;
	sqlite3_stmt *q;
	enum ps_status s = ps_key_db_take(ix, a, &c, why);

	if (s != PS_OK)
		return s;
	*out = NULL;
	*n_out = 0;
	s = ps_key_db_stmt(a, c, KEY_ENDING, &q, why);
	if (s == PS_OK) {
		sqlite3_bind_int64(q, 1, from_s);
		sqlite3_bind_int64(q, 2, until_s);
		s = read_ending(a, c, q, max, out, n_out, why);
	}
	ps_key_db_give(ix, c, false);
	return s;
}

enum ps_status
ps_key_index_lasts(struct ps_key_index *ix, struct ps_arena *a,
	struct ps_bytes address, int64_t *ends_s, const char **why)
{
	struct ps_bytes folded = ps_key_db_folded(a, address);
	struct key_conn *c;
	bool row = false;
	sqlite3_stmt *q;
	enum ps_status s = ps_key_db_take(ix, a, &c, why);

	if (s != PS_OK)
		return s;
	s = ps_key_db_stmt(a, c, KEY_LASTS, &q, why);
	if (s == PS_OK) {
		ps_key_db_bind(q, 1, folded);
		s = ps_key_db_step(a, c, q, &row, why);
	}
	if (s == PS_OK) {
		*ends_s = row ? sqlite3_column_int64(q, 0) : 0;
		sqlite3_reset(q);
	}
	ps_key_db_give(ix, c, false);
	return s;
}
