/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * The pool.  Before a connection is handed out, the index file is compared
 * with the one that was verified last: what another process wrote, replaced
 * or damaged is read whole once before any answer rests on it.
 */
#include "store/key_index_db.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* More threads than this wait for each other; a look-up takes microseconds. */
#define CONN_MAX 8

struct ps_key_index {
	char *path;
	pthread_mutex_t lock;
	pthread_cond_t given;
	struct key_conn *idle;
	size_t n_conn;
	unsigned generation;
	bool verified;
	struct stat seen; /* the file that was verified */
};

/* What belongs to a certificate stands in one place, without a row number: of
 * many certificates each page that a look-up touches is read from the disk. */
static const char schema_sql[] =
	"CREATE TABLE directory (id INTEGER PRIMARY KEY CHECK (id = 1),"
	" mtime_ns INTEGER NOT NULL, ctime_ns INTEGER NOT NULL,"
	" ino INTEGER NOT NULL);"
	"CREATE TABLE file (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE,"
	" size INTEGER NOT NULL, mtime_ns INTEGER NOT NULL,"
	" ctime_ns INTEGER NOT NULL, ino INTEGER NOT NULL, bad TEXT);"
	"CREATE INDEX bad_file ON file (name) WHERE bad IS NOT NULL;"
	"CREATE TABLE cert (id INTEGER PRIMARY KEY, fpr TEXT NOT NULL UNIQUE,"
	" version INTEGER NOT NULL, created_s INTEGER NOT NULL,"
	" expires_s INTEGER NOT NULL, revoked INTEGER NOT NULL,"
	" invalid INTEGER NOT NULL, note TEXT);"
	"CREATE TABLE cert_file ("
	" cert_id INTEGER NOT NULL REFERENCES cert ON DELETE CASCADE,"
	" file_id INTEGER NOT NULL REFERENCES file ON DELETE CASCADE,"
	" PRIMARY KEY (cert_id, file_id)) WITHOUT ROWID;"
	"CREATE INDEX cert_file_by_file ON cert_file (file_id);"
	"CREATE TABLE subkey ("
	" cert_id INTEGER NOT NULL REFERENCES cert ON DELETE CASCADE,"
	" n INTEGER NOT NULL, fpr TEXT NOT NULL, key_id INTEGER NOT NULL,"
	" created_s INTEGER NOT NULL, expires_s INTEGER NOT NULL,"
	" revoked INTEGER NOT NULL, can_encrypt INTEGER NOT NULL,"
	" invalid INTEGER NOT NULL, file_size INTEGER NOT NULL,"
	" PRIMARY KEY (cert_id, n)) WITHOUT ROWID;"
	"CREATE INDEX subkey_by_key_id ON subkey (key_id);"
	"CREATE TABLE user_id ("
	" cert_id INTEGER NOT NULL REFERENCES cert ON DELETE CASCADE,"
	" n INTEGER NOT NULL, text BLOB NOT NULL, address TEXT, folded TEXT,"
	" expires_s INTEGER NOT NULL, ends_s INTEGER NOT NULL,"
	" revoked INTEGER NOT NULL, invalid INTEGER NOT NULL,"
	" PRIMARY KEY (cert_id, n)) WITHOUT ROWID;"
	"CREATE INDEX user_id_by_address ON user_id (address);"
	"CREATE INDEX user_id_by_folded ON user_id (folded, ends_s);"
	"CREATE INDEX user_id_by_end ON user_id (ends_s, folded);";

static const struct ps_store_schema schema = {4, schema_sql};

#define CERT_COLUMNS                                                           \
	"id, fpr, version, created_s, expires_s, revoked, invalid, note"

#define OF_CERT                                                                \
	"cert.id, fpr, version, created_s, cert.expires_s, cert.revoked,"      \
	" cert.invalid, note"

#define OF_SUBKEY                                                              \
	"cert.id, cert.fpr, version, cert.created_s, cert.expires_s,"          \
	" cert.revoked, cert.invalid, note"

static const char *const sql[KEY_STMT_N] = {
	[KEY_BEGIN] = "BEGIN",
	[KEY_BEGIN_WRITE] = "BEGIN IMMEDIATE",
	[KEY_COMMIT] = "COMMIT",
	[KEY_ROLLBACK] = "ROLLBACK",
	[KEY_DIR] = "SELECT mtime_ns, ctime_ns, ino FROM directory",
	[KEY_BAD] = "SELECT name, size, mtime_ns, ctime_ns, ino, bad FROM file"
		    " WHERE bad IS NOT NULL ORDER BY name LIMIT 1000",
	/* No DISTINCT, IN or ORDER BY here: each would make a temporary table
	 * of 90 kB for every look-up. */
	[KEY_BY_ADDRESS] = "SELECT " OF_CERT " FROM user_id JOIN cert"
			   " ON cert.id = cert_id WHERE address = ?1"
			   " LIMIT 1000",
	[KEY_BY_FOLDED] = "SELECT " OF_CERT " FROM user_id JOIN cert"
			  " ON cert.id = cert_id WHERE folded = ?1 LIMIT 1000",
	[KEY_BY_FPR] = "SELECT " CERT_COLUMNS " FROM cert WHERE fpr = ?1",
	[KEY_BY_KEY_ID] = "SELECT " CERT_COLUMNS " FROM cert"
			  " WHERE version = 4 AND substr(fpr, 25) = ?1",
	[KEY_BY_SUBKEY] = "SELECT " OF_SUBKEY " FROM subkey JOIN cert"
			  " ON cert.id = cert_id WHERE key_id = ?1 LIMIT 100",
	[KEY_EVERY_CERT] = "SELECT " CERT_COLUMNS " FROM cert"
			   " ORDER BY created_s DESC, fpr",
	[KEY_WALK] = "SELECT " CERT_COLUMNS " FROM cert WHERE fpr > ?1"
		     " ORDER BY fpr LIMIT ?2",
	[KEY_SUBKEYS] = "SELECT fpr, key_id, created_s, expires_s, revoked,"
			" can_encrypt, invalid, file_size FROM subkey"
			" WHERE cert_id = ?1 ORDER BY n",
	[KEY_USER_IDS] =
		"SELECT text, address, expires_s, revoked, invalid, ends_s"
		" FROM user_id"
		" WHERE cert_id = ?1 ORDER BY n",
	[KEY_CERT_FILES] = "SELECT name, size, mtime_ns, ctime_ns, ino, bad"
			   " FROM cert_file JOIN file ON file.id = file_id"
			   " WHERE cert_id = ?1 ORDER BY name",
	[KEY_FILES] = "SELECT name, size, mtime_ns, ctime_ns, ino, bad"
		      " FROM file ORDER BY name",
	[KEY_SUBS] = "SELECT cert.fpr || '-' || subkey.fpr || '.pgp',"
		     " file_size FROM subkey"
		     " JOIN cert ON cert.id = cert_id WHERE file_size > 0",
	[KEY_ENDING] =
		"SELECT address, fpr, ends_s, folded FROM user_id AS u"
		" JOIN cert ON cert.id = cert_id"
		" WHERE ends_s > ?1 AND ends_s <= ?2 AND address IS NOT NULL"
		" AND NOT EXISTS (SELECT 1 FROM user_id AS other"
		" WHERE other.folded = u.folded AND other.ends_s > u.ends_s)"
		" ORDER BY ends_s, folded",
	[KEY_LASTS] = "SELECT max(ends_s) FROM user_id WHERE folded = ?1",
	[KEY_PUT_FILE] =
		"INSERT INTO file (name, size, mtime_ns, ctime_ns, ino, bad)"
		" VALUES (?1, ?2, ?3, ?4, ?5, ?6)"
		" ON CONFLICT (name) DO UPDATE SET size = ?2, mtime_ns = ?3,"
		" ctime_ns = ?4, ino = ?5, bad = ?6",
	[KEY_PUT_CERT] =
		"INSERT INTO cert (fpr, version, created_s, expires_s, revoked,"
		" invalid, note) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
	[KEY_PUT_SUBKEY] =
		"INSERT INTO subkey (cert_id, fpr, key_id, created_s,"
		" expires_s, revoked, can_encrypt, invalid, file_size, n)"
		" VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
	[KEY_PUT_USER_ID] = "INSERT INTO user_id (cert_id, text, address,"
			    " folded, expires_s, revoked, invalid, ends_s,"
			    " n) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
	[KEY_PUT_CERT_FILE] = "INSERT INTO cert_file (cert_id, file_id)"
			      " SELECT ?1, id FROM file WHERE name = ?2",
	[KEY_DROP_CERT] = "DELETE FROM cert WHERE fpr = ?1",
	[KEY_SIBLINGS] =
		"SELECT DISTINCT other.name FROM file AS gone"
		" JOIN cert_file AS held ON held.file_id = gone.id"
		" JOIN cert_file AS also ON also.cert_id = held.cert_id"
		" JOIN file AS other ON other.id = also.file_id"
		" WHERE gone.name = ?1 AND other.id <> gone.id",
	[KEY_DROP_CERTS_OF_FILE] =
		"DELETE FROM cert WHERE id IN (SELECT cert_id FROM cert_file"
		" JOIN file ON file.id = file_id WHERE name = ?1)",
	[KEY_DROP_FILE] = "DELETE FROM file WHERE name = ?1",
	[KEY_UNSETTLE] =
		"UPDATE file SET size = -1 WHERE id IN (SELECT file_id FROM"
		" cert_file JOIN cert ON cert.id = cert_id WHERE fpr = ?1)",
	[KEY_SET_DIR] = "INSERT INTO directory (id, mtime_ns, ctime_ns, ino)"
			" VALUES (1, ?1, ?2, ?3) ON CONFLICT (id) DO UPDATE"
			" SET mtime_ns = ?1, ctime_ns = ?2, ino = ?3",
};

struct ps_key_index *
ps_key_index_new(const char *path)
{
	struct ps_key_index *ix = calloc(1, sizeof(*ix));

	if (ix == NULL)
		return NULL;
	ix->path = strdup(path);
	if (ix->path == NULL) {
		free(ix);
		return NULL;
	}
	pthread_mutex_init(&ix->lock, NULL);
	pthread_cond_init(&ix->given, NULL);
	return ix;
}

static void
conn_free(struct key_conn *c)
{
	for (size_t i = 0; i < KEY_STMT_N; i++)
		sqlite3_finalize(c->stmt[i]);
	ps_store_close(c->db);
	free(c);
}

/* Under the lock. */
static void
close_idle(struct ps_key_index *ix)
{
	struct key_conn *c;

	while ((c = ix->idle) != NULL) {
		ix->idle = c->next;
		ix->n_conn--;
		conn_free(c);
	}
}

void
ps_key_index_free(struct ps_key_index *ix)
{
	if (ix == NULL)
		return;
	close_idle(ix);
	pthread_cond_destroy(&ix->given);
	pthread_mutex_destroy(&ix->lock);
	free(ix->path);
	free(ix);
}

static enum ps_status
conn_new(struct ps_key_index *ix, struct ps_arena *a, struct key_conn **out,
	const char **why)
{
	struct key_conn *c = calloc(1, sizeof(*c));
	enum ps_status s;

	if (c == NULL) {
		*why = "out of memory";
		return PS_ETEMP;
	}
	s = ps_store_open(a, ix->path, &schema, &c->db, why);
	if (s != PS_OK) {
		free(c);
		return s;
	}
	*out = c;
	return PS_OK;
}

static bool
same_file(const struct stat *x, const struct stat *y)
{
	return x->st_dev == y->st_dev && x->st_ino == y->st_ino &&
	       x->st_size == y->st_size &&
	       x->st_ctim.tv_sec == y->st_ctim.tv_sec &&
	       x->st_ctim.tv_nsec == y->st_ctim.tv_nsec;
}

/*
 * Under the lock: the file is not the one that was verified.  The first
 * connection to it reads it whole.
 */
static enum ps_status
verify(struct ps_key_index *ix, struct ps_arena *a, struct key_conn **out,
	const char **why)
{
	struct stat now;
	enum ps_status s;

	close_idle(ix);
	ix->generation++;
	ix->verified = false;
	s = conn_new(ix, a, out, why);
	if (s != PS_OK)
		return s;
	if (stat(ix->path, &now) != 0) {
		*why = strerrordesc_np(errno);
		s = PS_ETEMP;
	} else {
		s = ps_store_verify(a, (*out)->db, why);
	}
	if (s != PS_OK) {
		conn_free(*out);
		return s;
	}
	ix->seen = now;
	ix->verified = true;
	ix->n_conn++;
	(*out)->generation = ix->generation;
	return PS_OK;
}

/* Under the lock; *out stays NULL when one has to be opened. */
static enum ps_status
take_idle(struct ps_key_index *ix, struct ps_arena *a, struct key_conn **out,
	const char **why)
{
	struct stat now;

	for (;;) {
		if (stat(ix->path, &now) != 0 || !ix->verified ||
			!same_file(&now, &ix->seen))
			return verify(ix, a, out, why);
		if (ix->idle != NULL) {
			*out = ix->idle;
			ix->idle = (*out)->next;
			return PS_OK;
		}
		if (ix->n_conn < CONN_MAX) {
			ix->n_conn++;
			return PS_OK;
		}
		pthread_cond_wait(&ix->given, &ix->lock);
	}
}

enum ps_status
ps_key_db_take(struct ps_key_index *ix, struct ps_arena *a,
	struct key_conn **out, const char **why)
{
	struct key_conn *c = NULL;
	unsigned generation;
	enum ps_status s;

	pthread_mutex_lock(&ix->lock);
	s = take_idle(ix, a, &c, why);
	generation = ix->generation;
	pthread_mutex_unlock(&ix->lock);
	if (s == PS_OK && c == NULL) {
		s = conn_new(ix, a, &c, why);
		if (s == PS_OK) {
			c->generation = generation;
		} else {
			pthread_mutex_lock(&ix->lock);
			ix->n_conn--;
			pthread_cond_signal(&ix->given);
			pthread_mutex_unlock(&ix->lock);
		}
	}
	if (s == PS_OK)
		*out = c;
	return s;
}

void
ps_key_db_give(struct ps_key_index *ix, struct key_conn *c, bool wrote)
{
	struct stat now;

	pthread_mutex_lock(&ix->lock);
	/* A commit may have moved the log into the file. */
	if (wrote && c->generation == ix->generation &&
		stat(ix->path, &now) == 0 && now.st_ino == ix->seen.st_ino)
		ix->seen = now;
	if (c->generation == ix->generation) {
		c->next = ix->idle;
		ix->idle = c;
	} else {
		ix->n_conn--;
		conn_free(c);
	}
	pthread_cond_signal(&ix->given);
	pthread_mutex_unlock(&ix->lock);
}

enum ps_status
ps_key_index_erase(
	struct ps_key_index *ix, struct ps_arena *a, const char **why)
{
	static const char *const suffix[] = {"", "-wal", "-shm", "-journal"};
	enum ps_status s = PS_OK;

	pthread_mutex_lock(&ix->lock);
	close_idle(ix);
	ix->generation++;
	ix->verified = false;
	for (size_t i = 0; i < sizeof(suffix) / sizeof(suffix[0]); i++) {
		const char *path =
			ps_arena_printf(a, "%s%s", ix->path, suffix[i]);

		if (unlink(path) != 0 && errno != ENOENT) {
			*why = ps_arena_printf(
				a, "%s: %s", path, strerrordesc_np(errno));
			s = PS_ETEMP;
		}
	}
	pthread_mutex_unlock(&ix->lock);
	return s;
}

enum ps_status
ps_key_db_stmt(struct ps_arena *a, struct key_conn *c, enum key_stmt which,
	sqlite3_stmt **out, const char **why)
{
	enum ps_status s =
		ps_store_stmt(a, c->db, sql[which], &c->stmt[which], why);

	*out = c->stmt[which];
	return s;
}

enum ps_status
ps_key_db_step(struct ps_arena *a, struct key_conn *c, sqlite3_stmt *stmt,
	bool *row, const char **why)
{
	return ps_store_step(a, c->db, stmt, row, why);
}

enum ps_status
ps_key_db_run(struct ps_arena *a, struct key_conn *c, enum key_stmt which,
	const char **why)
{
	sqlite3_stmt *stmt;
	enum ps_status s = ps_key_db_stmt(a, c, which, &stmt, why);
	bool row;

	return s != PS_OK ? s : ps_key_db_step(a, c, stmt, &row, why);
}

void
ps_key_db_bind(sqlite3_stmt *stmt, int at, struct ps_bytes text)
{
	sqlite3_bind_text64(stmt, at, text.p == NULL ? "" : text.p, text.len,
		SQLITE_TRANSIENT, SQLITE_UTF8);
}

struct ps_bytes
ps_key_db_text(struct ps_arena *a, sqlite3_stmt *stmt, int at)
{
	const void *p = sqlite3_column_blob(stmt, at);
	int len = sqlite3_column_bytes(stmt, at);

	return ps_arena_copy(a, ps_bytes(p, p == NULL ? 0 : (size_t)len));
}

void
ps_key_db_fpr(sqlite3_stmt *stmt, int at, char out[PS_FPR_SIZE])
{
	const char *text = (const char *)sqlite3_column_text(stmt, at);
	size_t len = text == NULL ? 0 : strnlen(text, PS_FPR_SIZE - 1);

	if (len > 0)
		memcpy(out, text, len);
	out[len] = '\0';
}

struct ps_bytes
ps_key_db_folded(struct ps_arena *a, struct ps_bytes address)
{
	char *p = ps_arena_cstr(a, address);

	for (size_t i = 0; i < address.len; i++)
		p[i] = (char)ps_lower(p[i]);
	return ps_bytes(p, address.len);
}
