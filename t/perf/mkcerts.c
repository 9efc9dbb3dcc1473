/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Makes many OpenPGP certificates fast: version 4, Ed25519 with a Curve25519
 * encryption subkey, valid self-signatures (RFC 4880 with the curves of RFC
 * 9580's v4 form).  gpg needs 12 ms a key and more with each; this needs 0.2.
 * For loads only: the secret keys are thrown away.
 *
 *   mkcerts COUNT    to standard output, addresses load-N@example.com
 */
#include <arpa/inet.h>
#include <openssl/evp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MADE 1700000000u /* 2023-11-14 */

struct octets {
	unsigned char p[1024];
	size_t len;
};

static void
put(struct octets *o, const void *p, size_t len)
{
	if (o->len + len > sizeof(o->p))
		abort();
	memcpy(o->p + o->len, p, len);
	o->len += len;
}

static void
put_octet(struct octets *o, unsigned v)
{
	unsigned char c = (unsigned char)v;

	put(o, &c, 1);
}

static void
put_be(struct octets *o, uint32_t v, size_t len)
{
	uint32_t net = htonl(v);

	put(o, (unsigned char *)&net + sizeof(net) - len, len);
}

/* A multiprecision integer (RFC 4880 3.2): no leading zero bits are counted. */
static void
put_mpi(struct octets *o, const unsigned char *p, size_t len)
{
	unsigned bits;

	while (len > 0 && *p == 0)
		p++, len--;
	bits = (unsigned)len * 8;
	for (unsigned m = 0x80; len > 0 && (*p & m) == 0; m >>= 1)
		bits--;
	put_be(o, bits, 2);
	put(o, p, len);
}

static void
put_packet(struct octets *o, unsigned tag, const struct octets *body)
{
	put_octet(o, 0x80 | tag << 2 | 1); /* old format, two-octet length */
	put_be(o, (uint32_t)body->len, 2);
	put(o, body->p, body->len);
}

static void
put_point(struct octets *o, EVP_PKEY *key)
{
	unsigned char point[33] = {0x40};
	size_t len = 32;

	if (EVP_PKEY_get_raw_public_key(key, point + 1, &len) != 1)
		abort();
	put_mpi(o, point, sizeof(point));
}

/* What a signature on a key hashes of it (RFC 4880 5.2.4). */
static void
put_hashed_key(struct octets *o, const struct octets *key)
{
	put_octet(o, 0x99);
	put_be(o, (uint32_t)key->len, 2);
	put(o, key->p, key->len);
}

static void
key_id(const struct octets *key, unsigned char id[8])
{
	struct octets hashed = {.len = 0};
	unsigned char fpr[EVP_MAX_MD_SIZE];
	unsigned len;

	put_hashed_key(&hashed, key);
	EVP_Digest(hashed.p, hashed.len, fpr, &len, EVP_sha1(), NULL);
	memcpy(id, fpr + 12, 8);
}

/*
 * A self-signature of this type; text is what it covers, so far.  Subpackets:
 * creation time (2), key flags (27), preferred ciphers (11) and features (30:
 * integrity protection), issuer (16).
 */
static void
put_signature(struct octets *o, EVP_PKEY *signer, const struct octets *primary,
	unsigned type, unsigned flags, struct octets text)
{
	struct octets sig = {.len = 0};
	unsigned char digest[EVP_MAX_MD_SIZE], rs[64], id[8];
	size_t rs_len = sizeof(rs);
	unsigned len;
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();

	put_octet(&sig, 4);
	put_octet(&sig, type);
	put_octet(&sig, 22); /* EdDSA */
	put_octet(&sig, 8);  /* SHA-256 */
	put_be(&sig, 16, 2);
	put(&sig, "\x05\x02", 2);
	put_be(&sig, MADE, 4);
	put(&sig, "\x02\x1b", 2);
	put_octet(&sig, flags);
	put(&sig, "\x03\x0b\x09\x07\x02\x1e\x01", 7);
	sig.p[5] = (unsigned char)(sig.len - 6);
	put(&text, sig.p, sig.len);
	put(&text, "\x04\xff", 2);
	put_be(&text, (uint32_t)sig.len, 4);
	EVP_Digest(text.p, text.len, digest, &len, EVP_sha256(), NULL);
	key_id(primary, id);
	put(&sig, "\x00\x0a\x09\x10", 4);
	put(&sig, id, 8);
	put(&sig, digest, 2);
	if (ctx == NULL ||
		EVP_DigestSignInit(ctx, NULL, NULL, NULL, signer) != 1 ||
		EVP_DigestSign(ctx, rs, &rs_len, digest, len) != 1)
		abort();
	EVP_MD_CTX_free(ctx);
	put_mpi(&sig, rs, 32);
	put_mpi(&sig, rs + 32, 32);
	put_packet(o, 2, &sig);
}

static void
put_certificate(struct octets *o, unsigned long number)
{
	static const char ed[] = "\x16\x09\x2b\x06\x01\x04\x01\xda\x47\x0f\x01";
	static const char cv[] =
		"\x12\x0a\x2b\x06\x01\x04\x01\x97\x55\x01\x05\x01";
	EVP_PKEY *primary = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519"),
		 *sub = EVP_PKEY_Q_keygen(NULL, NULL, "X25519");
	struct octets key = {.len = 0}, subkey = {.len = 0}, uid = {.len = 0},
		      text = {.len = 0};

	put(&key, "\x04", 1);
	put_be(&key, MADE, 4);
	put(&key, ed, sizeof(ed) - 1);
	put_point(&key, primary);
	uid.len = (size_t)snprintf((char *)uid.p, sizeof(uid.p),
		"Load %lu <load-%lu@example.com>", number, number);
	put(&subkey, "\x04", 1);
	put_be(&subkey, MADE, 4);
	put(&subkey, cv, sizeof(cv) - 1);
	put_point(&subkey, sub);
	put(&subkey, "\x03\x01\x08\x07", 4); /* KDF: SHA-256, AES-128 */

	put_packet(o, 6, &key);
	put_packet(o, 13, &uid);
	put_hashed_key(&text, &key);
	put_octet(&text, 0xb4);
	put_be(&text, (uint32_t)uid.len, 4);
	put(&text, uid.p, uid.len);
	put_signature(o, primary, &key, 0x13, 0x03, text);
	put_packet(o, 14, &subkey);
	text.len = 0;
	put_hashed_key(&text, &key);
	put_hashed_key(&text, &subkey);
	put_signature(o, primary, &key, 0x18, 0x0c, text);
	EVP_PKEY_free(primary);
	EVP_PKEY_free(sub);
}

int
main(int argc, char **argv)
{
	unsigned long n = argc == 2 ? strtoul(argv[1], NULL, 10) : 0;

	if (n == 0) {
		fprintf(stderr, "usage: %s COUNT >FILE\n", argv[0]);
		return 64;
	}
	for (unsigned long i = 0; i < n; i++) {
		struct octets o = {.len = 0};

		put_certificate(&o, i);
		if (fwrite(o.p, 1, o.len, stdout) != o.len)
			return 74;
	}
	return fflush(stdout) == 0 ? 0 : 74;
}
