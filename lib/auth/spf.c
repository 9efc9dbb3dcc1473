/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * From an SMTP transaction to the two identities that SPF judges.
 */
#include "auth/spf.h"

#include <netinet/in.h>

#include "dns/dns_name.h"

static void
none(const char *why, struct ps_spf_result *out)
{
	*out = (struct ps_spf_result){.result = PS_AUTH_NONE, .why = why};
}

/* An IPv4-mapped address is an IPv4 address (5). */
static bool
set_client(const struct sockaddr_storage *from, struct ps_spf_query *q)
{
	const void *at = from;
	const struct sockaddr_in *four = at;
	const struct sockaddr_in6 *six = at;

	if (from->ss_family == AF_INET) {
		q->client_len = 4;
		memcpy(q->client, &four->sin_addr, 4);
		return true;
	}
	if (from->ss_family != AF_INET6)
		return false;
	if (IN6_IS_ADDR_V4MAPPED(&six->sin6_addr)) {
		q->client_len = 4;
		memcpy(q->client, &six->sin6_addr.s6_addr[12], 4);
		return true;
	}
	q->client_len = 16;
	memcpy(q->client, &six->sin6_addr, 16);
	return true;
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

	if (!set_client(s->client, &q)) {
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
