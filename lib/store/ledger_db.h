/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Between the files of the ledger: two connections, one that reads and one
 * that writes, so that no look-up waits for a disk, and their prepared
 * statements.
 */
#ifndef PS_STORE_LEDGER_DB_H
#define PS_STORE_LEDGER_DB_H

#include <pthread.h>
#include <sqlite3.h>
#include <sys/stat.h>

#include "store/ledger.h"
#include "store/ledger_owner.h"
#include "store/store.h"

enum ledger_stmt {
	LEDGER_BEGIN_WRITE,
	LEDGER_COMMIT,
	LEDGER_ROLLBACK,
	LEDGER_FIND_MESSAGE,
	LEDGER_FIND_RCPT,
	LEDGER_FIND_COPY,
	LEDGER_LIST,
	LEDGER_PUT_MESSAGE,
	LEDGER_PUT_CLAIM,
	LEDGER_PUT_RCPT,
	LEDGER_ACKNOWLEDGE,
	LEDGER_TOUCH,
	LEDGER_RELEASE,
	LEDGER_DROP_CLAIM,
	LEDGER_EXPIRE_DONE,
	LEDGER_EXPIRE_OLD,
	LEDGER_EXPIRE_CLAIMS,
	LEDGER_COUNT,
	LEDGER_ACCOUNTS,
	LEDGER_STMT_N
};

extern const struct ps_store_schema ps_ledger_db_schema;

struct ledger_conn {
	sqlite3 *db; /* NULL: not open */
	sqlite3_stmt *stmt[LEDGER_STMT_N];
	struct stat seen; /* the file that it opened */
};

/* Acknowledged by the relay, and the store could not take it. */
struct ledger_unsaved {
	struct ps_arena *a;
	struct ps_digest message;
	struct ps_bytes *rcpt;
	size_t n_rcpt;
	const char *reply;
	int64_t at_s;
	struct ledger_unsaved *next;
};

struct ps_ledger_db {
	char *path;
	const struct ps_clock *clock;
	int64_t keep_done_s, queue_life_s;
	bool read_only;
	char boot[40];
	pthread_mutex_t read_lock;
	struct ledger_conn reader;
	/* The lock of everything below; the writer is used by whom writing is
	 * set for, without it. */
	pthread_mutex_t lock;
	pthread_cond_t given;
	bool writing;
	struct ledger_conn writer;
	struct ledger_owner owner; /* writer's */
	int64_t expired_ms;	   /* writer's; when it was looked for */
	struct ps_ledger_claim *live;
	struct ledger_unsaved *unsaved;
	size_t n_unsaved;
	int64_t account[PS_ACCOUNT_N]; /* not written yet */
};

struct ps_ledger_claim {
	struct ps_ledger_db *db;
	struct ps_arena *a;
	const struct ps_ledger_intent *intent;
	int64_t id, message_id, until_ms;
	struct ps_ledger_claim *next;
};

/* The reader, locked; open and looking at the file that has the name now. */
enum ps_status ps_ledger_db_read(
	struct ps_ledger_db *db, struct ps_arena *a, const char **why);
void ps_ledger_db_read_end(struct ps_ledger_db *db, enum ps_status s);
/*
 * The writer, for this thread alone; waits for others up to the deadline.
 * wait NULL: not at all, PS_EBUSY.
 */
enum ps_status ps_ledger_db_write(struct ps_ledger_db *db, struct ps_arena *a,
	const struct ps_wait *wait, const char **why);
/* Damage closes the connection, so that the next call looks again. */
void ps_ledger_db_write_end(struct ps_ledger_db *db, enum ps_status s);

/* A statement, prepared on first use, reset and without values. */
enum ps_status ps_ledger_db_stmt(struct ps_arena *a, struct ledger_conn *c,
	enum ledger_stmt which, sqlite3_stmt **out, const char **why);
/* *row: there is one.  Resets the statement when there is none. */
enum ps_status ps_ledger_db_step(struct ps_arena *a, struct ledger_conn *c,
	sqlite3_stmt *stmt, bool *row, const char **why);
/* Run one that gives no rows and has its values. */
enum ps_status ps_ledger_db_done(struct ps_arena *a, struct ledger_conn *c,
	sqlite3_stmt *stmt, const char **why);
enum ps_status ps_ledger_db_run(struct ps_arena *a, struct ledger_conn *c,
	enum ledger_stmt which, const char **why);

/* Octets and NULL-able text, copied by SQLite. */
void ps_ledger_db_bind(sqlite3_stmt *stmt, int at, struct ps_bytes octets);
void ps_ledger_db_bind_text(sqlite3_stmt *stmt, int at, const char *text);
void ps_ledger_db_bind_digest(
	sqlite3_stmt *stmt, int at, const struct ps_digest *d);
struct ps_bytes ps_ledger_db_blob(
	struct ps_arena *a, sqlite3_stmt *stmt, int at);

/* What one transaction needs everywhere. */
struct ledger_writing {
	struct ps_ledger_db *db;
	struct ledger_conn *c;
	struct ps_arena *a;
	const char **why;
};
enum ps_status ps_ledger_db_begin(struct ledger_writing *w);
/* Commits when s is PS_OK; else, or when that fails, nothing has happened. */
enum ps_status ps_ledger_db_end(struct ledger_writing *w, enum ps_status s);
/* For callers: damage is trouble, and *why names the file. */
enum ps_status ps_ledger_db_trouble(const struct ps_ledger_db *db,
	struct ps_arena *a, enum ps_status s, const char **why);

void ps_ledger_db_live_remove(struct ps_ledger_claim *c);
/* Write what could not be written; *seen is for the second, after a commit. */
enum ps_status ps_ledger_db_save_unsaved(
	struct ledger_writing *w, struct ledger_unsaved **seen);
void ps_ledger_db_forget_unsaved(
	struct ps_ledger_db *db, struct ledger_unsaved *seen);

/* Is a claim's owner still at it? */
bool ps_ledger_db_is_live(struct ps_ledger_db *db, struct ps_arena *a,
	int64_t owner, int64_t claim, int64_t until_ms);
/* The columns of LEDGER_FIND_RCPT. */
void ps_ledger_db_known(struct ps_ledger_db *db, struct ps_arena *a,
	sqlite3_stmt *stmt, struct ps_ledger_known *out);

/* The functions of struct ps_ledger that write. */
enum ps_status ps_ledger_db_intend(void *self, struct ps_arena *a,
	const struct ps_ledger_intent *intent, const struct ps_wait *wait,
	struct ps_ledger_claim **out, const char **why);
bool ps_ledger_db_holds(const struct ps_ledger_claim *claim);
enum ps_status ps_ledger_db_acknowledge(struct ps_ledger_claim *claim,
	size_t group, const char *reply, const struct ps_wait *wait,
	const char **why);
void ps_ledger_db_finish(
	struct ps_ledger_claim *claim, bool done, const struct ps_wait *wait);
/* ledger_account.c */
void ps_ledger_db_count(void *self, const int64_t add[PS_ACCOUNT_N]);
enum ps_status ps_ledger_db_accounts(void *self, struct ps_arena *a,
	int64_t out[PS_ACCOUNT_N], const char **why);

#endif
