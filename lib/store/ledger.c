/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Looking things up in the ledger.
 */
#include "store/ledger_db.h"

/* What the relay acknowledged and the disk did not take, is known all the
 * same. */
static void
overlay(struct ps_ledger_db *db, struct ps_arena *a,
	const struct ps_digest *message, struct ps_bytes rcpt,
	struct ps_ledger_known *out)
{
	const struct ledger_unsaved *u;

	pthread_mutex_lock(&db->lock);
	for (u = db->unsaved; u != NULL; u = u->next) {
		if (memcmp(&u->message, message, sizeof(*message)) != 0)
			continue;
		for (size_t i = 0; i < u->n_rcpt; i++) {
			if (!ps_bytes_eq(u->rcpt[i], rcpt))
				continue;
			out->state = PS_LEDGER_ACKNOWLEDGED;
			out->at_s = u->at_s;
			out->reply = ps_arena_strdup(a, u->reply);
		}
	}
	pthread_mutex_unlock(&db->lock);
}

static enum ps_status
find_message(struct ps_ledger_db *db, struct ps_arena *a,
	const struct ps_digest *message, int64_t *id, const char **why)
{
	sqlite3_stmt *q;
	enum ps_status s =
		ps_ledger_db_stmt(a, &db->reader, LEDGER_FIND_MESSAGE, &q, why);
	bool row = false;

	*id = 0;
	if (s != PS_OK)
		return s;
	ps_ledger_db_bind_digest(q, 1, message);
	s = ps_ledger_db_step(a, &db->reader, q, &row, why);
	if (s == PS_OK && row)
		*id = sqlite3_column_int64(q, 0);
	sqlite3_reset(q);
	return s;
}

static enum ps_status
find_rcpt(struct ps_ledger_db *db, struct ps_arena *a, int64_t id,
	struct ps_bytes rcpt, struct ps_ledger_known *out, const char **why)
{
	sqlite3_stmt *q;
	enum ps_status s =
		ps_ledger_db_stmt(a, &db->reader, LEDGER_FIND_RCPT, &q, why);
	bool row = false;

	if (s != PS_OK)
		return s;
	sqlite3_bind_int64(q, 1, id);
	ps_ledger_db_bind(q, 2, rcpt);
	s = ps_ledger_db_step(a, &db->reader, q, &row, why);
	if (s == PS_OK && row)
		ps_ledger_db_known(db, a, q, out);
	sqlite3_reset(q);
	return s;
}

static enum ps_status
find(void *self, struct ps_arena *a, const struct ps_digest *message,
	const struct ps_bytes *rcpt, size_t n_rcpt,
	struct ps_ledger_known *known, const char **why)
{
	struct ps_ledger_db *db = self;
	enum ps_status s = ps_ledger_db_read(db, a, why);
	int64_t id;

	if (s != PS_OK)
		return s;
	s = find_message(db, a, message, &id, why);
	for (size_t i = 0; s == PS_OK && i < n_rcpt; i++) {
		known[i] = (struct ps_ledger_known){.state = PS_LEDGER_NONE};
		if (id == 0)
			continue;
		s = find_rcpt(db, a, id, rcpt[i], &known[i], why);
		overlay(db, a, message, rcpt[i], &known[i]);
	}
	ps_ledger_db_read_end(db, s);
	return s == PS_OK ? PS_OK : PS_ETEMP;
}

static enum ps_status
find_copy(void *self, struct ps_arena *a, const struct ps_digest *copy,
	bool *found, const char **why)
{
	struct ps_ledger_db *db = self;
	enum ps_status s = ps_ledger_db_read(db, a, why);
	bool row = false;
	sqlite3_stmt *q;

	if (s != PS_OK)
		return s;
	s = ps_ledger_db_stmt(a, &db->reader, LEDGER_FIND_COPY, &q, why);
	if (s == PS_OK) {
		ps_ledger_db_bind_digest(q, 1, copy);
		s = ps_ledger_db_step(a, &db->reader, q, &row, why);
		sqlite3_reset(q);
	}
	ps_ledger_db_read_end(db, s);
	if (s == PS_OK)
		*found = row;
	return s == PS_OK ? PS_OK : PS_ETEMP;
}

static void
read_entry(struct ps_ledger_db *db, struct ps_arena *a, sqlite3_stmt *q,
	struct ps_ledger_entry *out)
{
	*out = (struct ps_ledger_entry){
		.queue_id = ps_ledger_db_blob(a, q, 6),
		.sender = ps_ledger_db_blob(a, q, 7),
		.rcpt = ps_ledger_db_blob(a, q, 8),
		.group = (size_t)sqlite3_column_int64(q, 9),
		.intended_s = sqlite3_column_int64(q, 10),
		.done = sqlite3_column_int(q, 11) != 0,
	};
	ps_ledger_db_known(db, a, q, &out->known);
}

static enum ps_status
list(void *self, struct ps_arena *a, struct ps_ledger_entry **out,
	size_t *n_out, const char **why)
{
	struct ps_ledger_db *db = self;
	enum ps_status s = ps_ledger_db_read(db, a, why);
	struct ps_ledger_entry *entry = NULL;
	sqlite3_stmt *q;
	size_t n = 0;
	bool row;

	if (s != PS_OK)
		return s;
	s = ps_ledger_db_stmt(a, &db->reader, LEDGER_LIST, &q, why);
	while (s == PS_OK) {
		s = ps_ledger_db_step(a, &db->reader, q, &row, why);
		if (s != PS_OK || !row)
			break;
		PS_GROW(a, entry, n);
		read_entry(db, a, q, &entry[n++]);
	}
	ps_ledger_db_read_end(db, s);
	if (s != PS_OK)
		return PS_ETEMP;
	*out = entry;
	*n_out = n;
	return PS_OK;
}

struct ps_ledger
ps_ledger_db_adapter(struct ps_ledger_db *db)
{
	return (struct ps_ledger){
		.self = db,
		.find = find,
		.find_copy = find_copy,
		.intend = ps_ledger_db_intend,
		.holds = ps_ledger_db_holds,
		.acknowledge = ps_ledger_db_acknowledge,
		.finish = ps_ledger_db_finish,
		.list = list,
		.count = ps_ledger_db_count,
		.accounts = ps_ledger_db_accounts,
	};
}
