/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * What DKIM signs of a header (RFC 6376 section 3.7), for those who sign and
 * for those who verify: by libopendkim, and by our own code for what it cannot
 * do.  Knows neither keys nor the DNS.
 */
#ifndef PS_DKIM_DKIM_H
#define PS_DKIM_DKIM_H

#include "dkim/canon.h"
#include "dkim/sha256.h"

#define PS_DKIM_MAX_SIGNATURES 10
#define PS_DKIM_MAX_HEADERS    100 /* items of one h= */

/*
 * libopendkim, set up once for the process; shared by threads.  No two threads
 * may set one up at a time: dkim_init() calls res_init(), which is not safe.
 */
struct ps_dkim;
struct ps_dkim *ps_dkim_new(const char **why); /* NULL when it cannot be */
void ps_dkim_free(struct ps_dkim *d);

/* One signature of a header, and what it signs. */
struct ps_dkim_cover {
	const struct ps_field *field; /* the signature, a field of the header */
	const struct ps_bytes *name;  /* of h=; no empty ones */
	size_t n_name;
	enum ps_canon canon;
	bool odd_b; /* "b =", or another tag that ends in "b" */
};
struct ps_dkim_digest {
	bool known;
	unsigned char octets[PS_SHA256_LEN];
};

/*
 * The digests of at most PS_DKIM_MAX_SIGNATURES signatures by libopendkim; not
 * known where it cannot tell.  It reads the signatures too, and does not know
 * the digest of one that it would refuse whatever b= holds.
 */
void ps_dkim_digest_lib(struct ps_dkim *d, const struct ps_header *h,
	const struct ps_dkim_cover *cover, size_t n,
	struct ps_dkim_digest *out);
/* The same by canon.h, always. */
void ps_dkim_digest_own(struct ps_arena *a, struct ps_sha256 *sha,
	const struct ps_header *h, const struct ps_dkim_cover *cover,
	unsigned char out[PS_SHA256_LEN]);

/*
 * The field that the item of h= number i stands for: of equal names the last
 * one first (RFC 6376 section 5.4.2), never the signature itself.  NULL when
 * there is none.
 */
const struct ps_field *ps_dkim_covered(
	const struct ps_header *h, const struct ps_dkim_cover *cover, size_t i);

/* The digest of a whole body (bh=); the octets of its canonical form. */
uint64_t ps_dkim_digest_body(struct ps_sha256 *sha, struct ps_bytes body,
	enum ps_canon how, uint64_t limit, unsigned char out[PS_SHA256_LEN]);

#endif
