/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Fingerprints of public key packets, all versions that exist.
 */
#ifndef PS_OPENPGP_CERT_FPR_H
#define PS_OPENPGP_CERT_FPR_H

#include <stdint.h>

#include "base/bytes.h"
#include "store/key_index.h"

/*
 * The fingerprint of a public key or subkey packet's body, upper case hex:
 * version 4 (RFC 9580 5.5.4.2) SHA-1, version 6 (5.5.4.3) and GnuPG's version
 * 5 SHA-256, versions 2 and 3 (RFC 4880 12.2) MD5.  False when the body is too
 * short or of no known version.
 */
bool ps_cert_fpr(struct ps_bytes body, char fpr[PS_FPR_SIZE], int *version,
	int64_t *created_s);

/* The key id of a version 4 fingerprint; 0 when it is none. */
uint64_t ps_cert_key_id(const char *fpr);

#endif
