/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Connections and statements.
 */
#include "store/ledger_db.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static void
conn_close(struct ledger_conn *c)
{
	for (size_t i = 0; i < LEDGER_STMT_N; i++)
		sqlite3_finalize(c->stmt[i]);
	ps_store_close(c->db);
	*c = (struct ledger_conn){0};
}

/* Which start of the machine this is: its monotonic clock begins then. */
static void
read_boot(char *out, size_t size)
{
	FILE *f = fopen("/proc/sys/kernel/random/boot_id", "re");
	bool got = f != NULL && fgets(out, (int)size, f) != NULL;

	if (f != NULL)
		fclose(f);
	if (!got)
		snprintf(out, size, "unknown"); /* the wall clock decides */
}

struct ps_ledger_db *
ps_ledger_db_new(const struct ps_ledger_settings *s)
{
	struct ps_ledger_db *db = calloc(1, sizeof(*db));
	pthread_condattr_t attr;

	if (db == NULL)
		return NULL;
	db->path = strdup(s->path);
	if (db->path == NULL) {
		free(db);
		return NULL;
	}
	db->clock = s->clock;
	db->keep_done_s = s->keep_done_s != 0 ? s->keep_done_s : 3600;
	db->queue_life_s = s->queue_life_s != 0 ? s->queue_life_s : 6 * 86400;
	db->read_only = s->read_only;
	db->owner.fd = -1;
	read_boot(db->boot, sizeof(db->boot));
	db->expired_ms = INT64_MIN;
	pthread_mutex_init(&db->read_lock, NULL);
	pthread_mutex_init(&db->lock, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&db->given, &attr);
	pthread_condattr_destroy(&attr);
	return db;
}

void
ps_ledger_db_free(struct ps_ledger_db *db)
{
	static const int64_t nothing[PS_ACCOUNT_N];
	struct ledger_unsaved *u;

	if (db == NULL)
		return;
	if (db->writer.db != NULL)
		ps_ledger_db_count(db, nothing); /* what waits */
	conn_close(&db->reader);
	conn_close(&db->writer);
	ps_ledger_owner_close(&db->owner);
	while ((u = db->unsaved) != NULL) {
		db->unsaved = u->next;
		ps_arena_free(u->a);
	}
	pthread_cond_destroy(&db->given);
	pthread_mutex_destroy(&db->lock);
	pthread_mutex_destroy(&db->read_lock);
	free(db->path);
	free(db);
}

/* Open, and the file that has the name now: one that was replaced would take
 * every record and lose it. */
static enum ps_status
conn_ready(struct ps_ledger_db *db, struct ps_arena *a, struct ledger_conn *c,
	const char **why)
{
	struct stat now;
	enum ps_status s;

	if (c->db != NULL && stat(db->path, &now) == 0 &&
		now.st_dev == c->seen.st_dev && now.st_ino == c->seen.st_ino)
		return PS_OK;
	conn_close(c);
	s = db->read_only ? ps_store_open_reader(a, db->path,
				    &ps_ledger_db_schema, &c->db, why)
			  : ps_store_open(a, db->path, &ps_ledger_db_schema,
				    &c->db, why);
	if (s == PS_OK)
		s = ps_store_verify(a, c->db, why);
	if (s == PS_OK && !db->read_only)
		s = ps_store_exec(a, c->db, "PRAGMA synchronous = FULL", why);
	if (s == PS_OK && stat(db->path, &c->seen) != 0) {
		*why = strerrordesc_np(errno);
		s = PS_ETEMP;
	}
	if (s != PS_OK)
		conn_close(c);
	return s;
}

enum ps_status
ps_ledger_db_trouble(const struct ps_ledger_db *db, struct ps_arena *a,
	enum ps_status s, const char **why)
{
	if (s == PS_OK || s == PS_EBUSY || s == PS_ELATE)
		return s;
	*why = ps_arena_printf(a, "ledger %s: %s", db->path, *why);
	return PS_ETEMP;
}

enum ps_status
ps_ledger_db_read(struct ps_ledger_db *db, struct ps_arena *a, const char **why)
{
	enum ps_status s;

	pthread_mutex_lock(&db->read_lock);
	s = ps_ledger_db_trouble(
		db, a, conn_ready(db, a, &db->reader, why), why);
	if (s != PS_OK)
		pthread_mutex_unlock(&db->read_lock);
	return s;
}

void
ps_ledger_db_read_end(struct ps_ledger_db *db, enum ps_status s)
{
	if (s != PS_OK)
		conn_close(&db->reader);
	pthread_mutex_unlock(&db->read_lock);
}

/* Under the lock. */
static enum ps_status
wait_for_writer(
	struct ps_ledger_db *db, const struct ps_wait *wait, const char **why)
{
	struct timespec until;
	int64_t slice;

	while (db->writing) {
		slice = wait == NULL ? 0 : ps_wait_left(wait);
		if (slice == 0) {
			*why = "the ledger is busy";
			return wait == NULL ? PS_EBUSY : PS_ELATE;
		}
		if (slice > PS_PROGRESS_MS)
			slice = PS_PROGRESS_MS;
		clock_gettime(CLOCK_MONOTONIC, &until);
		until.tv_sec += slice / 1000;
		until.tv_nsec += slice % 1000 * 1000000;
		if (until.tv_nsec >= 1000000000) {
			until.tv_sec++;
			until.tv_nsec -= 1000000000;
		}
		if (pthread_cond_timedwait(&db->given, &db->lock, &until) ==
				ETIMEDOUT &&
			wait->progress != NULL)
			wait->progress(wait->self);
	}
	db->writing = true;
	return PS_OK;
}

static bool
open_owners(struct ps_ledger_db *db, struct ps_arena *a, const char **why)
{
	const char *path = ps_arena_printf(a, "%s-owners", db->path);
	bool good;

	pthread_mutex_lock(&db->lock);
	good = ps_ledger_owner_open(&db->owner, path, db->read_only);
	pthread_mutex_unlock(&db->lock);
	if (!good)
		*why = ps_arena_printf(
			a, "%s: %s", path, strerrordesc_np(errno));
	return good;
}

/* Numbers go up, so that a free one is near. */
static enum ps_status
become_owner(struct ps_ledger_db *db, struct ps_arena *a, const char **why)
{
	enum ps_status s = PS_OK;
	bool mine = false;

	if (!open_owners(db, a, why))
		return PS_ETEMP;
	for (int i = 0; i < 1000 && !mine; i++) {
		s = ps_store_exec(a, db->writer.db,
			"INSERT INTO owner (began_s)"
			" VALUES (strftime('%s', 'now'));"
			"DELETE FROM owner WHERE id < last_insert_rowid()",
			why);
		if (s != PS_OK)
			return s;
		pthread_mutex_lock(&db->lock);
		mine = ps_ledger_owner_be(
			&db->owner, sqlite3_last_insert_rowid(db->writer.db));
		pthread_mutex_unlock(&db->lock);
	}
	if (!mine)
		*why = "no number to own a claim with";
	return mine ? PS_OK : PS_ETEMP;
}

bool
ps_ledger_db_is_live(struct ps_ledger_db *db, struct ps_arena *a, int64_t owner,
	int64_t claim, int64_t until_ms)
{
	const struct ps_ledger_claim *c;
	const char *ignored;
	bool live;

	if (owner == 0 || until_ms <= ps_mono_ms(db->clock))
		return false;
	if (!open_owners(db, a, &ignored))
		return true; /* in doubt nobody takes anything over */
	pthread_mutex_lock(&db->lock);
	if (owner == db->owner.id) {
		for (c = db->live; c != NULL && c->id != claim; c = c->next)
			continue;
		live = c != NULL;
	} else {
		live = ps_ledger_owner_lives(&db->owner, owner);
	}
	pthread_mutex_unlock(&db->lock);
	return live;
}

void
ps_ledger_db_known(struct ps_ledger_db *db, struct ps_arena *a, sqlite3_stmt *q,
	struct ps_ledger_known *out)
{
	int state = sqlite3_column_int(q, 0);

	*out = (struct ps_ledger_known){
		.state = state == 2 ? PS_LEDGER_ACKNOWLEDGED
				    : PS_LEDGER_INTENDED,
		.at_s = sqlite3_column_int64(q, 1),
	};
	if (sqlite3_column_type(q, 2) != SQLITE_NULL)
		out->reply = ps_arena_cstr(a, ps_ledger_db_blob(a, q, 2));
	if (sqlite3_column_type(q, 3) != SQLITE_NULL)
		out->busy = ps_ledger_db_is_live(db, a,
			sqlite3_column_int64(q, 4), sqlite3_column_int64(q, 3),
			sqlite3_column_int64(q, 5));
}

enum ps_status
ps_ledger_db_write(struct ps_ledger_db *db, struct ps_arena *a,
	const struct ps_wait *wait, const char **why)
{
	enum ps_status s;

	if (db->read_only) {
		*why = "the ledger is open for reading";
		return PS_ETEMP;
	}
	pthread_mutex_lock(&db->lock);
	s = wait_for_writer(db, wait, why);
	pthread_mutex_unlock(&db->lock);
	if (s != PS_OK)
		return s;
	s = conn_ready(db, a, &db->writer, why);
	if (s == PS_OK && db->owner.id == 0)
		s = become_owner(db, a, why);
	s = ps_ledger_db_trouble(db, a, s, why);
	if (s != PS_OK)
		ps_ledger_db_write_end(db, s);
	return s;
}

void
ps_ledger_db_write_end(struct ps_ledger_db *db, enum ps_status s)
{
	if (s != PS_OK && s != PS_EBUSY)
		conn_close(&db->writer);
	pthread_mutex_lock(&db->lock);
	db->writing = false;
	pthread_cond_signal(&db->given);
	pthread_mutex_unlock(&db->lock);
}
