/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Vouch by Reference (RFC 5518): a certifier that we trust vouches for a
 * domain that was authenticated.
 */
#ifndef PS_AUTH_VBR_H
#define PS_AUTH_VBR_H

#include "auth/result.h"
#include "dns/dns.h"
#include "mail/header.h"

struct ps_vbr_result {
	enum ps_auth_result result; /* none, pass, fail, temperror, permerror */
	const char *why;
	struct ps_bytes domain;	   /* md= */
	struct ps_bytes certifier; /* who vouches; ours to keep */
	struct ps_bytes content;   /* mc= */
	bool secure;
};

/*
 * certifier    domains that we trust, in our order; none: result none
 * domain       those that DKIM or SPF authenticated, lower-case A-labels
 */
struct ps_vbr_question {
	const struct ps_header *header;
	const char *const *certifier;
	size_t n_certifier;
	const struct ps_bytes *domain;
	size_t n_domain;
};
void ps_vbr(struct ps_arena *a, const struct ps_vbr_question *q,
	struct ps_dns_budget *dns, struct ps_vbr_result *out);

#endif
