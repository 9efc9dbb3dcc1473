/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * DKIM signatures of a message (RFC 6376, 8301, 8463, 8616), verified by
 * libopendkim with our keys and our judgement.
 */
#ifndef PS_AUTH_DKIM_H
#define PS_AUTH_DKIM_H

#include "auth/result.h"
#include "dkim/dkim.h"
#include "dns/dns.h"
#include "mail/message.h"

#define PS_DKIM_SKEW_S 300 /* clocks that differ, for t= and x= */

/* One signature, judged by itself. */
struct ps_dkim_signature {
	enum ps_auth_result result; /* none is never here */
	const char *why;	    /* of all but pass; printable, a literal or
				       in the arena */
	struct ps_bytes domain;	    /* d=: lower-case A-label, no final dot;
				       empty when it cannot be read */
	struct ps_bytes identity;   /* i=, or "@" and d=; for header.i */
	struct ps_bytes selector;   /* s= */
	struct ps_bytes algorithm;  /* a= */
	struct ps_bytes b;	    /* the first octets of b=, for header.b:
				       8, or more where two are alike (RFC 6008) */
	unsigned bits;		    /* of the key, 0 when there was none */
	/* The key says t=y: a fail is neutral, so that it is no worse than no
	 * signature (RFC 6376 section 3.6.1); a pass is told as one. */
	bool testing;
	bool secure;  /* DNSSEC proves the key */
	bool partial; /* l= leaves a tail, or a field that must occur once
			 occurs more often than it is signed: never pass */
	/* It signs every Autocrypt field and the Date: what a replay could not
	 * add or change. */
	bool covers_autocrypt;
};

struct ps_dkim_result {
	struct ps_dkim_signature *signature; /* in the order of the header */
	size_t n_signature;
	size_t n_ignored; /* beyond PS_DKIM_MAX_SIGNATURES */
};

/* Start the look-ups of keys; before, or instead of, a verification. */
void ps_dkim_ahead(struct ps_arena *a, const struct ps_header *h,
	struct ps_dns_budget *dns);

/*
 * Cannot fail: trouble is a result of the signature it belongs to.  Bounded
 * before any look-up and any cryptography.
 */
void ps_dkim_verify(struct ps_arena *a, struct ps_dkim *d,
	const struct ps_message *m, int64_t now_s, struct ps_dns_budget *dns,
	struct ps_dkim_result *out);

#endif
