/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * The growable buffer of buf.h.
 */
#include "base/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

void
ps_buf_init(struct ps_buf *b, size_t max)
{
	*b = (struct ps_buf){.max = max};
}

void
ps_buf_free(struct ps_buf *b)
{
	free(b->p);
	*b = (struct ps_buf){0};
}

static bool
reserve(struct ps_buf *b, size_t more)
{
	size_t want = b->size == 0 ? 256 : b->size;
	char *p;

	if (b->full || more > b->max - b->len) {
		b->full = true;
		return false;
	}
	if (b->size - b->len >= more)
		return true;
	while (want - b->len < more)
		want *= 2;
	p = realloc(b->p, want);
	if (p == NULL) {
		b->full = true;
		return false;
	}
	b->p = p;
	b->size = want;
	return true;
}

char *
ps_buf_room(struct ps_buf *b, size_t len)
{
	char *at;

	if (!reserve(b, len))
		return NULL;
	at = b->p + b->len;
	b->len += len;
	return at;
}

void
ps_buf_put(struct ps_buf *b, struct ps_bytes octets)
{
	char *at;

	if (octets.len == 0)
		return;
	at = ps_buf_room(b, octets.len);
	if (at != NULL)
		memcpy(at, octets.p, octets.len);
}

void
ps_buf_puts(struct ps_buf *b, const char *s)
{
	ps_buf_put(b, ps_bytes_of(s));
}

void
ps_buf_putc(struct ps_buf *b, char c)
{
	ps_buf_put(b, ps_bytes(&c, 1));
}

void
ps_buf_printf(struct ps_buf *b, const char *fmt, ...)
{
	va_list ap;
	char small[512], *big = NULL;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(small, sizeof(small), fmt, ap);
	va_end(ap);
	if (n < 0) {
		b->full = true;
		return;
	}
	if ((size_t)n < sizeof(small)) {
		ps_buf_put(b, ps_bytes(small, (size_t)n));
		return;
	}
	va_start(ap, fmt);
	n = vasprintf(&big, fmt, ap);
	va_end(ap);
	if (n < 0) {
		b->full = true;
		return;
	}
	ps_buf_put(b, ps_bytes(big, (size_t)n));
	free(big);
}
