/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Packets of the milter protocol: a length, a letter, data.  Writes are
 * collected like Postfix's (4 KB, twice the segment size on TCP; sent before a
 * read), so that the same stalls are seen.  Knows no stage and no meaning.
 */
#ifndef PS_T_MILTER_PACKET_H
#define PS_T_MILTER_PACKET_H

#include "milter_client.h"

bool mc_fail(struct mc *m, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
bool mc_put(struct mc *m, char letter, struct ps_bytes data);
/* data is valid until the next call. */
bool mc_get(struct mc *m, char *letter, struct ps_bytes *data);
bool mc_flush(struct mc *m);

void mc_put_u32(struct ps_buf *b, uint32_t v);
/* Take a number or a NUL-terminated string off *rest; zero or empty when there
 * is none. */
uint32_t mc_take_u32(struct ps_bytes *rest);
struct ps_bytes mc_take_string(struct ps_bytes *rest);

#endif
