/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * The second judge: header hash and signature by our own code, for what
 * libopendkim cannot do (dkim_lib.c says what that is).
 */
#include "auth/dkim_parts.h"
#include "auth/pubkey.h"

enum ps_dkim_opinion
ps_dkim_own(struct ps_arena *a, struct ps_sha256 *sha,
	const struct ps_header *h, const struct ps_dkim_reading *r)
{
	struct ps_canon_sink sink = {sha, ps_sha256_put};
	unsigned char digest[PS_SHA256_LEN];
	struct ps_field self = *r->field;

	ps_sha256_begin(sha);
	for (size_t i = 0; i < r->n_name; i++) {
		const struct ps_field *f = ps_dkim_signed(h, r, i);

		if (f != NULL)
			ps_canon_field(r->header, f, true, &sink);
	}
	self.value = ps_canon_unsigned(a, self.value);
	ps_canon_field(r->header, &self, false, &sink);
	ps_sha256_end(sha, digest);
	return ps_pubkey_verify(&r->key, digest, r->octets) ? PS_DKIM_GOOD
							    : PS_DKIM_BAD;
}
