/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * SHA-256 by OpenSSL's EVP.  It fails only without memory, which ends the
 * process everywhere here (base/arena.h).
 */
#include "dkim/sha256.h"

#include <assert.h>
#include <openssl/evp.h>
#include <stdlib.h>

struct ps_sha256 {
	EVP_MD *md;
	EVP_MD_CTX *ctx;
};

struct ps_sha256 *
ps_sha256_new(void)
{
	struct ps_sha256 *s = malloc(sizeof(*s));

	assert(s != NULL);
	s->md = EVP_MD_fetch(NULL, "SHA2-256", NULL);
	s->ctx = EVP_MD_CTX_new();
	assert(s->md != NULL && s->ctx != NULL);
	ps_sha256_begin(s);
	return s;
}

void
ps_sha256_free(struct ps_sha256 *s)
{
	if (s == NULL)
		return;
	EVP_MD_CTX_free(s->ctx);
	EVP_MD_free(s->md);
	free(s);
}

void
ps_sha256_begin(struct ps_sha256 *s)
{
	int good = EVP_DigestInit_ex2(s->ctx, s->md, NULL);

	assert(good == 1);
}

void
ps_sha256_put(void *self, struct ps_bytes octets)
{
	struct ps_sha256 *s = self;
	int good = EVP_DigestUpdate(s->ctx, octets.p, octets.len);

	assert(good == 1);
}

void
ps_sha256_copy(struct ps_sha256 *to, const struct ps_sha256 *from)
{
	int good = EVP_MD_CTX_copy_ex(to->ctx, from->ctx);

	assert(good == 1);
}

void
ps_sha256_end(struct ps_sha256 *s, unsigned char out[PS_SHA256_LEN])
{
	unsigned n = 0;
	int good = EVP_DigestFinal_ex(s->ctx, out, &n);

	assert(good == 1 && n == PS_SHA256_LEN);
}
