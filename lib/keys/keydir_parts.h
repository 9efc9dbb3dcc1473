/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Between the files of the key directory: bringing the index up to date is
 * what importing, dropping and looking up all end or begin with.
 */
#ifndef PS_KEYS_KEYDIR_PARTS_H
#define PS_KEYS_KEYDIR_PARTS_H

#include <stdatomic.h>

#include "keys/key_item.h"
#include "keys/keydir.h"
#include "keys/keydir_files.h"

/* Certificates that one engine call reads; gpg's import grows faster than
 * their number. */
#define PS_KEYDIR_BATCH 200
/* Octets of files or certificates that are in memory at once. */
#define PS_KEYDIR_BATCH_OCTETS ((size_t)16 << 20)

struct ps_keydir {
	char *path; /* absolute */
	struct ps_keydir_env env;
	struct ps_key_index *index;
	/* Monotonic time from which on every file is to be looked at. */
	_Atomic int64_t look_again_ms;
	_Atomic bool damaged; /* a look-up found damage: see refresh */
};

/* Does the index say what the directory says?  By stamps; no file is read. */
enum ps_status ps_keydir_is_fresh(const struct ps_keydir *d, struct ps_arena *a,
	const struct ps_key_found *found, bool *fresh, const char **why);

/*
 * For find: wait for whoever changes the directory, then take in what is new
 * unless the answer to q has become fresh meanwhile.  Repairs no damage.
 */
enum ps_status ps_keydir_freshen(struct ps_keydir *d, struct ps_arena *a,
	const struct ps_key_lookup *q, const struct ps_wait *wait,
	const char **why);

/* The rows, and that they are what the directory says now; wait NULL: no
 * patience. */
enum ps_status ps_keydir_look(struct ps_keydir *d, struct ps_arena *a,
	const struct ps_key_lookup *lookup, const struct ps_wait *wait,
	struct ps_key_found *found, const char **why);
/* Of the certs adapter. */
enum ps_status ps_keydir_signers(void *self, struct ps_arena *a,
	const struct ps_signer_query *q, struct ps_signer **out, size_t *n_out,
	const char **why);

/* For commands: lock, repair and take in what is new, and keep the lock. */
enum ps_status ps_keydir_begin(struct ps_keydir *d, struct ps_arena *a,
	const struct ps_wait *wait, struct ps_keydir_dirs *dirs,
	const char **why);
/* Under the lock: until index and directory agree. */
enum ps_status ps_keydir_catch_up(struct ps_keydir *d, struct ps_arena *a,
	const struct ps_keydir_dirs *dirs, const struct ps_wait *wait,
	const char **why);

/* Certificates that are taken in together. */
struct ps_keydir_batch {
	struct ps_arena *a;
	struct ps_keydir *d;
	const struct ps_keydir_dirs *dirs;
	struct ps_key_item *item;
	size_t n_item;
	struct ps_key_file *seen; /* files whose rows are to be put */
	size_t n_seen;
	bool keep; /* an import: write certs/FPR.pgp too */
};

/*
 * Add a certificate; what other files of the directory hold of the same one
 * comes with it.
 *
 * file  where it was read, NULL for an import
 */
enum ps_status ps_keydir_add(struct ps_keydir_batch *b,
	const struct ps_cert_raw *raw, const struct ps_key_file *file,
	const char **why);
/* One stored copy of a certificate, or false. */
bool ps_keydir_stored(struct ps_keydir_batch *b,
	const struct ps_key_record *record, struct ps_cert_raw *out);
/* Under the lock: learn of all of it, write the files, then the rows. */
enum ps_status ps_keydir_store(struct ps_keydir_batch *b,
	const struct ps_wait *wait, const char **why);

/* A file of certs, split.  PS_EPERM is the file's fault. */
enum ps_status ps_keydir_read_certs(struct ps_keydir *d, struct ps_arena *a,
	const struct ps_keydir_dirs *dirs, struct ps_key_file *file,
	struct ps_cert_raws *out, const char **why);

#endif
