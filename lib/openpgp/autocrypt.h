/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * The Autocrypt header field (Autocrypt Level 1, section 2.1).  What a field
 * says is a claim; who may make it is the caller's to judge.
 */
#ifndef PS_OPENPGP_AUTOCRYPT_H
#define PS_OPENPGP_AUTOCRYPT_H

#include "base/arena.h"
#include "base/status.h"
#include "mail/addr.h"

#define PS_AUTOCRYPT_MAX ((size_t)64 << 10) /* of the value, folded */

struct ps_autocrypt {
	struct ps_addr addr;
	bool prefers_mutual;
	struct ps_bytes keydata; /* binary */
};

/* PS_EPERM with why: an unknown critical attribute, one that is missing or
 * stands twice, no base64, an address that cannot be read; PS_ELIMIT. */
enum ps_status ps_autocrypt_read(struct ps_arena *a, struct ps_bytes value,
	struct ps_autocrypt *out, const char **why);

/* The field's value, folded at 76 columns with CRLF and a blank; empty for an
 * address with a semicolon, which no attribute can hold, and over the maximum.
 */
struct ps_bytes ps_autocrypt_write(
	struct ps_arena *a, const struct ps_autocrypt *field);

#endif
