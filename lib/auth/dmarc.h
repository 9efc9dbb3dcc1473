/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * DMARC (RFC 9989): does an authenticated domain speak for the From field, and
 * what does that domain ask for when none does?  Our evaluation decides;
 * libopendmarc, fed with what we found, is compared.
 */
#ifndef PS_AUTH_DMARC_H
#define PS_AUTH_DMARC_H

#include "auth/result.h"
#include "dns/dns.h"
#include "dns/orgdom.h"
#include "mail/addr.h"
#include "mail/header.h"

#define PS_DMARC_MAX_WALK 8  /* queries of one tree walk (4.10) */
#define PS_DMARC_MAX_FROM 10 /* domains in one From that are evaluated */

/*
 * How organisational domains and policies are found.  Records mean what
 * RFC 9989 says either way: np and t hold, pct does not.
 */
enum ps_dmarc_discovery {
	PS_DMARC_WALK, /* RFC 9989 */
	PS_DMARC_PSL,  /* RFC 7489, public suffix list; psd is not read */
	PS_DMARC_BOTH  /* the walk decides, a difference is told */
};

enum ps_dmarc_policy {
	PS_DMARC_POLICY_NONE,
	PS_DMARC_POLICY_QUARANTINE,
	PS_DMARC_POLICY_REJECT
};

/* What the From field is (RFC 9989 section 11.5 and RFC 5322 3.6.2). */
enum ps_dmarc_from {
	PS_DMARC_FROM_ONE,	/* one domain, whatever the spelling */
	PS_DMARC_FROM_MANY,	/* several; each is evaluated, strictest wins */
	PS_DMARC_FROM_ABSENT,	/* no From field, or no address in it */
	PS_DMARC_FROM_AMBIGUOUS /* several fields, group syntax, unparsable:
				   readers may see different authors */
};

/* A domain that authenticated the message. */
struct ps_dmarc_identity {
	struct ps_bytes domain; /* lower-case A-label */
	bool dkim;		/* by a DKIM pass; else by an SPF pass */
	bool temperror;		/* may have: its method could not finish */
};

struct ps_dmarc_question {
	const struct ps_header *header;
	const struct ps_dmarc_identity *identity;
	size_t n_identity;
	enum ps_dmarc_discovery discovery;
	const struct ps_orgdom *psl; /* NULL under PS_DMARC_WALK */
};

struct ps_dmarc_result {
	/*
	 * none: no record that can be used.  pass, fail.  temperror: the DNS
	 * did not say, or an aligned method may still pass.  permerror: the
	 * From field is absent or ambiguous; what follows is then said of the
	 * strictest domain that could be read in it, and policy is what its
	 * owner asks for mail that fails, if this would fail.
	 *
	 * Of many author domains the strictest outcome stands: fail/reject,
	 * fail/quarantine, temperror, fail/none, none, pass.
	 */
	enum ps_auth_result result;
	const char *why; /* of all but pass; printable */
	enum ps_dmarc_from from;
	struct ps_bytes from_domain;   /* lower-case A-label; the one judged
					  (the strictest of many) */
	struct ps_bytes policy_domain; /* where the record stands */
	struct ps_bytes org_domain;    /* empty when nobody knows */
	struct ps_bytes record;	       /* as published, empty when none */
	/* What the owner asks for, after sp, np and t=y. */
	enum ps_dmarc_policy policy;
	enum ps_dmarc_policy published; /* before t=y */
	const char *which;		/* "p", "sp", "np" */
	bool testing;			/* t=y */
	struct ps_bytes aligned;	/* the identity that made it pass */
	bool by_dkim, by_spf;		/* who was aligned and passed */
	const char *differs;  /* PS_DMARC_BOTH: how the list differs; NULL */
	const char *mismatch; /* libopendmarc says otherwise; NULL */
	bool secure;	      /* DNSSEC proves records and absences */
};

/* Start the look-ups: the first two author domains and their parents of two
 * labels and more. */
void ps_dmarc_ahead(struct ps_arena *a, const struct ps_header *h,
	struct ps_dns_budget *dns);
/* Cannot fail.  Identities in any order; one that is no domain is left out. */
void ps_dmarc_evaluate(struct ps_arena *a, const struct ps_dmarc_question *q,
	struct ps_dns_budget *dns, struct ps_dmarc_result *out);

/*
 * The domains of From as DMARC sees them, for policy too: lower-case A-labels
 * without repetition, PS_DMARC_MAX_FROM at most (more is ambiguous).  addr has
 * every mailbox that could be read, of an ambiguous From too.
 */
struct ps_dmarc_author {
	enum ps_dmarc_from from;
	const char *why; /* of absent and ambiguous */
	struct ps_addr *addr;
	size_t n_addr;
	/* Of an ambiguous field also what stands behind any "@" in it. */
	struct ps_bytes *domain;
	size_t n_domain;
	bool crowded; /* there are more, which nobody judges */
};
void ps_dmarc_author(struct ps_arena *a, const struct ps_header *h,
	struct ps_dmarc_author *out);

#endif
