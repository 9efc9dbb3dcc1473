/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * SPF for t/suites/spf.py: a zone file or "127.0.0.1@PORT" as argument, a check
 * a line on standard input (client, HELO, local part, domain; octets as %XX,
 * tabs between), a result a line (word, look-up terms, queries, explanation).
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "auth/spf.h"
#include "dns/dns_unbound.h"
#include "dns/dns_zone.h"
#include "fields.h"

static void
set_client(struct sockaddr_storage *out, const char *text)
{
	struct sockaddr_in four = {.sin_family = AF_INET};
	struct sockaddr_in6 six = {.sin6_family = AF_INET6};

	memset(out, 0, sizeof(*out));
	if (inet_pton(AF_INET, text, &four.sin_addr) == 1)
		memcpy(out, &four, sizeof(four));
	else if (inet_pton(AF_INET6, text, &six.sin6_addr) == 1)
		memcpy(out, &six, sizeof(six));
}

static void
check(char *line, const struct ps_dns *dns)
{
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);
	struct ps_wait wait = {.clock = ps_clock_system(),
		.deadline_ms = ps_mono_ms(ps_clock_system()) + 20000,
		.stop_fd = -1};
	struct ps_dns_budget budget = {.dns = dns,
		.wait = &wait,
		.query_ms = PS_DNS_QUERY_MS,
		.max_query = PS_DNS_MAX_QUERY};
	struct sockaddr_storage client;
	struct ps_spf_sender s = {.client = &client,
		.receiver = PS_LIT("receiver.example"),
		.now_s = 1700000000};
	struct ps_spf_result r;

	set_client(&client, ps_arena_cstr(a, fields_next(&line)));
	s.helo = fields_next(&line);
	s.local = fields_next(&line);
	s.domain = fields_next(&line);
	ps_spf_mail_from(a, &s, &budget, &r);
	printf("%s\t%zu\t%zu\t%.*s\n", ps_auth_result_name(r.result), r.n_term,
		r.n_query, PS_FMT(r.explanation));
	fflush(stdout);
	ps_arena_free(a);
}

int
main(int argc, char **argv)
{
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);
	const char *forwarder[] = {argc > 1 ? argv[1] : ""}, *why = NULL;
	struct ps_dns_unbound_options o = {.forwarder = forwarder,
		.n_forwarder = 1,
		.limits = PS_DNS_CACHE_LIMITS};
	struct ps_dns_unbound *u = NULL;
	static char line[65536];
	struct ps_dns zone;
	enum ps_status s;

	if (strncmp(forwarder[0], "127.0.0.1@", 10) == 0)
		s = ps_dns_unbound_new(a, &o, ps_clock_system(), &u, &why);
	else
		s = ps_dns_zone_load(a, forwarder[0], &zone, &why);
	if (s != PS_OK) {
		fprintf(stderr, "%s\n", why);
		return 1;
	}
	if (u != NULL)
		zone = *ps_dns_unbound_dns(u);
	while (fgets(line, sizeof(line), stdin) != NULL)
		check(line, &zone);
	ps_dns_unbound_free(u);
	ps_arena_free(a);
	return 0;
}
