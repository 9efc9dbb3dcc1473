/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * The key directory: DIR/certs/FPR.pgp is each imported certificate whole;
 * DIR/sub/FPR-SUBFPR.pgp one minimal certificate per encryption subkey (with
 * two in one file gpg uses only the newest); DIR/index.db says which address
 * belongs to which (store/key_index.h).  The files are the truth; the index is
 * brought up to date when the directory changed, without a restart.
 */
#ifndef PS_PGP_KEYDIR_H
#define PS_PGP_KEYDIR_H

#include "base/clock.h"
#include "pgp/certs.h"
#include "pgp/engine.h"

struct ps_keydir;

struct ps_keydir_env {
	const char *dir;		/* copied */
	const struct ps_engine *engine; /* borrowed; reads new certificates */
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
 * Import certificates, armored or binary, one or many.  A certificate that is
 * there already is merged (new self-signatures, revocations).
 *
 * report  one entry a certificate seen, those refused included
 */
struct ps_import {
	char fpr[41]; /* "" when it could not be read */
	bool stored, changed;
	const char *text; /* user ids and usability, or why it was refused */
};
enum ps_status ps_keydir_import(struct ps_keydir *d, struct ps_arena *a,
	struct ps_bytes octets, const struct ps_wait *wait,
	struct ps_import **report, size_t *n_report, const char **why);

/* PS_EPERM when there is no such certificate. */
enum ps_status ps_keydir_drop(struct ps_keydir *d, struct ps_arena *a,
	const char *fpr, const char **why);

/* One line a certificate; addr NULL for all. */
struct ps_key_line {
	char fpr[41];
	const char *user_ids; /* joined with ", ", escaped for a terminal */
	const char *state;    /* "usable", or a reason word of certs.h */
	const char *text;
	int64_t created_s, expires_s;
};
enum ps_status ps_keydir_list(struct ps_keydir *d, struct ps_arena *a,
	const struct ps_addr *addr, int64_t now_s, struct ps_key_line **out,
	size_t *n_out, const char **why);

/*
 * Bring the index up to date with the files.  Does nothing, cheaply, when the
 * directory did not change since the last time.
 */
enum ps_status ps_keydir_refresh(
	struct ps_keydir *d, const struct ps_wait *wait, const char **why);

#endif
