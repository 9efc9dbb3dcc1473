/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Counting what became of recipients.  A number that a crash loses is not worth
 * an fsync, nor a wait.
 */
#include "store/ledger_db.h"

static const char *const name[PS_ACCOUNT_N] = {
	[PS_ACCOUNT_MESSAGES] = "messages",
	[PS_ACCOUNT_RECIPIENTS] = "recipients",
	[PS_ACCOUNT_IN_PLACE] = "in-place",
	[PS_ACCOUNT_RELAYED] = "relayed",
	[PS_ACCOUNT_REFUSED] = "refused",
	[PS_ACCOUNT_DEFERRED] = "deferred",
	[PS_ACCOUNT_COPIES] = "copies",
	[PS_ACCOUNT_SKIPPED] = "skipped",
	[PS_ACCOUNT_UNKNOWN] = "unknown",
	[PS_ACCOUNT_LOOPS] = "loops",
};

const char *
ps_account_name(enum ps_account which)
{
	return name[which];
}

static enum ps_status
add_one(struct ps_ledger_db *db, struct ps_arena *a, enum ps_account which,
	int64_t n, const char **why)
{
	sqlite3_stmt *q;
	enum ps_status s =
		ps_ledger_db_stmt(a, &db->writer, LEDGER_COUNT, &q, why);

	if (s != PS_OK)
		return s;
	ps_ledger_db_bind_text(q, 1, name[which]);
	sqlite3_bind_int64(q, 2, n);
	return ps_ledger_db_done(a, &db->writer, q, why);
}

static enum ps_status
write_all(struct ps_ledger_db *db, struct ps_arena *a,
	const int64_t add[PS_ACCOUNT_N], const char **why)
{
	struct ledger_conn *c = &db->writer;
	enum ps_status s =
		ps_store_exec(a, c->db, "PRAGMA synchronous = NORMAL", why);

	if (s == PS_OK)
		s = ps_ledger_db_run(a, c, LEDGER_BEGIN_WRITE, why);
	for (int i = 0; s == PS_OK && i < PS_ACCOUNT_N; i++)
		if (add[i] != 0)
			s = add_one(db, a, (enum ps_account)i, add[i], why);
	if (s == PS_OK)
		s = ps_ledger_db_run(a, c, LEDGER_COMMIT, why);
	if (s == PS_OK)
		s = ps_store_exec(a, c->db, "PRAGMA synchronous = FULL", why);
	return s; /* after a failure the connection is closed */
}

static bool
take_waiting(struct ps_ledger_db *db, int64_t out[PS_ACCOUNT_N])
{
	bool any = false;

	pthread_mutex_lock(&db->lock);
	for (int i = 0; i < PS_ACCOUNT_N; i++) {
		any = any || db->account[i] != 0;
		out[i] = db->account[i];
		db->account[i] = 0;
	}
	pthread_mutex_unlock(&db->lock);
	return any;
}

static void
put_back(struct ps_ledger_db *db, const int64_t add[PS_ACCOUNT_N])
{
	pthread_mutex_lock(&db->lock);
	for (int i = 0; i < PS_ACCOUNT_N; i++)
		db->account[i] += add[i];
	pthread_mutex_unlock(&db->lock);
}

void
ps_ledger_db_count(void *self, const int64_t add[PS_ACCOUNT_N])
{
	struct ps_ledger_db *db = self;
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);
	int64_t waiting[PS_ACCOUNT_N];
	const char *why;
	enum ps_status s;

	put_back(db, add);
	if (ps_ledger_db_write(db, a, NULL, &why) == PS_OK) {
		s = PS_OK;
		if (take_waiting(db, waiting))
			s = write_all(db, a, waiting, &why);
		if (s != PS_OK)
			put_back(db, waiting);
		ps_ledger_db_write_end(db, s);
	}
	ps_arena_free(a);
}

enum ps_status
ps_ledger_db_accounts(void *self, struct ps_arena *a, int64_t out[PS_ACCOUNT_N],
	const char **why)
{
	struct ps_ledger_db *db = self;
	enum ps_status s = ps_ledger_db_read(db, a, why);
	bool row = true;
	sqlite3_stmt *q;

	if (s != PS_OK)
		return s;
	memset(out, 0, PS_ACCOUNT_N * sizeof(*out));
	s = ps_ledger_db_stmt(a, &db->reader, LEDGER_ACCOUNTS, &q, why);
	while (s == PS_OK) {
		s = ps_ledger_db_step(a, &db->reader, q, &row, why);
		if (s != PS_OK || !row)
			break;
		for (int i = 0; i < PS_ACCOUNT_N; i++)
			if (ps_bytes_eq(ps_ledger_db_blob(a, q, 0),
				    ps_bytes_of(name[i])))
				out[i] = sqlite3_column_int64(q, 1);
	}
	ps_ledger_db_read_end(db, s);
	return s == PS_OK ? PS_OK : PS_ETEMP;
}
