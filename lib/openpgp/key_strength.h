/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * How long is a key (RFC 9580 section 9.1, RFC 8301 for the floor)?
 */
#ifndef PS_OPENPGP_KEY_STRENGTH_H
#define PS_OPENPGP_KEY_STRENGTH_H

#include "base/bytes.h"

/*
 * Bits of the modulus of an RSA key, of p of a DSA or ElGamal key; of a key
 * over a curve those of an RSA key that is as strong; 0 when the certificate
 * does not hold the key or its algorithm is not known.
 *
 * certificate  binary
 * fpr          of the primary key or a subkey, version 4
 */
int ps_key_strength(struct ps_bytes certificate, const char *fpr);

#endif
