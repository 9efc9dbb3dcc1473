/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Claims and intents: in one transaction, so that of two who come with the same
 * message one finds the other there.
 */
#include "store/ledger_db.h"

#include "base/failpoint.h"

static enum ps_status
put_message(struct ledger_writing *w, const struct ps_ledger_intent *in,
	int64_t *id)
{
	sqlite3_stmt *q;
	bool row = false;
	enum ps_status s =
		ps_ledger_db_stmt(w->a, w->c, LEDGER_PUT_MESSAGE, &q, w->why);

	if (s != PS_OK)
		return s;
	ps_ledger_db_bind_digest(q, 1, &in->message);
	ps_ledger_db_bind(q, 2, in->sender);
	ps_ledger_db_bind(q, 3, in->queue_id);
	sqlite3_bind_int64(q, 4, ps_now_s(w->db->clock));
	sqlite3_bind_int64(q, 5, ps_mono_ms(w->db->clock));
	ps_ledger_db_bind_text(q, 6, w->db->boot);
	s = ps_ledger_db_step(w->a, w->c, q, &row, w->why);
	if (s == PS_OK && row)
		*id = sqlite3_column_int64(q, 0);
	sqlite3_reset(q);
	return s;
}

static enum ps_status
put_claim(struct ledger_writing *w, struct ps_ledger_claim *c)
{
	sqlite3_stmt *q;
	enum ps_status s =
		ps_ledger_db_stmt(w->a, w->c, LEDGER_PUT_CLAIM, &q, w->why);

	if (s != PS_OK)
		return s;
	sqlite3_bind_int64(q, 1, w->db->owner.id);
	sqlite3_bind_int64(q, 2, c->until_ms);
	s = ps_ledger_db_done(w->a, w->c, q, w->why);
	if (s == PS_OK)
		c->id = sqlite3_last_insert_rowid(w->c->db);
	return s;
}

static enum ps_status
check_free(struct ledger_writing *w, int64_t id, struct ps_bytes rcpt)
{
	struct ps_ledger_known known = {0};
	sqlite3_stmt *q;
	bool row = false;
	enum ps_status s =
		ps_ledger_db_stmt(w->a, w->c, LEDGER_FIND_RCPT, &q, w->why);

	if (s != PS_OK)
		return s;
	sqlite3_bind_int64(q, 1, id);
	ps_ledger_db_bind(q, 2, rcpt);
	s = ps_ledger_db_step(w->a, w->c, q, &row, w->why);
	if (s == PS_OK && row)
		ps_ledger_db_known(w->db, w->a, q, &known);
	sqlite3_reset(q);
	if (s != PS_OK)
		return s;
	if (known.busy) {
		*w->why = "this message is being sent already";
		return PS_EBUSY;
	}
	if (known.state == PS_LEDGER_ACKNOWLEDGED) {
		*w->why = "this message was sent meanwhile";
		return PS_EBUSY;
	}
	return PS_OK;
}

static enum ps_status
put_rcpt(struct ledger_writing *w, const struct ps_ledger_claim *c,
	size_t group, struct ps_bytes rcpt)
{
	sqlite3_stmt *q;
	enum ps_status s =
		ps_ledger_db_stmt(w->a, w->c, LEDGER_PUT_RCPT, &q, w->why);

	if (s != PS_OK)
		return s;
	sqlite3_bind_int64(q, 1, c->message_id);
	ps_ledger_db_bind(q, 2, rcpt);
	sqlite3_bind_int64(q, 3, (int64_t)group);
	ps_ledger_db_bind_digest(q, 4, &c->intent->group[group].copy);
	sqlite3_bind_int64(q, 5, c->id);
	sqlite3_bind_int64(q, 6, ps_now_s(w->db->clock));
	return ps_ledger_db_done(w->a, w->c, q, w->why);
}

/* All are looked at before one is written: a spelling may stand in a group
 * twice, and is not busy because of itself. */
static enum ps_status
put_groups(struct ledger_writing *w, const struct ps_ledger_claim *c)
{
	const struct ps_ledger_intent *in = c->intent;
	enum ps_status s = PS_OK;

	for (size_t g = 0; g < in->n_group; g++)
		for (size_t i = 0; s == PS_OK && i < in->group[g].n_rcpt; i++)
			s = check_free(w, c->message_id, in->group[g].rcpt[i]);
	for (size_t g = 0; g < in->n_group; g++)
		for (size_t i = 0; s == PS_OK && i < in->group[g].n_rcpt; i++)
			s = put_rcpt(w, c, g, in->group[g].rcpt[i]);
	return s;
}

static void
live_add(struct ps_ledger_claim *c)
{
	pthread_mutex_lock(&c->db->lock);
	c->next = c->db->live;
	c->db->live = c;
	pthread_mutex_unlock(&c->db->lock);
}

void
ps_ledger_db_live_remove(struct ps_ledger_claim *c)
{
	struct ps_ledger_claim **at = &c->db->live;

	pthread_mutex_lock(&c->db->lock);
	while (*at != NULL && *at != c)
		at = &(*at)->next;
	if (*at != NULL)
		*at = c->next;
	pthread_mutex_unlock(&c->db->lock);
}

static enum ps_status
intend(struct ledger_writing *w, struct ps_ledger_claim *c)
{
	enum ps_status s = ps_ledger_db_begin(w);
	struct ledger_unsaved *seen = NULL;

	if (s != PS_OK)
		return s;
	s = ps_ledger_db_save_unsaved(w, &seen);
	if (s == PS_OK)
		s = put_message(w, c->intent, &c->message_id);
	if (s == PS_OK)
		s = put_claim(w, c);
	if (s == PS_OK)
		s = put_groups(w, c);
	/* Alive before others can see it. */
	if (s == PS_OK)
		live_add(c);
	PS_FAILPOINT("ledger-before-intent");
	s = ps_ledger_db_end(w, s);
	PS_FAILPOINT("ledger-after-intent");
	if (s == PS_OK)
		ps_ledger_db_forget_unsaved(w->db, seen);
	else
		ps_ledger_db_live_remove(c);
	return s;
}

enum ps_status
ps_ledger_db_intend(void *self, struct ps_arena *a,
	const struct ps_ledger_intent *in, const struct ps_wait *wait,
	struct ps_ledger_claim **out, const char **why)
{
	struct ps_ledger_db *db = self;
	struct ps_ledger_claim *c = ps_arena_alloc(a, sizeof(*c));
	struct ledger_writing w = {db, &db->writer, a, why};
	enum ps_status s;

	*c = (struct ps_ledger_claim){
		.db = db,
		.a = a,
		.intent = in,
		.until_ms = ps_mono_ms(db->clock) + in->lease_ms,
	};
	s = ps_ledger_db_write(db, a, wait, why);
	if (s != PS_OK)
		return s;
	s = intend(&w, c);
	s = ps_ledger_db_trouble(w.db, w.a, s, w.why);
	ps_ledger_db_write_end(db, s);
	if (s == PS_OK)
		*out = c;
	return s;
}

bool
ps_ledger_db_holds(const struct ps_ledger_claim *c)
{
	return ps_mono_ms(c->db->clock) < c->until_ms;
}
