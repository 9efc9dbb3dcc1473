/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Header fields, their parameters, and edits.  What is parsed lies in the
 * input and is written and parsed again without a change; the difference to
 * any copy makes that copy.
 */
#include <assert.h>
#include <stdint.h>

#include "mail/edit.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct ps_buf
write_all(const struct ps_header *h)
{
	struct ps_buf out;
	size_t size = 0;

	ps_buf_init(&out, SIZE_MAX);
	for (size_t i = 0; i < h->n_field; i++) {
		ps_header_put(&out, &h->field[i]);
		size += ps_header_size(&h->field[i]);
	}
	assert(!out.full && out.len == size);
	return out;
}

static void
check_round_trip(struct ps_arena *a, const struct ps_header *h)
{
	struct ps_buf once = write_all(h), twice;
	struct ps_header again;
	struct ps_bytes rest;
	const char *why = NULL;

	assert(ps_header_parse(a, ps_buf_bytes(&once), h->n_field, &again,
		       &rest, &why) == PS_OK);
	assert(rest.len == 0 && again.n_field == h->n_field);
	twice = write_all(&again);
	assert(ps_bytes_eq(ps_buf_bytes(&once), ps_buf_bytes(&twice)));
	ps_buf_free(&once);
	ps_buf_free(&twice);
}

static void
check_field(struct ps_arena *a, struct ps_bytes in, const struct ps_field *f)
{
	struct ps_bytes line = ps_header_unfold(a, f->value);
	struct ps_params p;
	size_t total = 0;

	assert(f->name.p >= in.p && f->name.len > 0);
	assert(f->value.p > f->name.p + f->name.len - 1);
	assert(f->value.p + f->value.len <= in.p + in.len);
	assert(ps_bytes_chr(line, '\n') == PS_NOT_FOUND);
	assert(ps_bytes_chr(line, '\r') == PS_NOT_FOUND);
	ps_header_params(a, f->value, &p);
	for (size_t i = 0; i < p.n_param; i++)
		total += p.param[i].name.len + p.param[i].value.len;
	assert(p.main.len + total <= f->value.len);
}

/* A copy whose changes the input chooses: what stands in each value. */
static struct ps_message
mangle(struct ps_arena *a, const struct ps_message *m)
{
	struct ps_message copy = {.body = m->body, .body_fd = -1};
	struct ps_header *h = &copy.header;

	for (size_t i = 0; i < m->header.n_field; i++) {
		struct ps_field f = m->header.field[i];
		int how = f.value.len == 0 ? 0 : f.value.p[f.value.len - 1];

		f.from = i + 1;
		if (how & 1)
			f.value = ps_bytes_from(f.value, 1);
		if ((how & 6) != 0) {
			PS_GROW(a, h->field, h->n_field);
			h->field[h->n_field++] = f;
		}
		if (how & 8) {
			f.from = 0;
			PS_GROW(a, h->field, h->n_field);
			h->field[h->n_field++] = f;
		}
	}
	return copy;
}

static void
check_edits(struct ps_arena *a, const struct ps_message *m)
{
	struct ps_message copy = mangle(a, m), made;
	struct ps_message want = ps_edit_order(a, m, &copy);
	struct ps_edits e;

	ps_edit_diff(a, m, &copy, &e);
	made = ps_edit_simulate(a, m, &e);
	assert(made.header.n_field == want.header.n_field);
	for (size_t i = 0; i < made.header.n_field; i++) {
		const struct ps_field *f = &made.header.field[i];
		const struct ps_field *g = &want.header.field[i];

		assert(ps_bytes_eq(f->name, g->name) && f->from == g->from);
		assert(ps_bytes_eq(f->value, g->value));
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ps_bytes in = {(const char *)data, size};
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);
	struct ps_message m = {.body_fd = -1};
	struct ps_params p;
	const char *why = NULL;

	ps_header_params(a, in, &p);
	if (ps_header_parse(a, in, 1000, &m.header, &m.body, &why) == PS_OK) {
		assert(m.body.len <= in.len);
		for (size_t i = 0; i < m.header.n_field; i++)
			check_field(a, in, &m.header.field[i]);
		check_round_trip(a, &m.header);
		check_edits(a, &m);
	}
	ps_arena_free(a);
	return 0;
}
