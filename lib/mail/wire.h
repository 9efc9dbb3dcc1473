/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * A message as SMTP carries it (RFC 5321 2.3.8, 4.5.2), piece by piece and
 * without a copy of the body.
 *
 * Every line ends in CRLF, the last one too.  A bare LF or CR in the body was
 * meant as a line end by whoever wrote it, and becomes one: this is what MTAs
 * make of it too, and what is a line to anybody later is a line here, so that
 * dots are doubled where it matters and nothing can end the data early.  In the
 * header, where a line end that folds nothing would be a new field, it becomes
 * a blank.
 *
 * Two messages are the same octets for an MTA when their wires are equal.
 */
#ifndef PS_MAIL_WIRE_H
#define PS_MAIL_WIRE_H

#include "mail/message.h"

struct ps_wire {
	const struct ps_message *m;
	size_t next_field;
	struct ps_buf field; /* the one under way */
	struct ps_bytes rest;
	bool stuffed; /* a dot at the beginning of a line is doubled */
	bool in_body, at_start, done;
};

/* The message must stay as it is until ps_wire_end(). */
void ps_wire_begin(struct ps_wire *w, const struct ps_message *m, bool stuffed);
/*
 * The next piece, valid until the next call; never empty.  False when there is
 * no more.  The final dot of DATA is not part of it.
 */
bool ps_wire_next(struct ps_wire *w, struct ps_bytes *piece);
/* False when memory ran out on the way: the pieces were not all. */
bool ps_wire_end(struct ps_wire *w);

/* Are there octets above 127 in it? */
bool ps_wire_is_8bit(const struct ps_message *m);

#endif
