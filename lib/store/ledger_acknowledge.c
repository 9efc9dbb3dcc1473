/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Acknowledgements.  The relay has the copy: this is a fact whoever claims the
 * message now, and what the disk does not take is kept in memory.
 */
#include "store/ledger_db.h"

#include <assert.h>

#include "base/failpoint.h"

/* One that comes late is worth more than none. */
#define PATIENCE_MS 10000
#define UNSAVED_MAX 1000

static enum ps_status
acknowledge_one(struct ledger_writing *w, const struct ps_digest *message,
	struct ps_bytes rcpt, const char *reply, int64_t at_s)
{
	sqlite3_stmt *q;
	enum ps_status s =
		ps_ledger_db_stmt(w->a, w->c, LEDGER_ACKNOWLEDGE, &q, w->why);

	if (s != PS_OK)
		return s;
	ps_ledger_db_bind_digest(q, 1, message);
	ps_ledger_db_bind(q, 2, rcpt);
	sqlite3_bind_int64(q, 3, at_s);
	ps_ledger_db_bind_text(q, 4, reply);
	return ps_ledger_db_done(w->a, w->c, q, w->why);
}

/* Others only put something before what was seen; the writer takes it off. */
enum ps_status
ps_ledger_db_save_unsaved(
	struct ledger_writing *w, struct ledger_unsaved **seen)
{
	enum ps_status s = PS_OK;

	pthread_mutex_lock(&w->db->lock);
	*seen = w->db->unsaved;
	pthread_mutex_unlock(&w->db->lock);
	for (struct ledger_unsaved *u = *seen; u != NULL; u = u->next)
		for (size_t i = 0; s == PS_OK && i < u->n_rcpt; i++)
			s = acknowledge_one(
				w, &u->message, u->rcpt[i], u->reply, u->at_s);
	return s;
}

void
ps_ledger_db_forget_unsaved(
	struct ps_ledger_db *db, struct ledger_unsaved *seen)
{
	struct ledger_unsaved **at = &db->unsaved, *next;

	pthread_mutex_lock(&db->lock);
	while (*at != seen)
		at = &(*at)->next;
	*at = NULL;
	for (; seen != NULL; seen = next) {
		next = seen->next;
		db->n_unsaved--;
		ps_arena_free(seen->a);
	}
	pthread_mutex_unlock(&db->lock);
}

static void
keep_unsaved(const struct ps_ledger_claim *c, size_t group, const char *reply,
	int64_t at_s)
{
	const struct ps_ledger_group *g = &c->intent->group[group];
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);
	struct ledger_unsaved *u = ps_arena_alloc(a, sizeof(*u));
	struct ps_ledger_db *db = c->db;

	u->a = a;
	u->message = c->intent->message;
	u->rcpt = ps_arena_array(a, g->n_rcpt, sizeof(*u->rcpt));
	for (size_t i = 0; i < g->n_rcpt; i++)
		u->rcpt[i] = ps_arena_copy(a, g->rcpt[i]);
	u->n_rcpt = g->n_rcpt;
	u->reply = ps_arena_strdup(a, reply);
	u->at_s = at_s;
	pthread_mutex_lock(&db->lock);
	if (db->n_unsaved < UNSAVED_MAX) {
		u->next = db->unsaved;
		db->unsaved = u;
		db->n_unsaved++;
		a = NULL;
	}
	pthread_mutex_unlock(&db->lock);
	ps_arena_free(a);
}

static enum ps_status
acknowledge_group(struct ledger_writing *w, const struct ps_ledger_claim *c,
	size_t group, const char *reply, int64_t at_s)
{
	const struct ps_ledger_group *g = &c->intent->group[group];
	enum ps_status s = ps_ledger_db_begin(w);

	if (s != PS_OK)
		return s;
	for (size_t i = 0; s == PS_OK && i < g->n_rcpt; i++)
		s = acknowledge_one(
			w, &c->intent->message, g->rcpt[i], reply, at_s);
	PS_FAILPOINT("ledger-before-acknowledge");
	s = ps_ledger_db_end(w, s);
	PS_FAILPOINT("ledger-after-acknowledge");
	return s;
}

enum ps_status
ps_ledger_db_acknowledge(struct ps_ledger_claim *c, size_t group,
	const char *reply, const struct ps_wait *wait, const char **why)
{
	struct ledger_writing w = {c->db, &c->db->writer, c->a, why};
	struct ps_wait patient = *wait;
	int64_t at_s = ps_now_s(c->db->clock);
	int64_t least = ps_mono_ms(c->db->clock) + PATIENCE_MS;
	enum ps_status s;

	assert(group < c->intent->n_group);
	if (patient.deadline_ms < least)
		patient.deadline_ms = least;
	s = ps_ledger_db_write(c->db, c->a, &patient, why);
	if (s == PS_OK) {
		s = acknowledge_group(&w, c, group, reply, at_s);
		s = ps_ledger_db_trouble(w.db, w.a, s, w.why);
		ps_ledger_db_write_end(c->db, s);
	}
	if (s != PS_OK)
		keep_unsaved(c, group, reply, at_s);
	return s;
}
