/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Writes Authentication-Results fields for another program to judge.  Input
 * lines: "M method result comment reason", "P type name value", and "E", at
 * which the field is written, folded, in hexadecimal.  Comment, reason and
 * value are hexadecimal, "-" is none.
 */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#include "auth/authres.h"

#define MAX_ITEM 64

static struct ps_bytes
unhex(struct ps_arena *a, const char *hex)
{
	size_t len = strlen(hex) / 2;
	char *p = ps_arena_alloc(a, len + 1);

	if (strcmp(hex, "-") == 0)
		return (struct ps_bytes){NULL, 0};
	for (size_t i = 0; i < len; i++) {
		char pair[3] = {hex[2 * i], hex[2 * i + 1], '\0'};

		p[i] = (char)strtol(pair, NULL, 16);
	}
	return ps_bytes(p, len);
}

static enum ps_auth_result
result_of(const char *word)
{
	for (int r = PS_AUTH_NONE; r <= PS_AUTH_PERMERROR; r++)
		if (strcmp(ps_auth_result_name((enum ps_auth_result)r), word) ==
			0)
			return (enum ps_auth_result)r;
	abort();
}

static void
write_field(const struct ps_authres_item *item, size_t n)
{
	struct ps_buf out;

	ps_buf_init(&out, 1 << 20);
	ps_authres_write("mx.example.org", item, n, true, &out);
	assert(!out.full);
	for (size_t i = 0; i < out.len; i++)
		printf("%02x", (unsigned char)out.p[i]);
	putchar('\n');
	ps_buf_free(&out);
}

static void
read_line(
	struct ps_arena *a, char *line, struct ps_authres_item *item, size_t *n)
{
	char *word[5], *save = NULL;
	size_t k = 0;

	for (char *w = strtok_r(line, " \n", &save); w != NULL && k < 5;
		w = strtok_r(NULL, " \n", &save))
		word[k++] = ps_arena_strdup(a, w);
	assert(k > 0 && *n <= MAX_ITEM);
	if (word[0][0] == 'M') {
		assert(k == 5);
		item[(*n)++] = (struct ps_authres_item){.method = word[1],
			.result = result_of(word[2]),
			.comment = unhex(a, word[3]).p,
			.reason = unhex(a, word[4]).p};
	} else if (word[0][0] == 'P') {
		struct ps_authres_item *last = &item[*n - 1];

		assert(k == 4 && *n > 0);
		last->prop[last->n_prop++] = (struct ps_authres_prop){
			word[1], word[2], unhex(a, word[3])};
	} else {
		write_field(item, *n);
		*n = 0;
	}
}

int
main(void)
{
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);
	static struct ps_authres_item item[MAX_ITEM + 1];
	size_t size = 0, n = 0;
	char *line = NULL;

	while (getline(&line, &size, stdin) > 0)
		read_line(a, line, item, &n);
	free(line);
	ps_arena_free(a);
	return 0;
}
