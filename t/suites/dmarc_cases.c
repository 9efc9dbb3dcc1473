/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * DMARC for t/suites: a case a line on standard input (fields.h): "walk",
 * "list" or "both"; a zone file; header fields; the domains that authenticated,
 * as "dkim/pass/example.org spf/temperror/example.net".  A result a line:
 * result, policy, tag, kind of From, author domain, domain of the record,
 * organisational domain, aligned domain, who is aligned, secure, what the list
 * says otherwise, what libopendmarc does, why, the record, names asked.
 */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#include "auth/dmarc.h"
#include "base/str.h"
#include "dns/dns_zone.h"
#include "fields.h"

#define MAX_IDENTITY 64

struct world {
	struct ps_arena *a;
	struct ps_dns zone, noting;
	struct ps_wait wait;
	struct ps_dns_budget budget;
	struct ps_buf asked;
};

static void
query(void *self, struct ps_arena *a, struct ps_bytes name,
	enum ps_dns_type type, const struct ps_wait *wait,
	struct ps_dns_answer *out)
{
	struct world *w = self;

	if (w->asked.len > 0)
		ps_buf_putc(&w->asked, ' ');
	ps_buf_put(&w->asked, name);
	w->zone.query(w->zone.self, a, name, type, wait, out);
}

static void
open_world(struct world *w, struct ps_bytes zone)
{
	const char *why = NULL;

	*w = (struct world){.a = ps_arena_new(PS_ARENA_PLAIN)};
	if (ps_dns_zone_parse(w->a, "zone", zone, &w->zone, &why) != PS_OK) {
		fprintf(stderr, "%s\n", why);
		exit(1);
	}
	ps_buf_init(&w->asked, 1 << 16);
	w->noting = (struct ps_dns){.self = w, .query = query};
	w->wait = (struct ps_wait){.clock = ps_clock_system(),
		.deadline_ms = ps_mono_ms(ps_clock_system()) + 20000,
		.stop_fd = -1};
	w->budget = (struct ps_dns_budget){.dns = &w->noting,
		.wait = &w->wait,
		.query_ms = PS_DNS_QUERY_MS,
		.max_query = PS_DNS_MAX_QUERY};
}

static size_t
identities(struct ps_arena *a, struct ps_bytes list,
	struct ps_dmarc_identity out[MAX_IDENTITY])
{
	size_t n = 0;

	for (char *rest = ps_arena_cstr(a, list), *save = NULL, *item;
		n < MAX_IDENTITY && (item = strtok_r(rest, " ", &save)) != NULL;
		rest = NULL) {
		const char *result = strchr(item, '/'), *domain;

		assert(result != NULL);
		domain = strchr(result + 1, '/');
		assert(domain != NULL);
		out[n++] = (struct ps_dmarc_identity){
			.domain = ps_bytes_of(domain + 1),
			.dkim = strncmp(item, "dkim", 4) == 0,
			.temperror = strncmp(result + 1, "temp", 4) == 0};
	}
	return n;
}

static const char *
who(const struct ps_dmarc_result *r)
{
	return r->by_dkim  ? r->by_spf ? "dkim+spf" : "dkim"
	       : r->by_spf ? "spf"
			   : "-";
}

static void
print(struct world *w, const struct ps_dmarc_result *r)
{
	static const char *const kind[] = {
		"one", "many", "absent", "ambiguous"};
	static const char *const policy[] = {"none", "quarantine", "reject"};

	printf("%s\t%s\t%s\t%s\t%.*s\t%.*s\t%.*s\t%.*s\t%s\t%s\t",
		ps_auth_result_name(r->result), policy[r->policy],
		r->which == NULL ? "-" : r->which, kind[r->from],
		PS_FMT(r->from_domain), PS_FMT(r->policy_domain),
		PS_FMT(r->org_domain), PS_FMT(r->aligned), who(r),
		r->secure ? "secure" : "insecure");
	printf("%s\t%s\t%s\t%s\t%.*s\n", r->differs == NULL ? "" : r->differs,
		r->mismatch == NULL ? "" : r->mismatch,
		r->why == NULL ? "" : r->why,
		ps_str_printable(w->a, r->record, 500),
		PS_FMT(ps_buf_bytes(&w->asked)));
	fflush(stdout);
}

static void
check(char *line, const struct ps_orgdom *psl)
{
	struct ps_dmarc_identity id[MAX_IDENTITY];
	struct ps_bytes mode = fields_next(&line);
	struct ps_dmarc_question q = {.identity = id, .psl = psl};
	struct ps_dmarc_result r;
	struct ps_header header;
	struct ps_bytes rest;
	const char *why = NULL;
	struct world w;

	open_world(&w, fields_next(&line));
	if (ps_header_parse(w.a, fields_next(&line), 1000, &header, &rest,
		    &why) != PS_OK) {
		fprintf(stderr, "%s\n", why);
		exit(1);
	}
	q.header = &header;
	q.n_identity = identities(w.a, fields_next(&line), id);
	q.discovery = ps_bytes_eq(mode, PS_LIT("walk"))	  ? PS_DMARC_WALK
		      : ps_bytes_eq(mode, PS_LIT("list")) ? PS_DMARC_PSL
							  : PS_DMARC_BOTH;
	ps_dmarc_evaluate(w.a, &q, &w.budget, &r);
	print(&w, &r);
	ps_buf_free(&w.asked);
	ps_arena_free(w.a);
}

int
main(void)
{
	static char line[1 << 18];
	const char *why = NULL;
	struct ps_orgdom *psl = ps_orgdom_new(NULL, &why);

	if (psl == NULL) {
		fprintf(stderr, "%s\n", why);
		return 1;
	}
	while (fgets(line, sizeof(line), stdin) != NULL)
		check(line, psl);
	ps_orgdom_free(psl);
	return 0;
}
