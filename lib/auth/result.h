/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * What an authentication method says, in the words of RFC 8601 section 2.7.
 * A result is a value that policy decides on, never a failure of ours.
 */
#ifndef PS_AUTH_RESULT_H
#define PS_AUTH_RESULT_H

enum ps_auth_result {
	PS_AUTH_NONE, /* nothing to judge */
	PS_AUTH_PASS,
	PS_AUTH_FAIL,
	PS_AUTH_SOFTFAIL, /* SPF only */
	PS_AUTH_NEUTRAL,
	PS_AUTH_POLICY,	   /* good, but not good enough for us */
	PS_AUTH_TEMPERROR, /* later may work */
	PS_AUTH_PERMERROR  /* what the domain published cannot be used */
};

/* "none", "pass", ... */
const char *ps_auth_result_name(enum ps_auth_result r);

#endif
