/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Where a certificate lies in a Web Key Directory
 * (draft-koch-openpgp-webkey-service, section 3.1).
 */
#include "discovery/wkd.h"

#include <openssl/sha.h>

#include "base/str.h"

void
ps_wkd_hash(struct ps_bytes local, char out[33])
{
	static const char digit[] = "ybndrfg8ejkmcpqxot1uwisza345h769";
	unsigned char sha[SHA_DIGEST_LENGTH];
	struct ps_buf lower;
	unsigned bits = 0, n_bit = 0;
	size_t n = 0;

	ps_buf_init(&lower, local.len);
	for (size_t i = 0; i < local.len; i++)
		ps_buf_putc(&lower, (char)ps_lower(local.p[i]));
	SHA1((const unsigned char *)lower.p, lower.len, sha);
	ps_buf_free(&lower);
	for (size_t i = 0; i < sizeof(sha); i++) {
		bits = bits << 8 | sha[i];
		for (n_bit += 8; n_bit >= 5; n_bit -= 5)
			out[n++] = digit[bits >> (n_bit - 5) & 31];
	}
	out[n] = '\0';
}
