/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * A chain of blocks that are handed out from the front and freed together.
 */
#include "base/arena.h"

#include <stdalign.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#define BLOCK_MIN ((size_t)4096)

struct block {
	struct block *next;
	size_t size, used;
	alignas(max_align_t) char data[];
};

struct ps_arena {
	enum ps_arena_kind kind;
	struct block *head;
	size_t used;
};

static void *
must_alloc(size_t size)
{
	void *p = malloc(size);

	if (p == NULL) {
		fputs("postseal: out of memory\n", stderr);
		abort();
	}
	return p;
}

struct ps_arena *
ps_arena_new(enum ps_arena_kind kind)
{
	struct ps_arena *a = must_alloc(sizeof(*a));

	*a = (struct ps_arena){.kind = kind};
	return a;
}

void
ps_arena_reset(struct ps_arena *a)
{
	struct block *b, *next;

	for (b = a->head; b != NULL; b = next) {
		next = b->next;
		if (a->kind == PS_ARENA_SECRET)
			explicit_bzero(b->data, b->used);
		free(b);
	}
	a->head = NULL;
	a->used = 0;
}

void
ps_arena_free(struct ps_arena *a)
{
	if (a == NULL)
		return;
	ps_arena_reset(a);
	free(a);
}

size_t
ps_arena_used(const struct ps_arena *a)
{
	return a->used;
}

static struct block *
new_block(struct ps_arena *a, size_t size)
{
	size_t want = a->head == NULL ? BLOCK_MIN : 2 * a->head->size;
	struct block *b;

	if (want > 64 * BLOCK_MIN)
		want = 64 * BLOCK_MIN;
	if (want < size)
		want = size;
	b = must_alloc(sizeof(*b) + want);
	b->size = want;
	b->used = 0;
	b->next = a->head;
	a->head = b;
	return b;
}

void *
ps_arena_alloc(struct ps_arena *a, size_t size)
{
	struct block *b = a->head;
	size_t whole;
	void *p;

	if (size > SIZE_MAX / 4)
		abort(); /* a bug: sizes are bounded by ps_limits */
	whole = (size + alignof(max_align_t) - 1) & ~(alignof(max_align_t) - 1);
	if (b == NULL || b->size - b->used < whole)
		b = new_block(a, whole);
	p = b->data + b->used;
	b->used += whole;
	a->used += whole;
	return memset(p, 0, size);
}

void *
ps_arena_array(struct ps_arena *a, size_t n, size_t size)
{
	if (size != 0 && n > SIZE_MAX / 4 / size)
		abort(); /* a bug: see above */
	return ps_arena_alloc(a, n * size);
}

struct ps_bytes
ps_arena_copy(struct ps_arena *a, struct ps_bytes b)
{
	return ps_bytes(ps_arena_cstr(a, b), b.len);
}

char *
ps_arena_cstr(struct ps_arena *a, struct ps_bytes b)
{
	char *p = ps_arena_alloc(a, b.len + 1);

	if (b.len > 0)
		memcpy(p, b.p, b.len);
	return p;
}

char *
ps_arena_strdup(struct ps_arena *a, const char *s)
{
	return s == NULL ? NULL : ps_arena_cstr(a, ps_bytes_of(s));
}

char *
ps_arena_printf(struct ps_arena *a, const char *fmt, ...)
{
	va_list ap, again;
	char *p;
	int n;

	va_start(ap, fmt);
	va_copy(again, ap);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (n < 0)
		abort(); /* a bug in a format */
	p = ps_arena_alloc(a, (size_t)n + 1);
	vsnprintf(p, (size_t)n + 1, fmt, again);
	va_end(again);
	return p;
}

void *
ps_arena_grow(struct ps_arena *a, void *old, size_t n, size_t size)
{
	void *p;

	if (n != 0 && (n & (n - 1)) != 0)
		return old;
	p = ps_arena_array(a, n == 0 ? 1 : 2 * n, size);
	if (n != 0)
		memcpy(p, old, n * size);
	return p;
}
