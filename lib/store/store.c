/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Opening and checking SQLite files.  Knows nothing of what is in them.
 */
#include "store/store.h"

#include <errno.h>

#include <sqlite3.h>

static const char settings[] =
	"PRAGMA journal_mode = WAL;"
	/* A commit that a power cut undoes is made again from the files. */
	"PRAGMA synchronous = NORMAL;"
	"PRAGMA foreign_keys = ON;"
	"PRAGMA trusted_schema = OFF;"
	"PRAGMA cell_size_check = ON;";

static enum ps_status
status_of(int code)
{
	switch (code & 0xff) {
	case SQLITE_OK:
	case SQLITE_ROW:
	case SQLITE_DONE:
		return PS_OK;
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
	case SQLITE_FORMAT:
	case SQLITE_SCHEMA:
	case SQLITE_ERROR: /* such as a table that is not there */
	case SQLITE_MISMATCH:
		return PS_EPERM;
	default:
		return PS_ETEMP;
	}
}

enum ps_status
ps_store_failure(
	struct ps_arena *a, struct sqlite3 *db, int code, const char **why)
{
	int os = db == NULL ? 0 : sqlite3_system_errno(db);

	*why = ps_arena_printf(a, "%s%s%s",
		db == NULL ? sqlite3_errstr(code) : sqlite3_errmsg(db),
		os == 0 ? "" : ": ", os == 0 ? "" : strerrordesc_np(os));
	return status_of(code);
}

enum ps_status
ps_store_exec(struct ps_arena *a, struct sqlite3 *db, const char *sql,
	const char **why)
{
	int code = sqlite3_exec(db, sql, NULL, NULL, NULL);

	return code == SQLITE_OK ? PS_OK : ps_store_failure(a, db, code, why);
}

enum ps_status
ps_store_prepare(struct ps_arena *a, struct sqlite3 *db, const char *sql,
	struct sqlite3_stmt **out, const char **why)
{
	int code = sqlite3_prepare_v3(
		db, sql, -1, SQLITE_PREPARE_PERSISTENT, out, NULL);

	return code == SQLITE_OK ? PS_OK : ps_store_failure(a, db, code, why);
}

/* The one number that a PRAGMA answers. */
static enum ps_status
ask_number(struct ps_arena *a, struct sqlite3 *db, const char *sql, int *out,
	const char **why)
{
	sqlite3_stmt *stmt = NULL;
	enum ps_status s = ps_store_prepare(a, db, sql, &stmt, why);
	int code;

	if (s != PS_OK)
		return s;
	code = sqlite3_step(stmt);
	if (code == SQLITE_ROW)
		*out = sqlite3_column_int(stmt, 0);
	else
		s = ps_store_failure(a, db, code, why);
	sqlite3_finalize(stmt);
	return s;
}

static enum ps_status
make_schema(struct ps_arena *a, struct sqlite3 *db,
	const struct ps_store_schema *schema, const char **why)
{
	char *set;
	enum ps_status s = ps_store_exec(a, db, schema->sql, why);

	if (s != PS_OK)
		return s;
	set = ps_arena_printf(a, "PRAGMA user_version = %d", schema->version);
	return ps_store_exec(a, db, set, why);
}

/*
 * Two processes may come here at once: the transaction lets one of them make
 * the schema, and the other finds it.
 */
static enum ps_status
ensure_schema(struct ps_arena *a, struct sqlite3 *db,
	const struct ps_store_schema *schema, const char **why)
{
	const char *ignored;
	int version = 0;
	enum ps_status s =
		ask_number(a, db, "PRAGMA user_version", &version, why);

	if (s != PS_OK || version == schema->version)
		return s;
	s = ps_store_exec(a, db, "BEGIN IMMEDIATE", why);
	if (s != PS_OK)
		return s;
	s = ask_number(a, db, "PRAGMA user_version", &version, why);
	if (s == PS_OK && version == 0)
		s = make_schema(a, db, schema, why);
	else if (s == PS_OK && version != schema->version) {
		*why = ps_arena_printf(a, "schema version %d, not %d", version,
			schema->version);
		s = PS_EPERM;
	}
	if (s == PS_OK)
		s = ps_store_exec(a, db, "COMMIT", why);
	if (s != PS_OK)
		ps_store_exec(a, db, "ROLLBACK", &ignored);
	return s;
}

/* A connection is used by one thread at a time: no lock of its own. */
#define OPEN_ANYHOW                                                            \
	(SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_NOFOLLOW | SQLITE_OPEN_EXRESCODE)

static enum ps_status
open_file(struct ps_arena *a, const char *path, int flags, const char *sql,
	struct sqlite3 **db, const char **why)
{
	int code = sqlite3_open_v2(path, db, flags | OPEN_ANYHOW, NULL);

	if (code != SQLITE_OK)
		return ps_store_failure(a, *db, code, why);
	sqlite3_busy_timeout(*db, PS_STORE_BUSY_MS);
	sqlite3_db_config(*db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	return ps_store_exec(a, *db, sql, why);
}

enum ps_status
ps_store_open(struct ps_arena *a, const char *path,
	const struct ps_store_schema *schema, struct sqlite3 **out,
	const char **why)
{
	sqlite3 *db = NULL;
	enum ps_status s = open_file(a, path,
		SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, settings, &db, why);

	if (s == PS_OK)
		s = ensure_schema(a, db, schema, why);
	if (s == PS_OK)
		*out = db;
	else
		ps_store_close(db);
	return s;
}

enum ps_status
ps_store_open_reader(struct ps_arena *a, const char *path,
	const struct ps_store_schema *schema, struct sqlite3 **out,
	const char **why)
{
	sqlite3 *db = NULL;
	int version = 0;
	enum ps_status s = open_file(a, path, SQLITE_OPEN_READONLY,
		"PRAGMA trusted_schema = OFF", &db, why);

	if (s == PS_OK)
		s = ask_number(a, db, "PRAGMA user_version", &version, why);
	if (s == PS_OK && version != schema->version) {
		*why = ps_arena_printf(a, "schema version %d, not %d", version,
			schema->version);
		s = PS_EPERM;
	}
	if (s == PS_OK)
		*out = db;
	else
		ps_store_close(db);
	return s;
}

void
ps_store_close(struct sqlite3 *db)
{
	sqlite3_close_v2(db);
}

enum ps_status
ps_store_verify(struct ps_arena *a, struct sqlite3 *db, const char **why)
{
	sqlite3_stmt *stmt = NULL;
	enum ps_status s = ps_store_prepare(
		a, db, "PRAGMA integrity_check(1)", &stmt, why);
	const char *said;
	int code;

	if (s != PS_OK)
		return s;
	code = sqlite3_step(stmt);
	if (code != SQLITE_ROW) {
		s = ps_store_failure(a, db, code, why);
		goto out;
	}
	said = (const char *)sqlite3_column_text(stmt, 0);
	if (said == NULL || strcmp(said, "ok") != 0) {
		*why = ps_arena_printf(
			a, "damaged: %s", said == NULL ? "?" : said);
		s = PS_EPERM;
	}
out:
	sqlite3_finalize(stmt);
	return s;
}

enum ps_status
ps_store_stmt(struct ps_arena *a, sqlite3 *db, const char *sql,
	sqlite3_stmt **kept, const char **why)
{
	enum ps_status s = PS_OK;

	if (*kept == NULL)
		s = ps_store_prepare(a, db, sql, kept, why);
	if (s != PS_OK)
		return s;
	sqlite3_reset(*kept);
	sqlite3_clear_bindings(*kept);
	return PS_OK;
}

enum ps_status
ps_store_step(struct ps_arena *a, sqlite3 *db, sqlite3_stmt *stmt, bool *row,
	const char **why)
{
	int code = sqlite3_step(stmt);
	enum ps_status s = PS_OK;

	*row = code == SQLITE_ROW;
	if (*row)
		return PS_OK;
	if (code != SQLITE_DONE)
		s = ps_store_failure(a, db, code, why);
	sqlite3_reset(stmt);
	return s;
}
