/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Header protection inside a sealed message: RFC 9788 with the confidentiality
 * policy hcp_baseline (Subject obscured as "[...]", Keywords and Comments not
 * outside at all), and the older protected-headers="v1" beside it for clients
 * that read only that.
 */
#ifndef PS_OPENPGP_PROTECT_H
#define PS_OPENPGP_PROTECT_H

#include "mail/message.h"

#define PS_PROTECT_SUBJECT "[...]"

/*
 * What becomes of a field outside the seal: hcp_baseline (RFC 9788 3.2.1), and
 * Thread-Topic, in which Outlook repeats the subject.
 */
enum ps_protect_fate {
	PS_PROTECT_KEEP,
	PS_PROTECT_OBSCURE, /* its value becomes PS_PROTECT_SUBJECT */
	PS_PROTECT_REMOVE
};
enum ps_protect_fate ps_protect_fate(struct ps_bytes name);

/*
 * The inner header like ps_pgpmime_inner_header, but: every protected field of
 * the original copied in front; HP-Outer for each of them that stands outside,
 * as it stands there (RFC 9788 2.2); and "; hp=\"cipher\";
 * protected-headers=\"v1\"" appended to Content-Type, in place of what the
 * original said in these parameters (a missing Content-Type becomes text/plain
 * with charset us-ascii).
 *
 * Not protected: structural fields (MIME-Version, Content-*), Bcc (RFC 9788
 * 11.4), an HP-Outer from outside the seal, and what the path adds, which
 * readers look for outside: trace, authentication, resent and list fields.
 */
void ps_protect_inner_header(struct ps_arena *a,
	const struct ps_header *original, struct ps_buf *out);

#endif
