/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Our own walk over OpenPGP packets (RFC 4880 section 4, RFC 9580 section 4):
 * old and new format, partial lengths, no allocation, no cryptography.  It
 * proves what a library's return code does not (a sealed message is complete
 * and for the planned keys only), and recognises what is already sealed.
 */
#ifndef PS_OPENPGP_PACKETS_H
#define PS_OPENPGP_PACKETS_H

#include <stdint.h>

#include "base/bytes.h"
#include "base/status.h"

enum ps_packet_tag {
	PS_TAG_PKESK = 1,
	PS_TAG_SIGNATURE = 2,
	PS_TAG_SKESK = 3,
	PS_TAG_SECRET_KEY = 5,
	PS_TAG_PUBLIC_KEY = 6,
	PS_TAG_SECRET_SUBKEY = 7,
	PS_TAG_COMPRESSED = 8,
	PS_TAG_SED = 9, /* encrypted without integrity protection */
	PS_TAG_MARKER = 10,
	PS_TAG_LITERAL = 11,
	PS_TAG_TRUST = 12,
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
 * refused, and so are partial lengths where RFC 9580 4.2.1.4 forbids them.
 * *rest is moved only on success.
 */
enum ps_status ps_packets_next(struct ps_bytes *rest, struct ps_packet *out,
	bool *got, const char **why);

/* More planned keys than this are PS_ELIMIT. */
#define PS_PACKETS_MAX_KEYS 8192

/*
 * Invariant 3 of the design: binary "sealed" is, in this order and with
 * nothing else: one version 3 PKESK for each of the n key ids (any order, each
 * exactly once; a key id planned twice counts once), then one SEIPD version 1
 * or GnuPG AEAD packet that reaches the end.  A marker may stand before it;
 * padding may not, since it can hold anything, clear text too.  Nor may SEIPD
 * version 2: behind a version 3 PKESK nobody reads it (RFC 9580 5.1).
 */
enum ps_status ps_packets_check(struct ps_bytes sealed, const uint64_t *key_id,
	size_t n, const char **why);

/*
 * Is this wholly sealed by its packets: one or more PKESK or SKESK, then one
 * integrity-protected packet to the end?  For mail made by others: any
 * versions, hidden key ids.  A SED packet (no integrity protection) is not.
 */
bool ps_packets_is_sealed(struct ps_bytes binary);

/*
 * The same question, asked piece by piece, so that a large message need not be
 * decoded in memory.  Init, feed everything, then ask "sealed".
 */
struct ps_packets_walk {
	unsigned char head[6]; /* of a packet header, until it is whole */
	size_t n_head;
	unsigned char first[4]; /* octets of the body, for its version */
	size_t n_first;
	size_t left; /* octets of the body or chunk still to come */
	size_t len;  /* of the body, or of its first chunk */
	int tag;
	bool in_body, partial;
	bool bad, has_session_key, has_data;
};

void ps_packets_walk_init(struct ps_packets_walk *w);
void ps_packets_walk_feed(struct ps_packets_walk *w, struct ps_bytes piece);
bool ps_packets_walk_sealed(const struct ps_packets_walk *w);

#endif
