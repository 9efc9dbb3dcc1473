/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * The addresses of a host by our own resolver, each judged before anybody
 * connects to it.
 */
#include "https/https_resolve.h"

#include <arpa/inet.h>

#include "base/str.h"
#include "dns/dns_name.h"
#include "https/https_curl.h"

/* Once one family has an address the other is not waited for as long: name
 * servers that swallow AAAA are common (RFC 8305 section 3). */
#define SECOND_MS 1000

const char *
ps_https_address_text(struct ps_arena *a, struct ps_bytes address)
{
	char text[INET6_ADDRSTRLEN] = "";

	inet_ntop(address.len == 4 ? AF_INET : AF_INET6, address.p, text,
		sizeof(text));
	return ps_arena_strdup(a, text);
}

/*
 * Letters, digits, hyphens, and a last label that is no number: whatever else
 * there is may be read as an address (inet_aton(3) knows "0x7f.1").
 */
static bool
is_host_name(struct ps_bytes host)
{
	const char *why;
	size_t last = 0;

	for (size_t i = 0; i < host.len; i++) {
		int c = (unsigned char)host.p[i];

		if (c == '.')
			last = i + 1;
		else if (!ps_is_digit(c) && c != '-' && c != '_' &&
			 (!ps_is_alpha(c) || ps_lower(c) != c))
			return false;
	}
	return ps_dns_name_check(host, &why) && !ps_is_digit(host.p[last]);
}

struct look {
	struct ps_arena *a;
	bool private_addresses;
	struct ps_https_addresses *out;
	const char *refused; /* an address that must not be asked */
	const char *trouble;
};

static void
take(struct look *l, const struct ps_dns_answer *answer, size_t len)
{
	if (answer->status == PS_DNS_TROUBLE)
		l->trouble = answer->why == NULL ? "no answer" : answer->why;
	for (size_t i = 0; i < answer->n_rr; i++) {
		struct ps_bytes address = answer->rr[i];

		if (address.len != len)
			continue;
		if (!l->private_addresses && !ps_https_is_public(address))
			l->refused = ps_https_address_text(l->a, address);
		else if (l->out->n < PS_HTTPS_MAX_ADDRESSES)
			l->out->address[l->out->n++] = address;
	}
}

static void
ask(struct look *l, struct ps_bytes host, const struct ps_dns *dns,
	const struct ps_wait *wait)
{
	struct ps_dns_budget budget = {.dns = dns,
		.wait = wait,
		.query_ms = PS_HTTPS_DNS_MS,
		.max_query = 2};
	struct ps_dns_answer answer;

	ps_dns_ahead(host, PS_DNS_AAAA, &budget);
	ps_dns_ask(l->a, host, PS_DNS_A, &budget, &answer);
	take(l, &answer, 4);
	if (l->out->n > 0)
		budget.query_ms = SECOND_MS;
	ps_dns_ask(l->a, host, PS_DNS_AAAA, &budget, &answer);
	take(l, &answer, 16);
}

enum ps_https_outcome
ps_https_resolve(struct ps_arena *a, const struct ps_dns *dns, const char *host,
	bool private_addresses, const struct ps_wait *wait,
	struct ps_https_addresses *out, const char **why)
{
	struct ps_bytes name = ps_bytes_of(host);
	struct look l = {
		.a = a, .private_addresses = private_addresses, .out = out};

	out->n = 0;
	if (!is_host_name(name)) {
		*why = ps_arena_printf(
			a, "%s is no host name", ps_str_printable(a, name, 80));
		return PS_HTTPS_REFUSED;
	}
	ask(&l, name, dns, wait);
	if (out->n > 0)
		return PS_HTTPS_FOUND;
	if (l.trouble != NULL) {
		*why = ps_arena_printf(a, "DNS of %s: %s", host, l.trouble);
		return PS_HTTPS_DNS;
	}
	if (l.refused != NULL) {
		*why = ps_arena_printf(a,
			"the address %s of %s is not of the public Internet",
			l.refused, host);
		return PS_HTTPS_REFUSED;
	}
	*why = ps_arena_printf(a, "%s does not exist", host);
	return PS_HTTPS_NO_HOST;
}
