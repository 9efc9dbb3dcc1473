/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * The key directory: DIR/certs/FPR.pgp is each imported certificate whole;
 * DIR/sub/FPR-SUBFPR.pgp one minimal certificate per encryption subkey (with
 * two in one file gpg uses only the newest); DIR/index.db says which address
 * belongs to which (store/key_index.h).  The files are the truth; the index is
 * brought up to date when the directory changed, without a restart.
 */
#ifndef PS_KEYS_KEYDIR_H
#define PS_KEYS_KEYDIR_H

#include "base/clock.h"
#include "keys/certs.h"
#include "crypto/engine.h"
#include "store/key_index.h"

struct ps_keydir;

struct ps_keydir_env {
	const char *dir; /* copied */
	/* Borrowed; reads new certificates.  NULL: there must be none. */
	const struct ps_engine *engine;
	const struct ps_clock *clock;
	size_t max_certificate;
};

/* Makes the directory (0750) where missing.  NULL with *why on trouble. */
struct ps_keydir *ps_keydir_open(
	const struct ps_keydir_env *env, struct ps_arena *a, const char **why);
void ps_keydir_free(struct ps_keydir *d);

/* The certs adapter on this directory; safe from several threads. */
struct ps_certs ps_keydir_certs(struct ps_keydir *d);

/*
 * The fingerprints of every certificate that a query would judge (its pins, or
 * those that name its address), usable or not.
 */
enum ps_status ps_keydir_which(struct ps_keydir *d, struct ps_arena *a,
	const struct ps_cert_query *q, const char *const **fpr, size_t *n_fpr,
	const char **why);

/*
 * Import certificates, armored or binary, one or many.  A certificate that is
 * there already is merged (new self-signatures, revocations).  One that cannot
 * be used (of another version, without valid self-signature) is stored too, so
 * that mail to its addresses meets "unusable" and never "no key".
 *
 * A certificate that is refused stops no other.
 */
struct ps_key_source {
	const char *name; /* for messages */
	struct ps_bytes octets;
};
struct ps_import {
	const char *source;
	char fpr[PS_FPR_SIZE]; /* "" when it could not be read */
	bool stored, changed, usable;
	const char *text; /* user ids and usability, or why it was refused */
	/* As it is stored now; NULL and empty when refused. */
	const struct ps_key_record *record;
	struct ps_bytes whole;
};
struct ps_import_job {
	const struct ps_key_source *source;
	size_t n_source;
	/* Called for each certificate as soon as it is stored or refused; the
	 * line lives as long as the call. */
	void *self;
	void (*report)(void *self, const struct ps_import *line);
	/* For who watches; NULL for nobody.  Called once before the first
	 * certificate, n_done 0, and after each batch. */
	void (*progress)(void *self, size_t n_done, size_t n_all);
};
enum ps_status ps_keydir_import(struct ps_keydir *d, struct ps_arena *a,
	const struct ps_import_job *job, const struct ps_wait *wait,
	const char **why);

/* PS_EPERM when there is no such certificate.  fpr: upper case hex. */
enum ps_status ps_keydir_drop(struct ps_keydir *d, struct ps_arena *a,
	const char *fpr, const struct ps_wait *wait, const char **why);

/*
 * One line a certificate; addr NULL for all.  Then one line a file that could
 * not be read, or not wholly: such a file stops nobody's mail, and here is
 * where it is said.
 */
struct ps_key_line {
	char fpr[PS_FPR_SIZE]; /* "" for a file */
	const char *user_ids;  /* joined with ", ", escaped for a terminal */
	const char *state; /* "usable", a reason word of certs.h, "bad-file" */
	const char *text;
	int64_t created_s;
	int64_t expires_s; /* when it stops to be usable; 0 for never */
};
struct ps_key_list {
	struct ps_key_line *line;
	size_t n_line;
};
enum ps_status ps_keydir_list(struct ps_keydir *d, struct ps_arena *a,
	const struct ps_addr *addr, const struct ps_wait *wait,
	struct ps_key_list *out, const char **why);

/*
 * For people and reports, none of it in the way of mail: what the directory
 * has, up to date; all of it (then without the names of files, and in no
 * order) when q names neither address nor fingerprints.
 */
enum ps_status ps_keydir_records(struct ps_keydir *d, struct ps_arena *a,
	const struct ps_key_lookup *q, const struct ps_wait *wait,
	struct ps_key_found *out, const char **why);
/*
 * One certificate whole, as it is stored.  PS_EPERM when there is none; a copy
 * that cannot be read counts as none.
 */
enum ps_status ps_keydir_octets(struct ps_keydir *d, struct ps_arena *a,
	const char *fpr, struct ps_bytes *out, const char **why);

/* User ids for people, joined, escaped for a terminal. */
const char *ps_keydir_names(struct ps_arena *a, const struct ps_key_record *r);

/* When a certificate that is usable now stops to be, for this address or by
 * whatever name (NULL); 0 for never.  Of another one, when it expires as a
 * whole. */
int64_t ps_keydir_ends(struct ps_arena *a, const struct ps_key_record *r,
	const struct ps_addr *addr, int64_t now_s);

/*
 * The addresses that will lose their last usable certificate after now_s and
 * not after until_s, and when; the first first, at most max.  Costs what it
 * gives, however many certificates there are.  An address that has nothing
 * usable now is not among them: that has happened already.
 *
 * wait  NULL: as the index is, without looking for changed files
 */
enum ps_status ps_keydir_expiring(struct ps_keydir *d, struct ps_arena *a,
	int64_t now_s, int64_t until_s, size_t max, const struct ps_wait *wait,
	struct ps_key_ending **out, size_t *n_out, const char **why);
/*
 * When this address (normal form) loses its last certificate here, as the index
 * is: for who asks two directories.  PS_KEY_NEVER_ENDS; 0: it has none.
 */
enum ps_status ps_keydir_lasts(struct ps_keydir *d, struct ps_arena *a,
	struct ps_bytes address, int64_t *ends_s, const char **why);

/*
 * Bring the index up to date with the files, and make a damaged one anew.
 * Does nothing, cheaply, when nothing changed since the last time; looks at
 * every file once a minute, for changes that give the directory no new time.
 * To be called every few seconds by who serves; a look-up follows ordinary
 * changes by itself.
 */
enum ps_status ps_keydir_refresh(struct ps_keydir *d, struct ps_arena *a,
	const struct ps_wait *wait, const char **why);

#endif
