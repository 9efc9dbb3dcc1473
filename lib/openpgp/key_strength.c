/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * The length of a key by its packet (RFC 4880 5.5.2): version, time,
 * algorithm, then the first multiprecision integer.
 */
#include "openpgp/key_strength.h"

#include "openpgp/cert_fpr.h"
#include "openpgp/packets.h"
#include "store/key_index.h"

#define CURVE_AS_RSA 3072 /* 128 bits of security: NIST SP 800-57 table 2 */

static int
strength(struct ps_bytes body)
{
	const unsigned char *p = (const unsigned char *)body.p;

	if (body.len < 8)
		return 0;
	switch (p[5]) {
	case 1: /* RSA */
	case 2:
	case 3:
	case 16: /* ElGamal */
	case 17: /* DSA */
		return p[6] << 8 | p[7];
	case 18: /* ECDH, ECDSA, EdDSA, X25519, Ed25519 */
	case 19:
	case 22:
	case 25:
	case 27:
		return CURVE_AS_RSA;
	default:
		return 0;
	}
}

int
ps_key_strength(struct ps_bytes certificate, const char *fpr)
{
	char own[PS_FPR_SIZE];
	struct ps_packet p;
	int64_t created_s;
	const char *why;
	bool got = true;
	int version;

	while (ps_packets_next(&certificate, &p, &got, &why) == PS_OK && got) {
		if (p.tag != PS_TAG_PUBLIC_SUBKEY && p.tag != PS_TAG_PUBLIC_KEY)
			continue;
		if (ps_cert_fpr(p.body, own, &version, &created_s) &&
			strcmp(own, fpr) == 0)
			return strength(p.body);
	}
	return 0;
}
