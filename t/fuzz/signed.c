/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * What is signed?  Whatever the octets: a scope that the header promises, a
 * reason with everything that is not whole, and text in front of an inline
 * signature is seen.
 */
#include <assert.h>
#include <stdlib.h>

#include "openpgp/signed.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct ps_signed
scan(struct ps_arena *a, const struct ps_message *m)
{
	const struct ps_limits limits = PS_LIMITS_DEFAULT;
	struct ps_signature_claim claim[PS_SIGNATURES_MAX];
	struct ps_signed out;
	const char *why;
	size_t n = 0;

	ps_signed_scan(a, m, &limits, &out);
	assert(out.scope == PS_SCOPE_NONE || *out.shape != '\0');
	assert((out.scope <= PS_SCOPE_WHOLE) == (out.why == NULL));
	assert(out.scope != PS_SCOPE_WHOLE || out.signature.len > 0);
	if (ps_signature_claims(out.signature, claim, &n, &why) == PS_OK)
		assert(n > 0);
	assert(n <= PS_SIGNATURES_MAX);
	return out;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);
	struct ps_bytes all = {(const char *)data, size};
	struct ps_message m = {.body_fd = -1};
	const char *why = NULL;
	struct ps_buf b;

	if (ps_header_parse(a, all, 1000, &m.header, &m.body, &why) == PS_OK &&
		strcmp(scan(a, &m).shape, "pgp-inline") == 0) {
		ps_buf_init(&b, size + 64);
		ps_buf_puts(&b, "=41 QUFB\r\n");
		ps_buf_put(&b, m.body);
		m.body = ps_buf_bytes(&b);
		assert(scan(a, &m).scope != PS_SCOPE_WHOLE);
		ps_buf_free(&b);
	}
	ps_arena_free(a);
	return 0;
}
