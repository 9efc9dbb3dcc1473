/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * DKIM: the first line is every key record that the DNS knows, the rest is the
 * message.  Whatever libopendkim says of a signature, the second judge says
 * too, bodies aside.
 */
#include <assert.h>
#include <stdint.h>

#include "auth/dkim_parts.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct world {
	struct ps_bytes record;
	size_t n_query;
};

static void
query(void *self, struct ps_arena *a, struct ps_bytes name,
	enum ps_dns_type type, const struct ps_wait *wait,
	struct ps_dns_answer *out)
{
	struct world *w = self;
	struct ps_bytes *rr = ps_arena_alloc(a, sizeof(*rr));
	char *p = ps_arena_alloc(a, w->record.len * 2 + 2);
	size_t n = 0;

	(void)wait;
	assert(type == PS_DNS_TXT && name.len > 0);
	w->n_query++;
	for (struct ps_bytes t = w->record, part; t.len > 0;
		t = ps_bytes_from(t, part.len)) {
		part = ps_bytes_head(t, 255);
		p[n++] = (char)part.len;
		memcpy(p + n, part.p, part.len);
		n += part.len;
	}
	*rr = ps_bytes(p, n);
	*out = (struct ps_dns_answer){
		.status = PS_DNS_FOUND, .rr = rr, .n_rr = 1};
}

static int64_t
fixed(void *self)
{
	(void)self;
	return 1700000100;
}

static void
check(const struct ps_dkim_result *r, const struct world *w)
{
	assert(w->n_query <= PS_DKIM_MAX_SIGNATURES);
	assert(r->n_signature <= PS_DKIM_MAX_SIGNATURES);
	for (size_t i = 0; i < r->n_signature; i++) {
		const struct ps_dkim_signature *s = &r->signature[i];

		assert((s->result == PS_AUTH_PASS) == (s->why == NULL));
		assert(s->result != PS_AUTH_NONE);
		assert(s->result != PS_AUTH_PASS || !s->partial);
		assert(s->result != PS_AUTH_PASS || s->domain.len > 0);
		assert(ps_bytes_is_ascii(s->domain));
		for (const char *p = s->why; p != NULL && *p != '\0'; p++)
			assert(*p >= ' ' && *p < 0x7f);
	}
}

static void
compare(struct ps_arena *a, struct ps_dkim *d, const struct ps_header *h,
	struct ps_bytes record)
{
	enum ps_dkim_opinion opinion[PS_DKIM_MAX_SIGNATURES] = {PS_DKIM_CANNOT};
	struct ps_sha256 *sha = ps_sha256_new();
	struct ps_dkim_readings r;

	ps_dkim_read_all(a, h, &r);
	for (size_t i = 0; i < r.n; i++) {
		ps_dkim_key_parse(a, record, &r.of[i].key);
		ps_dkim_judge_key(&r.of[i]);
	}
	ps_dkim_ask_lib(d, h, &r, opinion);
	for (size_t i = 0; i < r.n; i++)
		if (opinion[i] != PS_DKIM_CANNOT)
			assert(opinion[i] ==
				ps_dkim_ask_own(a, sha, h, &r.of[i]));
	ps_sha256_free(sha);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct ps_dkim *d;
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);
	struct ps_bytes in = {(const char *)data, size};
	struct ps_clock clock = {.now_s = fixed, .mono_ms = fixed};
	struct ps_wait wait = {
		.clock = &clock, .deadline_ms = INT64_MAX, .stop_fd = -1};
	struct world w = {.n_query = 0};
	struct ps_dns dns = {.self = &w, .query = query};
	struct ps_dns_budget budget = {.dns = &dns,
		.wait = &wait,
		.query_ms = 1000,
		.max_query = PS_DNS_MAX_QUERY};
	struct ps_message m = {.body_fd = -1};
	struct ps_dkim_result r;
	const char *why = NULL;

	if (d == NULL)
		d = ps_dkim_new(&why);
	assert(d != NULL);
	if (ps_bytes_line(&in, &w.record) &&
		ps_header_parse(a, in, 1000, &m.header, &m.body, &why) ==
			PS_OK) {
		w.record = ps_bytes_chomp(w.record);
		ps_dkim_verify(a, d, &m, 1700000100, &budget, &r);
		check(&r, &w);
		compare(a, d, &m.header, w.record);
	}
	ps_arena_free(a);
	return 0;
}
