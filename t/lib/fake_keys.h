/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Certificates that are right as packets only, and an engine that believes
 * them: user ids and subkeys are as they stand there, and words in a user id
 * say what the engine makes of it.
 */
#ifndef PS_T_FAKE_KEYS_H
#define PS_T_FAKE_KEYS_H

#include "base/buf.h"
#include "crypto/engine.h"
#include "store/key_index.h"

/* Seconds since 1970 at which every fake key was made. */
#define FK_CREATED 1600000000

/*
 * Append a certificate.  seed makes the fingerprints; uids are separated by
 * "|"; version 4 is what the fake engine knows.  A user id with "[revoked]"
 * in it is revoked, "[keyrevoked]" revokes the whole certificate, and with
 * "[invalid]" the engine knows nothing of it; "[until N]" ends the
 * certificate at N seconds since 1970.
 */
void fk_put(struct ps_buf *out, int version, unsigned seed, const char *uids,
	size_t n_subkey);
/* The fingerprint of the primary key. */
void fk_fpr(int version, unsigned seed, char out[PS_FPR_SIZE]);

struct fk_engine {
	struct ps_engine engine;
	_Atomic size_t n_call;
	enum ps_status fails; /* instead of an answer */
	const char *poison;   /* fails on octets with this in them */
};
void fk_engine_init(struct fk_engine *e);

#endif
