/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * DKIM for t/suites/dkim_*.py: a zone file as argument, a case a line on
 * standard input (file of the message, seconds of the clock), and a line a case
 * out: fields ignored, DNS queries, then for every signature result, domain,
 * identity, b, flags, reason; tabs between.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "auth/dkim.h"
#include "data.h"
#include "dns/dns_zone.h"

static void
show(const struct ps_dkim_signature *s)
{
	printf("\t%s\t%.*s\t%.*s\t%.*s\t%s%s%s%u\t%s",
		ps_auth_result_name(s->result), PS_FMT(s->domain),
		PS_FMT(s->identity), PS_FMT(s->b), s->testing ? "testing " : "",
		s->secure ? "secure " : "", s->partial ? "partial " : "",
		s->bits, s->why == NULL ? "" : s->why);
}

static void
check(char *line, const struct ps_dns *dns, struct ps_dkim *dkim)
{
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);
	struct ps_wait wait = {.clock = ps_clock_system(),
		.deadline_ms = ps_mono_ms(ps_clock_system()) + 20000,
		.stop_fd = -1};
	struct ps_dns_budget budget = {.dns = dns,
		.wait = &wait,
		.query_ms = PS_DNS_QUERY_MS,
		.max_query = PS_DNS_MAX_QUERY};
	char *tab = strchr(line, '\t');
	struct ps_dkim_result r;
	struct ps_message m;
	const char *why = NULL;

	if (tab == NULL)
		exit(1);
	*tab = '\0';
	if (ps_header_parse(a, data_read(a, line), 100000, &m.header, &m.body,
		    &why) != PS_OK) {
		fprintf(stderr, "%s: %s\n", line, why);
		exit(1);
	}
	ps_dkim_verify(a, dkim, &m, atoll(tab + 1), &budget, &r);
	printf("%zu\t%zu", r.n_ignored, budget.n_query);
	for (size_t i = 0; i < r.n_signature; i++)
		show(&r.signature[i]);
	printf("\n");
	fflush(stdout);
	ps_arena_free(a);
}

int
main(int argc, char **argv)
{
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);
	const char *why = NULL;
	struct ps_dkim *dkim = ps_dkim_new(&why);
	static char line[65536];
	struct ps_dns zone;

	if (argc != 2 || dkim == NULL ||
		ps_dns_zone_load(a, argv[1], &zone, &why) != PS_OK) {
		fprintf(stderr, "%s\n", why == NULL ? "no zone" : why);
		return 1;
	}
	while (fgets(line, sizeof(line), stdin) != NULL)
		check(line, &zone, dkim);
	ps_dkim_free(dkim);
	ps_arena_free(a);
	return 0;
}
