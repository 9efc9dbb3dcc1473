/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Our own trace field (RFC 5321 4.4) for copies that leave by the relay: the
 * MTA's is added behind the milters' backs, so that without this one nobody
 * could tell where such a copy came from.  There is no "for", which would name
 * one recipient to all, and no login name.
 */
#ifndef PS_MAIL_RECEIVED_H
#define PS_MAIL_RECEIVED_H

#include "mail/txn.h"

/*
 * The word of RFC 3848 and RFC 6531 4.3: "SMTP", "ESMTP", "ESMTPSA",
 * "UTF8SMTPS".  MTAs do not tell whether the client said EHLO: ESMTP is what
 * shows by TLS, a login or a word behind MAIL FROM.
 */
const char *ps_received_protocol(const struct ps_txn *t);

/*
 * by      name of the host that the message was handed to
 * when_s  seconds since 1970; the field says it in UTC
 *
 * A new field, folded.  What the client chose (HELO, its name) and everything
 * else that came from outside holds no octet that could end a comment or the
 * field.
 */
struct ps_field ps_received_make(struct ps_arena *a, const struct ps_txn *t,
	struct ps_bytes by, int64_t when_s);

/* Hops so far: the fields of that name.  Over a ceiling it is a loop (RFC 5321
 * 6.3). */
size_t ps_received_count(const struct ps_header *h);

#endif
