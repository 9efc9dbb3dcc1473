/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Keys and signatures by OpenSSL's EVP.  RSA keys are made of their numbers:
 * the library's DER decoders cost several times the verification and take
 * locks.
 */
#include "auth/pubkey.h"

#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>

#define MAX_NUMBER (PS_DKIM_RSA_MAX / 8)

/* OSSL_PARAM holds numbers in the machine's order. */
static OSSL_PARAM
number(const char *name, struct ps_bytes big, unsigned char out[MAX_NUMBER])
{
	const unsigned one = 1;
	bool little = *(const char *)&one == 1;

	for (size_t i = 0; i < big.len; i++)
		out[i] = (unsigned char)big.p[little ? big.len - 1 - i : i];
	return OSSL_PARAM_construct_BN(name, out, big.len);
}

static EVP_PKEY *
make_rsa(const struct ps_dkim_key *key)
{
	unsigned char n[MAX_NUMBER], e[MAX_NUMBER];
	EVP_PKEY_CTX *ctx;
	EVP_PKEY *out = NULL;
	OSSL_PARAM param[3];

	if (key->modulus.len > sizeof(n) || key->exponent.len > sizeof(e))
		return NULL;
	param[0] = number(OSSL_PKEY_PARAM_RSA_N, key->modulus, n);
	param[1] = number(OSSL_PKEY_PARAM_RSA_E, key->exponent, e);
	param[2] = OSSL_PARAM_construct_end();
	ctx = EVP_PKEY_CTX_new_from_name(NULL, "RSA", NULL);
	if (ctx != NULL && EVP_PKEY_fromdata_init(ctx) == 1 &&
		EVP_PKEY_fromdata(ctx, &out, EVP_PKEY_PUBLIC_KEY, param) != 1)
		out = NULL;
	EVP_PKEY_CTX_free(ctx);
	return out;
}

static bool
verify_rsa(const struct ps_dkim_key *key, const unsigned char *digest,
	struct ps_bytes signature)
{
	EVP_PKEY *pkey = make_rsa(key);
	EVP_PKEY_CTX *ctx = NULL;
	bool good = false;

	if (pkey != NULL)
		ctx = EVP_PKEY_CTX_new_from_pkey(NULL, pkey, NULL);
	if (ctx != NULL && EVP_PKEY_verify_init(ctx) == 1 &&
		EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PADDING) == 1 &&
		EVP_PKEY_CTX_set_signature_md(ctx, EVP_sha256()) == 1)
		good = EVP_PKEY_verify(ctx, (const unsigned char *)signature.p,
			       signature.len, digest, PS_SHA256_LEN) == 1;
	EVP_PKEY_CTX_free(ctx);
	EVP_PKEY_free(pkey);
	return good;
}

/* PureEdDSA over the digest (RFC 8463 section 3). */
static bool
verify_ed25519(const struct ps_dkim_key *key, const unsigned char *digest,
	struct ps_bytes signature)
{
	EVP_PKEY *pkey = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL,
		(const unsigned char *)key->octets.p, key->octets.len);
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	bool good = false;

	if (pkey != NULL && ctx != NULL &&
		EVP_DigestVerifyInit(ctx, NULL, NULL, NULL, pkey) == 1)
		good = EVP_DigestVerify(ctx, (const unsigned char *)signature.p,
			       signature.len, digest, PS_SHA256_LEN) == 1;
	EVP_MD_CTX_free(ctx);
	EVP_PKEY_free(pkey);
	return good;
}

bool
ps_pubkey_verify(const struct ps_dkim_key *key,
	const unsigned char digest[PS_SHA256_LEN], struct ps_bytes signature)
{
	bool good = key->type == PS_DKIM_KEY_RSA
			    ? verify_rsa(key, digest, signature)
			    : verify_ed25519(key, digest, signature);

	/* a refused signature leaves words in the thread's error queue */
	if (!good)
		ERR_clear_error();
	return good;
}
