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
