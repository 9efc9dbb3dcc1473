/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * The names of the client's PTR, ten of them at most, are looked up side by
 * side; the first that has the client's address is its name.
 */
#include "auth/iprev.h"

#include "auth/client.h"
#include "dns/dns_name.h"
#include "dns/dns_rdata.h"

struct names {
	struct ps_bytes name[PS_IPREV_MAX_NAMES];
	size_t n_name;
};

/* What the client is asked for by: its PTR, and its names' addresses. */
struct client {
	unsigned char addr[16];
	size_t len;
	enum ps_dns_type type;
	char reverse[80];
	struct ps_bytes ptr;
};

static bool
set_client(const struct sockaddr_storage *from, struct client *c)
{
	c->len = ps_client_address(from, c->addr);
	if (c->len == 0)
		return false;
	c->type = c->len == 4 ? PS_DNS_A : PS_DNS_AAAA;
	c->ptr = ps_dns_name_reverse(c->addr, c->len, c->reverse);
	return true;
}

/* A name that could not be a host's cannot be confirmed either. */
static void
collect(struct ps_arena *a, const struct ps_dns_answer *ptr, struct names *out)
{
	struct ps_bytes name;
	const char *why;

	out->n_name = 0;
	for (size_t i = 0; i < ptr->n_rr && i < PS_IPREV_MAX_NAMES; i++)
		if (ps_dns_rdata_name(a, ptr->rr[i], &name) &&
			ps_dns_name_border(
				a, name, &out->name[out->n_name], &why))
			out->n_name++;
}

static bool
has_client(const struct ps_dns_answer *answer, const struct client *c)
{
	for (size_t i = 0; i < answer->n_rr; i++)
		if (answer->rr[i].len == c->len &&
			memcmp(answer->rr[i].p, c->addr, c->len) == 0)
			return true;
	return false;
}

/* The first confirmed name; what else there is to say, when there is none. */
static void
confirm(struct ps_arena *a, const struct names *names, const struct client *c,
	struct ps_dns_budget *dns, struct ps_iprev_result *out)
{
	struct ps_dns_answer answer;

	out->result = PS_AUTH_FAIL;
	out->why = names->n_name == 0
			   ? "the PTR holds no host name"
			   : "no name of the PTR has the client's address";
	for (size_t i = 0; i < names->n_name; i++)
		ps_dns_ahead(names->name[i], c->type, dns);
	for (size_t i = 0; i < names->n_name; i++) {
		ps_dns_ask(a, names->name[i], c->type, dns, &answer);
		if (has_client(&answer, c)) {
			out->result = PS_AUTH_PASS;
			out->why = NULL;
			out->name = names->name[i];
			out->secure &= answer.secure;
			return;
		}
		if (answer.status == PS_DNS_TROUBLE) {
			out->result = PS_AUTH_TEMPERROR;
			out->why = ps_arena_printf(a, "%.*s: %s",
				PS_FMT(names->name[i]), answer.why);
		}
	}
	out->secure = false;
}

void
ps_iprev(struct ps_arena *a, const struct sockaddr_storage *from,
	struct ps_dns_budget *dns, struct ps_iprev_result *out)
{
	struct ps_dns_answer ptr;
	struct client c;
	struct names names;

	*out = (struct ps_iprev_result){
		.result = PS_AUTH_NONE, .why = "the client has no IP address"};
	if (!set_client(from, &c))
		return;
	ps_dns_ask(a, c.ptr, PS_DNS_PTR, dns, &ptr);
	out->secure = ptr.secure;
	if (ptr.status == PS_DNS_TROUBLE) {
		out->result = PS_AUTH_TEMPERROR;
		out->why = ps_arena_printf(a, "PTR: %s", ptr.why);
		return;
	}
	if (ptr.status != PS_DNS_FOUND) {
		out->result = PS_AUTH_PERMERROR;
		out->why = "the client has no PTR";
		return;
	}
	collect(a, &ptr, &names);
	confirm(a, &names, &c, dns, out);
}

bool
ps_iprev_ahead(struct ps_arena *a, const struct sockaddr_storage *client,
	const struct ps_dns_budget *dns)
{
	struct ps_dns_budget dry = *dns;
	struct ps_iprev_result r;

	dry.query_ms = 0;
	ps_iprev(a, client, &dry, &r);
	return r.result != PS_AUTH_TEMPERROR;
}
