/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * SHA-256, the one digest of DKIM and ARC that still counts (RFC 8301): begun
 * again and again without asking the library for it each time, which takes
 * its locks.  One thread at a time.
 */
#ifndef PS_DKIM_SHA256_H
#define PS_DKIM_SHA256_H

#include "base/bytes.h"

#define PS_SHA256_LEN 32

struct ps_sha256;

struct ps_sha256 *ps_sha256_new(void);
void ps_sha256_free(struct ps_sha256 *s); /* accepts NULL */

void ps_sha256_begin(struct ps_sha256 *s);
/* self is a struct ps_sha256: a sink for canon.h. */
void ps_sha256_put(void *self, struct ps_bytes octets);
/* to goes on from where from is. */
void ps_sha256_copy(struct ps_sha256 *to, const struct ps_sha256 *from);
/* Then it must be begun again. */
void ps_sha256_end(struct ps_sha256 *s, unsigned char out[PS_SHA256_LEN]);

#endif
