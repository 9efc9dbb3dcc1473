/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * What tests of SPF share: one check of a MAIL FROM against a zone, and one of
 * a record with a few hosts beside it.  Every check is held to the RFC's number
 * of queries.
 */
#ifndef PS_T_SPF_WORLD_H
#define PS_T_SPF_WORLD_H

#include "tap.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include "auth/spf.h"
#include "base/buf.h"
#include "dns_world.h"

#define N(a) (sizeof(a) / sizeof((a)[0]))

static inline struct sockaddr_storage
spf_client(const char *text)
{
	struct sockaddr_in four = {.sin_family = AF_INET};
	struct sockaddr_in6 six = {.sin6_family = AF_INET6};
	struct sockaddr_storage out = {.ss_family = AF_UNSPEC};

	if (inet_pton(AF_INET, text, &four.sin_addr) == 1)
		memcpy(&out, &four, sizeof(four));
	else if (inet_pton(AF_INET6, text, &six.sin6_addr) == 1)
		memcpy(&out, &six, sizeof(six));
	return out;
}

static inline struct ps_spf_result
spf_check(struct dns_world *w, const char *ip, const char *local,
	const char *domain)
{
	struct sockaddr_storage from = spf_client(ip);
	struct ps_spf_sender s = {.client = &from,
		.helo = PS_LIT("helo.example.net"),
		.local = ps_bytes_of(local),
		.domain = ps_bytes_of(domain),
		.receiver = PS_LIT("mx.example.org"),
		.now_s = 1700000000};
	struct ps_spf_result r;

	ps_spf_mail_from(w->arena, &s, &w->budget, &r);
	assert_non_null(r.why);
	assert_true(r.n_query <= PS_SPF_MAX_QUERY);
	assert_int_equal(r.n_query, w->n_query);
	return r;
}

/* What one record says of 192.0.2.77, with some hosts beside it. */
static inline struct ps_spf_result
spf_judge(struct dns_world *w, const char *ip, const char *record)
{
	static const char hosts[] = "\n$ORIGIN example.com.\n"
				    "a77 A 192.0.2.77\n"
				    "six AAAA 2001:db8::77\n"
				    "mail MX 10 a77\n"
				    "none MX 0 .\n"
				    "dead SERVFAIL\n"
				    "exp TXT \"%{i} of %{s} at %{r}, %{t}\"\n"
				    "bad TXT \"50%\"\n"
				    "u TXT \"hello %{l}\"\n"
				    "ok TXT \"v=spf1 ip4:192.0.2.77 -all\"\n"
				    "no TXT \"v=spf1 -all\"\n"
				    "empty TXT other\n"
				    "two TXT \"v=spf1 -all\"\n"
				    "two TXT \"v=spf1 +all\"\n"
				    "77.2.0.192.in-addr.arpa. PTR a77\n";
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);
	struct ps_spf_result r;
	struct ps_buf b;

	ps_buf_init(&b, 1 << 20);
	ps_buf_puts(&b, "example.com TXT \"");
	ps_buf_puts(&b, record);
	ps_buf_puts(&b, "\"");
	ps_buf_puts(&b, hosts);
	ps_buf_putc(&b, '\0');
	dns_world_open(w, ps_arena_cstr(a, ps_buf_bytes(&b)));
	r = spf_check(w, ip, "user", "example.com");
	ps_buf_free(&b);
	ps_arena_free(a);
	return r;
}

#endif
