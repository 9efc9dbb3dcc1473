/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * How a worker returns what it read from certificates: the head, then for each
 * certificate its record, its subkeys' and its user ids' (each followed by the
 * text), then the certificates as gpg exports them, one behind another.
 */
#ifndef PS_OPENPGP_CERT_WIRE_H
#define PS_OPENPGP_CERT_WIRE_H

#include <stdint.h>

#define PS_CERT_WIRE_MAGIC 0x70736331U /* "psc1" */

struct ps_cert_wire_head {
	uint32_t magic;
	uint32_t n_cert;
	uint64_t records_len, export_len;
};

enum ps_cert_wire_flag {
	PS_CERT_WIRE_REVOKED = 1,
	PS_CERT_WIRE_INVALID = 2,
	PS_CERT_WIRE_ENCRYPTS = 4
};

struct ps_cert_wire_key { /* the certificate, and each subkey */
	char fpr[40];
	int64_t created_s, expires_s;
	uint32_t flags;
	uint32_t n_subkey, n_uid; /* of a certificate */
	uint32_t pad;
};

struct ps_cert_wire_uid {
	uint32_t flags;
	uint32_t len; /* of the text that follows */
};

#endif
