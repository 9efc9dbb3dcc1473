/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Two judges of one signature: libopendkim's digest, and our own for what it
 * cannot do; pubkey.h says whether b= is a signature of it.
 */
#include "auth/dkim_parts.h"
#include "auth/pubkey.h"

void
ps_dkim_ask_lib(struct ps_dkim *d, const struct ps_header *h,
	const struct ps_dkim_readings *r, enum ps_dkim_opinion *opinion)
{
	struct ps_dkim_cover cover[PS_DKIM_MAX_SIGNATURES];
	struct ps_dkim_digest digest[PS_DKIM_MAX_SIGNATURES];
	size_t at[PS_DKIM_MAX_SIGNATURES], n = 0;

	for (size_t i = 0; i < r->n; i++)
		if (r->of[i].result == PS_AUTH_PASS) {
			at[n] = i;
			cover[n++] = ps_dkim_cover_of(&r->of[i]);
		}
	if (n == 0)
		return;
	ps_dkim_digest_lib(d, h, cover, n, digest);
	for (size_t i = 0; i < n; i++) {
		const struct ps_dkim_reading *of = &r->of[at[i]];

		opinion[at[i]] = PS_DKIM_CANNOT;
		if (digest[i].known)
			opinion[at[i]] = ps_pubkey_verify(&of->key,
						 digest[i].octets, of->octets)
						 ? PS_DKIM_GOOD
						 : PS_DKIM_BAD;
	}
}

enum ps_dkim_opinion
ps_dkim_ask_own(struct ps_arena *a, struct ps_sha256 *sha,
	const struct ps_header *h, const struct ps_dkim_reading *r)
{
	struct ps_dkim_cover cover = ps_dkim_cover_of(r);
	unsigned char digest[PS_SHA256_LEN];

	ps_dkim_digest_own(a, sha, h, &cover, digest);
	return ps_pubkey_verify(&r->key, digest, r->octets) ? PS_DKIM_GOOD
							    : PS_DKIM_BAD;
}
