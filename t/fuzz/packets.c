/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * The packet walk: packets tile the input, what is proven sealed is recognised
 * as sealed, a shorter or longer input never is, and pieces do not matter.
 */
#include <assert.h>

#include "openpgp/packets.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool
sealed_in_pieces(struct ps_bytes b, size_t size)
{
	struct ps_packets_walk w;

	ps_packets_walk_init(&w);
	for (; b.len > 0; b = ps_bytes_from(b, size))
		ps_packets_walk_feed(&w, ps_bytes_head(b, size));
	return ps_packets_walk_sealed(&w);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	/* those of t/data/pgp/key-ids */
	const uint64_t key[] = {0xb196ad9f981cdf81, 0x1a912ce5b8c67fca};
	struct ps_bytes all = {(const char *)data, size}, rest = all;
	struct ps_packet p;
	const char *why = NULL;
	bool sealed = ps_packets_is_sealed(all), got = true;

	while (ps_packets_next(&rest, &p, &got, &why) == PS_OK && got) {
		assert(p.raw.p + p.raw.len == rest.p);
		assert(p.body.p >= p.raw.p && p.body.len < p.raw.len);
	}
	assert(!sealed || rest.len == 0);
	assert(sealed == sealed_in_pieces(all, 1));
	assert(sealed == sealed_in_pieces(all, 513));
	for (size_t n = 1; n <= 2; n++)
		if (ps_packets_check(all, key, n, &why) == PS_OK) {
			assert(sealed);
			assert(ps_packets_check(all, key, 3 - n, &why) !=
				PS_OK);
			assert(ps_packets_check(ps_bytes_head(all, size - 1),
				       key, n, &why) != PS_OK);
		}
	return 0;
}
