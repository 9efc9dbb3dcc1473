/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * A growable buffer with a ceiling.  Once something did not fit (or memory
 * ran out), "full" stays set and further puts do nothing, so that it needs to
 * be asked only once, at the end.
 */
#ifndef PS_BASE_BUF_H
#define PS_BASE_BUF_H

#include "base/bytes.h"

struct ps_buf {
	char *p;
	size_t len, size, max;
	bool full;
};

void ps_buf_init(struct ps_buf *b, size_t max);
void ps_buf_free(struct ps_buf *b);
void ps_buf_put(struct ps_buf *b, struct ps_bytes octets);
void ps_buf_puts(struct ps_buf *b, const char *s);
void ps_buf_putc(struct ps_buf *b, char c);
void ps_buf_printf(struct ps_buf *b, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
/* Room for len more octets to be written by the caller; NULL when full. */
char *ps_buf_room(struct ps_buf *b, size_t len);

/* Valid until the next put. */
static inline struct ps_bytes
ps_buf_bytes(const struct ps_buf *b)
{
	return (struct ps_bytes){b->p, b->len};
}

#endif
