/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Record data in wire form (RFC 1035 3.3), names uncompressed.  What a server
 * sent is not trusted: lengths that do not fit make a false, never a read past
 * the end.
 */
#ifndef PS_DNS_DNS_RDATA_H
#define PS_DNS_DNS_RDATA_H

#include <stdint.h>

#include "base/arena.h"

/* The character-strings of a TXT record, joined with nothing between. */
bool ps_dns_rdata_txt(
	struct ps_arena *a, struct ps_bytes rr, struct ps_bytes *out);

/*
 * The name in a PTR, CNAME or MX record; empty for the root.  False when it is
 * cut short, or a label holds a dot: such a name cannot be told from another.
 */
bool ps_dns_rdata_name(
	struct ps_arena *a, struct ps_bytes rr, struct ps_bytes *out);
bool ps_dns_rdata_mx(struct ps_arena *a, struct ps_bytes rr,
	uint16_t *preference, struct ps_bytes *out);

/* A checked name in wire form. */
struct ps_bytes ps_dns_rdata_put_name(struct ps_arena *a, struct ps_bytes name);

#endif
