/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Body hashes, each made once; a body that does not fit bh= costs nothing more.
 */
#include "auth/dkim_parts.h"

const struct ps_dkim_body *
ps_dkim_hash_body(struct ps_dkim_bodies *known, struct ps_sha256 *sha,
	struct ps_bytes body, const struct ps_dkim_reading *r)
{
	struct ps_dkim_body *out;

	for (size_t i = 0; i < known->n; i++)
		if (known->of[i].how == r->body &&
			known->of[i].limit == r->limit)
			return &known->of[i];
	out = &known->of[known->n++];
	out->how = r->body;
	out->limit = r->limit;
	out->total =
		ps_dkim_digest_body(sha, body, r->body, r->limit, out->digest);
	return out;
}
