/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Between the files of the key index: a pool of connections, each with its
 * prepared statements.  Opening one costs as much as fifty look-ups.
 */
#ifndef PS_STORE_KEY_INDEX_DB_H
#define PS_STORE_KEY_INDEX_DB_H

#include <sqlite3.h>

#include "store/key_index.h"
#include "store/store.h"

enum key_stmt {
	KEY_BEGIN,
	KEY_BEGIN_WRITE,
	KEY_COMMIT,
	KEY_ROLLBACK,
	KEY_DIR,
	KEY_BAD,
	KEY_BY_ADDRESS,
	KEY_BY_FOLDED,
	KEY_BY_FPR,
	KEY_BY_KEY_ID,
	KEY_BY_SUBKEY,
	KEY_EVERY_CERT,
	KEY_WALK,
	KEY_SUBKEYS,
	KEY_USER_IDS,
	KEY_CERT_FILES,
	KEY_FILES,
	KEY_SUBS,
	KEY_ENDING,
	KEY_LASTS,
	KEY_PUT_FILE,
	KEY_PUT_CERT,
	KEY_PUT_SUBKEY,
	KEY_PUT_USER_ID,
	KEY_PUT_CERT_FILE,
	KEY_DROP_CERT,
	KEY_SIBLINGS,
	KEY_DROP_CERTS_OF_FILE,
	KEY_DROP_FILE,
	KEY_UNSETTLE,
	KEY_SET_DIR,
	KEY_STMT_N
};

struct key_conn {
	sqlite3 *db;
	sqlite3_stmt *stmt[KEY_STMT_N];
	unsigned generation;
	struct key_conn *next;
};

/* A connection for this thread alone, to a file that was verified. */
enum ps_status ps_key_db_take(struct ps_key_index *ix, struct ps_arena *a,
	struct key_conn **out, const char **why);
/* wrote: what the file is now was written by us. */
void ps_key_db_give(struct ps_key_index *ix, struct key_conn *c, bool wrote);

/* A statement, prepared on first use, reset and without values. */
enum ps_status ps_key_db_stmt(struct ps_arena *a, struct key_conn *c,
	enum key_stmt which, sqlite3_stmt **out, const char **why);
/* Run one that gives no rows. */
enum ps_status ps_key_db_run(struct ps_arena *a, struct key_conn *c,
	enum key_stmt which, const char **why);
/* *row: there is one.  Resets the statement when there is none. */
enum ps_status ps_key_db_step(struct ps_arena *a, struct key_conn *c,
	sqlite3_stmt *stmt, bool *row, const char **why);

void ps_key_db_bind(sqlite3_stmt *stmt, int at, struct ps_bytes text);
struct ps_bytes ps_key_db_text(struct ps_arena *a, sqlite3_stmt *stmt, int at);
/* In lower case (ASCII), as the column "folded" has it. */
struct ps_bytes ps_key_db_folded(struct ps_arena *a, struct ps_bytes address);
void ps_key_db_fpr(sqlite3_stmt *stmt, int at, char out[PS_FPR_SIZE]);

#endif
