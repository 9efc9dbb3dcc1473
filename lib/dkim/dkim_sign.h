/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * A DKIM signature (RFC 6376, 8301, 8463, 8616) in two steps, so that no
 * secret key is where mail is parsed: first the field without b= and the digest
 * of what it signs; then, with the signature that somebody else made of that
 * digest, the field.
 */
#ifndef PS_DKIM_DKIM_SIGN_H
#define PS_DKIM_DKIM_SIGN_H

#include "base/status.h"
#include "dkim/dkim.h"
#include "dkim/dkim_secret.h"
#include "mail/message.h"

#define PS_DKIM_FIELD "DKIM-Signature"

struct ps_dkim_signer {
	struct ps_bytes domain;	  /* d=, A-label */
	struct ps_bytes selector; /* s=, A-label */
};

/* a= is signed too, and only who reads the key knows its kind: one draft for
 * each that it may be. */
struct ps_dkim_draft {
	struct ps_bytes text[PS_DKIM_ALG_N]; /* the value up to "b=" */
	unsigned char digest[PS_DKIM_ALG_N][PS_SHA256_LEN];
};

struct ps_dkim_order {
	const struct ps_dkim_signer *signer;
	size_t n_signer;
	int64_t now_s;
	int64_t expire_s; /* x= is so much later; 0: no x= */
};

/*
 * lib: NULL, and our own digests do.  m: the message as it will leave, to the
 * octet; not one field of it may change afterwards (new ones on top may come,
 * and Date and Message-ID if they are missing).  out has room for n_signer.
 * PS_ELIMIT when it has so many fields of the kind that is signed that no
 * verifier would follow.
 */
enum ps_status ps_dkim_sign_draft(struct ps_arena *a, struct ps_dkim *lib,
	const struct ps_message *m, const struct ps_dkim_order *order,
	struct ps_dkim_draft *out, const char **why);

/* The value of the field, folded. */
struct ps_bytes ps_dkim_sign_finish(struct ps_arena *a,
	const struct ps_dkim_draft *draft, enum ps_dkim_alg alg,
	struct ps_bytes signature);

/*
 * The names of h= for a header, one more of each that nobody may add later.
 * NULL when there are more than PS_DKIM_MAX_HEADERS.
 */
struct ps_bytes *ps_dkim_sign_names(
	struct ps_arena *a, const struct ps_header *h, size_t *n);

#endif
