/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Which record speaks for a domain, and which domain is its organisation's: by
 * the DNS tree walk (RFC 9989 section 4.10), or by the public suffix list.
 * Knows nothing of messages.
 */
#ifndef PS_AUTH_DMARC_WALK_H
#define PS_AUTH_DMARC_WALK_H

#include "auth/dmarc_record.h"

enum ps_dmarc_at {
	PS_DMARC_AT_NOTHING,
	PS_DMARC_AT_RECORD,
	PS_DMARC_AT_SEVERAL, /* which are all discarded (4.10 step 2) */
	PS_DMARC_AT_TROUBLE
};

/* What stands at "_dmarc." and a name. */
struct ps_dmarc_name {
	struct ps_bytes name;
	enum ps_dmarc_at at;
	struct ps_dmarc_record record;
	const char *why; /* of trouble */
	bool exists;	 /* something does at or below it, so the name does */
};

/* The look-ups of one message; no name is asked twice. */
struct ps_dmarc_look {
	struct ps_arena *a;
	struct ps_dns_budget *dns;
	enum ps_dmarc_discovery by; /* PS_DMARC_WALK or PS_DMARC_PSL */
	const struct ps_orgdom *psl;
	const struct ps_dmarc_name **name;
	size_t n_name;
	bool insecure; /* an answer was not proven by DNSSEC */
};

/* Start the query for the record at name. */
void ps_dmarc_look_ahead(
	struct ps_arena *a, struct ps_bytes name, struct ps_dns_budget *dns);

/*
 * The names of a tree walk, the start first: all its parents when it has at
 * most 7 labels, else those with 7 labels and fewer.
 */
size_t ps_dmarc_walk_names(
	struct ps_bytes start, struct ps_bytes out[PS_DMARC_MAX_WALK]);

struct ps_dmarc_found {
	const struct ps_dmarc_name *policy; /* NULL when there is none */
	bool several;			    /* the author domain has several */
	const char *policy_trouble; /* nobody knows which, or whether one */
	/* Empty when it is not known, and for a public suffix by the list. */
	struct ps_bytes org;
	const char *org_trouble;
};

/*
 * The record to apply to an author domain: its own, else its organisation's,
 * else its public suffix domain's (4.10.1).
 */
void ps_dmarc_find(struct ps_dmarc_look *l, struct ps_bytes author,
	struct ps_dmarc_found *out);

/* The organisational domain alone (4.10.2); NULL, or the trouble. */
const char *ps_dmarc_find_org(
	struct ps_dmarc_look *l, struct ps_bytes name, struct ps_bytes *org);

/*
 * Does the domain exist, which is whether a query for it gives something else
 * than NXDOMAIN (3.2.13)?
 */
enum ps_dmarc_exists {
	PS_DMARC_EXISTS_NOT,
	PS_DMARC_EXISTS,
	PS_DMARC_EXISTS_TROUBLE
};
enum ps_dmarc_exists ps_dmarc_find_name(
	struct ps_dmarc_look *l, struct ps_bytes name, const char **why);

#endif
