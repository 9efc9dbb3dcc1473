/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * What verify.c and verify_ahead.c share: whom SPF judges, and the first
 * look-ups of every method side by side.
 */
#ifndef PS_AUTH_VERIFY_AHEAD_H
#define PS_AUTH_VERIFY_AHEAD_H

#include "auth/verify.h"

/* t may be NULL: then there is no MAIL yet. */
struct ps_spf_sender ps_verify_sender(const struct ps_session *s,
	const struct ps_txn *t, const struct ps_verifier *v);

/* Start what is known, so that nothing asked later waits for its own turn. */
void ps_verify_start(struct ps_arena *a, const struct ps_session *s,
	const struct ps_txn *t, bool has_header, const struct ps_verifier *v,
	unsigned methods, struct ps_dns_budget *dns);

/*
 * A resolver for SPF, under which iprev goes on before each query: both need
 * answers one after the other, and together they take no longer than one.
 */
struct ps_verify_beside {
	struct ps_dns dns;
	struct ps_dns_budget budget; /* iprev's */
	const struct sockaddr_storage *client;
	bool done; /* iprev has all its answers */
};
void ps_verify_beside(const struct ps_session *s,
	const struct ps_dns_budget *dns, struct ps_verify_beside *out);

#endif
