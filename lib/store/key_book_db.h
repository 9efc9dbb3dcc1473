/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Between the files of the key book: a pool of connections that read, one that
 * writes, and the list of addresses that mail asked for.
 */
#ifndef PS_STORE_KEY_BOOK_DB_H
#define PS_STORE_KEY_BOOK_DB_H

#include <pthread.h>
#include <sqlite3.h>
#include <sys/stat.h>

#include "store/key_book.h"
#include "store/store.h"

enum book_stmt {
	BOOK_BEGIN,
	BOOK_BEGIN_WRITE,
	BOOK_COMMIT,
	BOOK_ROLLBACK,
	BOOK_PAGE,
	BOOK_BONDS,
	BOOK_LOOKS,
	BOOK_WALK,
	BOOK_BY_FPR,
	BOOK_NEXT_DAY,
	BOOK_DUE,
	BOOK_HISTORY,
	BOOK_HISTORY_OF_ALL,
	BOOK_PUT_PAGE,
	BOOK_PUT_BOND,
	BOOK_DROP_BOND,
	BOOK_PUT_LOOK,
	BOOK_PUT_EVENT,
	BOOK_TRIM_EVENTS,
	BOOK_USED,
	BOOK_KEEP_SERIAL,
	BOOK_FORGET,
	BOOK_STMT_N
};

struct book_conn {
	sqlite3 *db;
	sqlite3_stmt *stmt[BOOK_STMT_N];
	struct book_conn *next;
	unsigned generation;
};

/* Addresses that mail asked for, and when last: a table of open addressing. */
#define BOOK_USES_MAX  4096
#define BOOK_USES_ROOM 8192 /* a power of two */
struct book_uses {
	struct ps_arena *a;
	struct {
		struct ps_bytes address;
		int64_t at_s;
	} slot[BOOK_USES_ROOM];
	size_t n;
};

struct ps_key_book_db {
	char *path;
	pthread_mutex_t lock; /* of what follows */
	pthread_cond_t given;
	struct book_conn *idle;
	size_t n_conn;
	unsigned generation;
	bool verified; /* "seen" was read whole */
	struct stat seen;
	pthread_mutex_t uses_lock;
	struct book_uses *uses;	    /* NULL for none */
	pthread_mutex_t write_lock; /* of the writer */
	struct book_conn writer;
	struct stat written; /* what it writes to */
};

extern const struct ps_store_schema ps_book_db_schema;

/* A connection of this thread's own; *out is NULL when there is no book yet. */
enum ps_status ps_book_db_take(struct ps_key_book_db *db, struct ps_arena *a,
	struct book_conn **out, const char **why);
/* Back, after an answer of s; accepts NULL. */
void ps_book_db_give(
	struct ps_key_book_db *db, struct book_conn *c, enum ps_status s);

/*
 * The writer, in a transaction that excludes all others; the book is made when
 * there is none.  db->write_lock is held by the caller.
 */
enum ps_status ps_book_db_begin(
	struct ps_key_book_db *db, struct ps_arena *a, const char **why);
/* Commit after PS_OK, else undo. */
enum ps_status ps_book_db_end(struct ps_key_book_db *db, struct ps_arena *a,
	enum ps_status s, const char **why);

/* "key book PATH: why". */
enum ps_status ps_book_db_trouble(const struct ps_key_book_db *db,
	struct ps_arena *a, enum ps_status s, const char **why);

enum ps_status ps_book_db_stmt(struct ps_arena *a, struct book_conn *c,
	enum book_stmt which, sqlite3_stmt **out, const char **why);
/* Run one whose rows do not matter. */
enum ps_status ps_book_db_done(struct ps_arena *a, struct book_conn *c,
	sqlite3_stmt *stmt, const char **why);
enum ps_status ps_book_db_run(struct ps_arena *a, struct book_conn *c,
	enum book_stmt which, const char **why);

/* Write what was used.  A thread that serves mail may not wait for who writes
 * just now: then it stays in memory. */
void ps_book_db_flush(struct ps_key_book_db *db, bool may_wait);
void ps_book_db_uses_free(struct book_uses *u); /* accepts NULL */

/* The functions of the adapter. */
enum ps_status ps_book_db_read(void *self, struct ps_arena *a,
	struct ps_bytes address, struct ps_key_page *out, const char **why);
enum ps_status ps_book_db_write(void *self, struct ps_arena *a,
	const struct ps_key_change *change, int64_t serial, const char **why);
void ps_book_db_used(void *self, struct ps_bytes address, int64_t now_s);
enum ps_status ps_book_db_due(void *self, struct ps_arena *a, int64_t now_s,
	int64_t used_s, size_t max, struct ps_bytes **out, size_t *n_out,
	const char **why);
enum ps_status ps_book_db_forget(void *self, struct ps_arena *a, int64_t used_s,
	size_t max, size_t *n_out, const char **why);
enum ps_status ps_book_db_walk(void *self, struct ps_arena *a,
	struct ps_bytes after, size_t max, struct ps_key_page *out,
	size_t *n_out, const char **why);
enum ps_status ps_book_db_by_fpr(void *self, struct ps_arena *a,
	const char *fpr, struct ps_key_bond **out, size_t *n_out,
	const char **why);
enum ps_status ps_book_db_history(void *self, struct ps_arena *a,
	struct ps_bytes address, size_t max, struct ps_key_event **out,
	size_t *n_out, const char **why);

#endif
