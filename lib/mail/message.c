/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Messages as values.
 */
#include "mail/message.h"

struct ps_message
ps_message_keep(struct ps_arena *a, const struct ps_message *original)
{
	struct ps_message copy = *original;
	size_t n = original->header.n_field;

	copy.header.field = ps_arena_array(a, n, sizeof(*copy.header.field));
	for (size_t i = 0; i < n; i++) {
		copy.header.field[i] = original->header.field[i];
		copy.header.field[i].from = i + 1;
	}
	return copy;
}

size_t
ps_message_size(const struct ps_message *m)
{
	size_t size = 2 + m->body.len;

	for (size_t i = 0; i < m->header.n_field; i++)
		size += ps_header_size(&m->header.field[i]);
	return size;
}

static void
put_at(struct ps_arena *a, struct ps_header *h, size_t at, struct ps_field f)
{
	struct ps_field *field =
		ps_arena_array(a, h->n_field + 1, sizeof(*field));

	if (at > 0)
		memcpy(field, h->field, at * sizeof(*field));
	field[at] = f;
	if (at < h->n_field)
		memcpy(field + at + 1, h->field + at,
			(h->n_field - at) * sizeof(*field));
	h->field = field;
	h->n_field++;
}

void
ps_message_put_first(
	struct ps_arena *a, struct ps_message *copy, struct ps_field f)
{
	put_at(a, &copy->header, 0, f);
}

void
ps_message_put_last(
	struct ps_arena *a, struct ps_message *copy, struct ps_field f)
{
	put_at(a, &copy->header, copy->header.n_field, f);
}
