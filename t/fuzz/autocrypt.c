/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * The Autocrypt field: what was read is written and read again.
 */
#include <assert.h>
#include <stdint.h>

#include "openpgp/autocrypt.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);
	struct ps_autocrypt f, again;
	struct ps_bytes text;
	const char *why = NULL;

	if (ps_autocrypt_read(
		    a, ps_bytes((const char *)data, size), &f, &why) != PS_OK) {
		assert(why != NULL);
	} else {
		text = ps_autocrypt_write(a, &f);
		if (text.len > 0) {
			assert(ps_autocrypt_read(a, text, &again, &why) ==
				PS_OK);
			assert(ps_bytes_eq(again.addr.full, f.addr.full));
			assert(ps_bytes_eq(again.keydata, f.keydata));
			assert(again.prefers_mutual == f.prefers_mutual);
		}
	}
	ps_arena_free(a);
	return 0;
}
