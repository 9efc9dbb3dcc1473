/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * From an SMTP transaction to the two identities that SPF judges.
 */
#include "auth/spf.h"

#include "auth/client.h"
#include "dns/dns_name.h"

static void
none(const char *why, struct ps_spf_result *out)
{
	*out = (struct ps_spf_result){.result = PS_AUTH_NONE, .why = why};
}

static void
judge(struct ps_arena *a, const struct ps_spf_sender *s, struct ps_bytes local,
	struct ps_bytes domain, struct ps_dns_budget *dns,
	struct ps_spf_result *out)
{
	struct ps_spf_query q = {.helo = s->helo,
		.receiver = s->receiver,
		.sender_local = local.len > 0 ? local : PS_LIT("postmaster"),
		.now_s = s->now_s};
	const char *why = NULL;

	q.client_len = ps_client_address(s->client, q.client);
	if (q.client_len == 0) {
		none("the client has no IP address", out);
		return;
	}
	if (!ps_dns_name_border(a, domain, &q.domain, &why)) {
		none(why, out);
		return;
	}
	if (ps_bytes_chr(q.domain, '.') == PS_NOT_FOUND) {
		none("the domain is not fully qualified", out);
		return;
	}
	q.sender_domain = q.domain;
	ps_spf_eval(a, &q, dns, out);
}

void
ps_spf_helo(struct ps_arena *a, const struct ps_spf_sender *sender,
	struct ps_dns_budget *dns, struct ps_spf_result *out)
{
	judge(a, sender, PS_LIT(""), sender->helo, dns, out);
}

void
ps_spf_mail_from(struct ps_arena *a, const struct ps_spf_sender *sender,
	struct ps_dns_budget *dns, struct ps_spf_result *out)
{
	if (sender->local.len == 0 && sender->domain.len == 0)
		ps_spf_helo(a, sender, dns, out);
	else
		judge(a, sender, sender->local, sender->domain, dns, out);
}
