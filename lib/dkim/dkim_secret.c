/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * One secret key, by OpenSSL's EVP: from a file, and at work.
 */
#include "dkim/dkim_secret.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "dkim/dkim_secret_parts.h"

#define FILE_MAX 65536

const char *
ps_dkim_alg_name(enum ps_dkim_alg alg)
{
	return alg == PS_DKIM_RSA_SHA256 ? "rsa-sha256" : "ed25519-sha256";
}

const char *
ps_dkim_alg_key_name(enum ps_dkim_alg alg)
{
	return alg == PS_DKIM_RSA_SHA256 ? "rsa" : "ed25519";
}

/* Nobody is there to type a passphrase, and OpenSSL must not ask a terminal. */
static int
no_passphrase(char *buf, int size, int rwflag, void *u)
{
	(void)buf;
	(void)size;
	(void)rwflag;
	(void)u;
	return 0;
}

static const char *
judge(struct ps_dkim_secret *k)
{
	int bits = EVP_PKEY_get_bits(k->pkey);

	k->bits = bits > 0 ? (unsigned)bits : 0;
	k->alg = PS_DKIM_RSA_SHA256;
	if (EVP_PKEY_get_base_id(k->pkey) == EVP_PKEY_ED25519) {
		k->alg = PS_DKIM_ED25519_SHA256;
		k->bits = 256;
		return NULL;
	}
	if (EVP_PKEY_get_base_id(k->pkey) != EVP_PKEY_RSA)
		return "the key is neither RSA nor Ed25519";
	if (k->bits < PS_DKIM_SIGN_BITS_MIN)
		return "the RSA key has less than 1024 bits (RFC 8301)";
	if (k->bits > PS_DKIM_SIGN_BITS_MAX)
		return "the RSA key has more than 4096 bits";
	return NULL;
}

/* Group: the crypto workers' user may be another than the owner. */
static const char *
judge_file(int fd, size_t *size)
{
	struct stat st;

	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))
		return "the key is no file";
	if ((st.st_mode & (S_IRWXO | S_IWGRP)) != 0)
		return "others may read or write the key file (mode 0600 or "
		       "0640 it should have)";
	if (st.st_size > FILE_MAX)
		return "the key file is too large for a key";
	*size = (size_t)st.st_size;
	return NULL;
}

static const char *
why_not_open(int err)
{
	switch (err) {
	case ENOENT:
	case ENOTDIR:
		return "there is no such key file";
	case EACCES:
		return "the key file may not be read by this user";
	default:
		return "the key file cannot be opened";
	}
}

static const char *
load(struct ps_dkim_secret *k, int fd)
{
	static char pem[FILE_MAX];
	size_t size = 0;
	const char *why = judge_file(fd, &size);
	BIO *bio;
	ssize_t n;

	if (why != NULL)
		return why;
	n = pread(fd, pem, size, 0);
	bio = n > 0 ? BIO_new_mem_buf(pem, (int)n) : NULL;
	if (bio != NULL)
		k->pkey =
			PEM_read_bio_PrivateKey(bio, NULL, no_passphrase, NULL);
	BIO_free(bio);
	explicit_bzero(pem, size);
	ERR_clear_error();
	if (k->pkey == NULL)
		return "the file holds no PEM key without a passphrase";
	return judge(k);
}

enum ps_status
ps_dkim_secret_read(
	const char *path, struct ps_dkim_secret **out, const char **why)
{
	struct ps_dkim_secret *k = calloc(1, sizeof(*k));
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	const char *trouble;

	assert(k != NULL);
	trouble = fd < 0 ? why_not_open(errno) : load(k, fd);
	if (fd >= 0)
		close(fd);
	if (trouble == NULL) {
		*out = k;
		return PS_OK;
	}
	ps_dkim_secret_free(k);
	*why = trouble;
	return PS_ETEMP;
}

void
ps_dkim_secret_free(struct ps_dkim_secret *k)
{
	if (k == NULL)
		return;
	EVP_PKEY_free(k->pkey);
	free(k);
}

enum ps_dkim_alg
ps_dkim_secret_alg(const struct ps_dkim_secret *k)
{
	return k->alg;
}

unsigned
ps_dkim_secret_bits(const struct ps_dkim_secret *k)
{
	return k->bits;
}

static bool
sign_rsa(const struct ps_dkim_secret *k, const unsigned char *digest,
	unsigned char *out, size_t *len)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(k->pkey, NULL);
	bool good = ctx != NULL && EVP_PKEY_sign_init(ctx) == 1 &&
		    EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PADDING) == 1 &&
		    EVP_PKEY_CTX_set_signature_md(ctx, EVP_sha256()) == 1 &&
		    EVP_PKEY_sign(ctx, out, len, digest, PS_SHA256_LEN) == 1;

	EVP_PKEY_CTX_free(ctx);
	return good;
}

/* PureEdDSA over the digest (RFC 8463 section 3). */
static bool
sign_ed25519(const struct ps_dkim_secret *k, const unsigned char *digest,
	unsigned char *out, size_t *len)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	bool good = ctx != NULL &&
		    EVP_DigestSignInit(ctx, NULL, NULL, NULL, k->pkey) == 1 &&
		    EVP_DigestSign(ctx, out, len, digest, PS_SHA256_LEN) == 1;

	EVP_MD_CTX_free(ctx);
	return good;
}

size_t
ps_dkim_secret_sign(const struct ps_dkim_secret *k,
	const unsigned char digest[PS_SHA256_LEN], unsigned char *out)
{
	size_t len = PS_DKIM_SIGNATURE_MAX;
	bool good = k->alg == PS_DKIM_RSA_SHA256
			    ? sign_rsa(k, digest, out, &len)
			    : sign_ed25519(k, digest, out, &len);

	ERR_clear_error();
	return good ? len : 0;
}

static struct ps_bytes
public_rsa(struct ps_arena *a, const struct ps_dkim_secret *k)
{
	unsigned char *der = NULL;
	int n = i2d_PUBKEY(k->pkey, &der);
	struct ps_bytes out = {0};

	if (n > 0)
		out = ps_arena_copy(a, ps_bytes((char *)der, (size_t)n));
	OPENSSL_free(der);
	return out;
}

struct ps_bytes
ps_dkim_secret_public(struct ps_arena *a, const struct ps_dkim_secret *k)
{
	unsigned char point[32];
	size_t len = sizeof(point);

	if (k->alg == PS_DKIM_RSA_SHA256)
		return public_rsa(a, k);
	if (EVP_PKEY_get_raw_public_key(k->pkey, point, &len) != 1)
		len = 0;
	return ps_arena_copy(a, ps_bytes((char *)point, len));
}
