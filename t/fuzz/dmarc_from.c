/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * The author domains of a header: names that can be asked for, none twice, and
 * as many as the kind of From says.
 */
#include <assert.h>
#include <stdint.h>

#include "auth/dmarc.h"
#include "dns/dns_name.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_domain(const struct ps_dmarc_author *author, size_t at)
{
	struct ps_bytes domain = author->domain[at];
	const char *why;
	bool seen = false;

	assert(ps_dns_name_check(domain, &why));
	for (size_t i = 0; i < domain.len; i++)
		assert(domain.p[i] > ' ' && domain.p[i] < 0x7f &&
			domain.p[i] == ps_lower(domain.p[i]));
	for (size_t i = 0; i < at; i++)
		assert(!ps_bytes_eq(author->domain[i], domain));
	for (size_t i = 0; i < author->n_addr; i++)
		seen |= ps_bytes_eq(author->addr[i].domain, domain);
	/* an unclear field names whoever may be seen in it */
	assert(seen || author->from == PS_DMARC_FROM_AMBIGUOUS);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ps_bytes in = {(const char *)data, size}, rest;
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);
	struct ps_dmarc_author author;
	struct ps_header h;
	const char *why = NULL;

	if (ps_header_parse(a, in, 1000, &h, &rest, &why) == PS_OK) {
		ps_dmarc_author(a, &h, &author);
		assert(author.n_domain <= PS_DMARC_MAX_FROM);
		assert(author.from != PS_DMARC_FROM_ONE ||
			author.n_domain == 1);
		assert(author.from != PS_DMARC_FROM_MANY ||
			author.n_domain > 1);
		assert(author.from != PS_DMARC_FROM_ABSENT ||
			author.n_addr == 0);
		assert((author.why == NULL) ==
			(author.from == PS_DMARC_FROM_ONE ||
				author.from == PS_DMARC_FROM_MANY));
		for (size_t i = 0; i < author.n_domain; i++)
			check_domain(&author, i);
	}
	ps_arena_free(a);
	return 0;
}
