/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Addresses.  A normal form is its own normal form, and it is the same one
 * whether it came from an envelope, a header field or a user id.
 */
#include <assert.h>
#include <stdint.h>

#include "mail/addr.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_normal(struct ps_arena *a, const struct ps_addr *x)
{
	const char *why = NULL;
	struct ps_addr y;

	for (size_t i = 0; i < x->full.len; i++)
		assert((unsigned char)x->full.p[i] >= ' ');
	assert(ps_bytes_iends(x->full, x->domain));
	if (x->full.len > 320)
		return; /* quotes made it longer than a path may be */
	assert(ps_addr_path(a, x->full, &y, &why) == PS_OK);
	assert(ps_bytes_eq(x->full, y.full) && ps_addr_eq(x, &y, false));
	if (ps_bytes_chr(x->full, '"') == PS_NOT_FOUND && x->domain.len > 0)
		assert(ps_addr_match(ps_arena_cstr(a, x->full), x, false));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ps_bytes in = {(const char *)data, size};
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);
	struct ps_addr_list l;
	struct ps_addr addr = {0};
	const char *why = NULL;

	if (ps_addr_path(a, in, &addr, &why) == PS_OK)
		check_normal(a, &addr);
	if (ps_addr_user_id(a, in, &addr, &why) == PS_OK)
		check_normal(a, &addr);
	if (ps_addr_list(a, in, 100, &l, &why) == PS_OK)
		for (size_t i = 0; i < l.n_addr; i++)
			check_normal(a, &l.addr[i]);
	ps_addr_match(ps_arena_cstr(a, in), &addr, true);
	ps_arena_free(a);
	return 0;
}
