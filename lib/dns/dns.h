/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Questions to the DNS.  Every answer is one of three: found, does not exist
 * (no such name and no such record are told apart, RFC 2308), or trouble;
 * trouble is never read as "does not exist".
 *
 * An adapter (a resolver, a zone file, a fake) answers; callers ask through
 * ps_dns_ask(), which checks the name first and keeps the message's budget.
 */
#ifndef PS_DNS_DNS_H
#define PS_DNS_DNS_H

#include <stdint.h>

#include "base/arena.h"
#include "base/wait.h"

enum ps_dns_type {
	PS_DNS_A = 1,
	PS_DNS_CNAME = 5,
	PS_DNS_PTR = 12,
	PS_DNS_MX = 15,
	PS_DNS_TXT = 16,
	PS_DNS_AAAA = 28,
	PS_DNS_OPENPGPKEY = 61
};

enum ps_dns_status {
	PS_DNS_FOUND,
	PS_DNS_NODATA,	 /* the name exists, or something below it does */
	PS_DNS_NXDOMAIN, /* no such name */
	PS_DNS_TROUBLE	 /* nobody knows: SERVFAIL, bogus, late, over budget */
};

struct ps_dns_answer {
	enum ps_dns_status status;
	/* Record data in wire form (dns_rdata.h), names uncompressed, CNAMEs
	 * already followed; none unless found. */
	const struct ps_bytes *rr;
	size_t n_rr;
	bool secure;	 /* DNSSEC proves this, an absence too */
	bool bogus;	 /* the trouble is a failed DNSSEC check */
	const char *why; /* of trouble, or of a name that cannot exist */
};

/*
 * name is what ps_dns_name_check() accepts, in lower case.  query fills *out
 * within the wait, whose deadline is this query's; what *out points to lives in
 * a.  With no time left it begins what is not known, and returns at once.
 * ahead starts the same query for a later one to find, and returns at once;
 * it may be NULL.  Both may be called by any thread.
 */
struct ps_dns {
	void *self;
	void (*query)(void *self, struct ps_arena *a, struct ps_bytes name,
		enum ps_dns_type type, const struct ps_wait *wait,
		struct ps_dns_answer *out);
	void (*ahead)(void *self, struct ps_bytes name, enum ps_dns_type type);
};

/* What one message may spend; belongs to one thread at a time. */
struct ps_dns_budget {
	const struct ps_dns *dns;
	const struct ps_wait *wait; /* of the whole message */
	/* The most that one query may take.  0 is a dry run: what is known is
	 * told, what is not is begun for a later look, trouble meanwhile, and
	 * nothing ever blocks. */
	int64_t query_ms;
	size_t max_query;
	size_t n_query, n_ahead; /* so far */
};

#define PS_DNS_QUERY_MS	 10000
#define PS_DNS_MAX_QUERY 400

/*
 * Ask, within the budget.  name: labels with dots between them, any octets, any
 * case, one final dot allowed.  A name that cannot be in the DNS (RFC 1035
 * 2.3.4) does not exist, with *out->why saying so; it costs no query.
 */
void ps_dns_ask(struct ps_arena *a, struct ps_bytes name, enum ps_dns_type type,
	struct ps_dns_budget *budget, struct ps_dns_answer *out);

/*
 * Start a query that will be asked in a moment, so that several run side by
 * side.  Does nothing over the budget, for a name that cannot exist, and where
 * the adapter does not wait anyway.
 */
void ps_dns_ahead(struct ps_bytes name, enum ps_dns_type type,
	struct ps_dns_budget *budget);

#endif
