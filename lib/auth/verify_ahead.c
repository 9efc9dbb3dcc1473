/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Look-ups before their time.  SPF asks one thing after another; a dry run
 * over what the cache has starts the next of them and gives up at once, so
 * that by the end of the message the chain has often been walked.
 */
#include "auth/verify_ahead.h"

struct ps_spf_sender
ps_verify_sender(const struct ps_session *s, const struct ps_txn *t,
	const struct ps_verifier *v)
{
	struct ps_spf_sender sender = {
		.client = &s->client,
		.helo = s->helo,
		.receiver = ps_bytes_of(v->settings->receiver),
		.now_s = v->now_s,
	};

	if (t != NULL) {
		sender.local = t->mail_from.local;
		sender.domain = t->mail_from.domain;
	}
	return sender;
}

static void
dry_spf(struct ps_arena *a, const struct ps_session *s, const struct ps_txn *t,
	const struct ps_verifier *v, struct ps_dns_budget *dns)
{
	const struct ps_spf_sender sender = ps_verify_sender(s, t, v);
	struct ps_spf_result ignored;
	struct ps_dns_budget dry = *dns;

	dry.query_ms = 0;
	if (s->helo.len > 0)
		ps_spf_helo(a, &sender, &dry, &ignored);
	if (t != NULL)
		ps_spf_mail_from(a, &sender, &dry, &ignored);
}

/* Where SPF waits for its second answer, the client's PTR is there, and what
 * it leads to can be asked for beside it. */
static void
query_beside(void *self, struct ps_arena *a, struct ps_bytes name,
	enum ps_dns_type type, const struct ps_wait *wait,
	struct ps_dns_answer *out)
{
	struct ps_verify_beside *b = self;
	const struct ps_dns *dns = b->budget.dns;

	if (!b->done)
		b->done = ps_iprev_ahead(a, b->client, &b->budget);
	dns->query(dns->self, a, name, type, wait, out);
}

static void
ahead_beside(void *self, struct ps_bytes name, enum ps_dns_type type)
{
	const struct ps_verify_beside *b = self;

	b->budget.dns->ahead(b->budget.dns->self, name, type);
}

void
ps_verify_beside(const struct ps_session *s, const struct ps_dns_budget *dns,
	struct ps_verify_beside *out)
{
	*out = (struct ps_verify_beside){
		.dns = {.self = out,
			.query = query_beside,
			.ahead = dns->dns->ahead == NULL ? NULL : ahead_beside},
		.budget = *dns,
		.client = &s->client,
	};
}

void
ps_verify_start(struct ps_arena *a, const struct ps_session *s,
	const struct ps_txn *t, bool has_header, const struct ps_verifier *v,
	unsigned methods, struct ps_dns_budget *dns)
{
	if (methods == 0 || v->dns->ahead == NULL)
		return;
	if ((methods & PS_METHOD_IPREV) != 0)
		(void)ps_iprev_ahead(a, &s->client, dns);
	if ((methods & PS_METHOD_SPF) != 0)
		dry_spf(a, s, t, v, dns);
	if (!has_header)
		return;
	if ((methods & PS_METHOD_DKIM) != 0)
		ps_dkim_ahead(a, &t->message.header, dns);
	if ((methods & PS_METHOD_ARC) != 0)
		ps_arc_ahead(a, &t->message.header, dns);
	if ((methods & PS_METHOD_DMARC) != 0)
		ps_dmarc_ahead(a, &t->message.header, dns);
}

void
ps_verify_ahead(struct ps_arena *a, const struct ps_session *s,
	const struct ps_txn *t, bool has_header, const struct ps_verifier *v)
{
	struct ps_wait wait = *v->wait;
	struct ps_dns_budget dns = {
		.dns = v->dns,
		.wait = &wait,
		.max_query = v->settings->max_queries,
	};

	wait.blocking = NULL; /* nothing here blocks */
	if (!v->trusted_client)
		ps_verify_start(a, s, t, has_header, v, v->methods, &dns);
}
