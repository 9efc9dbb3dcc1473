/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * The tables of the key book, every statement, and how one is run.
 */
#include "store/key_book_db.h"

/*
 * A serial must not begin again when a page is deleted and made anew: the page
 * of no address has one that all new ones are above.  Looks are indexed
 * by the day on which mail last asked, then by when they are due, because one
 * index can follow one range only, and there may be many more addresses that
 * nobody writes to any more than those that are to be refreshed.
 */
static const char schema_sql[] =
	"CREATE TABLE page (id INTEGER PRIMARY KEY,"
	" address TEXT NOT NULL UNIQUE, serial INTEGER NOT NULL);"
	"CREATE TABLE bond ("
	" page INTEGER NOT NULL REFERENCES page ON DELETE CASCADE,"
	" fpr TEXT NOT NULL,"
	" origin INTEGER NOT NULL CHECK (origin BETWEEN 0 AND 3),"
	" trust INTEGER NOT NULL CHECK (trust BETWEEN 0 AND 4),"
	" by_hand INTEGER NOT NULL, gone INTEGER NOT NULL,"
	" since_s INTEGER NOT NULL, seen_s INTEGER NOT NULL,"
	" dated_s INTEGER NOT NULL, PRIMARY KEY (page, fpr)) WITHOUT ROWID;"
	"CREATE INDEX bond_by_fpr ON bond (fpr);"
	"CREATE TABLE look ("
	" page INTEGER NOT NULL REFERENCES page ON DELETE CASCADE,"
	" origin INTEGER NOT NULL CHECK (origin BETWEEN 0 AND 3),"
	" outcome INTEGER NOT NULL CHECK (outcome BETWEEN 0 AND 5),"
	" at_s INTEGER NOT NULL, due_s INTEGER NOT NULL,"
	" used_s INTEGER NOT NULL, text TEXT NOT NULL,"
	" PRIMARY KEY (page, origin)) WITHOUT ROWID;"
	"CREATE INDEX look_by_use ON look (used_s / 86400, due_s, used_s);"
	"CREATE TABLE event (id INTEGER PRIMARY KEY, at_s INTEGER NOT NULL,"
	" address TEXT NOT NULL, what TEXT NOT NULL, fpr TEXT NOT NULL,"
	" old_fpr TEXT NOT NULL, by TEXT NOT NULL, text TEXT NOT NULL);"
	"CREATE INDEX event_by_address ON event (address);";

const struct ps_store_schema ps_book_db_schema = {1, schema_sql};

#define TEXT_OF(x)  TEXT_OF_(x)
#define TEXT_OF_(x) #x

#define BOND_COLUMNS                                                           \
	"fpr, origin, trust, by_hand, gone, since_s, seen_s, dated_s"
#define EVENT_COLUMNS "at_s, address, what, fpr, old_fpr, by, text"

static const char *const sql[BOOK_STMT_N] = {
	[BOOK_BEGIN] = "BEGIN",
	[BOOK_BEGIN_WRITE] = "BEGIN IMMEDIATE",
	[BOOK_COMMIT] = "COMMIT",
	[BOOK_ROLLBACK] = "ROLLBACK",
	[BOOK_PAGE] = "SELECT id, serial FROM page WHERE address = ?1",
	[BOOK_BONDS] = "SELECT " BOND_COLUMNS " FROM bond WHERE page = ?1",
	[BOOK_LOOKS] = "SELECT origin, outcome, at_s, due_s, used_s, text"
		       " FROM look WHERE page = ?1",
	[BOOK_WALK] =
		"SELECT id, serial, address FROM page WHERE address > ?1"
		" AND (EXISTS (SELECT 1 FROM bond WHERE bond.page = page.id)"
		" OR EXISTS (SELECT 1 FROM look WHERE look.page = page.id))"
		" ORDER BY address LIMIT ?2",
	[BOOK_BY_FPR] = "SELECT " BOND_COLUMNS ", address FROM bond"
			" JOIN page ON page.id = page WHERE fpr = ?1",
	[BOOK_NEXT_DAY] = "SELECT used_s / 86400 FROM look"
			  " WHERE used_s / 86400 > ?1"
			  " ORDER BY used_s / 86400 LIMIT 1",
	[BOOK_DUE] = "SELECT due_s, address FROM look"
		     " JOIN page ON page.id = page"
		     " WHERE used_s / 86400 = ?1 AND due_s <= ?2"
		     " AND used_s > ?3 ORDER BY due_s LIMIT ?4",
	[BOOK_HISTORY] = "SELECT " EVENT_COLUMNS " FROM event"
			 " WHERE address = ?2 ORDER BY id DESC LIMIT ?1",
	[BOOK_HISTORY_OF_ALL] = "SELECT " EVENT_COLUMNS " FROM event"
				" ORDER BY id DESC LIMIT ?1",
	[BOOK_PUT_PAGE] = "INSERT INTO page (address, serial)"
			  " SELECT ?1, 1 + coalesce(max(serial), 0) FROM page"
			  " WHERE address = ''"
			  " ON CONFLICT (address) DO UPDATE"
			  " SET serial = serial + 1 RETURNING id",
	[BOOK_PUT_BOND] = "INSERT OR REPLACE INTO bond (page, " BOND_COLUMNS ")"
			  " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
	[BOOK_DROP_BOND] = "DELETE FROM bond WHERE page = ?1 AND fpr = ?2",
	/* Mail may have asked since the page was read. */
	[BOOK_PUT_LOOK] =
		"INSERT INTO look (page, origin, outcome, at_s, due_s, used_s,"
		" text) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)"
		" ON CONFLICT (page, origin) DO UPDATE SET outcome = ?3,"
		" at_s = ?4, due_s = ?5, used_s = max(used_s, ?6), text = ?7",
	[BOOK_PUT_EVENT] = "INSERT INTO event (" EVENT_COLUMNS ")"
			   " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
	[BOOK_TRIM_EVENTS] =
		"DELETE FROM event WHERE address = ?1 AND id <="
		" (SELECT id FROM event WHERE address = ?1 ORDER BY id DESC"
		" LIMIT 1 OFFSET " TEXT_OF(PS_KEY_BOOK_HISTORY) ")",
	[BOOK_USED] = "UPDATE look SET used_s = ?2 WHERE used_s < ?2 AND page ="
		      " (SELECT id FROM page WHERE address = ?1)",
	[BOOK_KEEP_SERIAL] = "INSERT INTO page (address, serial)"
			     " SELECT '', max(serial) FROM page HAVING count(*)"
			     " ON CONFLICT (address) DO UPDATE"
			     " SET serial = excluded.serial",
	[BOOK_FORGET] =
		"DELETE FROM page WHERE id IN (SELECT id FROM page AS p"
		" WHERE address <> ''"
		" AND NOT EXISTS (SELECT 1 FROM bond WHERE bond.page = p.id)"
		" AND NOT EXISTS (SELECT 1 FROM look WHERE look.page = p.id"
		" AND (used_s > ?1 OR at_s > ?1)) LIMIT ?2)",
};

enum ps_status
ps_book_db_stmt(struct ps_arena *a, struct book_conn *c, enum book_stmt which,
	sqlite3_stmt **out, const char **why)
{
	enum ps_status s =
		ps_store_stmt(a, c->db, sql[which], &c->stmt[which], why);

	*out = c->stmt[which];
	return s;
}

enum ps_status
ps_book_db_done(struct ps_arena *a, struct book_conn *c, sqlite3_stmt *stmt,
	const char **why)
{
	enum ps_status s = PS_OK;
	bool row = true;

	while (s == PS_OK && row)
		s = ps_store_step(a, c->db, stmt, &row, why);
	return s;
}

enum ps_status
ps_book_db_run(struct ps_arena *a, struct book_conn *c, enum book_stmt which,
	const char **why)
{
	sqlite3_stmt *stmt;
	enum ps_status s = ps_book_db_stmt(a, c, which, &stmt, why);

	return s != PS_OK ? s : ps_book_db_done(a, c, stmt, why);
}
