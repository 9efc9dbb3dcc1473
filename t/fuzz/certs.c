/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Certificates as somebody hands them to "postseal keys import": what is cut
 * out of one is one certificate of the same key with that one user id.
 */
#include <assert.h>
#include <stdint.h>

#include "openpgp/cert_raw.h"
#include "openpgp/cert_sig.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
use(struct ps_arena *a, const struct ps_cert_raw *c)
{
	struct ps_cert_raws cut;
	struct ps_bytes out;
	const char *why;

	for (size_t i = 0; i < c->n_uid; i++) {
		ps_cert_uid_end(c->octets, c->fpr, c->uid[i]);
		if (ps_cert_cut(a, c->octets, c->uid[i], c->fpr, &out, &why) !=
			PS_OK)
			continue;
		assert(out.len <= c->octets.len);
		ps_cert_raw_split(a, out, &cut);
		assert(cut.n_cert == 1 && cut.left_out == NULL);
		assert(strcmp(cut.cert[0].fpr, c->fpr) == 0);
		assert(cut.cert[0].n_uid == 1);
		assert(ps_bytes_eq(cut.cert[0].uid[0], c->uid[i]));
	}
	ps_cert_subkey_end(c->octets, c->fpr, c->fpr);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);
	struct ps_bytes binary;
	struct ps_cert_raws all;
	const char *why;

	if (ps_cert_dearmor(a, ps_bytes((const char *)data, size), &binary,
		    &why) == PS_OK) {
		ps_cert_raw_split(a, binary, &all);
		for (size_t i = 0; i < all.n_cert; i++)
			use(a, &all.cert[i]);
		for (size_t i = 0; i < all.n_revocation; i++)
			ps_cert_revoked_by(all.revocation[i]);
	}
	ps_arena_free(a);
	return 0;
}
