/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * RSA public keys in DER, by a small reader of our own: the library's decoder
 * takes locks that threads queue for, and reads dozens of forms that no key
 * record may have.
 */
#ifndef PS_AUTH_RSA_DER_H
#define PS_AUTH_RSA_DER_H

#include "base/arena.h"

struct ps_rsa_key {
	struct ps_bytes modulus, exponent; /* big-endian, no leading zero */
	unsigned bits;			   /* of the modulus */
};

/*
 * Reads SubjectPublicKeyInfo (RFC 5280 section 4.1) with rsaEncryption, and
 * the bare RSAPublicKey of PKCS#1 (RFC 8017 A.1.1), which RFC 6376 names and
 * its examples do not use.  False for anything else, and for what can be no
 * key: an even modulus or exponent, an exponent of 1.  Points into der.
 */
bool ps_rsa_der_read(struct ps_bytes der, struct ps_rsa_key *out);

/* SubjectPublicKeyInfo. */
struct ps_bytes ps_rsa_der_write(
	struct ps_arena *a, const struct ps_rsa_key *key);

#endif
