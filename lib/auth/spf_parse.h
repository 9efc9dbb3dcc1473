/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * The grammar of an SPF record (RFC 7208 section 12).  Records come from
 * strangers and may be 64 kB: they are walked term by term, and nothing is
 * kept.
 */
#ifndef PS_AUTH_SPF_PARSE_H
#define PS_AUTH_SPF_PARSE_H

#include "auth/spf.h"

enum ps_spf_kind {
	PS_SPF_ALL,
	PS_SPF_INCLUDE,
	PS_SPF_A,
	PS_SPF_MX,
	PS_SPF_PTR,
	PS_SPF_IP4,
	PS_SPF_IP6,
	PS_SPF_EXISTS,
	/* modifiers */
	PS_SPF_REDIRECT,
	PS_SPF_EXP,
	PS_SPF_OTHER
};

struct ps_spf_term {
	enum ps_spf_kind kind;
	enum ps_auth_result qualifier; /* of a mechanism */
	struct ps_bytes text;	       /* all of the term */
	struct ps_bytes spec;	       /* domain-spec; empty: the domain */
	unsigned char addr[16];	       /* of ip4 and ip6 */
	unsigned prefix4, prefix6;
};

/* "v=spf1" in any case, and a space or the end behind it (4.5). */
bool ps_spf_is_record(struct ps_bytes txt);

/*
 * The next term of what follows the version.  False at the end and on an
 * error; only then *why is set.
 */
bool ps_spf_parse_term(
	struct ps_bytes *rest, struct ps_spf_term *out, const char **why);

struct ps_spf_record {
	struct ps_bytes terms;
	struct ps_bytes redirect, exp; /* empty for none */
};

/*
 * Check the whole record before anything is evaluated (4.6).  *why is in a, and
 * shows the term.
 */
bool ps_spf_parse(struct ps_arena *a, struct ps_bytes txt,
	struct ps_spf_record *out, const char **why);

#endif
