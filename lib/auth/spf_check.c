/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * The look-ups of SPF's mechanisms and their limits.
 */
#include "auth/spf_check.h"

#include "dns/dns_name.h"
#include "dns/dns_rdata.h"

enum ps_spf_match
ps_spf_check_ask(struct ps_spf_check *c, struct ps_bytes name,
	enum ps_dns_type type, struct ps_dns_answer *out)
{
	ps_dns_ask(c->a, name, type, c->dns, out);
	c->secure &= out->secure;
	if (out->status == PS_DNS_FOUND)
		return PS_SPF_YES;
	if (out->status == PS_DNS_TROUBLE) {
		c->why = ps_arena_printf(c->a, "DNS: %s", out->why);
		return PS_SPF_TEMP;
	}
	/* A name that cannot be asked was no look-up (4.8). */
	if (out->why != NULL || ++c->n_void <= PS_SPF_MAX_VOID)
		return PS_SPF_NO;
	c->why = "more than 2 void look-ups";
	return PS_SPF_PERM;
}

static bool
same_network(const unsigned char *x, const unsigned char *y, unsigned prefix)
{
	unsigned octets = prefix / 8, bits = prefix % 8;

	if (memcmp(x, y, octets) != 0)
		return false;
	return bits == 0 || ((x[octets] ^ y[octets]) >> (8 - bits)) == 0;
}

static enum ps_dns_type
address_type(const struct ps_spf_check *c)
{
	return c->q->client_len == 4 ? PS_DNS_A : PS_DNS_AAAA;
}

static bool
is_among(const struct ps_spf_check *c, const struct ps_dns_answer *answer,
	unsigned prefix)
{
	unsigned char addr[16];

	for (size_t i = 0; i < answer->n_rr; i++) {
		if (answer->rr[i].len != c->q->client_len)
			continue;
		memcpy(addr, answer->rr[i].p, c->q->client_len);
		if (same_network(addr, c->q->client, prefix))
			return true;
	}
	return false;
}

enum ps_spf_match
ps_spf_check_host(struct ps_spf_check *c, struct ps_bytes host,
	const struct ps_spf_term *t)
{
	struct ps_dns_answer answer;
	enum ps_spf_match m =
		ps_spf_check_ask(c, host, address_type(c), &answer);

	if (m != PS_SPF_YES)
		return m;
	return is_among(c, &answer,
		       c->q->client_len == 4 ? t->prefix4 : t->prefix6)
		       ? PS_SPF_YES
		       : PS_SPF_NO;
}

/* Hosts in the order of the answer; a null MX (RFC 7505) names none. */
enum ps_spf_match
ps_spf_check_mx(struct ps_spf_check *c, struct ps_bytes domain,
	const struct ps_spf_term *t)
{
	struct ps_bytes host[PS_SPF_MAX_NAME];
	struct ps_dns_answer answer;
	enum ps_spf_match m = ps_spf_check_ask(c, domain, PS_DNS_MX, &answer);
	uint16_t preference;
	size_t n = 0;

	if (m != PS_SPF_YES)
		return m;
	if (answer.n_rr > PS_SPF_MAX_NAME) {
		c->why = "more than 10 MX records";
		return PS_SPF_PERM;
	}
	for (size_t i = 0; i < answer.n_rr; i++)
		if (ps_dns_rdata_mx(
			    c->a, answer.rr[i], &preference, &host[n]) &&
			host[n].len > 0)
			ps_dns_ahead(host[n++], address_type(c), c->dns);
	m = PS_SPF_NO;
	for (size_t i = 0; i < n && m == PS_SPF_NO; i++)
		m = ps_spf_check_host(c, host[i], t);
	return m;
}

bool
ps_spf_check_network(const struct ps_spf_check *c, const struct ps_spf_term *t)
{
	bool four = t->kind == PS_SPF_IP4;

	return (c->q->client_len == 4) == four &&
	       same_network(
		       t->addr, c->q->client, four ? t->prefix4 : t->prefix6);
}

/*
 * The first 10 names of the client's PTR whose addresses hold the client.  The
 * client's zone is not the policy's: trouble there is no match (5.5), and what
 * is missing there is no void look-up of the policy.  Done once a check.
 */
static void
find_names(struct ps_spf_check *c)
{
	struct ps_bytes name[PS_SPF_MAX_NAME];
	struct ps_dns_answer answer;
	char reverse[80];
	size_t n = 0;

	c->has_names = true;
	ps_dns_ask(c->a,
		ps_dns_name_reverse(c->q->client, c->q->client_len, reverse),
		PS_DNS_PTR, c->dns, &answer);
	c->secure &= answer.secure;
	for (size_t i = 0; i < answer.n_rr && i < PS_SPF_MAX_NAME; i++)
		if (ps_dns_rdata_name(c->a, answer.rr[i], &name[n]) &&
			name[n].len > 0)
			ps_dns_ahead(name[n++], address_type(c), c->dns);
	for (size_t i = 0; i < n; i++) {
		ps_dns_ask(c->a, name[i], address_type(c), c->dns, &answer);
		c->secure &= answer.secure;
		if (is_among(c, &answer, (unsigned)c->q->client_len * 8))
			c->name[c->n_name++] = name[i];
	}
}

bool
ps_spf_check_ptr(struct ps_spf_check *c, struct ps_bytes domain)
{
	if (!c->has_names)
		find_names(c);
	for (size_t i = 0; i < c->n_name; i++)
		if (ps_dns_name_within(c->name[i], domain))
			return true;
	return false;
}

/* The domain itself, else a name below it, else any (7.3). */
struct ps_bytes
ps_spf_check_name(void *self, struct ps_bytes domain)
{
	struct ps_spf_check *c = self;

	if (!c->has_names)
		find_names(c);
	for (size_t i = 0; i < c->n_name; i++)
		if (ps_bytes_ieq(c->name[i], domain))
			return c->name[i];
	for (size_t i = 0; i < c->n_name; i++)
		if (ps_dns_name_within(c->name[i], domain))
			return c->name[i];
	return c->n_name > 0 ? c->name[0] : PS_LIT("unknown");
}
