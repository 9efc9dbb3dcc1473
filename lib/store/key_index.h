/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * The index of the key directory: which certificates name an address, what is
 * known of each, and which files they were read from.  A copy of what the
 * files say, for speed: a look-up costs the same with ten certificates and
 * with a hundred thousand.  Judges nothing and reads no OpenPGP.
 *
 * Safe from several threads and processes.  Writers take turns by a lock of
 * their own (keys/keydir.h); readers never wait for them.
 */
#ifndef PS_STORE_KEY_INDEX_H
#define PS_STORE_KEY_INDEX_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/status.h"

/* Upper case hex: 40 digits for version 4, 64 for 5 and 6, 32 for 3. */
#define PS_FPR_SIZE 65

/* By which a changed file is known: an in-place write, a rename and a chmod
 * all change the ctime, and nobody can set it. */
struct ps_file_stamp {
	int64_t size, mtime_ns, ctime_ns;
	uint64_t ino;
};

struct ps_key_file {
	const char *name; /* in the directory "certs" */
	struct ps_file_stamp stamp;
	const char *bad; /* why not all of it could be read; NULL when it was */
};

struct ps_key_subkey {
	char fpr[PS_FPR_SIZE];
	uint64_t key_id;
	int64_t created_s, expires_s; /* 0 for never */
	bool revoked, can_encrypt, invalid;
	int64_t file_size; /* of its minimal certificate; 0 when none */
};

struct ps_key_uid {
	struct ps_bytes text;
	struct ps_bytes address; /* normal form, empty when it names none */
	int64_t expires_s;	 /* its self-signature; 0 for never */
	/* When nothing can be sealed for this address any more with this
	 * certificate; PS_KEY_NEVER_ENDS, or 0 when nothing can. */
	int64_t ends_s;
	bool revoked, invalid;
};
#define PS_KEY_NEVER_ENDS INT64_MAX

struct ps_key_record {
	char fpr[PS_FPR_SIZE]; /* of the primary key */
	int version;
	int64_t created_s, expires_s;
	bool revoked, invalid;
	const char *note; /* why it is invalid, for people; or NULL */
	struct ps_key_subkey *subkey;
	size_t n_subkey;
	struct ps_key_uid *uid;
	size_t n_uid;
	struct ps_key_file *file; /* every file that holds this certificate */
	size_t n_file;
};

struct ps_key_index;

/* Does not touch the file yet. */
struct ps_key_index *ps_key_index_new(const char *path);
void ps_key_index_free(struct ps_key_index *ix); /* accepts NULL */

/*
 * All functions below: PS_EPERM when the index is damaged, PS_ETEMP when it
 * cannot be reached now.  A file that somebody else wrote or replaced is
 * verified whole before it is believed.
 */

struct ps_key_lookup {
	struct ps_bytes address; /* normal form, "local@domain" */
	bool fold_local;	 /* without case (ASCII) */
	/* Or, when n_fpr is not 0: these certificates, whatever they name. */
	const char *const *fpr;
	size_t n_fpr;
	/* Or, when not 0: those whose primary key has this id.  Reads every
	 * row. */
	uint64_t key_id;
	/* Or, when n_any_id is not 0: those with such a key, primary or
	 * subkey. */
	const uint64_t *any_id;
	size_t n_any_id;
};
struct ps_key_found {
	struct ps_key_record *record; /* newest first */
	size_t n_record;
	/* The directory "certs" as it was when the index was last complete;
	 * all 0 when it is not. */
	struct ps_file_stamp dir;
	/* Files that could not be read: an address that is not found might be
	 * in one of them once it changes. */
	struct ps_key_file *bad;
	size_t n_bad;
};
enum ps_status ps_key_index_find(struct ps_key_index *ix, struct ps_arena *a,
	const struct ps_key_lookup *q, struct ps_key_found *out,
	const char **why);

/* Everything; records without their files. */
enum ps_status ps_key_index_all(struct ps_key_index *ix, struct ps_arena *a,
	struct ps_key_found *out, const char **why);
/* Some, those after this fingerprint ("": the first), at most max; without
 * their files. */
enum ps_status ps_key_index_walk(struct ps_key_index *ix, struct ps_arena *a,
	const char *after, size_t max, struct ps_key_found *out,
	const char **why);
/* All files, by name (memcmp order). */
enum ps_status ps_key_index_files(struct ps_key_index *ix, struct ps_arena *a,
	struct ps_key_file **out, size_t *n_out, const char **why);
/* A minimal certificate that must be there: "FPR-SUBFPR.pgp". */
struct ps_key_sub {
	const char *name;
	int64_t size;
};
enum ps_status ps_key_index_subs(struct ps_key_index *ix, struct ps_arena *a,
	struct ps_key_sub **out, size_t *n_out, const char **why);

/*
 * Addresses that lose their last certificate after from_s and not after
 * until_s, the first first, at most max: those of which no certificate ends
 * later.  Reads these rows only.  Addresses are compared without case.
 */
struct ps_key_ending {
	struct ps_bytes address;
	char fpr[PS_FPR_SIZE]; /* the one that lasts longest */
	int64_t ends_s;
};
enum ps_status ps_key_index_ending(struct ps_key_index *ix, struct ps_arena *a,
	int64_t from_s, int64_t until_s, size_t max, struct ps_key_ending **out,
	size_t *n_out, const char **why);
/* The end of the one that lasts longest; 0 when there is none. */
enum ps_status ps_key_index_lasts(struct ps_key_index *ix, struct ps_arena *a,
	struct ps_bytes address, int64_t *ends_s, const char **why);

/* A transaction: nothing is seen by others before the commit. */
struct ps_key_writer;
enum ps_status ps_key_index_begin(struct ps_key_index *ix, struct ps_arena *a,
	struct ps_key_writer **out, const char **why);
/* Add or replace; a record's files must have been put before it. */
enum ps_status ps_key_index_put_file(struct ps_key_writer *w,
	const struct ps_key_file *file, const char **why);
enum ps_status ps_key_index_put(struct ps_key_writer *w,
	const struct ps_key_record *record, const char **why);
/*
 * Remove a file and the certificates read from it.  The other files that held
 * one of these are named: they must be read again.
 */
enum ps_status ps_key_index_forget(struct ps_key_writer *w, const char *name,
	const char ***sibling, size_t *n_sibling, const char **why);
/* The files of this certificate are to be read again, as if changed. */
enum ps_status ps_key_index_unsettle(
	struct ps_key_writer *w, const char *fpr, const char **why);
/* NULL: the index is not complete. */
enum ps_status ps_key_index_set_dir(struct ps_key_writer *w,
	const struct ps_file_stamp *dir, const char **why);
/* Ends w in any case; without it, ps_key_index_abort() must. */
enum ps_status ps_key_index_commit(struct ps_key_writer *w, const char **why);
void ps_key_index_abort(struct ps_key_writer *w); /* accepts NULL */

/* Remove the index file: it is made anew, empty, by the next call. */
enum ps_status ps_key_index_erase(
	struct ps_key_index *ix, struct ps_arena *a, const char **why);

#endif
