/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * The Authenticated Received Chain (RFC 8617): who vouches for what the
 * message was before it was forwarded.
 */
#ifndef PS_AUTH_ARC_H
#define PS_AUTH_ARC_H

#include "auth/result.h"
#include "dns/dns.h"
#include "mail/message.h"

#define PS_ARC_MAX_SETS 50 /* RFC 8617 section 4.2.1 */

/* One hop of the chain. */
struct ps_arc_set {
	struct ps_bytes domain;	  /* d= of the seal: lower-case A-label */
	struct ps_bytes selector; /* s= of the seal */
	/* ARC-Authentication-Results behind "i=N;": authserv-id and results,
	 * for ps_authres_read(). */
	struct ps_bytes results;
};

struct ps_arc_result {
	/* none, pass, fail; temperror when a key could not be asked for */
	enum ps_auth_result result;
	const char *why;	/* of fail and temperror */
	struct ps_arc_set *set; /* set[i] is instance i + 1; of a pass */
	size_t n_set;		/* of a fail too, as far as it was counted */
	/* Instance of the oldest AMS that is known to verify; 0: all do (RFC
	 * 8617 section 5.2 step 5).  Large headers are not hashed 50 times. */
	size_t oldest_pass;
	/* Of a pass: the newest AMS covers every From field.  Where it does
	 * not, what a sealer says of the author may be of another message. */
	bool author_signed;
	bool secure; /* DNSSEC proves every key */
};

/* Start the look-ups of keys, of a chain that could be whole. */
void ps_arc_ahead(struct ps_arena *a, const struct ps_header *h,
	struct ps_dns_budget *dns);
/*
 * Cannot fail.  Structure is checked before any look-up and cryptography.
 * now_s: for t= and x= of message signatures.
 */
void ps_arc_verify(struct ps_arena *a, const struct ps_message *m,
	int64_t now_s, struct ps_dns_budget *dns, struct ps_arc_result *out);

#endif
