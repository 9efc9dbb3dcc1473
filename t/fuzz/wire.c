/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Any message on the wire: lines in CRLF, no end of data before its end, the
 * header's empty line where the body begins, and the same again when what came
 * out goes in.  The input is a field's value, a NUL, and the body.
 */
#include <assert.h>
#include <stdint.h>

#include "mail/wire.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct ps_buf
carry(const struct ps_message *m, bool stuffed)
{
	struct ps_bytes piece;
	struct ps_buf out;
	struct ps_wire w;

	ps_buf_init(&out, SIZE_MAX);
	ps_wire_begin(&w, m, stuffed);
	while (ps_wire_next(&w, &piece)) {
		assert(piece.len > 0);
		ps_buf_put(&out, piece);
	}
	assert(ps_wire_end(&w) && !out.full);
	return out;
}

static void
check_lines(struct ps_bytes all)
{
	struct ps_bytes line;

	assert(all.len >= 2 && all.p[all.len - 1] == '\n');
	while (ps_bytes_line(&all, &line)) {
		struct ps_bytes text = ps_bytes_chomp(line);

		assert(line.len == text.len + 2);
		assert(ps_bytes_chr(text, '\r') == PS_NOT_FOUND);
		assert(!ps_bytes_eq(text, PS_LIT(".")));
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ps_bytes in = {(const char *)data, size}, rest;
	size_t nul = ps_bytes_chr(in, '\0');
	struct ps_field f = {.name = PS_LIT(".x"),
		.value = ps_bytes_head(in, nul == PS_NOT_FOUND ? 0 : nul)};
	struct ps_message m = {.header = {&f, 1},
		.body = nul == PS_NOT_FOUND ? in : ps_bytes_from(in, nul + 1),
		.body_fd = -1};
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);
	struct ps_message again = {.body_fd = -1};
	struct ps_buf once = carry(&m, false), stuffed = carry(&m, true), twice;
	const char *why;

	check_lines(ps_buf_bytes(&stuffed));
	assert(ps_header_parse(a, ps_buf_bytes(&once), 10, &again.header, &rest,
		       &why) == PS_OK);
	assert(again.header.n_field == 1);
	again.body = rest;
	twice = carry(&again, false);
	assert(ps_bytes_eq(ps_buf_bytes(&once), ps_buf_bytes(&twice)));
	ps_buf_free(&once);
	ps_buf_free(&stuffed);
	ps_buf_free(&twice);
	ps_arena_free(a);
	return 0;
}
