/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Names are checked and the message's budget is kept here, so that no adapter
 * has to.
 */
#include "dns/dns.h"

#include "dns/dns_name.h"

void
ps_dns_ask(struct ps_arena *a, struct ps_bytes name, enum ps_dns_type type,
	struct ps_dns_budget *budget, struct ps_dns_answer *out)
{
	char folded[PS_DNS_NAME_MAX];
	struct ps_wait wait;

	*out = (struct ps_dns_answer){.status = PS_DNS_NXDOMAIN};
	if (!ps_dns_name_fold(name, folded, &name.len, &out->why))
		return;
	name.p = folded;
	out->status = PS_DNS_TROUBLE;
	out->why = "the DNS look-ups of this message are used up";
	if (budget->n_query >= budget->max_query)
		return;
	out->why = "the time for this message is used up";
	if (ps_wait_left(budget->wait) == 0)
		return;
	budget->n_query++;
	wait = ps_wait_within(budget->wait, budget->query_ms);
	*out = (struct ps_dns_answer){.status = PS_DNS_TROUBLE};
	budget->dns->query(budget->dns->self, a, name, type, &wait, out);
	if (out->status != PS_DNS_FOUND)
		out->n_rr = 0;
}

void
ps_dns_ahead(struct ps_bytes name, enum ps_dns_type type,
	struct ps_dns_budget *budget)
{
	char folded[PS_DNS_NAME_MAX];
	const char *why;

	if (budget->dns->ahead == NULL ||
		budget->n_ahead >= budget->max_query ||
		ps_wait_left(budget->wait) == 0 ||
		!ps_dns_name_fold(name, folded, &name.len, &why))
		return;
	name.p = folded;
	budget->n_ahead++;
	budget->dns->ahead(budget->dns->self, name, type);
}
