/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * What libopendmarc says by itself, for t/suites/dmarc_table.py: its parser of
 * From, its look-ups ("PORT" of a name server on loopback is the argument), its
 * alignment with Debian's public suffix list.  A case a line (fields.h): the
 * value of From, and "dkim/pass/example.org spf/fail/example.net".  A result a
 * line, in the words of DMARC.  postseal never asks it in this way.
 */
#include <arpa/inet.h>
#include <opendmarc/dmarc.h>
#include <stdio.h>
#include <stdlib.h>

#include "fields.h"

#define LIST "/usr/share/publicsuffix/public_suffix_list.dat"

static unsigned char *
octets(const char *s)
{
	return (unsigned char *)strdup(s);
}

static void
init(int port)
{
	static OPENDMARC_LIB_T library;

	library.tld_type = OPENDMARC_TLD_TYPE_MOZILLA;
	snprintf((char *)library.tld_source_file,
		sizeof(library.tld_source_file), "%s", LIST);
	library.nscount = 1;
	library.nsaddr_list[0].sin_family = AF_INET;
	library.nsaddr_list[0].sin_port = htons((unsigned short)port);
	library.nsaddr_list[0].sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (opendmarc_policy_library_init(&library) != DMARC_PARSE_OKAY)
		exit(1);
}

static int
dkim_outcome(const char *word)
{
	return *word == 'p'   ? DMARC_POLICY_DKIM_OUTCOME_PASS
	       : *word == 't' ? DMARC_POLICY_DKIM_OUTCOME_TMPFAIL
			      : DMARC_POLICY_DKIM_OUTCOME_FAIL;
}

static int
spf_outcome(const char *word)
{
	return *word == 'p'   ? DMARC_POLICY_SPF_OUTCOME_PASS
	       : *word == 't' ? DMARC_POLICY_SPF_OUTCOME_TMPFAIL
			      : DMARC_POLICY_SPF_OUTCOME_FAIL;
}

static void
store(DMARC_POLICY_T *ctx, char *list)
{
	for (char *rest = list, *save = NULL, *item;
		(item = strtok_r(rest, " ", &save)) != NULL; rest = NULL) {
		char *word = strchr(item, '/');
		unsigned char *domain = octets(strchr(word + 1, '/') + 1);

		if (*item == 'd')
			opendmarc_policy_store_dkim(ctx, domain, NULL,
				dkim_outcome(word + 1), NULL);
		else
			opendmarc_policy_store_spf(ctx, domain,
				spf_outcome(word + 1),
				DMARC_POLICY_SPF_ORIGIN_MAILFROM, NULL);
		free(domain);
	}
}

static const char *
enforce(DMARC_POLICY_T *ctx)
{
	switch (opendmarc_get_policy_to_enforce(ctx)) {
	case DMARC_POLICY_PASS:
		return "pass";
	case DMARC_POLICY_REJECT:
		return "fail/reject";
	case DMARC_POLICY_QUARANTINE:
		return "fail/quarantine";
	case DMARC_POLICY_NONE:
		return "fail/none";
	default:
		return "none";
	}
}

static const char *
judge(DMARC_POLICY_T *ctx, struct ps_bytes from, char *ids)
{
	unsigned char domain[DMARC_MAXHOSTNAMELEN] = "";
	unsigned char *value = octets(from.p);

	opendmarc_policy_store_from_domain(ctx, value);
	free(value);
	opendmarc_policy_fetch_from_domain(ctx, domain, sizeof(domain));
	store(ctx, ids);
	switch (opendmarc_policy_query_dmarc(ctx, domain)) {
	case DMARC_PARSE_OKAY:
		return enforce(ctx);
	case DMARC_DNS_ERROR_TMPERR:
		return "temperror";
	case DMARC_DNS_ERROR_NO_RECORD:
	case DMARC_DNS_ERROR_NXDOMAIN:
		return "none";
	default:
		return "none (the record is an error)";
	}
}

int
main(int argc, char **argv)
{
	unsigned char address[] = "192.0.2.1";
	static char line[65536];

	init(argc > 1 ? atoi(argv[1]) : 0);
	while (fgets(line, sizeof(line), stdin) != NULL) {
		char *rest = line;
		struct ps_bytes from = fields_next(&rest);
		char ids[1000], value[2000];
		DMARC_POLICY_T *ctx = opendmarc_policy_connect_init(address, 0);

		snprintf(value, sizeof(value), "%.*s", PS_FMT(from));
		from = fields_next(&rest);
		snprintf(ids, sizeof(ids), "%.*s", PS_FMT(from));
		printf("%s\n", judge(ctx, ps_bytes_of(value), ids));
		fflush(stdout);
		opendmarc_policy_connect_shutdown(ctx);
	}
	return 0;
}
