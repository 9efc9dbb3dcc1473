/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * A MIME entity as it stands in a message (RFC 2045, RFC 2046): borrowed
 * slices of the octets received, never a re-printed tree.  The scanner is
 * tolerant where mail is broken, iterative, linear in the octets, and bounded
 * by max_mime_parts and max_mime_depth.
 */
#ifndef PS_MAIL_ENTITY_H
#define PS_MAIL_ENTITY_H

#include "base/limits.h"
#include "mail/header.h"

struct ps_entity {
	struct ps_header header; /* all fields of the part */
	struct ps_params type;	 /* Content-Type; main "text/plain" without one,
				    "message/rfc822" inside multipart/digest */
	struct ps_params disposition;
	struct ps_bytes encoding; /* lower case, "7bit" without one */
	struct ps_bytes raw;	  /* header and body of the part; of the root
				     the body alone */
	struct ps_bytes body;	  /* as it stands, still encoded */
	size_t depth;		  /* 0 for the root */
	size_t parent;		  /* index, 0 for the root itself */
	size_t n_child;		  /* direct parts of a multipart */
	bool is_multipart;
	bool closed; /* multipart: the close delimiter was found */
	struct ps_bytes preamble, epilogue; /* multipart only */
};

struct ps_entities {
	struct ps_entity *part; /* depth first, part[0] is the root */
	size_t n_part;
};

/*
 * Take a message (its header and body) apart.  A delimiter line is "--", the
 * boundary, "--" if it closes, and blanks at most; of equal boundaries the
 * innermost counts, and a closed one counts no more.  The line end before a
 * delimiter belongs to it.  A multipart without a boundary is all preamble.
 * PS_ELIMIT past the ceilings: the caller decides what an over-nested message
 * means.  Parts inside message/rfc822 are not opened.
 */
enum ps_status ps_entity_scan(struct ps_arena *a, const struct ps_header *h,
	struct ps_bytes body, const struct ps_limits *limits,
	struct ps_entities *out, const char **why);

/*
 * The body of a part decoded (base64, quoted-printable; 7bit, 8bit, binary as
 * they stand), tolerant, at most max octets of output (then truncated, never
 * an error).  In the arena, or the borrowed body itself.
 */
struct ps_bytes ps_entity_decode(
	struct ps_arena *a, const struct ps_entity *e, size_t max);

/* Is this the name of a field that belongs to the body: "Content-..."? */
bool ps_entity_is_content_field(struct ps_bytes name);

#endif
