/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Transferable public keys (RFC 4880 section 11.1) standing behind one
 * another, one by one: by their packets, without any cryptography but the
 * digest of a fingerprint.
 */
#ifndef PS_OPENPGP_CERT_SPLIT_H
#define PS_OPENPGP_CERT_SPLIT_H

#include "base/arena.h"

struct ps_cert_slice {
	struct ps_bytes octets;
	int version;  /* of the primary key packet */
	char fpr[41]; /* upper case hex for version 4, else "" */
};

/*
 * Every slice from a public key packet to the next; what stands before the
 * first, and secret keys, are left out.  Ends at the first octets that are no
 * packets: what was whole before is in the result, the certificate that was
 * cut off is not.
 */
struct ps_cert_slice *ps_cert_split(
	struct ps_arena *a, struct ps_bytes binary, size_t *n);

/* Does the certificate hold this user id, octet for octet? */
bool ps_cert_has_uid(struct ps_bytes certificate, struct ps_bytes uid);

/* Append the fingerprints of the primary key and all subkeys of version 4. */
struct ps_cert_fprs {
	char (*fpr)[41];
	size_t n;
};
void ps_cert_add_fprs(struct ps_arena *a, struct ps_bytes certificate,
	struct ps_cert_fprs *out);

#endif
