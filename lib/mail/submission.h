/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * What a submission server may mend in a message (RFC 6409 8): each function
 * gives a new message and leaves its input as it is.
 */
#ifndef PS_MAIL_SUBMISSION_H
#define PS_MAIL_SUBMISSION_H

#include <stdint.h>

#include "mail/message.h"

/*
 * With a Date and a Message-ID, where there is none (6409 8.1, 8.2); new fields
 * stand below the others.  A field that is there, however strange, is kept.
 *
 * id_left, id_right  "<left@right>"; the caller vouches that nobody else gives
 *                    the same, and that both are dot-atoms (RFC 5322 3.2.3)
 */
struct ps_message ps_submission_complete(struct ps_arena *a,
	const struct ps_message *m, int64_t when_s, struct ps_bytes id_left,
	struct ps_bytes id_right);

/*
 * Take Bcc and Resent-Bcc (RFC 5322 3.6.3) out of a copy, whose field array is
 * its own: nobody's copy names those.
 */
void ps_submission_hide_bcc(struct ps_message *copy);

#endif
