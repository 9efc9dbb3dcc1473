/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * PGP/MIME (RFC 3156 section 4) around a message: which octets are sealed, and
 * what the message looks like outside.
 */
#ifndef PS_OPENPGP_PGPMIME_H
#define PS_OPENPGP_PGPMIME_H

#include "base/spool.h"
#include "mail/message.h"

/*
 * The header of the entity that is to be sealed, with its empty line at the
 * end: the Content-* fields of the original octet for octet (line ends as
 * CRLF), in their order; nothing else, unless protect.h adds to it.  The
 * entity's body is the original's body.
 */
void ps_pgpmime_inner_header(
	const struct ps_header *original, struct ps_buf *out);

/* The boundary's octets: with this body_size is exact. */
#define PS_PGPMIME_BOUNDARY 43
/* The octets of the body that ps_pgpmime_wrap makes around sealed_len. */
size_t ps_pgpmime_body_size(size_t sealed_len);

/*
 * The sealed message: all fields of the original but Content-*, in place;
 * MIME-Version added where missing; Content-Type multipart/encrypted in the
 * shape that Thunderbird writes, in the place of the original's first one;
 * "marker" (without its name) as the value of the field PS_SEALED_FIELD, whose
 * older copies that claim the same "by" go.  New fields stand at the end.
 * All field values of new and changed fields carry a leading blank, and fold
 * with LF, as the values that an MTA hands over do.
 *
 * boundary  unique and unguessable, exactly PS_PGPMIME_BOUNDARY octets of
 *           boundary characters (RFC 2046 5.1.1)
 * subject   the outer subject, or NULL: keep.  Not NULL also hides what else
 *           protect.h says must not stand outside
 * body      gets the new body, 7bit, CRLF, lines of at most 76 octets; it is
 *           empty before.  out->body is its view
 */
#define PS_SEALED_FIELD "X-Postseal"
struct ps_pgpmime_outer {
	struct ps_bytes boundary;
	struct ps_bytes marker;	   /* "sealed; by=mx.example.org; ..." */
	struct ps_bytes marker_by; /* "mx.example.org" */
	const struct ps_bytes *subject;
};
enum ps_status ps_pgpmime_wrap(struct ps_arena *a,
	const struct ps_message *original, const struct ps_pgpmime_outer *outer,
	struct ps_bytes sealed, struct ps_spool *body, struct ps_message *out,
	const char **why);

/*
 * A copy without the markers that claim "by": on mail that we did not seal
 * now, they are somebody else's words.  Returns how many there were.
 */
size_t ps_pgpmime_unmark(
	struct ps_arena *a, struct ps_bytes by, struct ps_message *copy);

#endif
