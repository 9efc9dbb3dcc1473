/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Public keys of DKIM and ARC signatures: fetched from the DNS, read by RFC
 * 6376 section 3.6.1 and RFC 8463, and brought into one form.
 */
#ifndef PS_AUTH_DKIM_KEY_H
#define PS_AUTH_DKIM_KEY_H

#include "auth/result.h"
#include "dns/dns.h"

#define PS_DKIM_RSA_MIN	   1024 /* bits (RFC 8301 section 3.2) */
#define PS_DKIM_RSA_MAX	   8192
#define PS_DKIM_RECORD_MAX ((size_t)4096) /* octets: RSA 8192 takes 1,434 */

enum ps_dkim_key_type { PS_DKIM_KEY_RSA, PS_DKIM_KEY_ED25519 };

struct ps_dkim_key {
	/* PS_AUTH_PASS: usable.  PS_AUTH_TEMPERROR: the DNS did not say.
	 * PS_AUTH_PERMERROR: none, several, revoked, malformed, not for mail.
	 * PS_AUTH_POLICY: too small or too large; the key is there. */
	enum ps_auth_result result;
	const char *why; /* of all but pass; printable */
	enum ps_dkim_key_type type;
	/* RSA: SubjectPublicKeyInfo in DER, whatever form p= had.  Ed25519: the
	 * 32 octets of the point. */
	struct ps_bytes octets;
	struct ps_bytes modulus, exponent; /* RSA: big-endian, no leading 0 */
	unsigned bits;			   /* of RSA keys; 256 */
	bool sha1, sha256;		   /* h= allows it */
	bool testing;			   /* t=y */
	bool strict;			   /* t=s: i= must be exactly d= */
	bool secure; /* DNSSEC proves the answer, an absence too */
};

/*
 * The key of selector._domainkey.domain.  selector and domain as in the
 * signature, any case; U-labels become A-labels (RFC 8616).
 */
void ps_dkim_key_fetch(struct ps_arena *a, struct ps_bytes selector,
	struct ps_bytes domain, struct ps_dns_budget *dns,
	struct ps_dkim_key *out);
/* Start the query of a later fetch. */
void ps_dkim_key_ahead(struct ps_arena *a, struct ps_bytes selector,
	struct ps_bytes domain, struct ps_dns_budget *dns);

/* A record's text, without the DNS; result as above. */
void ps_dkim_key_parse(
	struct ps_arena *a, struct ps_bytes record, struct ps_dkim_key *out);

#endif
