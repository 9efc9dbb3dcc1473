/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * How scripts hand cases to programs: a case a line, fields with tabs between,
 * octets that are not plain as %XX.
 */
#ifndef PS_T_FIELDS_H
#define PS_T_FIELDS_H

#include <string.h>

#include "base/bytes.h"

static inline int
fields_hex(char c)
{
	const char *digits = "0123456789ABCDEF";
	const char *at = c == '\0' ? NULL : strchr(digits, c);

	return at == NULL ? 0 : (int)(at - digits);
}

/* The next field, decoded in place. */
static inline struct ps_bytes
fields_next(char **rest)
{
	char *p = *rest, *out = p, *start = p;

	for (; *p != '\0' && *p != '\t' && *p != '\n'; p++) {
		if (*p == '%' && p[1] != '\0' && p[2] != '\0') {
			*out++ = (char)(fields_hex(p[1]) << 4 |
					fields_hex(p[2]));
			p += 2;
		} else {
			*out++ = *p;
		}
	}
	*rest = *p == '\0' ? p : p + 1;
	return ps_bytes(start, (size_t)(out - start));
}

#endif
