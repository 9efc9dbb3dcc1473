/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Already sealed?  The answer is one of those that the header promises, is the
 * same each time, and clear text in front of a message that has no notices
 * around its seal makes it one that is not wholly sealed.
 */
#include <assert.h>
#include <stdlib.h>

#include "openpgp/inspect.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const shapes[] = {
	"", "pgp-mime", "pgp-mime-mangled", "pgp-inline", "cms", "pgp-part"};
#define N_SHAPE (sizeof(shapes) / sizeof(shapes[0]))

static struct ps_inspection
inspect(struct ps_arena *a, const struct ps_message *m)
{
	const struct ps_limits limits = PS_LIMITS_DEFAULT;
	struct ps_inspection out;
	size_t i = 0;

	ps_inspect(a, m, &limits, &out);
	while (i < N_SHAPE && strcmp(out.shape, shapes[i]) != 0)
		i++;
	assert(i < N_SHAPE);
	assert((out.sealed == PS_SEALED_NOT) == (i == 0));
	assert(out.sealed != PS_SEALED_WHOLLY || i < 5);
	return out;
}

static void
clear_text_in_front_is_seen(struct ps_arena *a, struct ps_message m)
{
	const struct ps_bytes text = PS_LIT("cleartext\n");
	char *p = malloc(text.len + m.body.len);

	assert(p != NULL);
	memcpy(p, text.p, text.len);
	memcpy(p + text.len, m.body.p, m.body.len);
	m.body = ps_bytes(p, text.len + m.body.len);
	assert(inspect(a, &m).sealed != PS_SEALED_WHOLLY);
	free(p);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);
	struct ps_bytes all = {(const char *)data, size};
	struct ps_message m = {.body_fd = -1};
	struct ps_inspection out;
	const char *why = NULL;

	if (ps_header_parse(a, all, 1000, &m.header, &m.body, &why) == PS_OK) {
		out = inspect(a, &m);
		if (out.sealed == PS_SEALED_WHOLLY &&
			(strcmp(out.shape, "pgp-inline") == 0 ||
				strcmp(out.shape, "cms") == 0))
			clear_text_in_front_is_seen(a, m);
	}
	ps_arena_free(a);
	return 0;
}
