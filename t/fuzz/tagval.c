/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Tag lists, and what is read from their values.
 */
#include <assert.h>
#include <stdint.h>

#include "mail/tagval.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
read_value(struct ps_arena *a, struct ps_bytes value)
{
	struct ps_bytes item, out, rest = value;
	int64_t number;
	size_t n = 0;

	while (ps_tagval_item(&rest, ':', &item))
		n++;
	assert(n <= value.len);
	assert(ps_tagval_squeeze(a, value).len <= value.len);
	if (ps_tagval_base64(a, value, &out))
		assert(out.len <= value.len / 4 * 3 + 2);
	if (ps_tagval_number(value, &number))
		assert(number >= 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);
	struct ps_bytes in = {(const char *)data, size}, value;
	struct ps_tagval t;

	ps_tagval_parse(a, in, 20, &t);
	assert(t.n_tag <= 20);
	for (size_t i = 0; i < t.n_tag; i++) {
		assert(ps_tagval_get(&t, t.tag[i].name, &value));
		assert(t.twice || value.p == t.tag[i].value.p);
		read_value(a, t.tag[i].value);
	}
	ps_arena_free(a);
	return 0;
}
