/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Header protection inside a sealed message: RFC 9788 with the confidentiality
 * policy hcp_baseline (Subject obscured as "[...]"), and the older
 * protected-headers="v1" beside it for clients that read only that.
 */
#ifndef PS_PGP_PROTECT_H
#define PS_PGP_PROTECT_H

#include "mail/message.h"

#define PS_PROTECT_SUBJECT "[...]"

/*
 * The inner header like ps_pgpmime_inner_header, but: every protected field of
 * the original copied in front (RFC 9788 2.2 names those that are not:
 * structural fields, and trace fields that the path adds, such as Received);
 * HP-Outer for each of them as it stands outside (5.2.1), and
 * "; hp=\"cipher\"; protected-headers=\"v1\"" appended to Content-Type (a
 * missing Content-Type becomes text/plain with charset us-ascii).
 */
void ps_protect_inner_header(struct ps_arena *a,
	const struct ps_header *original, struct ps_buf *out);

#endif
