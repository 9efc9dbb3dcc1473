/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Our own walk over OpenPGP packets (RFC 4880 section 4, RFC 9580 section 4):
 * old and new format, partial lengths, no allocation, no cryptography.  It
 * proves what a library's return code does not (a sealed message is complete
 * and for the planned keys only), and recognises what is already sealed.
 */
#ifndef PS_PGP_PACKETS_H
#define PS_PGP_PACKETS_H

#include <stdint.h>

#include "base/arena.h"
#include "base/status.h"

enum ps_packet_tag {
	PS_TAG_PKESK = 1,
	PS_TAG_SIGNATURE = 2,
	PS_TAG_SKESK = 3,
	PS_TAG_PUBLIC_KEY = 6,
	PS_TAG_COMPRESSED = 8,
	PS_TAG_SED = 9, /* encrypted without integrity protection */
	PS_TAG_MARKER = 10,
	PS_TAG_LITERAL = 11,
	PS_TAG_USER_ID = 13,
	PS_TAG_PUBLIC_SUBKEY = 14,
	PS_TAG_USER_ATTRIBUTE = 17,
	PS_TAG_SEIPD = 18,
	PS_TAG_AEAD = 20, /* GnuPG's OCB packet */
	PS_TAG_PADDING = 21
};

struct ps_packet {
	int tag;
	struct ps_bytes raw;  /* header and body as they stand */
	struct ps_bytes body; /* first chunk only when partial */
	bool partial;
};

/*
 * Take the next packet off *rest.  PS_OK with *got false at the end.  PS_EPERM
 * for what is no packet or is cut off; an indeterminate length (old format) is
 * refused.
 */
enum ps_status ps_packets_next(struct ps_bytes *rest, struct ps_packet *out,
	bool *got, const char **why);

/*
 * Invariant 3 of the design: binary "sealed" is, in this order and with
 * nothing else: one PKESK for each of the n key ids (any order, each exactly
 * once, 8 octets each, version 3), then one SEIPD version 1 or 2 or GnuPG AEAD
 * packet that reaches the end.  Markers and padding may stand before it.
 */
enum ps_status ps_packets_check(struct ps_bytes sealed, const uint64_t *key_id,
	size_t n, const char **why);

/*
 * Is this wholly sealed by its packets: one or more PKESK or SKESK, then one
 * integrity-protected packet to the end?  For mail made by others: any
 * versions, hidden key ids.  A SED packet (no integrity protection) is not.
 */
bool ps_packets_is_sealed(struct ps_bytes binary);

#endif
