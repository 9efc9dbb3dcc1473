/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * ARC: a message, its header and body.  e.example and r.example have the keys
 * that the seeds are sealed with; what others have, their own octets say.
 */
#include <assert.h>
#include <stdint.h>

#include "auth/arc.h"
#include "dns/dns_name.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define TXT_ED                                                                 \
	"v=DKIM1; k=ed25519; p=V2OGDAHbnl9T+MRdTLKnEQw8yujedKWOqtmGdL"         \
	"DWimo="
#define TXT_RSA                                                                \
	"v=DKIM1; k=rsa; p=MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDsbt"         \
	"w8aKTsnwFy8BuZ5DMyB7HPeFdBOQkXZ5HiwdPN8A7/dKN1sAm+euP4ZeI+8C"         \
	"sp3im+OuhjpWwp/U4+h3IpZZ46quf5Gb9Q9gK1B8r+9ViSXnSv9XuR/uMewP"         \
	"89MD7S8MUHrX0ibDve/EuT+Z3CBivrhZKVuO66259m8/+R0QIDAQAB"

struct world {
	size_t n_query;
};

static struct ps_bytes
txt(struct ps_arena *a, struct ps_bytes text)
{
	char *p = ps_arena_alloc(a, text.len + 1);

	assert(text.len < 256);
	p[0] = (char)text.len;
	memcpy(p + 1, text.p, text.len);
	return ps_bytes(p, text.len + 1);
}

static void
query(void *self, struct ps_arena *a, struct ps_bytes name,
	enum ps_dns_type type, const struct ps_wait *wait,
	struct ps_dns_answer *out)
{
	struct world *w = self;
	struct ps_bytes *rr = ps_arena_array(a, 2, sizeof(*rr));
	const char *why;

	(void)wait;
	assert(type == PS_DNS_TXT && ps_dns_name_check(name, &why));
	w->n_query++;
	*out = (struct ps_dns_answer){.status = PS_DNS_FOUND, .rr = rr};
	out->n_rr = 1;
	if (ps_bytes_iends(name, PS_LIT(".e.example")))
		rr[0] = txt(a, PS_LIT(TXT_ED));
	else if (ps_bytes_iends(name, PS_LIT(".r.example")))
		rr[0] = txt(a, PS_LIT(TXT_RSA));
	else if (name.p[0] == 't')
		*out = (struct ps_dns_answer){
			.status = PS_DNS_TROUBLE, .why = "trouble"};
	else
		*out = (struct ps_dns_answer){.status = PS_DNS_NXDOMAIN};
}

static void
check(const struct ps_arc_result *r, const struct world *w)
{
	bool pass = r->result == PS_AUTH_PASS;

	assert(pass || r->result == PS_AUTH_NONE || r->result == PS_AUTH_FAIL ||
		r->result == PS_AUTH_TEMPERROR);
	assert((r->why != NULL) == (!pass && r->result != PS_AUTH_NONE));
	assert((r->set != NULL) == pass);
	assert(r->n_set <= PS_ARC_MAX_SETS && r->oldest_pass <= r->n_set);
	assert(w->n_query <= (size_t)2 * PS_ARC_MAX_SETS);
	assert(pass || !r->author_signed);
	for (size_t i = 0; pass && i < r->n_set; i++)
		assert(r->set[i].domain.len > 0 && r->set[i].selector.len > 0);
	for (const char *p = r->why; p != NULL && *p != '\0'; p++)
		assert(*p >= ' ' && *p < 0x7f);
}

static int64_t
fixed(void *self)
{
	(void)self;
	return 1000;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);
	struct ps_clock clock = {.now_s = fixed, .mono_ms = fixed};
	struct ps_wait wait = {
		.clock = &clock, .deadline_ms = 5000, .stop_fd = -1};
	struct world w = {0};
	struct ps_dns dns = {.self = &w, .query = query};
	struct ps_dns_budget budget = {.dns = &dns,
		.wait = &wait,
		.query_ms = 1000,
		.max_query = PS_DNS_MAX_QUERY};
	struct ps_message m = {.body_fd = -1};
	struct ps_arc_result r;
	const char *why;

	if (ps_header_parse(a, ps_bytes((const char *)data, size), 1000,
		    &m.header, &m.body, &why) == PS_OK) {
		ps_arc_ahead(a, &m.header, &budget);
		ps_arc_verify(a, &m, 1700000000, &budget, &r);
		check(&r, &w);
	}
	ps_arena_free(a);
	return 0;
}
