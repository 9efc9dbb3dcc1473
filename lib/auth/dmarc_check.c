/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * The only user of libopendmarc.  It never sees the message, the network or a
 * record that an owner wrote: its alignment, organisational domains, DNS and
 * parsers are wrong in ways that let forgeries pass (1.4.2).  It gets the
 * author domain, that domain again for each method whose aligned pass we found,
 * and a record of two tags, in a fresh context.
 */
#include "auth/dmarc_check.h"

#include <opendmarc/dmarc.h>
#include <pthread.h>

#include "auth/dmarc_record.h"
#include "dns/dns_name.h"

/* Strings that the library takes without const; it copies them. */
struct text {
	unsigned char domain[PS_DNS_NAME_MAX + 1], record[64], human[8];
};

static pthread_once_t once = PTHREAD_ONCE_INIT;

static void
init(void)
{
	/* The library keeps the address. */
	static OPENDMARC_LIB_T library;

	library.tld_type = OPENDMARC_TLD_TYPE_NONE;
	opendmarc_policy_library_init(&library);
}

static void
set_text(struct text *t, const struct ps_dmarc_result *r)
{
	memset(t, 0, sizeof(*t));
	memcpy(t->domain, r->from_domain.p, r->from_domain.len);
	snprintf((char *)t->record, sizeof(t->record), "v=DMARC1; p=%s",
		ps_dmarc_policy_name(r->policy));
	memcpy(t->human, "pass", sizeof("pass"));
}

static int
ask(DMARC_POLICY_T *ctx, struct text *t, const struct ps_dmarc_result *r)
{
	int s = opendmarc_policy_store_from_domain(ctx, t->domain);

	if (s == DMARC_PARSE_OKAY && r->by_dkim)
		s = opendmarc_policy_store_dkim(ctx, t->domain, NULL,
			DMARC_POLICY_DKIM_OUTCOME_PASS, t->human);
	if (s == DMARC_PARSE_OKAY && r->by_spf)
		s = opendmarc_policy_store_spf(ctx, t->domain,
			DMARC_POLICY_SPF_OUTCOME_PASS,
			DMARC_POLICY_SPF_ORIGIN_MAILFROM, t->human);
	if (s == DMARC_PARSE_OKAY)
		s = opendmarc_policy_store_dmarc(
			ctx, t->record, t->domain, NULL);
	return s == DMARC_PARSE_OKAY ? opendmarc_get_policy_to_enforce(ctx) : s;
}

static int
ours(const struct ps_dmarc_result *r)
{
	if (r->result == PS_AUTH_PASS)
		return DMARC_POLICY_PASS;
	if (r->policy == PS_DMARC_POLICY_REJECT)
		return DMARC_POLICY_REJECT;
	return r->policy == PS_DMARC_POLICY_QUARANTINE ? DMARC_POLICY_QUARANTINE
						       : DMARC_POLICY_NONE;
}

static const char *
word(int status)
{
	switch (status) {
	case DMARC_POLICY_ABSENT:
		return "no policy";
	case DMARC_POLICY_PASS:
		return "pass";
	case DMARC_POLICY_REJECT:
		return "reject";
	case DMARC_POLICY_QUARANTINE:
		return "quarantine";
	case DMARC_POLICY_NONE:
		return "none";
	default:
		return NULL;
	}
}

const char *
ps_dmarc_check(struct ps_arena *a, const struct ps_dmarc_result *r)
{
	unsigned char address[] = "192.0.2.1"; /* is not used */
	DMARC_POLICY_T *ctx;
	struct text t;
	int theirs;

	if ((r->result != PS_AUTH_PASS && r->result != PS_AUTH_FAIL) ||
		r->from_domain.len > PS_DNS_NAME_MAX)
		return NULL;
	pthread_once(&once, init);
	/* The second argument says whether the address is IPv6. */
	ctx = opendmarc_policy_connect_init(address, 0);
	if (ctx == NULL)
		return "libopendmarc has no memory";
	set_text(&t, r);
	theirs = ask(ctx, &t, r);
	opendmarc_policy_connect_shutdown(ctx);
	if (theirs == ours(r))
		return NULL;
	if (word(theirs) == NULL)
		return ps_arena_printf(
			a, "libopendmarc fails with status %d", theirs);
	return ps_arena_printf(a, "libopendmarc says %s", word(theirs));
}
