/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Memory with one lifetime.  Everything made for a connection or a message
 * lives in its arena and dies with it; there are no per-field free functions.
 *
 * Running out of memory ends the process: sizes are bounded before memory is
 * taken (base/limits.h), so a failing malloc means that the machine cannot go
 * on, and the MTA answers 4xx for what was under way.  Large payloads do not
 * live here but in a ps_spool, whose failures are reported.
 */
#ifndef PS_BASE_ARENA_H
#define PS_BASE_ARENA_H

#include "base/bytes.h"

struct ps_arena;

enum ps_arena_kind {
	PS_ARENA_PLAIN,
	PS_ARENA_SECRET /* wiped before it is given back */
};

struct ps_arena *ps_arena_new(enum ps_arena_kind kind);
void ps_arena_free(struct ps_arena *a); /* accepts NULL */
void ps_arena_reset(struct ps_arena *a);
size_t ps_arena_used(const struct ps_arena *a);

/* Zeroed and aligned for any type. */
void *ps_arena_alloc(struct ps_arena *a, size_t size);
void *ps_arena_array(struct ps_arena *a, size_t n, size_t size);

/* Copies; the second also adds a NUL. */
struct ps_bytes ps_arena_copy(struct ps_arena *a, struct ps_bytes b);
char *ps_arena_cstr(struct ps_arena *a, struct ps_bytes b);
char *ps_arena_strdup(struct ps_arena *a, const char *s);
char *ps_arena_printf(struct ps_arena *a, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/*
 * Room for one more element behind the n that old holds: old itself, or a
 * larger copy when n is 0 or a power of two.
 */
void *ps_arena_grow(struct ps_arena *a, void *old, size_t n, size_t size);
#define PS_GROW(a, array, n)                                                   \
	((array) = ps_arena_grow((a), (array), (n), sizeof(*(array))))

#endif
