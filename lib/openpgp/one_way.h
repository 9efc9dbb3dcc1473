/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Do all readers see the same?  A signature over what one program finds in a
 * message says nothing of what another one shows.  Everything here is stricter
 * than the RFCs: what is odd is no forgery, but nobody is its author.
 */
#ifndef PS_OPENPGP_ONE_WAY_H
#define PS_OPENPGP_ONE_WAY_H

#include "mail/entity.h"

/*
 * A multipart's Content-Type without comments, escapes, RFC 2231 and whatever
 * else hides a second boundary, and a boundary as RFC 2046 5.1.1 has it.
 */
bool ps_one_way_type(const struct ps_entity *multipart);

/*
 * The delimiter stands nowhere but where it parts: not before the first or
 * behind the last one, nor in a part as a line of its own, whatever ends lines.
 */
bool ps_one_way_split(
	const struct ps_entity *multipart, const struct ps_entity *part);

/* A text whose encoding and charset, which no signature covers, leave no
 * doubt.  decoded: its octets. */
bool ps_one_way_text(const struct ps_entity *text, struct ps_bytes decoded);

#endif
