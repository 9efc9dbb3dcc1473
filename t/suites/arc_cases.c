/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * ARC for t/suites/arc.py: a zone file as argument, a message a line on
 * standard input (octets as %XX), a result a line (word, oldest pass, sets,
 * queries, reason).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "auth/arc.h"
#include "dns/dns_zone.h"

static unsigned
hex(char c)
{
	const char *digits = "0123456789ABCDEF";
	const char *at = c == '\0' ? NULL : strchr(digits, c);

	return at == NULL ? 0 : (unsigned)(at - digits);
}

static struct ps_bytes
decode(char *line)
{
	char *out = line;

	for (const char *p = line; *p != '\0' && *p != '\n'; p++) {
		if (*p == '%' && p[1] != '\0' && p[2] != '\0') {
			*out++ = (char)(hex(p[1]) << 4 | hex(p[2]));
			p += 2;
		} else {
			*out++ = *p;
		}
	}
	return ps_bytes(line, (size_t)(out - line));
}

static void
verify(struct ps_bytes raw, const struct ps_dns *dns)
{
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);
	struct ps_wait wait = {.clock = ps_clock_system(),
		.deadline_ms = ps_mono_ms(ps_clock_system()) + 20000,
		.stop_fd = -1};
	struct ps_dns_budget budget = {.dns = dns,
		.wait = &wait,
		.query_ms = PS_DNS_QUERY_MS,
		.max_query = PS_DNS_MAX_QUERY};
	struct ps_message m = {.body_fd = -1};
	struct ps_arc_result r;
	const char *why = NULL;

	if (ps_header_parse(a, raw, 20000, &m.header, &m.body, &why) != PS_OK)
		printf("%s\n", why);
	else {
		ps_arc_ahead(a, &m.header, &budget);
		ps_arc_verify(a, &m, 1700000000, &budget, &r);
		printf("%s\t%zu\t%zu\t%zu\t%s\n", ps_auth_result_name(r.result),
			r.oldest_pass, r.n_set, budget.n_query,
			r.why == NULL ? "" : r.why);
	}
	fflush(stdout);
	ps_arena_free(a);
}

int
main(int argc, char **argv)
{
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);
	const char *why = NULL;
	struct ps_dns zone;
	char *line = NULL;
	size_t size = 0;

	if (ps_dns_zone_load(a, argc > 1 ? argv[1] : "", &zone, &why) !=
		PS_OK) {
		fprintf(stderr, "%s\n", why);
		return 1;
	}
	while (getline(&line, &size, stdin) > 0)
		verify(decode(line), &zone);
	free(line);
	ps_arena_free(a);
	return 0;
}
