/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * ASCII armor (RFC 4880 section 6, RFC 9580 section 6): our own, because gpg's
 * costs more than its encryption does.
 */
#ifndef PS_PGP_ARMOR_H
#define PS_PGP_ARMOR_H

#include "base/arena.h"
#include "base/status.h"

/* Octets of "BEGIN PGP MESSAGE" armor around len octets, CRLF, 64 a line. */
size_t ps_armor_size(size_t len);
/*
 * Write exactly ps_armor_size(binary.len) octets to out: header line, empty
 * line, base64, checksum, tail line.
 */
void ps_armor_write(struct ps_bytes binary, char *out);

/*
 * Find the first armored block of this kind ("PGP MESSAGE", "PGP PUBLIC KEY
 * BLOCK") in text and decode it.  Tolerates LF, trailing blanks, armor
 * headers, a missing checksum; a wrong checksum or a missing tail line is
 * PS_EPERM.  PS_EPERM with *whole empty when there is no block.
 *
 * whole  the block in text, from its BEGIN line to its END line
 */
enum ps_status ps_armor_read(struct ps_arena *a, struct ps_bytes text,
	struct ps_bytes kind, struct ps_bytes *binary, struct ps_bytes *whole,
	const char **why);

#endif
