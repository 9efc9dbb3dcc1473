/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * What a crypto worker may answer about certificates.
 */
#include "crypto/read_certs.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);
	struct ps_cert_info *cert = NULL;
	struct ps_bytes all = {(const char *)data, size};
	const char *why = NULL;
	size_t n = 0, n_slice, key = ps_bytes_chr(all, '\x99');
	struct ps_cert_slice *slice = ps_cert_split(a,
		ps_bytes_from(all, key == PS_NOT_FOUND ? size : key), &n_slice);

	n_slice = ps_read_certs_order(slice, n_slice);
	ps_read_certs_parse(a, all,
		(struct ps_read_certs_given){slice, n_slice}, &cert, &n, &why);
	ps_arena_free(a);
	return 0;
}
