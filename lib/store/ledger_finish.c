/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * The end of a claim, and of old records.  Neither needs an fsync: a dead
 * process's claim is worth nothing, and what is removed twice is removed.
 */
#include "store/ledger_db.h"

#include "base/failpoint.h"
#include "base/log.h"

#define EXPIRE_EVERY_MS 60000

static enum ps_status
expire(struct ledger_writing *w, enum ledger_stmt which, int64_t keep_s)
{
	sqlite3_stmt *q;
	enum ps_status s = ps_ledger_db_stmt(w->a, w->c, which, &q, w->why);

	if (s != PS_OK)
		return s;
	sqlite3_bind_int64(q, 1, ps_now_s(w->db->clock) - keep_s);
	ps_ledger_db_bind_text(q, 2, w->db->boot);
	sqlite3_bind_int64(q, 3, ps_mono_ms(w->db->clock) - keep_s * 1000);
	return ps_ledger_db_done(w->a, w->c, q, w->why);
}

static enum ps_status
expire_all(struct ledger_writing *w)
{
	struct ps_ledger_db *db = w->db;
	int64_t now = ps_mono_ms(db->clock);
	enum ps_status s;

	if (db->expired_ms != INT64_MIN &&
		now - db->expired_ms < EXPIRE_EVERY_MS)
		return PS_OK;
	db->expired_ms = now;
	s = expire(w, LEDGER_EXPIRE_DONE, db->keep_done_s);
	if (s == PS_OK)
		s = expire(w, LEDGER_EXPIRE_OLD, db->queue_life_s);
	if (s == PS_OK)
		s = ps_ledger_db_run(w->a, w->c, LEDGER_EXPIRE_CLAIMS, w->why);
	return s;
}

static enum ps_status
touch(struct ledger_writing *w, const struct ps_ledger_claim *c, bool done)
{
	sqlite3_stmt *q;
	enum ps_status s =
		ps_ledger_db_stmt(w->a, w->c, LEDGER_TOUCH, &q, w->why);

	if (s != PS_OK)
		return s;
	sqlite3_bind_int64(q, 1, c->message_id);
	sqlite3_bind_int(q, 2, done);
	sqlite3_bind_int64(q, 3, ps_now_s(w->db->clock));
	sqlite3_bind_int64(q, 4, ps_mono_ms(w->db->clock));
	ps_ledger_db_bind_text(q, 5, w->db->boot);
	return ps_ledger_db_done(w->a, w->c, q, w->why);
}

static enum ps_status
release(struct ledger_writing *w, const struct ps_ledger_claim *c)
{
	sqlite3_stmt *q;
	enum ps_status s =
		ps_ledger_db_stmt(w->a, w->c, LEDGER_RELEASE, &q, w->why);

	if (s != PS_OK)
		return s;
	sqlite3_bind_int64(q, 1, c->message_id);
	sqlite3_bind_int64(q, 2, c->id);
	s = ps_ledger_db_done(w->a, w->c, q, w->why);
	if (s == PS_OK)
		s = ps_ledger_db_stmt(
			w->a, w->c, LEDGER_DROP_CLAIM, &q, w->why);
	if (s != PS_OK)
		return s;
	sqlite3_bind_int64(q, 1, c->id);
	return ps_ledger_db_done(w->a, w->c, q, w->why);
}

static enum ps_status
finish(struct ledger_writing *w, const struct ps_ledger_claim *c, bool done)
{
	enum ps_status s = ps_store_exec(
		w->a, w->c->db, "PRAGMA synchronous = NORMAL", w->why);

	if (s == PS_OK)
		s = ps_ledger_db_begin(w);
	if (s != PS_OK)
		return s;
	s = touch(w, c, done);
	if (s == PS_OK)
		s = release(w, c);
	if (s == PS_OK)
		s = expire_all(w);
	PS_FAILPOINT("ledger-before-finish");
	s = ps_ledger_db_end(w, s);
	PS_FAILPOINT("ledger-after-finish");
	if (s == PS_OK)
		s = ps_store_exec(
			w->a, w->c->db, "PRAGMA synchronous = FULL", w->why);
	return s;
}

void
ps_ledger_db_finish(
	struct ps_ledger_claim *c, bool done, const struct ps_wait *wait)
{
	const char *why = NULL;
	struct ledger_writing w = {c->db, &c->db->writer, c->a, &why};
	enum ps_status s = ps_ledger_db_write(c->db, c->a, wait, &why);

	if (s == PS_OK) {
		s = finish(&w, c, done);
		s = ps_ledger_db_trouble(w.db, w.a, s, w.why);
		ps_ledger_db_write_end(c->db, s);
	}
	ps_ledger_db_live_remove(c);
	if (s != PS_OK)
		ps_log(PS_LOG_WARNING, "%s", why);
}
