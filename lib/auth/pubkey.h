/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Does a signature over a SHA-256 digest fit a key?  rsa-sha256 (RFC 6376
 * section 3.3.1) and ed25519-sha256 (RFC 8463 section 3); there is no way to
 * ask for SHA-1.
 */
#ifndef PS_AUTH_PUBKEY_H
#define PS_AUTH_PUBKEY_H

#include "auth/dkim_key.h"
#include "dkim/sha256.h"

/* key: one whose result is PS_AUTH_PASS. */
bool ps_pubkey_verify(const struct ps_dkim_key *key,
	const unsigned char digest[PS_SHA256_LEN], struct ps_bytes signature);

#endif
