/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * The connections of the key book.  A file is read whole, once, before anything
 * is believed of it, and a file that has taken its place is another file.
 */
#include "store/key_book_db.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

#include "base/failpoint.h"

/* More threads than this wait for each other; a look-up takes microseconds. */
#define CONN_MAX 8

struct ps_key_book_db *
ps_key_book_db_new(const char *path)
{
	struct ps_key_book_db *db = calloc(1, sizeof(*db));

	if (db == NULL)
		return NULL;
	db->path = strdup(path);
	if (db->path == NULL) {
		free(db);
		return NULL;
	}
	pthread_mutex_init(&db->lock, NULL);
	pthread_cond_init(&db->given, NULL);
	pthread_mutex_init(&db->uses_lock, NULL);
	pthread_mutex_init(&db->write_lock, NULL);
	return db;
}

static void
conn_clear(struct book_conn *c)
{
	for (size_t i = 0; i < BOOK_STMT_N; i++)
		sqlite3_finalize(c->stmt[i]);
	ps_store_close(c->db);
	*c = (struct book_conn){0};
}

/* Under the lock. */
static void
close_idle(struct ps_key_book_db *db)
{
	struct book_conn *c;

	while ((c = db->idle) != NULL) {
		db->idle = c->next;
		db->n_conn--;
		conn_clear(c);
		free(c);
	}
	db->generation++;
	db->verified = false;
}

void
ps_key_book_db_free(struct ps_key_book_db *db)
{
	if (db == NULL)
		return;
	ps_book_db_flush(db, true);
	ps_book_db_uses_free(db->uses);
	close_idle(db);
	conn_clear(&db->writer);
	pthread_mutex_destroy(&db->write_lock);
	pthread_mutex_destroy(&db->uses_lock);
	pthread_cond_destroy(&db->given);
	pthread_mutex_destroy(&db->lock);
	free(db->path);
	free(db);
}

enum ps_status
ps_book_db_trouble(const struct ps_key_book_db *db, struct ps_arena *a,
	enum ps_status s, const char **why)
{
	if (s != PS_OK && s != PS_EBUSY)
		*why = ps_arena_printf(a, "key book %s: %s", db->path, *why);
	return s;
}

static bool
same_file(const struct stat *x, const struct stat *y)
{
	return x->st_dev == y->st_dev && x->st_ino == y->st_ino;
}

static enum ps_status
conn_new(struct ps_key_book_db *db, struct ps_arena *a, struct book_conn **out,
	const char **why)
{
	struct book_conn *c = calloc(1, sizeof(*c));
	enum ps_status s;

	if (c == NULL) {
		*why = "out of memory";
		return PS_ETEMP;
	}
	s = ps_store_open_reader(a, db->path, &ps_book_db_schema, &c->db, why);
	if (s == PS_OK)
		*out = c;
	else
		free(c);
	return s;
}

/* Under the lock: the first connection to a file that is new to us. */
static enum ps_status
verify(struct ps_key_book_db *db, struct ps_arena *a, const struct stat *now,
	struct book_conn **out, const char **why)
{
	struct book_conn *c;
	enum ps_status s;

	close_idle(db);
	s = conn_new(db, a, &c, why);
	if (s != PS_OK)
		return s;
	s = ps_store_verify(a, c->db, why);
	if (s != PS_OK) {
		conn_clear(c);
		free(c);
		return s;
	}
	db->seen = *now;
	db->verified = true;
	db->n_conn++;
	*out = c;
	return PS_OK;
}

/* Under the lock.  *open: one has to be opened, and is counted already. */
static enum ps_status
take_idle(struct ps_key_book_db *db, struct ps_arena *a, struct book_conn **out,
	bool *open, const char **why)
{
	struct stat now;

	for (;;) {
		if (stat(db->path, &now) != 0) {
			*why = strerrordesc_np(errno);
			return errno == ENOENT ? PS_OK : PS_ETEMP;
		}
		if (!db->verified || !same_file(&now, &db->seen))
			return verify(db, a, &now, out, why);
		if (db->idle != NULL) {
			*out = db->idle;
			db->idle = (*out)->next;
			return PS_OK;
		}
		*open = db->n_conn < CONN_MAX;
		db->n_conn += *open;
		if (*open)
			return PS_OK;
		pthread_cond_wait(&db->given, &db->lock);
	}
}

enum ps_status
ps_book_db_take(struct ps_key_book_db *db, struct ps_arena *a,
	struct book_conn **out, const char **why)
{
	struct book_conn *c = NULL;
	unsigned generation;
	bool open = false;
	enum ps_status s;

	pthread_mutex_lock(&db->lock);
	s = take_idle(db, a, &c, &open, why);
	generation = db->generation;
	pthread_mutex_unlock(&db->lock);
	if (s == PS_OK && open)
		s = conn_new(db, a, &c, why);
	if (s == PS_OK && c != NULL)
		c->generation = generation;
	if (s != PS_OK && open) {
		pthread_mutex_lock(&db->lock);
		db->n_conn--;
		pthread_cond_signal(&db->given);
		pthread_mutex_unlock(&db->lock);
	}
	*out = c;
	return ps_book_db_trouble(db, a, s, why);
}

void
ps_book_db_give(
	struct ps_key_book_db *db, struct book_conn *c, enum ps_status s)
{
	if (c == NULL)
		return;
	pthread_mutex_lock(&db->lock);
	if (s == PS_EPERM && c->generation == db->generation)
		db->verified = false;
	if (s == PS_OK && c->generation == db->generation) {
		c->next = db->idle;
		db->idle = c;
	} else {
		db->n_conn--;
		conn_clear(c);
		free(c);
	}
	pthread_cond_signal(&db->given);
	pthread_mutex_unlock(&db->lock);
}

static void
sync_folder(struct ps_arena *a, const char *path)
{
	const char *slash = strrchr(path, '/');
	const char *folder =
		slash == NULL
			? "."
			: ps_arena_cstr(a,
				  ps_bytes(path, (size_t)(slash - path) + 1));
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return;
	fsync(fd);
	close(fd);
}

/* Those who make a book take turns; it takes milliseconds. */
static int
lock_making(struct ps_arena *a, const char *path)
{
	const struct timespec pause = {.tv_nsec = 20000000};
	int fd = open(ps_arena_printf(a, "%s-lock", path),
		O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0640);

	for (int ms = 0; fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) != 0;
		ms += 20) {
		if (ms >= PS_STORE_BUSY_MS) {
			close(fd);
			errno = EBUSY;
			return -1;
		}
		nanosleep(&pause, NULL);
	}
	return fd;
}

static void
remove_log(struct ps_arena *a, const char *path)
{
	unlink(ps_arena_printf(a, "%s-wal", path));
	unlink(ps_arena_printf(a, "%s-shm", path));
}

/* A log without its book would be written into the new one. */
static enum ps_status
give_name(struct ps_arena *a, const char *path, const char *new_path,
	const char **why)
{
	remove_log(a, path);
	if (rename(new_path, path) != 0) {
		*why = strerrordesc_np(errno);
		return PS_ETEMP;
	}
	sync_folder(a, path);
	return PS_OK;
}

/*
 * A book gets its name when it is whole: one without tables under that name is
 * damage then, and not perhaps somebody's beginning.
 */
static enum ps_status
make(struct ps_key_book_db *db, struct ps_arena *a, const char **why)
{
	char *path = ps_arena_printf(a, "%s-new", db->path);
	int lock = lock_making(a, db->path);
	struct sqlite3 *made = NULL;
	enum ps_status s = PS_OK;
	struct stat st;

	if (lock < 0) {
		*why = strerrordesc_np(errno);
		return PS_ETEMP;
	}
	if (stat(db->path, &st) == 0)
		goto out; /* somebody else was first */
	unlink(path);	  /* of a maker that was killed */
	remove_log(a, path);
	s = ps_store_open(a, path, &ps_book_db_schema, &made, why);
	if (s == PS_OK) {
		ps_store_close(made); /* the log goes into the file */
		PS_FAILPOINT("book-made");
		s = give_name(a, db->path, path, why);
	}
out:
	close(lock);
	return s;
}

static bool
is_verified(struct ps_key_book_db *db, const struct stat *now)
{
	bool yes;

	pthread_mutex_lock(&db->lock);
	yes = db->verified && same_file(now, &db->seen);
	pthread_mutex_unlock(&db->lock);
	return yes;
}

static enum ps_status
writer_ready(struct ps_key_book_db *db, struct ps_arena *a, const char **why)
{
	struct book_conn *c = &db->writer;
	struct stat now;
	enum ps_status s = PS_OK;

	if (stat(db->path, &now) != 0) {
		s = make(db, a, why);
		if (s == PS_OK && stat(db->path, &now) != 0) {
			*why = strerrordesc_np(errno);
			s = PS_ETEMP;
		}
	}
	if (s != PS_OK || (c->db != NULL && same_file(&now, &db->written)))
		return s;
	conn_clear(c);
	if (now.st_size == 0) { /* SQLite would take it for a new one */
		*why = "damaged: the file is empty";
		return PS_EPERM;
	}
	s = ps_store_open(a, db->path, &ps_book_db_schema, &c->db, why);
	if (s == PS_OK && !is_verified(db, &now))
		s = ps_store_verify(a, c->db, why);
	if (s == PS_OK)
		s = ps_store_exec(a, c->db, "PRAGMA synchronous = FULL", why);
	db->written = now;
	return s;
}

enum ps_status
ps_book_db_begin(
	struct ps_key_book_db *db, struct ps_arena *a, const char **why)
{
	enum ps_status s = writer_ready(db, a, why);

	if (s == PS_OK)
		s = ps_book_db_run(a, &db->writer, BOOK_BEGIN_WRITE, why);
	if (s != PS_OK)
		conn_clear(&db->writer);
	return ps_book_db_trouble(db, a, s, why);
}

enum ps_status
ps_book_db_end(struct ps_key_book_db *db, struct ps_arena *a, enum ps_status s,
	const char **why)
{
	const char *ignored;

	PS_FAILPOINT("book-before-commit");
	if (s == PS_OK)
		s = ps_book_db_run(a, &db->writer, BOOK_COMMIT, why);
	if (s == PS_OK) {
		PS_FAILPOINT("book-after-commit");
		return PS_OK;
	}
	ps_book_db_run(a, &db->writer, BOOK_ROLLBACK, &ignored);
	if (s != PS_EBUSY)
		conn_clear(&db->writer);
	return ps_book_db_trouble(db, a, s, why);
}

struct ps_key_book
ps_key_book_db_adapter(struct ps_key_book_db *db)
{
	return (struct ps_key_book){
		.self = db,
		.read = ps_book_db_read,
		.write = ps_book_db_write,
		.used = ps_book_db_used,
		.due = ps_book_db_due,
		.forget = ps_book_db_forget,
		.walk = ps_book_db_walk,
		.by_fpr = ps_book_db_by_fpr,
		.history = ps_book_db_history,
	};
}
