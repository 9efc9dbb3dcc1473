/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Borrowed octets: a pointer and a length, never NUL-terminated by contract.
 * Nothing here allocates; a ps_bytes is valid as long as what it points into.
 * Case folding is ASCII only (RFC 5321 2.4, RFC 5322 1.2.2), never the
 * locale's.
 */
#ifndef PS_BASE_BYTES_H
#define PS_BASE_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

struct ps_bytes {
	const char *p;
	size_t len;
};

#define PS_LIT(s)    ((struct ps_bytes){(s), sizeof(s) - 1})
#define PS_NOT_FOUND ((size_t)-1)
/* For printf: "%.*s", PS_FMT(b). Only for octets that passed a check. */
#define PS_FMT(b) (int)((b).len > 4096 ? 4096 : (b).len), (b).p

static inline struct ps_bytes
ps_bytes(const char *p, size_t len)
{
	return (struct ps_bytes){p, len};
}

/* The octets of a C string; NULL is empty. */
static inline struct ps_bytes
ps_bytes_of(const char *s)
{
	return (struct ps_bytes){s, s == NULL ? 0 : strlen(s)};
}

/* What follows the first n octets; empty when there are fewer. */
static inline struct ps_bytes
ps_bytes_from(struct ps_bytes b, size_t n)
{
	if (n >= b.len)
		return (struct ps_bytes){b.p == NULL ? NULL : b.p + b.len, 0};
	return (struct ps_bytes){b.p + n, b.len - n};
}

/* The first n octets at most. */
static inline struct ps_bytes
ps_bytes_head(struct ps_bytes b, size_t n)
{
	return (struct ps_bytes){b.p, n < b.len ? n : b.len};
}

int ps_lower(int c);
bool ps_is_wsp(int c); /* SP or HTAB */
bool ps_is_digit(int c);
bool ps_is_alpha(int c);

bool ps_bytes_eq(struct ps_bytes a, struct ps_bytes b);
bool ps_bytes_ieq(struct ps_bytes a, struct ps_bytes b);
bool ps_bytes_starts(struct ps_bytes b, struct ps_bytes prefix);
bool ps_bytes_istarts(struct ps_bytes b, struct ps_bytes prefix);
bool ps_bytes_iends(struct ps_bytes b, struct ps_bytes suffix);

/* No octet has its highest bit set. */
bool ps_bytes_is_ascii(struct ps_bytes b);

/* Index of the first match, PS_NOT_FOUND when there is none. */
size_t ps_bytes_find(struct ps_bytes b, struct ps_bytes needle);
size_t ps_bytes_ifind(struct ps_bytes b, struct ps_bytes needle);
size_t ps_bytes_chr(struct ps_bytes b, char c);

/* Without SP, HTAB, CR and LF at both ends. */
struct ps_bytes ps_bytes_trim(struct ps_bytes b);

/*
 * Take the next line off *rest, its CRLF or LF included; the last line may
 * have none.  False when *rest is empty.
 */
bool ps_bytes_line(struct ps_bytes *rest, struct ps_bytes *line);
/* A line without its CRLF or LF. */
struct ps_bytes ps_bytes_chomp(struct ps_bytes line);

#endif
