/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Hashing of key packets, by libcrypto.
 */
#include "openpgp/cert_fpr.h"

#include <stdlib.h>

#include <openssl/evp.h>

#define FPR_MAX_OCTETS 32

static uint32_t
number(struct ps_bytes b, size_t at, size_t octets)
{
	uint32_t n = 0;

	for (size_t i = 0; i < octets; i++)
		n = n << 8 | (unsigned char)b.p[at + i];
	return n;
}

static bool
digest(const EVP_MD *md, struct ps_bytes x, struct ps_bytes y,
	unsigned char out[EVP_MAX_MD_SIZE], unsigned *len)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	bool good = ctx != NULL && EVP_DigestInit_ex(ctx, md, NULL) == 1 &&
		    EVP_DigestUpdate(ctx, x.p, x.len) == 1 &&
		    EVP_DigestUpdate(ctx, y.p, y.len) == 1 &&
		    EVP_DigestFinal_ex(ctx, out, len) == 1;

	EVP_MD_CTX_free(ctx);
	return good;
}

/* The octets of the MPI at *at, without its length. */
static bool
mpi(struct ps_bytes body, size_t *at, struct ps_bytes *out)
{
	size_t len;

	if (body.len < *at + 2)
		return false;
	len = (number(body, *at, 2) + 7) / 8;
	if (body.len - *at - 2 < len)
		return false;
	*out = ps_bytes(body.p + *at + 2, len);
	*at += 2 + len;
	return true;
}

/* Versions 2 and 3 are RSA only: MD5 of modulus and exponent. */
static bool
digest_v3(
	struct ps_bytes body, unsigned char out[EVP_MAX_MD_SIZE], unsigned *len)
{
	struct ps_bytes n, e;
	size_t at = 8;

	return mpi(body, &at, &n) && mpi(body, &at, &e) &&
	       digest(EVP_md5(), n, e, out, len);
}

static bool
digest_framed(struct ps_bytes body, int version,
	unsigned char out[EVP_MAX_MD_SIZE], unsigned *len)
{
	unsigned char frame[5];
	size_t n = 0;

	if (version == 4 && body.len > 0xffff)
		return false;
	frame[n++] = version == 4 ? 0x99 : version == 5 ? 0x9a : 0x9b;
	if (version != 4) {
		frame[n++] = (unsigned char)(body.len >> 24);
		frame[n++] = (unsigned char)(body.len >> 16);
	}
	frame[n++] = (unsigned char)(body.len >> 8);
	frame[n++] = (unsigned char)body.len;
	return digest(version == 4 ? EVP_sha1() : EVP_sha256(),
		ps_bytes((const char *)frame, n), body, out, len);
}

bool
ps_cert_fpr(struct ps_bytes body, char fpr[PS_FPR_SIZE], int *version,
	int64_t *created_s)
{
	static const char hex[] = "0123456789ABCDEF";
	unsigned char out[EVP_MAX_MD_SIZE];
	unsigned len = 0;

	if (body.len < 6)
		return false;
	*version = (unsigned char)body.p[0];
	*created_s = number(body, 1, 4);
	if (*version < 2 || *version > 6)
		return false;
	if (!(*version < 4 ? digest_v3(body, out, &len)
			   : digest_framed(body, *version, out, &len)))
		return false;
	for (size_t i = 0; i < len && i < FPR_MAX_OCTETS; i++) {
		fpr[2 * i] = hex[out[i] >> 4];
		fpr[2 * i + 1] = hex[out[i] & 0x0f];
		fpr[2 * i + 2] = '\0';
	}
	return true;
}

uint64_t
ps_cert_key_id(const char *fpr)
{
	return strlen(fpr) == 40 ? strtoull(fpr + 24, NULL, 16) : 0;
}
