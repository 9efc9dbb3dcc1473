/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * SPF (RFC 7208): may this client send mail for that domain?
 */
#ifndef PS_AUTH_SPF_H
#define PS_AUTH_SPF_H

#include <sys/socket.h>

#include "auth/result.h"
#include "dns/dns.h"

#define PS_SPF_MAX_TERM 10 /* that look something up (4.6.4) */
#define PS_SPF_MAX_VOID 2  /* look-ups that find nothing (4.6.4) */
#define PS_SPF_MAX_NAME 10 /* hosts of one mx, names of the client's PTR */

/*
 * The most that a legal check can ask: 11 records, 10 times 10 hosts and their
 * MX, the client's PTR and 10 of its names, one explanation.
 */
#define PS_SPF_MAX_QUERY (1 + 10 * (1 + 10) + (1 + 10) + 1)

/* Who sends: the facts of one SMTP transaction. */
struct ps_spf_sender {
	const struct sockaddr_storage *client; /* AF_INET or AF_INET6 */
	struct ps_bytes helo;		       /* as said */
	struct ps_bytes local, domain; /* of MAIL FROM; both empty for <> */
	struct ps_bytes receiver;      /* our host name, for %{r} */
	int64_t now_s;		       /* for %{t} */
};

struct ps_spf_result {
	enum ps_auth_result result;
	struct ps_bytes domain;	     /* A-labels; empty where there is none */
	const char *why;	     /* printable, never NULL */
	struct ps_bytes explanation; /* of a fail: printable ASCII, or empty */
	size_t n_term, n_void;	     /* spent of 10 and 2 */
	size_t n_query;
	bool secure; /* DNSSEC proves all that was looked at */
};

/*
 * The two identities (2.3, 2.4).  For MAIL FROM <> the HELO name is judged,
 * with "postmaster" before it.  A name that is no domain with a dot in it is
 * PS_AUTH_NONE (4.3), and so is a client that is neither IPv4 nor IPv6.
 */
void ps_spf_helo(struct ps_arena *a, const struct ps_spf_sender *sender,
	struct ps_dns_budget *dns, struct ps_spf_result *out);
void ps_spf_mail_from(struct ps_arena *a, const struct ps_spf_sender *sender,
	struct ps_dns_budget *dns, struct ps_spf_result *out);

struct ps_spf_query {
	unsigned char client[16];
	size_t client_len; /* 4 or 16; IPv4-mapped IPv6 is 4 (5) */
	struct ps_bytes domain;
	struct ps_bytes sender_local, sender_domain;
	struct ps_bytes helo, receiver;
	int64_t now_s;
};

/*
 * Evaluate a domain's SPF policy: check_host() of RFC 7208 section 4.
 *
 * a          the result's strings live here
 * q->domain  A-label form, no trailing dot, at most 253 octets
 * q->sender  "postmaster" where there is no local part (4.3)
 *
 * Always fills *out.  DNS trouble is PS_AUTH_TEMPERROR; a policy beyond the
 * limits of section 4.6.4 (10 look-up terms, 2 void look-ups) is
 * PS_AUTH_PERMERROR.  Neither is a C error: this function cannot fail.
 */
void ps_spf_eval(struct ps_arena *a, const struct ps_spf_query *q,
	struct ps_dns_budget *dns, struct ps_spf_result *out);

#endif
