/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * The MIME scanner.  Parts lie inside their parents, between them stand
 * delimiter lines and nothing else, and no delimiter is left in a part.
 */
#include <assert.h>
#include <stdint.h>

#include "mail/entity.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct ps_bytes
boundary_of(const struct ps_entity *e)
{
	struct ps_bytes b = ps_params_get(&e->type, PS_LIT("boundary"));

	while (b.len > 0 && ps_is_wsp(b.p[b.len - 1]))
		b.len--;
	return b;
}

/* Written for clarity, not like the scanner. */
static bool
is_delimiter(struct ps_bytes line, const struct ps_entity *e, bool closing)
{
	struct ps_bytes b = boundary_of(e);

	line = ps_bytes_chomp(line);
	if (b.len == 0 || !ps_bytes_starts(line, PS_LIT("--")) ||
		!ps_bytes_starts(ps_bytes_from(line, 2), b))
		return false;
	line = ps_bytes_from(line, 2 + b.len);
	if (closing && !ps_bytes_starts(line, PS_LIT("--")))
		return false;
	if (closing)
		line = ps_bytes_from(line, 2);
	for (size_t i = 0; i < line.len; i++)
		if (!ps_is_wsp(line.p[i]))
			return false;
	return true;
}

/* No line of it ends one of the multiparts from index up to the root. */
static void
check_no_delimiter(
	const struct ps_entities *all, size_t index, struct ps_bytes text)
{
	struct ps_bytes line;

	while (ps_bytes_line(&text, &line))
		for (size_t i = index;; i = all->part[i].parent) {
			assert(!is_delimiter(line, &all->part[i], false));
			assert(!is_delimiter(line, &all->part[i], true));
			if (i == 0)
				break;
		}
}

/* What stands between two slices is one delimiter line. */
static void
check_gap(const struct ps_entity *e, const char *from, const char *to,
	bool closing)
{
	struct ps_bytes gap;

	assert(from <= to);
	gap = ps_bytes(from, (size_t)(to - from));
	if (ps_bytes_starts(gap, PS_LIT("\r")))
		gap = ps_bytes_from(gap, 1);
	if (ps_bytes_starts(gap, PS_LIT("\n")))
		gap = ps_bytes_from(gap, 1);
	assert(ps_bytes_chr(ps_bytes_chomp(gap), '\n') == PS_NOT_FOUND);
	assert(is_delimiter(gap, e, closing));
}

static void
check_inside(struct ps_bytes part, struct ps_bytes whole)
{
	assert(part.p >= whole.p && part.p + part.len <= whole.p + whole.len);
}

static void
check_multipart(const struct ps_entities *all, size_t index)
{
	const struct ps_entity *e = &all->part[index];
	const char *at = e->preamble.p + e->preamble.len;
	size_t n = 0;

	check_inside(e->preamble, e->body);
	check_no_delimiter(all, index, e->preamble);
	for (size_t i = index + 1; i < all->n_part; i++) {
		const struct ps_entity *c = &all->part[i];

		if (c->parent != index)
			continue;
		check_inside(c->raw, e->body);
		check_gap(e, at, c->raw.p, false);
		at = c->raw.p + c->raw.len;
		n++;
	}
	assert(n == e->n_child);
	if (e->closed) {
		check_inside(e->epilogue, e->body);
		check_gap(e, at, e->epilogue.p, true);
		at = e->epilogue.p + e->epilogue.len;
		if (index != 0)
			check_no_delimiter(all, e->parent, e->epilogue);
	}
	assert(at == e->body.p + e->body.len);
}

static void
check_part(const struct ps_entities *all, size_t index)
{
	const struct ps_entity *e = &all->part[index];

	check_inside(e->body, e->raw);
	if (index != 0) {
		assert(e->parent < index);
		assert(all->part[e->parent].is_multipart);
		assert(e->depth == all->part[e->parent].depth + 1);
		check_no_delimiter(all, e->parent,
			ps_bytes(e->raw.p, (size_t)(e->body.p - e->raw.p)));
	}
	if (e->is_multipart)
		check_multipart(all, index);
	else if (index != 0)
		check_no_delimiter(all, e->parent, e->body);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ps_limits limits = PS_LIMITS_DEFAULT;
	struct ps_bytes in = {(const char *)data, size}, body;
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);
	struct ps_entities all;
	const char *why = NULL;
	struct ps_header h;

	limits.max_mime_parts = 200;
	limits.max_mime_depth = 20;
	if (ps_header_parse(a, in, 100, &h, &body, &why) == PS_OK &&
		ps_entity_scan(a, &h, body, &limits, &all, &why) == PS_OK)
		for (size_t i = 0; i < all.n_part; i++) {
			check_part(&all, i);
			assert(ps_entity_decode(a, &all.part[i], 64).len <= 64);
			assert(ps_entity_decode(a, &all.part[i], SIZE_MAX)
					.len <= all.part[i].body.len);
		}
	ps_arena_free(a);
	return 0;
}
