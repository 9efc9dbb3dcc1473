/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * The files of the key directory: what is there, reading one, writing many so
 * that each is whole or not there, and the lock of those who write.  Knows no
 * OpenPGP and no index.
 *
 * DIR/certs  certificates          DIR/tmp   files that are being written
 * DIR/sub    minimal certificates  DIR/lock  held while anything is changed
 */
#ifndef PS_KEYS_KEYDIR_FILES_H
#define PS_KEYS_KEYDIR_FILES_H

#include "base/wait.h"
#include "store/key_index.h"

/* The directory opened for writing, and locked. */
struct ps_keydir_dirs {
	const char *path; /* for messages */
	int root, certs, sub, tmp, lock;
};

/* DIR and what belongs in it, 0750, where missing; its absolute path. */
enum ps_status ps_keydir_make(
	struct ps_arena *a, const char *dir, char **absolute, const char **why);

/* Waits for another writer, thread or process.  Removes what a writer that
 * was killed left half written. */
enum ps_status ps_keydir_lock(struct ps_arena *a, const char *path,
	const struct ps_wait *wait, struct ps_keydir_dirs *out,
	const char **why);
void ps_keydir_unlock(struct ps_keydir_dirs *d);

/* DIR/certs as it is now; only stat(2). */
enum ps_status ps_keydir_stamp(struct ps_arena *a, const char *path,
	struct ps_file_stamp *out, const char **why);
struct stat;
void ps_stamp_from(const struct stat *st, struct ps_file_stamp *out);
bool ps_stamp_eq(const struct ps_file_stamp *x, const struct ps_file_stamp *y);

/*
 * The names and stamps in certs, by name, and the stamp of the directory that
 * they belong to: what is changed after this call gives it another one.
 * Names that begin with a dot or end with a tilde are passed over.
 */
struct ps_keydir_scan {
	struct ps_file_stamp dir;
	struct ps_key_file *file; /* bad where it is no regular file */
	size_t n_file;
};
enum ps_status ps_keydir_scan(struct ps_arena *a,
	const struct ps_keydir_dirs *d, struct ps_keydir_scan *out,
	const char **why);

/* Names and sizes in sub, by name. */
enum ps_status ps_keydir_scan_sub(struct ps_arena *a,
	const struct ps_keydir_dirs *d, struct ps_key_file **out, size_t *n_out,
	const char **why);

/* PS_EPERM: this file's own fault, with why. */
enum ps_status ps_keydir_read(struct ps_arena *a, int dir_fd, const char *name,
	size_t max, struct ps_bytes *out, struct ps_file_stamp *stamp,
	const char **why);

struct ps_keydir_put {
	int dir_fd;
	const char *name;
	struct ps_bytes octets;
	bool changed; /* set by write */
};
/*
 * Write files, in this order, each by a temporary one that is on the disk
 * before it gets its name.  What is there already with the same octets is not
 * touched.
 */
enum ps_status ps_keydir_write(struct ps_arena *a,
	const struct ps_keydir_dirs *d, struct ps_keydir_put *put, size_t n_put,
	const char **why);

#endif
