/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Looking at the key directory, and locking it.
 */
#include "keys/keydir_files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define LOCK_POLL_MS 20
#define OPEN_DIR     (O_RDONLY | O_DIRECTORY | O_CLOEXEC)

static enum ps_status
failed(struct ps_arena *a, const char *path, const char *name, const char **why)
{
	*why = ps_arena_printf(a, "%s%s%s: %s", path, *name == '\0' ? "" : "/",
		name, strerrordesc_np(errno));
	return PS_ETEMP;
}

void
ps_stamp_from(const struct stat *st, struct ps_file_stamp *out)
{
	*out = (struct ps_file_stamp){
		.size = S_ISDIR(st->st_mode) ? 0 : st->st_size,
		.mtime_ns = (int64_t)st->st_mtim.tv_sec * 1000000000 +
			    st->st_mtim.tv_nsec,
		.ctime_ns = (int64_t)st->st_ctim.tv_sec * 1000000000 +
			    st->st_ctim.tv_nsec,
		.ino = st->st_ino,
	};
}

bool
ps_stamp_eq(const struct ps_file_stamp *x, const struct ps_file_stamp *y)
{
	return x->size == y->size && x->mtime_ns == y->mtime_ns &&
	       x->ctime_ns == y->ctime_ns && x->ino == y->ino;
}

enum ps_status
ps_keydir_make(
	struct ps_arena *a, const char *dir, char **absolute, const char **why)
{
	static const char *const below[] = {"certs", "sub", "tmp"};
	char *real;

	if (mkdir(dir, 0750) != 0 && errno != EEXIST)
		return failed(a, dir, "", why);
	real = realpath(dir, NULL);
	if (real == NULL)
		return failed(a, dir, "", why);
	*absolute = ps_arena_strdup(a, real);
	free(real);
	for (size_t i = 0; i < sizeof(below) / sizeof(below[0]); i++) {
		const char *path =
			ps_arena_printf(a, "%s/%s", *absolute, below[i]);

		if (mkdir(path, 0750) != 0 && errno != EEXIST)
			return failed(a, path, "", why);
	}
	return PS_OK;
}

/* Nobody else writes while we hold the lock: these are a dead writer's. */
static void
sweep_tmp(const struct ps_keydir_dirs *d)
{
	int fd = openat(d->tmp, ".", OPEN_DIR);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *e;

	if (dir == NULL) {
		if (fd >= 0)
			close(fd);
		return;
	}
	/* NOLINTNEXTLINE(concurrency-mt-unsafe): the stream is ours alone */
	while ((e = readdir(dir)) != NULL) {
		if (e->d_name[0] != '.')
			unlinkat(d->tmp, e->d_name, 0);
	}
	closedir(dir);
}

/* flock(2) has no time-out, and locks of two descriptors exclude each other
 * in one process too. */
static enum ps_status
wait_for_lock(int fd, const struct ps_wait *wait, const char **why)
{
	int64_t since = ps_mono_ms(wait->clock);
	enum ps_status s;

	while (flock(fd, LOCK_EX | LOCK_NB) != 0) {
		struct ps_wait slice = ps_wait_within(wait, LOCK_POLL_MS);

		if (errno != EWOULDBLOCK && errno != EINTR) {
			*why = "flock failed";
			return PS_ETEMP;
		}
		s = ps_wait_fd(&slice, -1, 0, why);
		if (s != PS_ELATE)
			return s;
		if (ps_wait_left(wait) == 0) {
			*why = "the key directory is being changed";
			return PS_ELATE;
		}
		if (ps_mono_ms(wait->clock) - since >= PS_PROGRESS_MS &&
			wait->progress != NULL) {
			wait->progress(wait->self);
			since = ps_mono_ms(wait->clock);
		}
	}
	return PS_OK;
}

static enum ps_status
open_parts(struct ps_arena *a, struct ps_keydir_dirs *d, const char **why)
{
	d->root = open(d->path, OPEN_DIR);
	if (d->root < 0)
		return failed(a, d->path, "", why);
	d->certs = openat(d->root, "certs", OPEN_DIR | O_NOFOLLOW);
	if (d->certs < 0)
		return failed(a, d->path, "certs", why);
	d->sub = openat(d->root, "sub", OPEN_DIR | O_NOFOLLOW);
	if (d->sub < 0)
		return failed(a, d->path, "sub", why);
	d->tmp = openat(d->root, "tmp", OPEN_DIR | O_NOFOLLOW);
	if (d->tmp < 0)
		return failed(a, d->path, "tmp", why);
	d->lock = openat(d->root, "lock",
		O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0640);
	if (d->lock < 0)
		return failed(a, d->path, "lock", why);
	return PS_OK;
}

enum ps_status
ps_keydir_lock(struct ps_arena *a, const char *path, const struct ps_wait *wait,
	struct ps_keydir_dirs *out, const char **why)
{
	struct ps_keydir_dirs d = {path, -1, -1, -1, -1, -1};
	enum ps_status s = open_parts(a, &d, why);

	if (s == PS_OK)
		s = wait_for_lock(d.lock, wait, why);
	if (s != PS_OK) {
		ps_keydir_unlock(&d);
		return s;
	}
	sweep_tmp(&d);
	*out = d;
	return PS_OK;
}

void
ps_keydir_unlock(struct ps_keydir_dirs *d)
{
	const int fd[] = {d->certs, d->sub, d->tmp, d->root, d->lock};

	for (size_t i = 0; i < sizeof(fd) / sizeof(fd[0]); i++) {
		if (fd[i] >= 0)
			close(fd[i]);
	}
}

enum ps_status
ps_keydir_stamp(struct ps_arena *a, const char *path, struct ps_file_stamp *out,
	const char **why)
{
	const char *certs = ps_arena_printf(a, "%s/certs", path);
	struct stat st;

	if (stat(certs, &st) != 0)
		return failed(a, certs, "", why);
	ps_stamp_from(&st, out);
	return PS_OK;
}

/*
 * File times move in ticks of the kernel's coarse clock.  A directory that
 * was changed in this very tick could be changed once more without getting
 * another time: wait the tick out before its content is read.
 */
static enum ps_status
settled_stamp(struct ps_arena *a, const struct ps_keydir_dirs *d,
	struct ps_file_stamp *out, const char **why)
{
	const struct timespec pause = {.tv_nsec = 1000000};
	const int64_t second = 1000000000;
	struct timespec ts;
	struct stat st;
	int64_t now;

	for (;;) {
		if (fstat(d->certs, &st) != 0)
			return failed(a, d->path, "certs", why);
		clock_gettime(CLOCK_REALTIME_COARSE, &ts);
		now = (int64_t)ts.tv_sec * second + ts.tv_nsec;
		ps_stamp_from(&st, out);
		/* Far in the future: the clock was set back, do not wait. */
		if (now > out->ctime_ns || out->ctime_ns - now > second)
			return PS_OK;
		nanosleep(&pause, NULL);
	}
}

static int
by_name(const void *x, const void *y)
{
	const struct ps_key_file *a = x, *b = y;

	return strcmp(a->name, b->name);
}

static bool
passed_over(const char *name)
{
	size_t len = strlen(name);

	return name[0] == '.' || name[len - 1] == '~';
}

static void
add_entry(struct ps_arena *a, int dir_fd, const char *name,
	struct ps_key_file **out, size_t *n)
{
	struct ps_key_file *f;
	struct stat st;

	if (fstatat(dir_fd, name, &st, AT_SYMLINK_NOFOLLOW) != 0)
		return; /* gone since: the directory's stamp says so too */
	PS_GROW(a, *out, *n);
	f = &(*out)[(*n)++];
	f->name = ps_arena_strdup(a, name);
	ps_stamp_from(&st, &f->stamp);
	f->bad = S_ISREG(st.st_mode) ? NULL : "it is no regular file";
}

static enum ps_status
scan(struct ps_arena *a, const char *path, const char *name, int dir_fd,
	struct ps_key_file **out, size_t *n_out, const char **why)
{
	int fd = openat(dir_fd, ".", OPEN_DIR);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *e;
	enum ps_status s = PS_OK;

	if (dir == NULL) {
		s = failed(a, path, name, why);
		if (fd >= 0)
			close(fd);
		return s;
	}
	*out = NULL;
	*n_out = 0;
	/* NOLINTNEXTLINE(concurrency-mt-unsafe): the stream is ours alone */
	for (errno = 0; (e = readdir(dir)) != NULL; errno = 0) {
		if (!passed_over(e->d_name))
			add_entry(a, dir_fd, e->d_name, out, n_out);
	}
	if (errno != 0)
		s = failed(a, path, name, why);
	closedir(dir);
	if (s == PS_OK && *n_out > 1)
		qsort(*out, *n_out, sizeof(**out), by_name);
	return s;
}

enum ps_status
ps_keydir_scan(struct ps_arena *a, const struct ps_keydir_dirs *d,
	struct ps_keydir_scan *out, const char **why)
{
	enum ps_status s = settled_stamp(a, d, &out->dir, why);

	return s != PS_OK ? s
			  : scan(a, d->path, "certs", d->certs, &out->file,
				    &out->n_file, why);
}

enum ps_status
ps_keydir_scan_sub(struct ps_arena *a, const struct ps_keydir_dirs *d,
	struct ps_key_file **out, size_t *n_out, const char **why)
{
	return scan(a, d->path, "sub", d->sub, out, n_out, why);
}
