/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Secret DKIM keys: PEM files, read where they may be (crypto workers, and the
 * commands of an administrator), never in the process that parses mail.
 */
#ifndef PS_DKIM_DKIM_SECRET_H
#define PS_DKIM_DKIM_SECRET_H

#include "base/arena.h"
#include "base/status.h"
#include "dkim/sha256.h"

enum ps_dkim_alg { PS_DKIM_RSA_SHA256, PS_DKIM_ED25519_SHA256, PS_DKIM_ALG_N };
/* As a= says it, and as k= of a record does. */
const char *ps_dkim_alg_name(enum ps_dkim_alg alg);
const char *ps_dkim_alg_key_name(enum ps_dkim_alg alg);

#define PS_DKIM_SIGN_BITS_MIN  1024 /* RFC 8301 section 3.2 */
#define PS_DKIM_SIGN_BITS_GOOD 2048 /* smaller ones get a warning */
#define PS_DKIM_SIGN_BITS_MAX  4096 /* verifiers need not take more */
#define PS_DKIM_SIGNATURE_MAX  (PS_DKIM_SIGN_BITS_MAX / 8)

struct ps_dkim_secret;

/*
 * PS_ETEMP with why: the file cannot be read, others than its owner and group
 * may read it or others than its owner write it, it holds no key without a
 * passphrase, or one that is no good for DKIM.
 */
enum ps_status ps_dkim_secret_read(
	const char *path, struct ps_dkim_secret **out, const char **why);
void ps_dkim_secret_free(struct ps_dkim_secret *k); /* accepts NULL */

enum ps_dkim_alg ps_dkim_secret_alg(const struct ps_dkim_secret *k);
unsigned ps_dkim_secret_bits(const struct ps_dkim_secret *k);
/* out has room for PS_DKIM_SIGNATURE_MAX; the signature's length, 0: failed. */
size_t ps_dkim_secret_sign(const struct ps_dkim_secret *k,
	const unsigned char digest[PS_SHA256_LEN], unsigned char *out);
/*
 * p= of its record (RFC 6376 section 3.6.1, RFC 8463 section 4), not yet in
 * base64: SubjectPublicKeyInfo, or the 32 octets of the point.
 */
struct ps_bytes ps_dkim_secret_public(
	struct ps_arena *a, const struct ps_dkim_secret *k);

/*
 * A new key in a new file of this mode and owner (-1: as we are); PS_EPERM
 * when there is a file already, or it cannot be written.
 */
struct ps_dkim_make {
	const char *path;
	enum ps_dkim_alg alg;
	unsigned mode;
	long uid, gid;
};
enum ps_status ps_dkim_secret_make(
	const struct ps_dkim_make *how, const char **why);

/*
 * Keys that were read, and are not read again as long as their files stay as
 * they are.  One thread.
 */
struct ps_dkim_secrets;
struct ps_dkim_secrets *ps_dkim_secrets_new(void);
void ps_dkim_secrets_free(struct ps_dkim_secrets *s);
/* Borrowed until the next get. */
enum ps_status ps_dkim_secrets_get(struct ps_dkim_secrets *s, const char *path,
	const struct ps_dkim_secret **out, const char **why);

#endif
