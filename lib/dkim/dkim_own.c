/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Digests by our own code: of bodies, which libopendkim canonicalizes octet by
 * octet and copies each (canon.h takes a seventh of that time), and of the
 * headers that it cannot do (dkim_lib.c says what that is).
 */
#include "dkim/dkim.h"

const struct ps_field *
ps_dkim_covered(
	const struct ps_header *h, const struct ps_dkim_cover *cover, size_t i)
{
	size_t skip = 0;

	for (size_t n = 0; n < i; n++)
		skip += ps_bytes_ieq(cover->name[n], cover->name[i]);
	for (size_t n = h->n_field; n-- > 0;) {
		const struct ps_field *f = &h->field[n];

		if (f == cover->field || !ps_bytes_ieq(f->name, cover->name[i]))
			continue;
		if (skip == 0)
			return f;
		skip--;
	}
	return NULL;
}

void
ps_dkim_digest_own(struct ps_arena *a, struct ps_sha256 *sha,
	const struct ps_header *h, const struct ps_dkim_cover *cover,
	unsigned char out[PS_SHA256_LEN])
{
	struct ps_canon_sink sink = {sha, ps_sha256_put};
	struct ps_field self = *cover->field;

	ps_sha256_begin(sha);
	for (size_t i = 0; i < cover->n_name; i++) {
		const struct ps_field *f = ps_dkim_covered(h, cover, i);

		if (f != NULL)
			ps_canon_field(cover->canon, f, true, &sink);
	}
	self.value = ps_canon_unsigned(a, self.value);
	ps_canon_field(cover->canon, &self, false, &sink);
	ps_sha256_end(sha, out);
}

uint64_t
ps_dkim_digest_body(struct ps_sha256 *sha, struct ps_bytes body,
	enum ps_canon how, uint64_t limit, unsigned char out[PS_SHA256_LEN])
{
	struct ps_canon_body canon;

	ps_sha256_begin(sha);
	ps_canon_body_begin(
		&canon, how, limit, (struct ps_canon_sink){sha, ps_sha256_put});
	ps_canon_body_put(&canon, body);
	ps_canon_body_end(&canon);
	ps_sha256_end(sha, out);
	return canon.total;
}
