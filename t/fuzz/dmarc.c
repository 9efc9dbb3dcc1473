/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * DMARC: the first line is a From field, the second a domain that signed, the
 * third one that SPF passed, every other line a TXT record.  Which ones a name
 * has, its own octets say, so that walks go anywhere.  By the walk and by the
 * list; each time libopendmarc must agree with what we make of it.
 */
#include <assert.h>
#include <stdint.h>

#include "auth/dmarc_record.h"
#include "dns/dns_name.h"

#define MAX_LINE 64

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct world {
	struct ps_bytes line[MAX_LINE];
	size_t n_line, n_query;
};

static struct ps_bytes
txt(struct ps_arena *a, struct ps_bytes text)
{
	char *p = ps_arena_alloc(a, text.len + text.len / 255 + 2);
	size_t n = 0;

	while (text.len > 0) {
		struct ps_bytes part = ps_bytes_head(text, 255);

		p[n++] = (char)part.len;
		memcpy(p + n, part.p, part.len);
		n += part.len;
		text = ps_bytes_from(text, part.len);
	}
	return ps_bytes(p, n);
}

static void
query(void *self, struct ps_arena *a, struct ps_bytes name,
	enum ps_dns_type type, const struct ps_wait *wait,
	struct ps_dns_answer *out)
{
	struct world *w = self;
	struct ps_bytes *rr = ps_arena_array(a, 2, sizeof(*rr));
	unsigned sum = (unsigned)type;
	const char *why;

	(void)wait;
	assert(ps_dns_name_check(name, &why));
	w->n_query++;
	for (size_t i = 0; i < name.len; i++)
		sum = 31 * sum + (unsigned char)name.p[i];
	*out = (struct ps_dns_answer){.status = (enum ps_dns_status)(sum % 8),
		.secure = sum / 8 % 2 == 0};
	if (out->status == PS_DNS_TROUBLE)
		out->why = "trouble";
	if (out->status == PS_DNS_TROUBLE || out->status == PS_DNS_NODATA ||
		out->status == PS_DNS_NXDOMAIN)
		return;
	out->status = PS_DNS_FOUND;
	out->n_rr = w->n_line == 0 ? 0 : 1 + (sum / 16 % 8 == 0);
	for (size_t i = 0; i < out->n_rr; i++)
		rr[i] = txt(a, w->line[(sum / 128 + i) % w->n_line]);
	out->rr = rr;
}

static void
check(const struct ps_dmarc_result *r)
{
	assert((r->result == PS_AUTH_PASS) == (r->why == NULL));
	assert((r->result == PS_AUTH_PASS) == (r->by_dkim || r->by_spf));
	assert(r->mismatch == NULL);
	assert(r->policy <= r->published);
	assert(r->result != PS_AUTH_FAIL || r->record.len > 0);
	for (const char *p = r->why; p != NULL && *p != '\0'; p++)
		assert(*p >= ' ' && *p < 0x7f);
	if (r->result != PS_AUTH_PASS ||
		ps_bytes_eq(r->aligned, r->from_domain))
		return;
	assert(r->org_domain.len > 0);
	assert(ps_dns_name_within(r->aligned, r->org_domain));
	assert(ps_dns_name_within(r->from_domain, r->org_domain));
}

static int64_t
fixed(void *self)
{
	(void)self;
	return 1000;
}

static void
evaluate(struct ps_arena *a, struct world *w, struct ps_dmarc_question *q)
{
	struct ps_clock clock = {.now_s = fixed, .mono_ms = fixed};
	struct ps_wait wait = {
		.clock = &clock, .deadline_ms = 5000, .stop_fd = -1};
	struct ps_dns dns = {.self = w, .query = query};
	struct ps_dns_budget budget = {.dns = &dns,
		.wait = &wait,
		.query_ms = 1000,
		.max_query = PS_DNS_MAX_QUERY};
	struct ps_dmarc_result r;

	w->n_query = 0;
	ps_dmarc_evaluate(a, q, &budget, &r);
	check(&r);
	/* Every walk, and whether each author exists. */
	assert(w->n_query <=
		(PS_DMARC_MAX_FROM + q->n_identity) * PS_DMARC_MAX_WALK +
			PS_DMARC_MAX_FROM);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct ps_orgdom *psl;
	struct ps_bytes in = {(const char *)data, size}, line;
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);
	struct ps_dmarc_identity id[2] = {{.dkim = true}, {.dkim = false}};
	struct ps_field from = {.name = PS_LIT("From")};
	struct ps_header h = {&from, 1};
	struct ps_dmarc_question q = {
		.header = &h, .identity = id, .n_identity = 2};
	struct ps_bytes *head[] = {&from.value, &id[0].domain, &id[1].domain};
	struct world w = {.n_line = 0};
	const char *why = NULL;

	if (psl == NULL)
		psl = ps_orgdom_new(NULL, &why);
	for (size_t i = 0; i < 3; i++)
		if (ps_bytes_line(&in, &line))
			*head[i] = ps_bytes_chomp(line);
	while (w.n_line < MAX_LINE && ps_bytes_line(&in, &line))
		w.line[w.n_line++] = ps_bytes_chomp(line);
	evaluate(a, &w, &q);
	q.psl = psl;
	q.discovery = PS_DMARC_PSL;
	id[1].temperror = true;
	evaluate(a, &w, &q);
	ps_arena_free(a);
	return 0;
}
