/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * PGP/MIME (RFC 3156 section 4) around a message: which octets are sealed, and
 * what the message looks like outside.
 */
#ifndef PS_PGP_PGPMIME_H
#define PS_PGP_PGPMIME_H

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

/* What the outside will weigh beside the header fields that stay. */
size_t ps_pgpmime_body_size(size_t sealed_len);

/*
 * The sealed message: all fields of the original but Content-*, in place;
 * MIME-Version added where missing; Content-Type multipart/encrypted in the
 * shape that Thunderbird writes; "marker" (without its name) as the value of
 * the field PS_SEALED_FIELD, whose older copies that claim the same "by" go.
 * All field values of new fields carry their leading blank.
 *
 * boundary  unique and unguessable, at most 70 octets of boundary characters
 * body      gets the new body, 7bit, CRLF, lines of at most 76 octets
 */
#define PS_SEALED_FIELD "X-Postseal"
struct ps_pgpmime_outer {
	struct ps_bytes boundary;
	struct ps_bytes marker;		/* "sealed; by=mx.example.org; ..." */
	struct ps_bytes marker_by;	/* "mx.example.org" */
	const struct ps_bytes *subject; /* the outer subject, or NULL: keep */
};
enum ps_status ps_pgpmime_wrap(struct ps_arena *a,
	const struct ps_message *original, const struct ps_pgpmime_outer *outer,
	struct ps_bytes sealed, struct ps_spool *body, struct ps_message *out,
	const char **why);

#endif
