/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Who is still written to, and what is therefore to be looked for again.  A
 * use that is lost costs no more than one refresh, so that uses are gathered
 * in memory: a message waits for no disk because of them.
 */
#include "store/key_book_db.h"

#include <errno.h>
#include <stdlib.h>

#include "store/key_index_db.h"

static size_t
slot_of(const struct book_uses *u, struct ps_bytes address)
{
	uint64_t h = 14695981039346656037u; /* FNV-1a */
	size_t at;

	for (size_t i = 0; i < address.len; i++)
		h = (h ^ (unsigned char)address.p[i]) * 1099511628211u;
	at = (size_t)(h ^ h >> 32) & (BOOK_USES_ROOM - 1);
	while (u->slot[at].address.len > 0 &&
		!ps_bytes_eq(u->slot[at].address, address))
		at = (at + 1) & (BOOK_USES_ROOM - 1);
	return at;
}

/* False when there is no room. */
static bool
uses_add(struct book_uses *u, struct ps_bytes address, int64_t at_s)
{
	size_t at = slot_of(u, address);

	if (u->slot[at].address.len == 0) {
		if (u->n == BOOK_USES_MAX)
			return false;
		u->slot[at].address = ps_arena_copy(u->a, address);
		u->n++;
	}
	if (u->slot[at].at_s < at_s)
		u->slot[at].at_s = at_s;
	return true;
}

void
ps_book_db_uses_free(struct book_uses *u)
{
	if (u == NULL)
		return;
	ps_arena_free(u->a);
	free(u);
}

static bool
add(struct ps_key_book_db *db, struct ps_bytes address, int64_t at_s)
{
	bool added = false;

	pthread_mutex_lock(&db->uses_lock);
	if (db->uses == NULL) {
		db->uses = calloc(1, sizeof(*db->uses));
		if (db->uses != NULL)
			db->uses->a = ps_arena_new(PS_ARENA_PLAIN);
	}
	if (db->uses != NULL)
		added = uses_add(db->uses, address, at_s);
	pthread_mutex_unlock(&db->uses_lock);
	return added;
}

void
ps_book_db_used(void *self, struct ps_bytes address, int64_t now_s)
{
	struct ps_key_book_db *db = self;

	if (address.len == 0 || add(db, address, now_s))
		return;
	ps_book_db_flush(db, false);
	add(db, address, now_s); /* or it is forgotten: the next mail says so */
}

static enum ps_status
write_uses(struct ps_key_book_db *db, struct ps_arena *a,
	const struct book_uses *u, const char **why)
{
	struct book_conn *c = &db->writer;
	enum ps_status s = PS_OK;
	sqlite3_stmt *q;

	for (size_t i = 0; s == PS_OK && i < BOOK_USES_ROOM; i++) {
		if (u->slot[i].address.len == 0)
			continue;
		s = ps_book_db_stmt(a, c, BOOK_USED, &q, why);
		if (s != PS_OK)
			break;
		ps_key_db_bind(q, 1, u->slot[i].address);
		sqlite3_bind_int64(q, 2, u->slot[i].at_s);
		s = ps_book_db_done(a, c, q, why);
	}
	return s;
}

static struct book_uses *
take_uses(struct ps_key_book_db *db)
{
	struct book_uses *u;

	pthread_mutex_lock(&db->uses_lock);
	u = db->uses;
	db->uses = NULL;
	pthread_mutex_unlock(&db->uses_lock);
	return u;
}

static void
put_back(struct ps_key_book_db *db, const struct book_uses *u)
{
	for (size_t i = 0; i < BOOK_USES_ROOM; i++)
		if (u->slot[i].address.len > 0)
			add(db, u->slot[i].address, u->slot[i].at_s);
}

/* With the writer.  Where there is no book, there is no look that was used. */
static void
flush(struct ps_key_book_db *db, int busy_ms)
{
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);
	struct book_uses *u = take_uses(db);
	const char *ignored;
	enum ps_status s = PS_OK;
	struct stat st;

	if (u != NULL && stat(db->path, &st) == 0) {
		if (db->writer.db != NULL)
			sqlite3_busy_timeout(db->writer.db, busy_ms);
		s = ps_book_db_begin(db, a, &ignored);
		if (s == PS_OK)
			s = ps_book_db_end(db, a,
				write_uses(db, a, u, &ignored), &ignored);
		if (db->writer.db != NULL)
			sqlite3_busy_timeout(db->writer.db, PS_STORE_BUSY_MS);
		if (s != PS_OK)
			put_back(db, u);
	}
	ps_book_db_uses_free(u);
	ps_arena_free(a);
}

void
ps_book_db_flush(struct ps_key_book_db *db, bool may_wait)
{
	if (may_wait)
		pthread_mutex_lock(&db->write_lock);
	else if (pthread_mutex_trylock(&db->write_lock) != 0)
		return;
	/* Opening a book may mean to read all of it. */
	if (may_wait || db->writer.db != NULL)
		flush(db, may_wait ? PS_STORE_BUSY_MS : 0);
	pthread_mutex_unlock(&db->write_lock);
}

struct due {
	struct ps_bytes address;
	int64_t due_s;
};

static int
by_address(const void *x, const void *y)
{
	const struct due *a = x, *b = y;
	size_t len = a->address.len < b->address.len ? a->address.len
						     : b->address.len;
	int order = memcmp(a->address.p, b->address.p, len);

	if (order != 0)
		return order;
	if (a->address.len != b->address.len)
		return a->address.len < b->address.len ? -1 : 1;
	return (a->due_s > b->due_s) - (a->due_s < b->due_s);
}

static int
longest_first(const void *x, const void *y)
{
	const struct due *a = x, *b = y;

	if (a->due_s != b->due_s)
		return a->due_s < b->due_s ? -1 : 1;
	return by_address(x, y);
}

/* Each address once, the longest due first. */
static size_t
in_order(struct due *due, size_t n)
{
	size_t kept = 0;

	if (n == 0)
		return 0;
	qsort(due, n, sizeof(*due), by_address);
	for (size_t i = 0; i < n; i++) {
		if (kept > 0 &&
			ps_bytes_eq(due[kept - 1].address, due[i].address))
			continue;
		due[kept++] = due[i];
	}
	qsort(due, kept, sizeof(*due), longest_first);
	return kept;
}

struct finding {
	struct ps_arena *a;
	struct book_conn *c;
	int64_t now_s, used_s;
	size_t max;
	struct due *due;
	size_t n;
};

/* The next day after *day on which mail asked for anything. */
static enum ps_status
next_day(struct finding *f, int64_t *day, bool *any, const char **why)
{
	sqlite3_stmt *q;
	enum ps_status s = ps_book_db_stmt(f->a, f->c, BOOK_NEXT_DAY, &q, why);

	if (s != PS_OK)
		return s;
	sqlite3_bind_int64(q, 1, *day);
	s = ps_store_step(f->a, f->c->db, q, any, why);
	if (s == PS_OK && *any)
		*day = sqlite3_column_int64(q, 0);
	sqlite3_reset(q);
	return s;
}

static enum ps_status
due_of_day(struct finding *f, int64_t day, const char **why)
{
	sqlite3_stmt *q;
	enum ps_status s = ps_book_db_stmt(f->a, f->c, BOOK_DUE, &q, why);
	bool row;

	if (s == PS_OK) {
		sqlite3_bind_int64(q, 1, day);
		sqlite3_bind_int64(q, 2, f->now_s);
		sqlite3_bind_int64(q, 3, f->used_s);
		/* An address has at most one look an origin. */
		sqlite3_bind_int64(q, 4, (sqlite3_int64)f->max * PS_ORIGIN_N);
	}
	while (s == PS_OK) {
		s = ps_store_step(f->a, f->c->db, q, &row, why);
		if (s != PS_OK || !row)
			break;
		PS_GROW(f->a, f->due, f->n);
		f->due[f->n++] = (struct due){
			.due_s = sqlite3_column_int64(q, 0),
			.address = ps_key_db_text(f->a, q, 1),
		};
	}
	return s;
}

enum ps_status
ps_book_db_due(void *self, struct ps_arena *a, int64_t now_s, int64_t used_s,
	size_t max, struct ps_bytes **out, size_t *n_out, const char **why)
{
	struct ps_key_book_db *db = self;
	struct finding f = {
		.a = a, .now_s = now_s, .used_s = used_s, .max = max};
	int64_t day = used_s / 86400 - 1;
	enum ps_status s;
	bool any = true;

	ps_book_db_flush(db, true);
	s = ps_book_db_take(db, a, &f.c, why);
	if (s != PS_OK)
		return s;
	while (s == PS_OK && f.c != NULL && any) {
		s = next_day(&f, &day, &any, why);
		if (s == PS_OK && any)
			s = due_of_day(&f, day, why);
	}
	ps_book_db_give(db, f.c, s);
	if (s != PS_OK)
		return ps_book_db_trouble(db, a, s, why);
	f.n = in_order(f.due, f.n);
	*n_out = f.n < max ? f.n : max;
	*out = ps_arena_array(a, *n_out + 1, sizeof(**out));
	for (size_t i = 0; i < *n_out; i++)
		(*out)[i] = f.due[i].address;
	return PS_OK;
}
