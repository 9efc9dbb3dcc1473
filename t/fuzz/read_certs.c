/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * What a crypto worker may answer about certificates.
 */
#include "pgp/read_certs.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);
	struct ps_cert_info *cert = NULL;
	const char *why = NULL;
	size_t n = 0;

	ps_read_certs_parse(
		a, ps_bytes((const char *)data, size), &cert, &n, &why);
	ps_arena_free(a);
	return 0;
}
