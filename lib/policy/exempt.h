/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Who is excused from a failure, and who may use which address.  For
 * judge_sender.c only.
 */
#ifndef PS_POLICY_EXEMPT_H
#define PS_POLICY_EXEMPT_H

#include "policy/judge_sender.h"

enum ps_exempt_by {
	PS_EXEMPT_BY_NONE,
	PS_EXEMPT_BY_FORWARDER,
	PS_EXEMPT_BY_LIST,
	PS_EXEMPT_BY_SEALER
};

/* Is this word's failure excused under this ruling? */
enum ps_exempt_by ps_exempt_word(const struct ps_sender_case *c,
	const struct ps_ruling *r, enum ps_word w);
/* The same for an address of ours in From. */
enum ps_exempt_by ps_exempt_author(
	const struct ps_sender_case *c, const struct ps_ruling *r);
/* ... and in MAIL FROM; without a verdict, by the client's address alone. */
bool ps_exempt_mail_from(const struct ps_sender_case *c);
const char *ps_exempt_text(
	struct ps_arena *a, enum ps_exempt_by by, const struct ps_verdict *v);

/* An address of ours in From, or NULL. */
const struct ps_addr *ps_claimed_author(const struct ps_sender_case *c);

/*
 * Section login: false with the address that this login may not use, NULL for a
 * From field that nobody can read for sure.
 */
bool ps_login_may(struct ps_arena *a, const struct ps_sender_case *c,
	bool with_author, const struct ps_addr **addr);

#endif
