/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Addresses that have no key and that nobody writes to any more: without an end
 * of theirs the book would grow by every address that was ever mistyped.
 */
#include "store/key_book_db.h"

static enum ps_status
forget(struct ps_key_book_db *db, struct ps_arena *a, int64_t used_s,
	size_t max, size_t *n_out, const char **why)
{
	struct book_conn *c = &db->writer;
	sqlite3_stmt *q;
	enum ps_status s = ps_book_db_run(a, c, BOOK_KEEP_SERIAL, why);

	if (s == PS_OK)
		s = ps_book_db_stmt(a, c, BOOK_FORGET, &q, why);
	if (s != PS_OK)
		return s;
	sqlite3_bind_int64(q, 1, used_s);
	sqlite3_bind_int64(q, 2, (sqlite3_int64)max);
	s = ps_book_db_done(a, c, q, why);
	if (s == PS_OK)
		*n_out = (size_t)sqlite3_changes(c->db);
	return s;
}

enum ps_status
ps_book_db_forget(void *self, struct ps_arena *a, int64_t used_s, size_t max,
	size_t *n_out, const char **why)
{
	struct ps_key_book_db *db = self;
	enum ps_status s;
	struct stat st;

	*n_out = 0;
	if (stat(db->path, &st) != 0)
		return PS_OK;	    /* none is to be made for this */
	ps_book_db_flush(db, true); /* who was asked for just now stays */
	pthread_mutex_lock(&db->write_lock);
	s = ps_book_db_begin(db, a, why);
	if (s == PS_OK)
		s = ps_book_db_end(
			db, a, forget(db, a, used_s, max, n_out, why), why);
	pthread_mutex_unlock(&db->write_lock);
	return s;
}
