/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * By what a message is known again: SHA-256 over the octets that SMTP carries
 * (mail/wire.h) and the envelope's sender.  Recipients are not part of a
 * message's digest: a retry may have fewer of them, and rows have one each.
 */
#ifndef PS_STORE_DIGEST_H
#define PS_STORE_DIGEST_H

#include "base/status.h"
#include "mail/message.h"

#define PS_DIGEST_SIZE 32

struct ps_digest {
	unsigned char octet[PS_DIGEST_SIZE];
};

/*
 * A message as it was received, from this sender (normal form).
 *
 * *known  it has a Message-ID.  Without one the digest is a random number: two
 *         equal messages may both be meant, such as the mails of a timer, and
 *         no retry of it can be told from another one.
 */
enum ps_status ps_digest_message(struct ps_bytes sender,
	const struct ps_message *m, struct ps_digest *out, bool *known,
	const char **why);

/*
 * A copy as it is sent to these recipients (normal form, any order), or a
 * message that may be one which comes round.  Received fields are not part of
 * it: each hop adds one.
 */
enum ps_status ps_digest_copy(struct ps_bytes sender,
	const struct ps_bytes *rcpt, size_t n_rcpt, const struct ps_message *m,
	struct ps_digest *out, const char **why);

#endif
