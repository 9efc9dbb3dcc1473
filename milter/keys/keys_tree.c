/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Each file by a temporary name that no web server is asked for, on the disk
 * before it gets its own; nothing follows a symbolic link below the directory,
 * which somebody else may own while root publishes.
 */
#include "keys_tree.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/failpoint.h"
#include "base/io.h"

#define FILE_MODE  0644 /* not the umask's: the web server reads them */
#define DIR_MODE   0755
#define TEMPORARY  ".new-" /* in front of the name */
#define OPEN_DIR   (O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
#define WELL_KNOWN ".well-known"

struct writing {
	struct ps_arena *a;
	const struct ps_keys_tree *tree;
	int root;
	struct ps_keys_tree_done *done;
	const char **why;
};

static enum ps_status
failed(struct writing *w, const char *path)
{
	*w->why = ps_arena_printf(
		w->a, "%s/%s: %s", w->tree->dir, path, strerrordesc_np(errno));
	return PS_ETEMP;
}

/* -1 with errno. */
static int
step_into(int dir, const char *name, bool make)
{
	int fd = openat(dir, name, OPEN_DIR);

	if (fd >= 0 || errno != ENOENT || !make)
		return fd;
	if (mkdirat(dir, name, DIR_MODE) != 0 && errno != EEXIST)
		return -1;
	PS_FAILPOINT("publish-after-mkdir");
	fd = openat(dir, name, OPEN_DIR);
	if (fd >= 0 && (fchmod(fd, DIR_MODE) != 0 || fsync(dir) != 0)) {
		close(fd);
		return -1;
	}
	return fd;
}

/* The directory of a path below the root; path is cut at its last "/". */
static int
open_below(const struct writing *w, char *path, bool make)
{
	int fd = dup(w->root);

	for (char *name = path, *end; fd >= 0 && name != NULL; name = end) {
		int next;

		end = strchr(name, '/');
		if (end != NULL)
			*end++ = '\0';
		next = step_into(fd, name, make);
		close(fd);
		fd = next;
	}
	return fd;
}

static bool
is_same(struct writing *w, int dir, const char *name, struct ps_bytes octets)
{
	int fd = openat(
		dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	struct stat st;
	bool same = false;

	if (fd < 0)
		return false;
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) &&
		(st.st_mode & 07777) == FILE_MODE &&
		(size_t)st.st_size == octets.len) {
		char *p = ps_arena_alloc(w->a, octets.len + 1);

		same = read(fd, p, octets.len + 1) == (ssize_t)octets.len &&
		       ps_bytes_eq(ps_bytes(p, octets.len), octets);
	}
	close(fd);
	return same;
}

static bool
write_temporary(int dir, const char *name, struct ps_bytes octets)
{
	int fd = openat(dir, name,
		O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
		FILE_MODE);
	bool good;

	if (fd < 0)
		return false;
	good = ps_io_write_all(fd, octets) && fchmod(fd, FILE_MODE) == 0 &&
	       fsync(fd) == 0;
	return close(fd) == 0 && good;
}

static enum ps_status
put_file(struct writing *w, int dir, const char *name,
	const struct ps_publish_file *f)
{
	const char *temporary = ps_arena_printf(w->a, TEMPORARY "%s", name);

	if (is_same(w, dir, name, f->octets))
		return PS_OK;
	unlinkat(dir, temporary, 0); /* of one that was killed */
	PS_FAILPOINT("publish-before-write");
	if (!write_temporary(dir, temporary, f->octets)) {
		enum ps_status s = failed(w, f->path);

		unlinkat(dir, temporary, 0);
		return s;
	}
	PS_FAILPOINT("publish-before-rename");
	if (renameat(dir, temporary, dir, name) != 0)
		return failed(w, f->path);
	PS_FAILPOINT("publish-after-rename");
	w->done->n_written++;
	return fsync(dir) == 0 ? PS_OK : failed(w, f->path);
}

static enum ps_status
write_files(struct writing *w)
{
	enum ps_status s = PS_OK;
	const char *open_path = NULL;
	int dir = -1;

	for (size_t i = 0; s == PS_OK && i < w->tree->n_file; i++) {
		const struct ps_publish_file *f = &w->tree->file[i];
		size_t head = (size_t)(strrchr(f->path, '/') - f->path);
		char *path = ps_arena_cstr(w->a, ps_bytes(f->path, head));

		if (open_path == NULL || strcmp(open_path, path) != 0) {
			if (dir >= 0)
				close(dir);
			open_path = ps_arena_strdup(w->a, path);
			dir = open_below(w, path, true);
		}
		s = dir < 0 ? failed(w, f->path)
			    : put_file(w, dir, f->path + head + 1, f);
	}
	if (dir >= 0)
		close(dir);
	return s;
}

static int
path_cmp(const void *key, const void *file)
{
	return strcmp(key, ((const struct ps_publish_file *)file)->path);
}

static bool
is_in_tree(const struct ps_keys_tree *t, const char *path)
{
	return bsearch(path, t->file, t->n_file, sizeof(*t->file), path_cmp) !=
	       NULL;
}

/* Names in a directory, "." and those that begin so left out but for our
 * temporary ones. */
static const char **
names_in(struct ps_arena *a, int fd, size_t *n)
{
	DIR *d = fdopendir(fcntl(fd, F_DUPFD_CLOEXEC, 3));
	const char **name = NULL;
	const struct dirent *e;

	*n = 0;
	if (d == NULL)
		return NULL;
	rewinddir(d);
	/* NOLINTNEXTLINE(concurrency-mt-unsafe): no other thread has d */
	while ((e = readdir(d)) != NULL) {
		if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
			continue;
		/* NOLINTNEXTLINE(bugprone-sizeof-expression): pointers */
		PS_GROW(a, name, *n);
		name[(*n)++] = ps_arena_strdup(a, e->d_name);
	}
	closedir(d);
	return name;
}

/* path: of the directory "hu", below the root */
static enum ps_status
remove_strays(struct writing *w, const char *path)
{
	int dir = open_below(w, ps_arena_strdup(w->a, path), false);
	enum ps_status s = PS_OK;
	const char **name;
	size_t n, had = w->done->n_removed;

	if (dir < 0)
		return PS_OK;
	name = names_in(w->a, dir, &n);
	for (size_t i = 0; s == PS_OK && i < n; i++) {
		bool ours = strncmp(name[i], TEMPORARY, strlen(TEMPORARY)) == 0;

		if (!ours && (!ps_publish_is_hash(name[i]) ||
				     is_in_tree(w->tree,
					     ps_arena_printf(w->a, "%s/%s",
						     path, name[i]))))
			continue;
		PS_FAILPOINT("publish-before-remove");
		if (unlinkat(dir, name[i], 0) != 0 && errno != ENOENT)
			s = failed(w, path);
		w->done->n_removed += s == PS_OK && !ours;
	}
	if (w->done->n_removed > had && s == PS_OK && fsync(dir) != 0)
		s = failed(w, path);
	close(dir);
	return s;
}

static const char *
key_directory(struct writing *w, const char *domain)
{
	return ps_arena_printf(w->a,
		w->tree->direct ? "%s/" WELL_KNOWN "/openpgpkey"
				: WELL_KNOWN "/openpgpkey/%s",
		domain);
}

/* Did we write the policy file of this domain?  Others may publish theirs in
 * the same tree. */
static bool
is_ours(struct writing *w, const char *domain)
{
	int dir = open_below(
		w, ps_arena_strdup(w->a, key_directory(w, domain)), false);
	bool ours = dir >= 0 &&
		    is_same(w, dir, "policy", PS_LIT(PS_PUBLISH_POLICY));

	if (dir >= 0)
		close(dir);
	return ours;
}

/* Of every domain that was published from here, also of one that is no longer
 * ours. */
static enum ps_status
clean(struct writing *w)
{
	int dir = w->tree->direct ? dup(w->root)
				  : open_below(w,
					    ps_arena_strdup(w->a,
						    WELL_KNOWN "/openpgpkey"),
					    false);
	enum ps_status s = PS_OK;
	const char **name;
	size_t n;

	if (dir < 0)
		return PS_OK;
	name = names_in(w->a, dir, &n);
	close(dir);
	for (size_t i = 0; s == PS_OK && i < n; i++)
		if (name[i][0] != '.' && is_ours(w, name[i]))
			s = remove_strays(
				w, ps_arena_printf(w->a, "%s/hu",
					   key_directory(w, name[i])));
	return s;
}

static bool
has_keys_below(struct writing *w, const char *path)
{
	int dir = open_below(w, ps_arena_strdup(w->a, path), false);

	if (dir >= 0)
		close(dir);
	return dir >= 0;
}

/* May stand there after a kill while the first directories were made. */
static bool
is_beginning(struct writing *w, const char *name)
{
	size_t len = strlen(name);

	if (!w->tree->direct)
		return strcmp(name, WELL_KNOWN) == 0;
	for (size_t i = 0; i < w->tree->n_file; i++)
		if (strncmp(w->tree->file[i].path, name, len) == 0 &&
			w->tree->file[i].path[len] == '/')
			return true;
	return false;
}

static enum ps_status
check_place(struct writing *w)
{
	size_t n, n_beginning = 0;
	const char **name = names_in(w->a, w->root, &n);

	for (size_t i = 0; i < n; i++) {
		const char *keys = w->tree->direct ? ps_arena_printf(w->a,
							     "%s/" WELL_KNOWN
							     "/openpgpkey",
							     name[i])
						   : WELL_KNOWN "/openpgpkey";

		if (has_keys_below(w, keys))
			return PS_OK;
		n_beginning += is_beginning(w, name[i]);
	}
	if (n_beginning == n)
		return PS_OK;
	*w->why = ps_arena_printf(w->a,
		"%s is not empty, and no Web Key Directory: to publish there "
		"all the same, make %s in it first",
		w->tree->dir,
		w->tree->direct ? "DOMAIN/" WELL_KNOWN "/openpgpkey"
				: WELL_KNOWN "/openpgpkey");
	return PS_EPERM;
}

static enum ps_status
open_root(struct writing *w)
{
	const char *dir = w->tree->dir;
	bool made = mkdir(dir, DIR_MODE) == 0;

	if (made || errno == EEXIST)
		w->root = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (w->root >= 0 && (!made || fchmod(w->root, DIR_MODE) == 0) &&
		flock(w->root, LOCK_EX) == 0)
		return PS_OK;
	*w->why = ps_arena_printf(w->a, "%s: %s", dir, strerrordesc_np(errno));
	return PS_ETEMP;
}

enum ps_status
ps_keys_tree_write(struct ps_arena *a, const struct ps_keys_tree *tree,
	struct ps_keys_tree_done *done, const char **why)
{
	struct writing w = {
		.a = a, .tree = tree, .root = -1, .done = done, .why = why};
	enum ps_status s;

	*done = (struct ps_keys_tree_done){0};
	s = open_root(&w);
	if (s == PS_OK)
		s = check_place(&w);
	if (s == PS_OK)
		s = write_files(&w);
	if (s == PS_OK)
		s = clean(&w);
	if (w.root >= 0)
		close(w.root);
	return s;
}
