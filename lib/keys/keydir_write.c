/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Reading and writing single files of the key directory.  A file has its name
 * only once all of it is on the disk: nobody ever reads half a certificate.
 */
#include "keys/keydir_files.h"

#include "base/failpoint.h"
#include "base/io.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

/* From so many files on, one sync of the file system costs less than one of
 * each file. */
#define SYNC_ALL_FROM 16
#define FILE_MODE     0640 /* not the umask's: the crypto user reads them */

static enum ps_status
read_all(struct ps_arena *a, int fd, size_t len, struct ps_bytes *out,
	const char **why)
{
	char *p = ps_arena_alloc(a, len + 1);
	size_t have = 0;

	while (have < len) {
		ssize_t n = read(fd, p + have, len - have);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			*why = strerrordesc_np(errno);
			return PS_EPERM;
		}
		if (n == 0)
			break;
		have += (size_t)n;
	}
	*out = ps_bytes(p, have);
	return PS_OK;
}

enum ps_status
ps_keydir_read(struct ps_arena *a, int dir_fd, const char *name, size_t max,
	struct ps_bytes *out, struct ps_file_stamp *stamp, const char **why)
{
	int fd = openat(dir_fd, name,
		O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	enum ps_status s = PS_EPERM;
	struct stat st;

	if (fd < 0) {
		*why = strerrordesc_np(errno);
		return PS_EPERM;
	}
	if (fstat(fd, &st) != 0)
		*why = strerrordesc_np(errno);
	else if (!S_ISREG(st.st_mode))
		*why = "it is no regular file";
	else if ((uint64_t)st.st_size > max)
		*why = ps_arena_printf(a, "it is larger than %zu octets", max);
	else
		s = read_all(a, fd, (size_t)st.st_size, out, why);
	if (s == PS_OK)
		ps_stamp_from(&st, stamp);
	close(fd);
	return s;
}

static enum ps_status
failed(struct ps_arena *a, const struct ps_keydir_dirs *d, const char *name,
	const char **why)
{
	*why = ps_arena_printf(a, "%s: cannot write %s: %s", d->path, name,
		strerrordesc_np(errno));
	return PS_ETEMP;
}

/* Already there, octet for octet? */
static bool
is_there(struct ps_arena *a, const struct ps_keydir_put *put)
{
	struct ps_file_stamp stamp;
	struct ps_bytes old;
	const char *ignored;

	return ps_keydir_read(a, put->dir_fd, put->name, put->octets.len, &old,
		       &stamp, &ignored) == PS_OK &&
	       ps_bytes_eq(old, put->octets);
}

static enum ps_status
write_tmp(struct ps_arena *a, const struct ps_keydir_dirs *d,
	const struct ps_keydir_put *put, bool sync, const char **why)
{
	int fd = openat(d->tmp, put->name,
		O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
		FILE_MODE);
	enum ps_status s = PS_OK;

	if (fd < 0)
		return failed(a, d, put->name, why);
	PS_FAILPOINT("keys-file-made");
	if (!ps_io_write_all(fd, put->octets) || fchmod(fd, FILE_MODE) != 0 ||
		(sync && fsync(fd) != 0))
		s = failed(a, d, put->name, why);
	if (close(fd) != 0 && s == PS_OK)
		s = failed(a, d, put->name, why);
	return s;
}

static enum ps_status
give_names(struct ps_arena *a, const struct ps_keydir_dirs *d,
	const struct ps_keydir_put *const *put, size_t n, const char **why)
{
	for (size_t i = 0; i < n; i++) {
		PS_FAILPOINT("keys-before-rename");
		if (renameat(d->tmp, put[i]->name, put[i]->dir_fd,
			    put[i]->name) != 0)
			return failed(a, d, put[i]->name, why);
	}
	PS_FAILPOINT("keys-after-renames");
	if (fsync(d->sub) != 0 || fsync(d->certs) != 0)
		return failed(a, d, ".", why);
	return PS_OK;
}

enum ps_status
ps_keydir_write(struct ps_arena *a, const struct ps_keydir_dirs *d,
	struct ps_keydir_put *put, size_t n_put, const char **why)
{
	const struct ps_keydir_put **todo =
		ps_arena_array(a, n_put + 1, sizeof(struct ps_keydir_put *));
	enum ps_status s = PS_OK;
	size_t n = 0, written = 0;

	for (size_t i = 0; i < n_put; i++) {
		put[i].changed = !is_there(a, &put[i]);
		if (put[i].changed)
			todo[n++] = &put[i];
	}
	for (; s == PS_OK && written < n; written++)
		s = write_tmp(a, d, todo[written], n < SYNC_ALL_FROM, why);
	PS_FAILPOINT("keys-files-written");
	if (s == PS_OK && n >= SYNC_ALL_FROM && syncfs(d->tmp) != 0)
		s = failed(a, d, "tmp", why);
	if (s == PS_OK && n > 0)
		s = give_names(a, d, todo, n, why);
	if (s != PS_OK) {
		for (size_t i = 0; i < written; i++)
			unlinkat(d->tmp, todo[i]->name, 0);
	}
	return s;
}
