/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Identifier alignment (RFC 9989 sections 3.2.10 and 4.10.2): which of the
 * domains that authenticated a message speak for its author domain?  The set
 * is judged, never its order.
 */
#ifndef PS_AUTH_DMARC_ALIGN_H
#define PS_AUTH_DMARC_ALIGN_H

#include "auth/dmarc_walk.h"

struct ps_dmarc_aligned {
	bool by_dkim, by_spf;	/* an aligned pass */
	struct ps_bytes domain; /* the first of them; DKIM before SPF */
	/* Of a domain that may be aligned, or may have passed, when only the
	 * trouble keeps that from being known; NULL for none. */
	const char *trouble;
};

/* found has a policy. */
void ps_dmarc_align(struct ps_dmarc_look *l, struct ps_bytes author,
	const struct ps_dmarc_found *found, const struct ps_dmarc_identity *id,
	size_t n_id, struct ps_dmarc_aligned *out);

#endif
