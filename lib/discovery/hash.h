/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * FNV-1a, for tables that may forget and for jitter: nothing rests on it that
 * a stranger could gain by.
 */
#ifndef PS_DISCOVERY_HASH_H
#define PS_DISCOVERY_HASH_H

#include <stdint.h>

#include "base/bytes.h"

static inline uint64_t
ps_hash(uint64_t seed, struct ps_bytes b)
{
	uint64_t h = 0xcbf29ce484222325 ^ seed;

	for (size_t i = 0; i < b.len; i++)
		h = (h ^ (unsigned char)b.p[i]) * 0x100000001b3;
	return h;
}

#endif
