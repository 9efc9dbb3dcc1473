/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Reading the key book.  A book that is not there is empty.
 */
#include "store/key_book_db.h"

#include <stdlib.h>

#include "store/key_index_db.h"

/* What one question needs everywhere. */
struct reading {
	struct ps_key_book_db *db;
	struct ps_arena *a;
	struct book_conn *c;
	const char **why;
};

static enum ps_status
damaged(struct reading *r)
{
	*r->why = "damaged: a number that is no word";
	return PS_EPERM;
}

static enum ps_status
ask(struct reading *r, enum book_stmt which, sqlite3_stmt **q)
{
	return ps_book_db_stmt(r->a, r->c, which, q, r->why);
}

static enum ps_status
step(struct reading *r, sqlite3_stmt *q, bool *row)
{
	return ps_store_step(r->a, r->c->db, q, row, r->why);
}

static const char *
text(struct reading *r, sqlite3_stmt *q, int at)
{
	return ps_arena_cstr(r->a, ps_key_db_text(r->a, q, at));
}

/* Columns of BOND_COLUMNS. */
static enum ps_status
bond_row(struct reading *r, sqlite3_stmt *q, struct ps_bytes address,
	struct ps_key_bond *out)
{
	int origin = sqlite3_column_int(q, 1), trust = sqlite3_column_int(q, 2);

	if (origin < 0 || origin >= PS_ORIGIN_N || trust < 0 ||
		trust > PS_TRUST_CHANGED)
		return damaged(r);
	*out = (struct ps_key_bond){
		.address = address,
		.origin = (enum ps_key_origin)origin,
		.trust = (enum ps_trust)trust,
		.by_hand = sqlite3_column_int(q, 3) != 0,
		.gone = sqlite3_column_int(q, 4) != 0,
		.since_s = sqlite3_column_int64(q, 5),
		.seen_s = sqlite3_column_int64(q, 6),
		.dated_s = sqlite3_column_int64(q, 7),
	};
	ps_key_db_fpr(q, 0, out->fpr);
	return PS_OK;
}

static int
oldest_first(const void *x, const void *y)
{
	const struct ps_key_bond *a = x, *b = y;

	if (a->since_s != b->since_s)
		return a->since_s < b->since_s ? -1 : 1;
	return strcmp(a->fpr, b->fpr);
}

static enum ps_status
read_bonds(struct reading *r, sqlite3_int64 id, struct ps_key_page *page)
{
	sqlite3_stmt *q;
	enum ps_status s = ask(r, BOOK_BONDS, &q);
	bool row;

	if (s == PS_OK)
		sqlite3_bind_int64(q, 1, id);
	while (s == PS_OK) {
		s = step(r, q, &row);
		if (s != PS_OK || !row)
			break;
		PS_GROW(r->a, page->bond, page->n_bond);
		s = bond_row(r, q, page->address, &page->bond[page->n_bond++]);
	}
	if (page->n_bond > 1)
		qsort(page->bond, page->n_bond, sizeof(*page->bond),
			oldest_first);
	return s;
}

static enum ps_status
look_row(struct reading *r, sqlite3_stmt *q, struct ps_bytes address,
	struct ps_key_look *out)
{
	int origin = sqlite3_column_int(q, 0);
	int outcome = sqlite3_column_int(q, 1);

	if (origin < 0 || origin >= PS_ORIGIN_N || outcome < 0 ||
		outcome > PS_LOOK_UNUSABLE)
		return damaged(r);
	*out = (struct ps_key_look){
		.address = address,
		.origin = (enum ps_key_origin)origin,
		.outcome = (enum ps_look_outcome)outcome,
		.at_s = sqlite3_column_int64(q, 2),
		.due_s = sqlite3_column_int64(q, 3),
		.used_s = sqlite3_column_int64(q, 4),
		.text = text(r, q, 5),
	};
	return PS_OK;
}

static enum ps_status
read_looks(struct reading *r, sqlite3_int64 id, struct ps_key_page *page)
{
	sqlite3_stmt *q;
	enum ps_status s = ask(r, BOOK_LOOKS, &q);
	bool row;

	if (s == PS_OK)
		sqlite3_bind_int64(q, 1, id);
	while (s == PS_OK) {
		s = step(r, q, &row);
		if (s != PS_OK || !row)
			break;
		PS_GROW(r->a, page->look, page->n_look);
		s = look_row(r, q, page->address, &page->look[page->n_look++]);
	}
	return s;
}

/* The row is (id, serial). */
static enum ps_status
read_page(struct reading *r, sqlite3_stmt *q, struct ps_bytes address,
	struct ps_key_page *out)
{
	sqlite3_int64 id = sqlite3_column_int64(q, 0);
	enum ps_status s;

	*out = (struct ps_key_page){
		.address = address, .serial = sqlite3_column_int64(q, 1)};
	s = read_bonds(r, id, out);
	return s != PS_OK ? s : read_looks(r, id, out);
}

/* A read transaction, so that all rows belong together; *there: there is a
 * book to be read. */
static enum ps_status
reading_begin(struct reading *r, bool *there)
{
	enum ps_status s = ps_book_db_take(r->db, r->a, &r->c, r->why);

	*there = s == PS_OK && r->c != NULL;
	if (!*there)
		return s;
	s = ps_book_db_run(r->a, r->c, BOOK_BEGIN, r->why);
	if (s == PS_OK)
		return PS_OK;
	ps_book_db_give(r->db, r->c, s);
	return ps_book_db_trouble(r->db, r->a, s, r->why);
}

static enum ps_status
reading_end(struct reading *r, enum ps_status s)
{
	if (s == PS_OK)
		s = ps_book_db_run(r->a, r->c, BOOK_COMMIT, r->why);
	ps_book_db_give(r->db, r->c, s);
	return ps_book_db_trouble(r->db, r->a, s, r->why);
}

enum ps_status
ps_book_db_read(void *self, struct ps_arena *a, struct ps_bytes address,
	struct ps_key_page *out, const char **why)
{
	struct reading r = {.db = self, .a = a, .why = why};
	struct ps_key_page page = {.address = ps_arena_copy(a, address)};
	bool there, row = false;
	enum ps_status s = reading_begin(&r, &there);
	sqlite3_stmt *q;

	if (there && s == PS_OK) {
		s = ask(&r, BOOK_PAGE, &q);
		if (s == PS_OK) {
			ps_key_db_bind(q, 1, address);
			s = step(&r, q, &row);
		}
		if (s == PS_OK && row) {
			s = read_page(&r, q, page.address, &page);
			sqlite3_reset(q);
		}
		s = reading_end(&r, s);
	}
	if (s == PS_OK)
		*out = page;
	return s;
}

enum ps_status
ps_book_db_walk(void *self, struct ps_arena *a, struct ps_bytes after,
	size_t max, struct ps_key_page *out, size_t *n_out, const char **why)
{
	struct reading r = {.db = self, .a = a, .why = why};
	bool there, row = true;
	enum ps_status s = reading_begin(&r, &there);
	sqlite3_stmt *q = NULL;
	size_t n = 0;

	if (there && s == PS_OK) {
		s = ask(&r, BOOK_WALK, &q);
		if (s == PS_OK) {
			ps_key_db_bind(q, 1, after);
			sqlite3_bind_int64(q, 2, (sqlite3_int64)max);
		}
		while (s == PS_OK && (s = step(&r, q, &row)) == PS_OK && row) {
			s = read_page(&r, q, ps_key_db_text(a, q, 2), &out[n]);
			n++;
		}
		s = reading_end(&r, s);
	}
	if (s == PS_OK)
		*n_out = n;
	return s;
}

enum ps_status
ps_book_db_by_fpr(void *self, struct ps_arena *a, const char *fpr,
	struct ps_key_bond **out, size_t *n_out, const char **why)
{
	struct reading r = {.db = self, .a = a, .why = why};
	struct ps_key_bond *bond = NULL;
	bool there, row = true;
	enum ps_status s = reading_begin(&r, &there);
	sqlite3_stmt *q = NULL;
	size_t n = 0;

	if (there && s == PS_OK) {
		s = ask(&r, BOOK_BY_FPR, &q);
		if (s == PS_OK)
			ps_key_db_bind(q, 1, ps_bytes_of(fpr));
		while (s == PS_OK && (s = step(&r, q, &row)) == PS_OK && row) {
			PS_GROW(a, bond, n);
			s = bond_row(&r, q, ps_key_db_text(a, q, 8), &bond[n]);
			n++;
		}
		s = reading_end(&r, s);
	}
	if (s != PS_OK)
		return s;
	if (n > 1)
		qsort(bond, n, sizeof(*bond), oldest_first);
	*out = bond;
	*n_out = n;
	return PS_OK;
}

static struct ps_key_event
event_row(struct reading *r, sqlite3_stmt *q)
{
	return (struct ps_key_event){
		.at_s = sqlite3_column_int64(q, 0),
		.address = ps_key_db_text(r->a, q, 1),
		.what = text(r, q, 2),
		.fpr = text(r, q, 3),
		.old_fpr = text(r, q, 4),
		.by = text(r, q, 5),
		.text = text(r, q, 6),
	};
}

enum ps_status
ps_book_db_history(void *self, struct ps_arena *a, struct ps_bytes address,
	size_t max, struct ps_key_event **out, size_t *n_out, const char **why)
{
	struct reading r = {.db = self, .a = a, .why = why};
	struct ps_key_event *event = NULL;
	bool there, row = true;
	enum ps_status s = reading_begin(&r, &there);
	sqlite3_stmt *q = NULL;
	size_t n = 0;

	if (there && s == PS_OK) {
		s = ask(&r,
			address.len == 0 ? BOOK_HISTORY_OF_ALL : BOOK_HISTORY,
			&q);
		if (s == PS_OK)
			sqlite3_bind_int64(q, 1, (sqlite3_int64)max);
		if (s == PS_OK && address.len > 0)
			ps_key_db_bind(q, 2, address);
		while (s == PS_OK && (s = step(&r, q, &row)) == PS_OK && row) {
			PS_GROW(a, event, n);
			event[n++] = event_row(&r, q);
		}
		s = reading_end(&r, s);
	}
	if (s == PS_OK) {
		*out = event;
		*n_out = n;
	}
	return s;
}
