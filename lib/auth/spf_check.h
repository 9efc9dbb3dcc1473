/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * One SPF check under way: what it has spent, and the questions it asks.  For
 * spf_eval.c only.
 */
#ifndef PS_AUTH_SPF_CHECK_H
#define PS_AUTH_SPF_CHECK_H

#include "auth/spf_macro.h"
#include "auth/spf_parse.h"

/* How a term turned out. */
enum ps_spf_match {
	PS_SPF_NO,
	PS_SPF_YES,
	PS_SPF_TEMP, /* the whole check ends as temperror */
	PS_SPF_PERM  /* ... as permerror */
};

struct ps_spf_check {
	struct ps_arena *a;
	const struct ps_spf_query *q;
	struct ps_dns_budget *dns;
	size_t n_term, n_void;
	bool secure;
	const char *why; /* set with PS_SPF_TEMP and PS_SPF_PERM */
	bool has_names;	 /* those that the client's PTR proves (5.5) */
	struct ps_bytes name[PS_SPF_MAX_NAME];
	size_t n_name;
};

/*
 * One look-up of a term.  PS_SPF_YES when something was found, PS_SPF_NO for an
 * absence within the limit of void look-ups.
 */
enum ps_spf_match ps_spf_check_ask(struct ps_spf_check *c, struct ps_bytes name,
	enum ps_dns_type type, struct ps_dns_answer *out);

/* Is the client among the addresses of a host, up to the prefix? */
enum ps_spf_match ps_spf_check_host(struct ps_spf_check *c,
	struct ps_bytes host, const struct ps_spf_term *t);
enum ps_spf_match ps_spf_check_mx(struct ps_spf_check *c,
	struct ps_bytes domain, const struct ps_spf_term *t);
/* ip4 and ip6. */
bool ps_spf_check_network(
	const struct ps_spf_check *c, const struct ps_spf_term *t);
/* Does a name that the client's PTR proves stand within the domain? */
bool ps_spf_check_ptr(struct ps_spf_check *c, struct ps_bytes domain);

/* For %{p}: self is the check. */
struct ps_bytes ps_spf_check_name(void *self, struct ps_bytes domain);

#endif
