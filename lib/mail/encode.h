/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Content transfer encodings (RFC 2045 section 6), the writing side; reading
 * is entity.h's.
 */
#ifndef PS_MAIL_ENCODE_H
#define PS_MAIL_ENCODE_H

#include "base/buf.h"

/* 76 characters a line, CRLF, the last line too. */
void ps_encode_base64(struct ps_bytes octets, struct ps_buf *out);
/* All of it without a line end (RFC 4648 4). */
void ps_encode_base64_line(struct ps_bytes octets, struct ps_buf *out);

/*
 * Lines stay lines; CR or LF alone, trailing blanks, "From " at the beginning
 * of a line and a lone dot (RFC 3676 4.2, RFC 5321 4.5.2) are encoded too.
 * Ends as the octets do.
 */
void ps_encode_quoted_printable(struct ps_bytes octets, struct ps_buf *out);

#endif
