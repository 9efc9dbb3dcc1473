/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * How every SQLite file of postseal is opened, and what its errors mean.  For
 * this folder only: nobody else sees the library, whose handle stays opaque.
 */
#ifndef PS_STORE_STORE_H
#define PS_STORE_STORE_H

#include "base/arena.h"
#include "base/status.h"

struct sqlite3;
struct sqlite3_stmt;

/* No call waits longer than this for another process's lock. */
#define PS_STORE_BUSY_MS 2000

struct ps_store_schema {
	int version;	 /* kept in PRAGMA user_version */
	const char *sql; /* makes an empty database into one of this version */
};

/*
 * Open, and create where missing: WAL, foreign keys on, schema in place.
 * PS_EPERM when the file is damaged, no database or of another version;
 * PS_ETEMP when it cannot be reached now.
 */
enum ps_status ps_store_open(struct ps_arena *a, const char *path,
	const struct ps_store_schema *schema, struct sqlite3 **out,
	const char **why);
/* The same of a file that is there, without writing to it. */
enum ps_status ps_store_open_reader(struct ps_arena *a, const char *path,
	const struct ps_store_schema *schema, struct sqlite3 **out,
	const char **why);
void ps_store_close(struct sqlite3 *db); /* accepts NULL */

/* Read the whole file; PS_EPERM when a page or an index is wrong. */
enum ps_status ps_store_verify(
	struct ps_arena *a, struct sqlite3 *db, const char **why);

enum ps_status ps_store_exec(struct ps_arena *a, struct sqlite3 *db,
	const char *sql, const char **why);
enum ps_status ps_store_prepare(struct ps_arena *a, struct sqlite3 *db,
	const char *sql, struct sqlite3_stmt **out, const char **why);

/*
 * A statement that is kept: prepared at its first use, reset and without
 * bindings at each.
 */
enum ps_status ps_store_stmt(struct ps_arena *a, struct sqlite3 *db,
	const char *sql, struct sqlite3_stmt **kept, const char **why);
/* One step of it; at the end and after a failure it is reset. */
enum ps_status ps_store_step(struct ps_arena *a, struct sqlite3 *db,
	struct sqlite3_stmt *stmt, bool *row, const char **why);

/*
 * The status of a failed call on db: PS_EPERM for damage, else PS_ETEMP, with
 * *why in a.
 */
enum ps_status ps_store_failure(
	struct ps_arena *a, struct sqlite3 *db, int code, const char **why);

#endif
