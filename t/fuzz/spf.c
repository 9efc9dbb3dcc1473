/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * SPF: the first three lines are HELO, local part and domain, every other line
 * is a TXT record.  Which one a name has, and which addresses and hosts, its
 * own octets say, so that includes lead anywhere.
 */
#include <assert.h>
#include <netinet/in.h>
#include <stdint.h>

#include "auth/spf.h"
#include "dns/dns_name.h"
#include "dns/dns_rdata.h"

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

static struct ps_bytes
host(struct ps_arena *a, struct ps_bytes name, enum ps_dns_type type)
{
	struct ps_bytes wire = ps_dns_rdata_put_name(a, name);
	char *p = ps_arena_alloc(a, wire.len + 2);

	memcpy(p + 2, wire.p, wire.len);
	return type == PS_DNS_MX ? ps_bytes(p, wire.len + 2) : wire;
}

static void
query(void *self, struct ps_arena *a, struct ps_bytes name,
	enum ps_dns_type type, const struct ps_wait *wait,
	struct ps_dns_answer *out)
{
	struct world *w = self;
	struct ps_bytes *rr = ps_arena_array(a, 12, sizeof(*rr));
	unsigned sum = (unsigned)type;
	const char *why;

	(void)wait;
	assert(ps_dns_name_check(name, &why));
	w->n_query++;
	for (size_t i = 0; i < name.len; i++)
		sum = 31 * sum + (unsigned char)name.p[i];
	*out = (struct ps_dns_answer){.status = (enum ps_dns_status)(sum % 16)};
	if (out->status == PS_DNS_TROUBLE)
		out->why = "trouble";
	if (out->status == PS_DNS_TROUBLE || out->status == PS_DNS_NODATA ||
		out->status == PS_DNS_NXDOMAIN)
		return;
	out->status = PS_DNS_FOUND;
	out->n_rr = type == PS_DNS_TXT ? 1 : sum / 16 % 13;
	if (w->n_line == 0 || out->n_rr == 0) {
		*out = (struct ps_dns_answer){.status = PS_DNS_NODATA};
		return;
	}
	for (size_t i = 0; i < out->n_rr; i++) {
		if (type == PS_DNS_TXT)
			rr[i] = txt(a, w->line[(sum / 16 + i) % w->n_line]);
		else if (type == PS_DNS_A)
			rr[i] = ps_bytes("\xc0\0\2\1", 4);
		else if (type == PS_DNS_AAAA)
			rr[i] = ps_bytes(
				"\x20\1\xd\xb8\0\0\0\0\0\0\0\0\0\0\0\1", 16);
		else
			rr[i] = host(a, name, type);
	}
	out->rr = rr;
}

static void
check(const struct ps_spf_result *r, const struct world *w)
{
	assert(r->why != NULL && r->n_query == w->n_query);
	assert(r->n_query <= PS_SPF_MAX_QUERY);
	assert(r->n_term <= PS_SPF_MAX_TERM + 1);
	assert(r->n_void <= PS_SPF_MAX_VOID + 1);
	assert(r->result == PS_AUTH_FAIL || r->explanation.len == 0);
	for (size_t i = 0; i < r->explanation.len; i++)
		assert(r->explanation.p[i] >= ' ' &&
			r->explanation.p[i] < 0x7f);
	for (const char *p = r->why; *p != '\0'; p++)
		assert(*p >= ' ' && *p < 0x7f);
}

static int64_t
fixed(void *self)
{
	(void)self;
	return 1000;
}

static void
evaluate(struct ps_arena *a, struct world *w, const struct ps_spf_sender *s)
{
	struct ps_clock clock = {.now_s = fixed, .mono_ms = fixed};
	struct ps_wait wait = {
		.clock = &clock, .deadline_ms = 5000, .stop_fd = -1};
	struct ps_dns dns = {.self = w, .query = query};
	struct ps_dns_budget budget = {.dns = &dns,
		.wait = &wait,
		.query_ms = 1000,
		.max_query = PS_DNS_MAX_QUERY};
	struct ps_spf_result r;

	w->n_query = 0;
	ps_spf_mail_from(a, s, &budget, &r);
	check(&r, w);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ps_bytes in = {(const char *)data, size}, line;
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);
	struct sockaddr_storage from = {.ss_family = AF_INET};
	struct sockaddr_in four = {.sin_family = AF_INET};
	struct sockaddr_in6 six = {.sin6_family = AF_INET6};
	struct ps_spf_sender s = {.client = &from};
	struct ps_bytes *head[] = {&s.helo, &s.local, &s.domain};
	struct world w = {.n_line = 0};

	for (size_t i = 0; i < 3; i++)
		if (ps_bytes_line(&in, &line))
			*head[i] = ps_bytes_chomp(line);
	while (w.n_line < MAX_LINE && ps_bytes_line(&in, &line))
		w.line[w.n_line++] = ps_bytes_chomp(line);
	four.sin_addr.s_addr = htonl(0xc0000201);
	memcpy(&from, &four, sizeof(four));
	evaluate(a, &w, &s);
	memcpy(&six.sin6_addr, "\x20\1\xd\xb8\0\0\0\0\0\0\0\0\0\0\0\1", 16);
	memcpy(&from, &six, sizeof(six));
	evaluate(a, &w, &s);
	ps_arena_free(a);
	return 0;
}
