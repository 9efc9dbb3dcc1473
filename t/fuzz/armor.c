/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Reading armor: the block lies inside the text, what was read can be written
 * and read again, and pieces give the same as the whole.
 */
#include <assert.h>
#include <stdlib.h>

#include "openpgp/armor.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
write_and_read(struct ps_arena *a, struct ps_bytes binary)
{
	size_t size = ps_armor_size(binary.len);
	struct ps_bytes again, whole;
	const char *why = NULL;
	char *text = malloc(size);

	assert(text != NULL);
	ps_armor_write(binary, text);
	assert(ps_armor_read(a, ps_bytes(text, size), PS_ARMOR_MESSAGE, &again,
		       &whole, &why) == PS_OK);
	assert(ps_bytes_eq(again, binary) && whole.len == size);
	free(text);
}

static void
read_in_pieces(struct ps_bytes text, struct ps_bytes wanted, bool good)
{
	struct ps_armor_reader r;
	struct ps_bytes whole;
	const char *why = NULL;
	char piece[7];
	size_t n;

	if (ps_armor_open(&r, text, PS_ARMOR_MESSAGE, &why) != PS_OK) {
		assert(!good);
		return;
	}
	while ((n = ps_armor_next(&r, piece, sizeof(piece))) > 0) {
		assert(!good || ps_bytes_starts(wanted, ps_bytes(piece, n)));
		wanted = ps_bytes_from(wanted, n);
	}
	assert(!good || wanted.len == 0);
	assert((ps_armor_close(&r, &whole, &why) == PS_OK) == good);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ps_bytes text = {(const char *)data, size}, binary = {NULL, 0};
	struct ps_bytes whole = {NULL, 0};
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);
	const char *why = NULL;
	bool good = ps_armor_read(a, text, PS_ARMOR_MESSAGE, &binary, &whole,
			    &why) == PS_OK;

	assert(good || why != NULL);
	assert(whole.len == 0 ||
		(whole.p >= text.p &&
			whole.p + whole.len <= text.p + text.len));
	read_in_pieces(text, binary, good);
	if (good)
		write_and_read(a, binary);
	ps_arena_free(a);
	return 0;
}
