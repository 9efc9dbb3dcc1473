/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * What a sender is told: the word of the reason, the enhanced status code and
 * a sentence.  For judge_sender.c only.
 */
#ifndef PS_POLICY_SENDER_TEXT_H
#define PS_POLICY_SENDER_TEXT_H

#include "policy/judge_sender.h"

enum ps_found {
	PS_FOUND_WORD, /* what "word" of policy is about */
	PS_FOUND_LOGIN_REQUIRED,
	PS_FOUND_NOT_ALLOWED,
	PS_FOUND_TLS_REQUIRED,
	PS_FOUND_CERT_REQUIRED
};

struct ps_finding {
	enum ps_found kind;
	enum ps_word word;
	const struct ps_addr *addr; /* that may not be used; may be NULL */
	int need;		    /* enum ps_tls_in */
};

/* Was no OpenPGP signature looked at, or did looking fail? */
bool ps_signature_is_open(const struct ps_verdict *v);

const char *ps_finding_reason(const struct ps_finding *f);
/* Without its class: "7.23". */
const char *ps_finding_xcode(const struct ps_finding *f);
const char *ps_finding_text(struct ps_arena *a, const struct ps_sender_case *c,
	const struct ps_finding *f);

#endif
