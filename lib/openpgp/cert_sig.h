/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * What a signature packet claims (RFC 4880 5.2): nothing is verified here, and
 * only what an engine kept in a certificate is to be believed.
 */
#ifndef PS_OPENPGP_CERT_SIG_H
#define PS_OPENPGP_CERT_SIG_H

#include <stdint.h>

#include "base/bytes.h"

enum ps_sig_class {
	PS_SIG_CERTIFICATION = 0x10, /* to 0x13 */
	PS_SIG_CERTIFICATION_LAST = 0x13,
	PS_SIG_SUBKEY_BINDING = 0x18,
	PS_SIG_DIRECT_KEY = 0x1f,
	PS_SIG_KEY_REVOCATION = 0x20,
	PS_SIG_SUBKEY_REVOCATION = 0x28,
	PS_SIG_CERT_REVOCATION = 0x30
};

/* RFC 9580 section 9.5 */
enum ps_hash { PS_HASH_MD5 = 1, PS_HASH_SHA1 = 2, PS_HASH_RIPEMD160 = 3 };

struct ps_cert_sig {
	int class;
	int hash;		      /* algorithm */
	int64_t created_s, expires_s; /* of the signature; 0 for never */
	bool has_issuer;
	uint64_t issuer; /* key id */
};

/* Versions 3 and 4; false for what is neither or is cut off. */
bool ps_cert_sig_read(struct ps_bytes body, struct ps_cert_sig *out);

/* By the key with this fingerprint, or it does not say by whom. */
bool ps_cert_sig_may_be_by(const struct ps_cert_sig *sig, const char *fpr);

/*
 * When does the newest self-signature over a user id or a subkey end?  0 for
 * never, or when there is none.
 *
 * whole  one certificate, as the engine cleaned it
 * fpr    of its primary key, version 4
 */
int64_t ps_cert_uid_end(
	struct ps_bytes whole, const char *fpr, struct ps_bytes uid);
int64_t ps_cert_subkey_end(
	struct ps_bytes whole, const char *fpr, const char *sub_fpr);

#endif
