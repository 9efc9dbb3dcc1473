/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Received-SPF (RFC 7208 section 9.1), for readers that know no
 * Authentication-Results.
 */
#ifndef PS_AUTH_RECEIVED_SPF_H
#define PS_AUTH_RECEIVED_SPF_H

#include "auth/verify.h"

#define PS_RECEIVED_SPF_FIELD "Received-SPF"

/*
 * The field's value for the MAIL FROM identity (for <> the HELO one), from the
 * leading blank on; folded (CRLF, tab) when fold is set, else on one line.
 * Whatever sender and HELO hold, it stays within their values.
 */
void ps_received_spf_write(struct ps_arena *a, const struct ps_txn *t,
	const struct ps_verdict *v, const char *receiver, bool fold,
	struct ps_buf *out);

#endif
