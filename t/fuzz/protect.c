/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Header protection of any header: the inner header is one header to its end,
 * and says hp="cipher" once in its Content-Type, whatever stood there before.
 */
#include <assert.h>
#include <stdint.h>

#include "openpgp/pgpmime.h"
#include "openpgp/protect.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
is_marked_once(struct ps_arena *a, const struct ps_header *inner)
{
	const struct ps_field *f =
		ps_header_nth(inner, PS_LIT("Content-Type"), 0);
	struct ps_params p;
	size_t n = 0;

	assert(f != NULL);
	ps_header_params(a, f->value, &p);
	for (size_t i = 0; i < p.n_param; i++)
		n += ps_bytes_eq(p.param[i].name, PS_LIT("hp"));
	assert(n == 1);
	assert(ps_bytes_eq(ps_params_get(&p, PS_LIT("hp")), PS_LIT("cipher")));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);
	struct ps_bytes all = {(const char *)data, size}, rest;
	struct ps_header h, inner;
	const char *why = NULL;
	struct ps_buf b;

	ps_buf_init(&b, 8 * size + 10000);
	if (ps_header_parse(a, all, 500, &h, &rest, &why) == PS_OK) {
		ps_protect_inner_header(a, &h, &b);
		assert(!b.full);
		assert(ps_header_parse(a, ps_buf_bytes(&b), 5000, &inner, &rest,
			       &why) == PS_OK);
		assert(rest.len == 0);
		is_marked_once(a, &inner);
	}
	ps_buf_free(&b);
	ps_arena_free(a);
	return 0;
}
