/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * ASCII armor (RFC 4880 section 6, RFC 9580 section 6): our own, because gpg's
 * costs more than its encryption does.
 */
#ifndef PS_OPENPGP_ARMOR_H
#define PS_OPENPGP_ARMOR_H

#include <stdint.h>

#include "base/arena.h"
#include "base/status.h"

#define PS_ARMOR_MESSAGE   PS_LIT("PGP MESSAGE")
#define PS_ARMOR_KEY	   PS_LIT("PGP PUBLIC KEY BLOCK")
#define PS_ARMOR_SIGNATURE PS_LIT("PGP SIGNATURE")

/* Octets of "BEGIN PGP MESSAGE" armor around len octets, CRLF, 64 a line. */
size_t ps_armor_size(size_t len);
/*
 * Write exactly ps_armor_size(binary.len) octets to out: header line, empty
 * line, base64, checksum, tail line.
 */
void ps_armor_write(struct ps_bytes binary, char *out);

/*
 * The same in pieces, for what is too large to stand in memory twice.  Every
 * call returns the octets it wrote to out, which has room for
 * ps_armor_size(piece.len) each time.
 *
 * piece  a multiple of PS_ARMOR_LINE octets, but for the last one
 */
#define PS_ARMOR_LINE 48 /* octets behind a line of 64 characters */
struct ps_armor_writer {
	uint32_t crc;
};
size_t ps_armor_begin(struct ps_armor_writer *w, char *out);
size_t ps_armor_put(
	struct ps_armor_writer *w, struct ps_bytes piece, char *out);
size_t ps_armor_end(struct ps_armor_writer *w, char *out);

/*
 * Find the first armored block of this kind ("PGP MESSAGE", "PGP PUBLIC KEY
 * BLOCK") in text and decode it.  Tolerates LF, trailing blanks, armor
 * headers, a missing checksum; a wrong checksum or a missing tail line is
 * PS_EPERM.  PS_EPERM with *whole empty when there is no block.
 *
 * whole  the block in text, from its BEGIN line to its END line; on failure
 *        to where reading stopped (this is set on failure too)
 */
enum ps_status ps_armor_read(struct ps_arena *a, struct ps_bytes text,
	struct ps_bytes kind, struct ps_bytes *binary, struct ps_bytes *whole,
	const char **why);

/*
 * The same in pieces: open, then next until it returns 0, then close, whose
 * status says whether the block was complete and its checksum right.
 */
struct ps_armor_reader {
	struct ps_bytes kind, whole, rest, line;
	uint32_t crc, quad;
	size_t n_quad; /* characters of the quad that is not whole yet */
	uint32_t checksum;
	bool padded, ended, has_checksum;
	const char *trouble;
};
enum ps_status ps_armor_open(struct ps_armor_reader *r, struct ps_bytes text,
	struct ps_bytes kind, const char **why);
/* Up to size octets; size is at least 3. */
size_t ps_armor_next(struct ps_armor_reader *r, char *out, size_t size);
enum ps_status ps_armor_close(
	struct ps_armor_reader *r, struct ps_bytes *whole, const char **why);

#endif
