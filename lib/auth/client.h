/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * What the MTA says of the client itself: SMTP AUTH (RFC 4954) and TLS, in the
 * words of Postfix and of Sendmail, brought together.
 */
#ifndef PS_AUTH_CLIENT_H
#define PS_AUTH_CLIENT_H

#include "auth/result.h"
#include "mail/txn.h"

enum ps_client_cert {
	PS_CLIENT_CERT_NONE,	   /* none was shown, or nobody asked */
	PS_CLIENT_CERT_UNVERIFIED, /* shown, not signed by a CA that we trust */
	PS_CLIENT_CERT_UNKNOWN,	   /* shown; the MTA does not say ({verify}) */
	PS_CLIENT_CERT_VERIFIED
};

struct ps_client {
	enum ps_auth_result auth; /* pass, or none */
	struct ps_bytes login, mechanism;
	enum ps_auth_result tls; /* pass: encrypted; none: clear */
	struct ps_bytes tls_version, cipher, cipher_bits;
	int tls_minor; /* of TLSv1.N; 0 for SSL and 1.0, -1 for none */
	enum ps_client_cert cert;
	/* Common names; the distinguished ones where Sendmail tells no other,
	 * and always for the issuer there.  Whose they are said to be only,
	 * unless cert is PS_CLIENT_CERT_VERIFIED. */
	struct ps_bytes cert_subject, cert_issuer;
};

/*
 * The octets of an address, 4 or 16; an IPv4-mapped one is IPv4 (RFC 7208 5).
 * 0 when it is neither.
 */
size_t ps_client_address(
	const struct sockaddr_storage *client, unsigned char out[16]);

/* The same as text; empty when it is neither. */
struct ps_bytes ps_client_ip(
	struct ps_arena *a, const struct sockaddr_storage *client);

void ps_client_of(
	struct ps_arena *a, const struct ps_txn *t, struct ps_client *out);

#endif
