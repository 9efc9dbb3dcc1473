/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * What may stand where in a trace field that we write (RFC 8601 2.2, RFC 7208
 * 9.1), and how anybody's octets become such text.  For the writers of
 * lib/auth only.
 */
#ifndef PS_AUTH_AUTHRES_TEXT_H
#define PS_AUTH_AUTHRES_TEXT_H

#include "base/bytes.h"

/* The longest mailbox: 64 octets, "@", 255 (RFC 5321 4.5.3.1). */
#define PS_AUTHRES_MAX_VALUE   320
#define PS_AUTHRES_MAX_COMMENT 200

struct ps_authres_text {
	char p[PS_AUTHRES_MAX_VALUE];
	size_t len;
};

/*
 * Printable: UTF-8 stays (RFC 6532), other octets, controls and marks that turn
 * the direction of text become "?".  What is longer than a mailbox is cut with
 * "..." in its place; keep_end cuts the beginning, since it is the end of a
 * domain that says whose it is.
 */
void ps_authres_clean(
	struct ps_bytes value, bool keep_end, struct ps_authres_text *out);

/*
 * For a comment: ASCII without what ends it, opens another or, to readers that
 * know no comments, ends the statement or looks like one that passes.
 */
void ps_authres_comment(struct ps_bytes text, struct ps_authres_text *out);

bool ps_authres_is_keyword(struct ps_bytes b); /* letters, digits, "-" */
bool ps_authres_is_token(struct ps_bytes b);   /* RFC 2045 5.1 */
bool ps_authres_is_dot_atom(struct ps_bytes b);
bool ps_authres_is_domain(struct ps_bytes b); /* labels of host names */
/* Index of the last "@", PS_NOT_FOUND when there is none. */
size_t ps_authres_last_at(struct ps_bytes b);

#endif
