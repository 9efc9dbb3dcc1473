/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Verification in the order of what it costs: reading, the clock, keys (all
 * queries begun before the first is waited for), the body, and cryptography
 * last, for what is still worth it.
 */
#include "auth/dkim.h"

#include "auth/dkim_parts.h"

#define B_SHOWN 8 /* octets of b= (RFC 6008 section 4) */

void
ps_dkim_ahead(struct ps_arena *a, const struct ps_header *h,
	struct ps_dns_budget *dns)
{
	struct ps_dkim_readings r;

	ps_dkim_read_all(a, h, &r);
	for (size_t i = 0; i < r.n; i++)
		if (r.of[i].result == PS_AUTH_PASS)
			ps_dkim_key_ahead(
				a, r.of[i].selector, r.of[i].domain, dns);
}

/* The key that an earlier signature of the message asked for already. */
static const struct ps_dkim_key *
known_key(const struct ps_dkim_readings *r, size_t n)
{
	const struct ps_dkim_reading *new = &r->of[n];

	for (size_t i = 0; i < n; i++)
		if (r->of[i].fetched &&
			ps_bytes_eq(r->of[i].domain, new->domain) &&
			ps_bytes_eq(r->of[i].selector, new->selector))
			return &r->of[i].key;
	return NULL;
}

static void
fetch_keys(struct ps_arena *a, struct ps_dkim_readings *r,
	struct ps_dns_budget *dns)
{
	const struct ps_dkim_key *known;

	for (size_t i = 0; i < r->n; i++)
		if (r->of[i].result == PS_AUTH_PASS)
			ps_dkim_key_ahead(
				a, r->of[i].selector, r->of[i].domain, dns);
	for (size_t i = 0; i < r->n; i++) {
		if (r->of[i].result != PS_AUTH_PASS)
			continue;
		known = known_key(r, i);
		if (known != NULL)
			r->of[i].key = *known;
		else
			ps_dkim_key_fetch(a, r->of[i].selector, r->of[i].domain,
				dns, &r->of[i].key);
		r->of[i].fetched = true;
		ps_dkim_judge_key(&r->of[i]);
	}
}

static void
check_signatures(struct ps_arena *a, struct ps_dkim *d,
	const struct ps_message *m, struct ps_dkim_readings *r)
{
	enum ps_dkim_opinion opinion[PS_DKIM_MAX_SIGNATURES] = {PS_DKIM_CANNOT};
	const struct ps_dkim_body *body[PS_DKIM_MAX_SIGNATURES] = {NULL};
	struct ps_dkim_bodies bodies = {.n = 0};
	struct ps_sha256 *sha = ps_sha256_new();

	for (size_t i = 0; i < r->n; i++) {
		if (r->of[i].result != PS_AUTH_PASS)
			continue;
		body[i] = ps_dkim_hash_body(&bodies, sha, m->body, &r->of[i]);
		ps_dkim_judge_body(&r->of[i], body[i]);
	}
	ps_dkim_ask_lib(d, &m->header, r, opinion);
	for (size_t i = 0; i < r->n; i++) {
		if (r->of[i].result != PS_AUTH_PASS)
			continue;
		if (opinion[i] == PS_DKIM_CANNOT)
			opinion[i] =
				ps_dkim_ask_own(a, sha, &m->header, &r->of[i]);
		ps_dkim_judge_signature(
			a, &r->of[i], opinion[i], body[i], &m->header);
	}
	ps_sha256_free(sha);
}

static size_t
count_alike(struct ps_bytes x, struct ps_bytes y)
{
	size_t n = 0;

	while (n < x.len && n < y.len && x.p[n] == y.p[n])
		n++;
	return n;
}

/* As many octets as tell it from every other one. */
static struct ps_bytes
show_b(const struct ps_dkim_readings *r, size_t n)
{
	size_t len = B_SHOWN, alike;

	for (size_t i = 0; i < r->n; i++) {
		alike = i == n ? 0 : count_alike(r->of[i].b, r->of[n].b);
		if (alike >= len)
			len = alike + 1;
	}
	return ps_bytes_head(r->of[n].b, len);
}

static void
tell(struct ps_arena *a, const struct ps_header *h,
	const struct ps_dkim_readings *r, size_t n,
	struct ps_dkim_signature *out)
{
	const struct ps_dkim_reading *in = &r->of[n];

	*out = (struct ps_dkim_signature){.result = in->result,
		.why = in->why,
		.domain = in->domain,
		.identity = in->identity,
		.selector = in->selector,
		.algorithm = in->algorithm,
		.b = show_b(r, n),
		.bits = in->key.bits,
		.testing = in->key.testing,
		.secure = in->key.secure,
		.partial = in->partial,
		.covers_autocrypt =
			ps_dkim_covers(h, in, PS_LIT("Autocrypt")) &&
			ps_dkim_covers(h, in, PS_LIT("Date"))};
	/* "MUST NOT treat messages from Signers in testing mode differently
	 * from unsigned email, even should the signature fail" (3.6.1) */
	if (out->testing && out->result == PS_AUTH_FAIL) {
		out->result = PS_AUTH_NEUTRAL;
		out->why = ps_arena_printf(
			a, "%s, and its key is a test", in->why);
	}
}

void
ps_dkim_verify(struct ps_arena *a, struct ps_dkim *d,
	const struct ps_message *m, int64_t now_s, struct ps_dns_budget *dns,
	struct ps_dkim_result *out)
{
	struct ps_dkim_readings r;

	ps_dkim_read_all(a, &m->header, &r);
	*out = (struct ps_dkim_result){
		.n_signature = r.n, .n_ignored = r.n_ignored};
	if (r.n == 0)
		return;
	for (size_t i = 0; i < r.n; i++)
		ps_dkim_judge_time(&r.of[i], now_s);
	fetch_keys(a, &r, dns);
	check_signatures(a, d, m, &r);
	out->signature = ps_arena_array(a, r.n, sizeof(*out->signature));
	for (size_t i = 0; i < r.n; i++)
		tell(a, &m->header, &r, i, &out->signature[i]);
}
