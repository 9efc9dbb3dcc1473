/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * To 7bit: what comes out can be converted again, and ends with a line end.
 * (That nothing changes then holds only where parts have whole headers.)
 */
#include <assert.h>
#include <stdlib.h>

#include "mail/sevenbit.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static enum ps_status
convert(struct ps_arena *a, struct ps_bytes all, struct ps_buf *out)
{
	const struct ps_limits limits = PS_LIMITS_DEFAULT;
	struct ps_message m = {.body_fd = -1};
	const char *why = NULL;
	enum ps_status s;

	ps_buf_init(out, (size_t)1 << 24);
	s = ps_header_parse(a, all, 1000, &m.header, &m.body, &why);
	if (s == PS_OK)
		s = ps_sevenbit_entity(a, &m, &limits, out, &why);
	assert(s == PS_OK || why != NULL);
	return s;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);
	struct ps_bytes all = {(const char *)data, size};
	struct ps_buf once, twice;

	if (convert(a, all, &once) == PS_OK) {
		assert(once.p[once.len - 1] == '\n');
		assert(convert(a, ps_buf_bytes(&once), &twice) == PS_OK);
		ps_buf_free(&twice);
	}
	ps_buf_free(&once);
	ps_arena_free(a);
	return 0;
}
