/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Macros in domain-specs and explanations (RFC 7208 section 7): their syntax,
 * and what they stand for.
 */
#ifndef PS_AUTH_SPF_MACRO_H
#define PS_AUTH_SPF_MACRO_H

#include "auth/spf.h"

enum ps_spf_text {
	PS_SPF_DOMAIN,	/* a domain-spec: without the letters c, r, t */
	PS_SPF_UNKNOWN, /* the value of a modifier that we do not know */
	PS_SPF_EXPLAIN	/* explanation text: all letters, and spaces */
};

/* Is all of it macro-strings?  ends_in_macro: the last piece is one. */
bool ps_spf_macro_check(
	struct ps_bytes text, enum ps_spf_text kind, bool *ends_in_macro);

struct ps_spf_macros {
	const struct ps_spf_query *q;
	struct ps_bytes domain; /* the one under evaluation: %{d} */
	/* For %{p}: a validated name of the client, or "unknown". */
	void *self;
	struct ps_bytes (*validated)(void *self, struct ps_bytes domain);
};

/*
 * Expand a checked text.  False when there can be no such name: the local part
 * is not ASCII (RFC 8616 section 4: terms with %{s} or %{l} match nothing), or
 * the text grows beyond max octets.
 */
bool ps_spf_macro_expand(struct ps_arena *a, const struct ps_spf_macros *m,
	struct ps_bytes text, size_t max, struct ps_bytes *out);

#endif
