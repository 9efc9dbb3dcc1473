/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * ARC-Seal (RFC 8617 section 5.1.1): the seal of set i covers sets 1 to i, each
 * as results, message signature, seal; always relaxed.
 */
#include "auth/arc_parts.h"

static void
put(struct ps_sha256 *to, const struct ps_field *f)
{
	struct ps_canon_sink sink = {to, ps_sha256_put};

	ps_canon_field(PS_CANON_RELAXED, f, true, &sink);
}

/*
 * All digests in one pass: what seal i covers begins with what seal i - 1
 * covers, so that 50 sets cost 50 sets and not 1275.
 */
static void
hash_sets(struct ps_arc_work *w, const struct ps_arc_chain *c,
	unsigned char (*out)[PS_SHA256_LEN])
{
	struct ps_sha256 *so_far = ps_sha256_new();
	struct ps_canon_sink sink = {w->sha, ps_sha256_put};

	for (size_t i = 0; i < c->n_hop; i++) {
		const struct ps_arc_hop *hop = &c->hop[i];
		struct ps_field self = *hop->seal.field;

		put(so_far, hop->results);
		put(so_far, hop->message.sig.field);
		ps_sha256_copy(w->sha, so_far);
		self.value = ps_canon_unsigned(w->a, self.value);
		ps_canon_field(PS_CANON_RELAXED, &self, false, &sink);
		ps_sha256_end(w->sha, out[i]);
		put(so_far, hop->seal.field);
	}
	ps_sha256_free(so_far);
}

enum ps_auth_result
ps_arc_check_seals(struct ps_arc_work *w, const struct ps_arc_chain *c)
{
	unsigned char digest[PS_ARC_MAX_SETS][PS_SHA256_LEN];
	enum ps_auth_result r = PS_AUTH_PASS;

	hash_sets(w, c, digest);
	for (size_t i = c->n_hop; r == PS_AUTH_PASS && i-- > 0;) {
		r = ps_arc_check_signature(w, &c->hop[i].seal, digest[i]);
		if (r != PS_AUTH_PASS)
			w->why = ps_arena_printf(
				w->a, "i=%zu: seal: %s", i + 1, w->why);
	}
	return r;
}
