/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Writing the key book: a change of one address is one transaction.
 */
#include "store/key_book_db.h"

#include <assert.h>

#include "store/key_index_db.h"

/* What one change needs everywhere. */
struct writing {
	struct ps_arena *a;
	struct book_conn *c;
	const struct ps_key_change *change;
	const char **why;
};

static enum ps_status
ask(struct writing *w, enum book_stmt which, sqlite3_stmt **q)
{
	return ps_book_db_stmt(w->a, w->c, which, q, w->why);
}

static enum ps_status
done(struct writing *w, sqlite3_stmt *q)
{
	return ps_book_db_done(w->a, w->c, q, w->why);
}

static enum ps_status
check_serial(struct writing *w, int64_t serial)
{
	sqlite3_stmt *q;
	enum ps_status s = ask(w, BOOK_PAGE, &q);
	bool row;

	if (s != PS_OK)
		return s;
	ps_key_db_bind(q, 1, w->change->address);
	s = ps_store_step(w->a, w->c->db, q, &row, w->why);
	if (s != PS_OK)
		return s;
	if (serial != (row ? sqlite3_column_int64(q, 1) : 0)) {
		*w->why = "the page has changed meanwhile";
		s = PS_EBUSY;
	}
	sqlite3_reset(q);
	return s;
}

static enum ps_status
put_page(struct writing *w, sqlite3_int64 *id)
{
	sqlite3_stmt *q;
	enum ps_status s = ask(w, BOOK_PUT_PAGE, &q);
	bool row;

	if (s != PS_OK)
		return s;
	ps_key_db_bind(q, 1, w->change->address);
	s = ps_store_step(w->a, w->c->db, q, &row, w->why);
	if (s == PS_OK && row)
		*id = sqlite3_column_int64(q, 0);
	return s != PS_OK ? s : done(w, q);
}

static enum ps_status
put_bond(struct writing *w, sqlite3_int64 id, const struct ps_key_bond *b)
{
	sqlite3_stmt *q;
	enum ps_status s = ask(w, BOOK_PUT_BOND, &q);

	if (s != PS_OK)
		return s;
	sqlite3_bind_int64(q, 1, id);
	ps_key_db_bind(q, 2, ps_bytes_of(b->fpr));
	sqlite3_bind_int(q, 3, (int)b->origin);
	sqlite3_bind_int(q, 4, (int)b->trust);
	sqlite3_bind_int(q, 5, b->by_hand);
	sqlite3_bind_int(q, 6, b->gone);
	sqlite3_bind_int64(q, 7, b->since_s);
	sqlite3_bind_int64(q, 8, b->seen_s);
	sqlite3_bind_int64(q, 9, b->dated_s);
	return done(w, q);
}

static enum ps_status
drop_bond(struct writing *w, sqlite3_int64 id, const char *fpr)
{
	sqlite3_stmt *q;
	enum ps_status s = ask(w, BOOK_DROP_BOND, &q);

	if (s != PS_OK)
		return s;
	sqlite3_bind_int64(q, 1, id);
	ps_key_db_bind(q, 2, ps_bytes_of(fpr));
	return done(w, q);
}

static enum ps_status
put_look(struct writing *w, sqlite3_int64 id, const struct ps_key_look *l)
{
	sqlite3_stmt *q;
	enum ps_status s = ask(w, BOOK_PUT_LOOK, &q);

	if (s != PS_OK)
		return s;
	sqlite3_bind_int64(q, 1, id);
	sqlite3_bind_int(q, 2, (int)l->origin);
	sqlite3_bind_int(q, 3, (int)l->outcome);
	sqlite3_bind_int64(q, 4, l->at_s);
	sqlite3_bind_int64(q, 5, l->due_s);
	sqlite3_bind_int64(q, 6, l->used_s);
	ps_key_db_bind(q, 7, ps_bytes_of(l->text));
	return done(w, q);
}

static enum ps_status
put_event(struct writing *w, const struct ps_key_event *e)
{
	sqlite3_stmt *q;
	enum ps_status s = ask(w, BOOK_PUT_EVENT, &q);

	if (s != PS_OK)
		return s;
	sqlite3_bind_int64(q, 1, e->at_s);
	ps_key_db_bind(q, 2, e->address);
	ps_key_db_bind(q, 3, ps_bytes_of(e->what));
	ps_key_db_bind(q, 4, ps_bytes_of(e->fpr));
	ps_key_db_bind(q, 5, ps_bytes_of(e->old_fpr));
	ps_key_db_bind(q, 6, ps_bytes_of(e->by));
	ps_key_db_bind(q, 7, ps_bytes_of(e->text));
	s = done(w, q);
	if (s != PS_OK || e->address.len == 0)
		return s;
	s = ask(w, BOOK_TRIM_EVENTS, &q);
	if (s != PS_OK)
		return s;
	ps_key_db_bind(q, 1, e->address);
	return done(w, q);
}

static enum ps_status
change_page(struct writing *w, int64_t serial)
{
	const struct ps_key_change *ch = w->change;
	enum ps_status s = check_serial(w, serial);
	sqlite3_int64 id = 0;

	if (s == PS_OK)
		s = put_page(w, &id);
	for (size_t i = 0; s == PS_OK && i < ch->n_remove; i++)
		s = drop_bond(w, id, ch->remove[i]);
	for (size_t i = 0; s == PS_OK && i < ch->n_put; i++)
		s = put_bond(w, id, &ch->put[i]);
	for (size_t i = 0; s == PS_OK && i < ch->n_look; i++)
		s = put_look(w, id, &ch->look[i]);
	return s;
}

enum ps_status
ps_book_db_write(void *self, struct ps_arena *a,
	const struct ps_key_change *change, int64_t serial, const char **why)
{
	struct ps_key_book_db *db = self;
	struct writing w = {
		.a = a, .c = &db->writer, .change = change, .why = why};
	enum ps_status s;

	assert(change->address.len > 0 ||
		change->n_put + change->n_remove + change->n_look == 0);
	pthread_mutex_lock(&db->write_lock);
	s = ps_book_db_begin(db, a, why);
	if (s == PS_OK) {
		if (change->address.len > 0)
			s = change_page(&w, serial);
		for (size_t i = 0; s == PS_OK && i < change->n_event; i++)
			s = put_event(&w, &change->event[i]);
		s = ps_book_db_end(db, a, s, why);
	}
	pthread_mutex_unlock(&db->write_lock);
	return s;
}
