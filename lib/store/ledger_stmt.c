/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * The tables, every statement, and how one is run.
 */
#include "store/ledger_db.h"

static const char schema_sql[] =
	"CREATE TABLE owner (id INTEGER PRIMARY KEY AUTOINCREMENT,"
	" began_s INTEGER NOT NULL);"
	"CREATE TABLE claim (id INTEGER PRIMARY KEY AUTOINCREMENT,"
	" owner INTEGER NOT NULL, until_ms INTEGER NOT NULL);"
	/* touched: the last thing that happened.  On two clocks, so that
	 * setting one forgets nothing. */
	"CREATE TABLE message (id INTEGER PRIMARY KEY,"
	" digest BLOB NOT NULL UNIQUE, sender BLOB NOT NULL,"
	" queue_id BLOB NOT NULL, done INTEGER NOT NULL,"
	" touched_s INTEGER NOT NULL, touched_ms INTEGER NOT NULL,"
	" boot TEXT NOT NULL);"
	"CREATE INDEX message_by_age ON message (touched_s);"
	"CREATE TABLE rcpt ("
	" message INTEGER NOT NULL REFERENCES message ON DELETE CASCADE,"
	" address BLOB NOT NULL, state INTEGER NOT NULL,"
	" part INTEGER NOT NULL, copy BLOB NOT NULL, claim INTEGER NOT NULL,"
	" intended_s INTEGER NOT NULL, at_s INTEGER NOT NULL, reply TEXT,"
	" PRIMARY KEY (message, address)) WITHOUT ROWID;"
	"CREATE INDEX rcpt_by_copy ON rcpt (copy);"
	"CREATE TABLE account (name TEXT PRIMARY KEY,"
	" value INTEGER NOT NULL) WITHOUT ROWID;";

const struct ps_store_schema ps_ledger_db_schema = {1, schema_sql};

#define KNOWN                                                                  \
	"state, at_s, reply, claim.id, claim.owner, claim.until_ms"            \
	" FROM rcpt LEFT JOIN claim ON claim.id = rcpt.claim"
#define EXPIRED " touched_s < ?1 AND (boot <> ?2 OR touched_ms < ?3)"

static const char *const sql[LEDGER_STMT_N] = {
	[LEDGER_BEGIN_WRITE] = "BEGIN IMMEDIATE",
	[LEDGER_COMMIT] = "COMMIT",
	[LEDGER_ROLLBACK] = "ROLLBACK",
	[LEDGER_FIND_MESSAGE] = "SELECT id FROM message WHERE digest = ?1",
	[LEDGER_FIND_RCPT] =
		"SELECT " KNOWN " WHERE message = ?1 AND address = ?2",
	[LEDGER_FIND_COPY] = "SELECT 1 FROM rcpt WHERE copy = ?1 LIMIT 1",
	[LEDGER_LIST] =
		"SELECT state, at_s, reply, claim.id, claim.owner,"
		" claim.until_ms, queue_id, sender, address, part, intended_s,"
		" done FROM message JOIN rcpt ON message = message.id"
		" LEFT JOIN claim ON claim.id = rcpt.claim"
		" ORDER BY message.id, part, address LIMIT 10000",
	[LEDGER_PUT_MESSAGE] =
		"INSERT INTO message (digest, sender, queue_id, done,"
		" touched_s, touched_ms, boot) VALUES (?1, ?2, ?3, 0, ?4, ?5,"
		" ?6) ON CONFLICT (digest) DO UPDATE SET queue_id = ?3,"
		" done = 0, touched_s = ?4, touched_ms = ?5, boot = ?6"
		" RETURNING id",
	[LEDGER_PUT_CLAIM] =
		"INSERT INTO claim (owner, until_ms) VALUES (?1, ?2)",
	[LEDGER_PUT_RCPT] =
		"INSERT INTO rcpt (message, address, state, part, copy, claim,"
		" intended_s, at_s) VALUES (?1, ?2, 1, ?3, ?4, ?5, ?6, ?6)"
		" ON CONFLICT (message, address) DO UPDATE SET part = ?3,"
		" copy = ?4, claim = ?5, at_s = ?6",
	[LEDGER_ACKNOWLEDGE] =
		"UPDATE rcpt SET state = 2, at_s = ?3, reply = ?4"
		" WHERE address = ?2 AND message ="
		" (SELECT id FROM message WHERE digest = ?1)",
	[LEDGER_TOUCH] = "UPDATE message SET done = ?2, touched_s = ?3,"
			 " touched_ms = ?4, boot = ?5 WHERE id = ?1",
	[LEDGER_RELEASE] = "UPDATE rcpt SET claim = 0"
			   " WHERE message = ?1 AND claim = ?2",
	[LEDGER_DROP_CLAIM] = "DELETE FROM claim WHERE id = ?1",
	[LEDGER_EXPIRE_DONE] = "DELETE FROM message WHERE done = 1 AND" EXPIRED,
	[LEDGER_EXPIRE_OLD] = "DELETE FROM message WHERE" EXPIRED,
	[LEDGER_EXPIRE_CLAIMS] =
		"DELETE FROM claim WHERE id NOT IN (SELECT claim FROM rcpt)",
	[LEDGER_COUNT] = "INSERT INTO account (name, value) VALUES (?1, ?2)"
			 " ON CONFLICT (name) DO UPDATE SET value = value + ?2",
	[LEDGER_ACCOUNTS] = "SELECT name, value FROM account",
};

enum ps_status
ps_ledger_db_stmt(struct ps_arena *a, struct ledger_conn *c,
	enum ledger_stmt which, sqlite3_stmt **out, const char **why)
{
	enum ps_status s =
		ps_store_stmt(a, c->db, sql[which], &c->stmt[which], why);

	*out = c->stmt[which];
	return s;
}

enum ps_status
ps_ledger_db_step(struct ps_arena *a, struct ledger_conn *c, sqlite3_stmt *stmt,
	bool *row, const char **why)
{
	return ps_store_step(a, c->db, stmt, row, why);
}

enum ps_status
ps_ledger_db_done(struct ps_arena *a, struct ledger_conn *c, sqlite3_stmt *stmt,
	const char **why)
{
	bool row = true;
	enum ps_status s = PS_OK;

	while (s == PS_OK && row)
		s = ps_ledger_db_step(a, c, stmt, &row, why);
	return s;
}

enum ps_status
ps_ledger_db_run(struct ps_arena *a, struct ledger_conn *c,
	enum ledger_stmt which, const char **why)
{
	sqlite3_stmt *stmt;
	enum ps_status s = ps_ledger_db_stmt(a, c, which, &stmt, why);

	return s != PS_OK ? s : ps_ledger_db_done(a, c, stmt, why);
}

void
ps_ledger_db_bind(sqlite3_stmt *stmt, int at, struct ps_bytes octets)
{
	sqlite3_bind_blob64(stmt, at, octets.len == 0 ? "" : octets.p,
		octets.len, SQLITE_TRANSIENT);
}

void
ps_ledger_db_bind_text(sqlite3_stmt *stmt, int at, const char *text)
{
	sqlite3_bind_text(stmt, at, text, -1, SQLITE_TRANSIENT);
}

void
ps_ledger_db_bind_digest(sqlite3_stmt *stmt, int at, const struct ps_digest *d)
{
	sqlite3_bind_blob(stmt, at, d->octet, PS_DIGEST_SIZE, SQLITE_TRANSIENT);
}

struct ps_bytes
ps_ledger_db_blob(struct ps_arena *a, sqlite3_stmt *stmt, int at)
{
	const void *p = sqlite3_column_blob(stmt, at);
	int len = sqlite3_column_bytes(stmt, at);

	return ps_arena_copy(a, ps_bytes(p, p == NULL ? 0 : (size_t)len));
}

enum ps_status
ps_ledger_db_begin(struct ledger_writing *w)
{
	return ps_ledger_db_run(w->a, w->c, LEDGER_BEGIN_WRITE, w->why);
}

enum ps_status
ps_ledger_db_end(struct ledger_writing *w, enum ps_status s)
{
	const char *ignored;

	if (s == PS_OK)
		s = ps_ledger_db_run(w->a, w->c, LEDGER_COMMIT, w->why);
	if (s != PS_OK)
		ps_ledger_db_run(w->a, w->c, LEDGER_ROLLBACK, &ignored);
	return s;
}
