/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * An entity as no MTA behind us will change it: every body 7bit, with lines of
 * at most 998 octets (RFC 5321 4.5.3.1.6), so that a signature over it holds
 * (RFC 3156 section 3).
 */
#ifndef PS_MAIL_SEVENBIT_H
#define PS_MAIL_SEVENBIT_H

#include "base/limits.h"
#include "base/status.h"
#include "mail/message.h"

/*
 * The entity of a message: its Content-* fields, an empty line, its body, with
 * CRLF at every line's end and at the last one too.  As it stands where that is
 * 7bit; else leaf parts become quoted-printable (text that is mostly ASCII) or
 * base64, and what says 8bit or binary without need says 7bit; inside
 * message/rfc822 too.  Header fields of parts stay as they are.
 *
 * Appended to out.  PS_EPERM with why for what cannot be so: a signed part
 * inside that would break, encoded parts that hold 8-bit octets, 8-bit text in
 * a message type that may not be encoded.  PS_ELIMIT past the ceilings.
 */
enum ps_status ps_sevenbit_entity(struct ps_arena *a,
	const struct ps_message *m, const struct ps_limits *limits,
	struct ps_buf *out, const char **why);

#endif
