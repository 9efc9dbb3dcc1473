/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * The chain's validation (RFC 8617 section 5.2), cheapest first: structure,
 * the newest message signature, the seals from the newest to the oldest, and
 * of a chain that passes how far back the message itself is still the same.
 */
#include "auth/arc.h"

#include "auth/arc_parts.h"
#include "auth/pubkey.h"

#define MAX_SIGNED ((size_t)4 << 20)

static const struct ps_dkim_key *
key_of(struct ps_arc_work *w, const struct ps_arc_signature *s)
{
	struct ps_arc_key *k;

	for (size_t i = 0; i < w->n_key; i++)
		if (ps_bytes_eq(w->key[i].domain, s->domain) &&
			ps_bytes_eq(w->key[i].selector, s->selector))
			return &w->key[i].key;
	PS_GROW(w->a, w->key, w->n_key);
	k = &w->key[w->n_key++];
	k->domain = s->domain;
	k->selector = s->selector;
	ps_dkim_key_fetch(w->a, s->selector, s->domain, w->dns, &k->key);
	return &k->key;
}

enum ps_auth_result
ps_arc_check_signature(struct ps_arc_work *w, const struct ps_arc_signature *s,
	const unsigned char digest[PS_SHA256_LEN])
{
	const struct ps_dkim_key *key = key_of(w, s);

	w->secure &= key->secure;
	w->why = key->why;
	if (key->result == PS_AUTH_TEMPERROR)
		return PS_AUTH_TEMPERROR;
	if (key->result != PS_AUTH_PASS)
		return PS_AUTH_FAIL;
	w->why = "the key does not fit a=";
	if (key->type != s->type || !key->sha256)
		return PS_AUTH_FAIL;
	w->why = "the signature does not verify";
	return ps_pubkey_verify(key, digest, s->octets) ? PS_AUTH_PASS
							: PS_AUTH_FAIL;
}

static void
ahead(struct ps_arena *a, const struct ps_arc_signature *s,
	struct ps_dns_budget *dns)
{
	if (s->why == NULL)
		ps_dkim_key_ahead(a, s->selector, s->domain, dns);
}

void
ps_arc_ahead(struct ps_arena *a, const struct ps_header *h,
	struct ps_dns_budget *dns)
{
	struct ps_arc_chain c;
	const char *why;

	if (ps_arc_read(a, h, &c, &why) != PS_AUTH_PASS ||
		c.hop[c.n_hop - 1].message.sig.why != NULL)
		return;
	for (size_t i = c.n_hop; i-- > 0;) {
		ahead(a, &c.hop[i].message.sig, dns);
		ahead(a, &c.hop[i].seal, dns);
	}
}

/*
 * Step 5: 0 when every message signature still fits.  It is good to know and
 * decides nothing, so that 50 signatures over a header of 2 MB are left alone.
 */
static size_t
oldest_pass(struct ps_arc_work *w, const struct ps_arc_chain *c)
{
	for (size_t i = c->n_hop - 1; i-- > 0;)
		if (w->n_octet > MAX_SIGNED ||
			ps_arc_check_message(w, &c->hop[i].message, NULL) !=
				PS_AUTH_PASS)
			return i + 2;
	return 0;
}

static enum ps_auth_result
check(struct ps_arc_work *w, const struct ps_arc_chain *c,
	struct ps_arc_result *out)
{
	enum ps_auth_result r;

	r = ps_arc_check_message(
		w, &c->hop[c->n_hop - 1].message, &out->author_signed);
	if (r != PS_AUTH_PASS) {
		w->why = ps_arena_printf(
			w->a, "i=%zu: message signature: %s", c->n_hop, w->why);
		return r;
	}
	r = ps_arc_check_seals(w, c);
	if (r != PS_AUTH_PASS)
		return r;
	/* an older key says nothing of this result */
	out->secure = w->secure;
	out->oldest_pass = oldest_pass(w, c);
	return PS_AUTH_PASS;
}

static void
tell_sets(struct ps_arena *a, const struct ps_arc_chain *c,
	struct ps_arc_result *out)
{
	out->set = ps_arena_array(a, c->n_hop, sizeof(*out->set));
	for (size_t i = 0; i < c->n_hop; i++)
		out->set[i] = (struct ps_arc_set){
			.domain = c->hop[i].seal.domain,
			.selector = c->hop[i].seal.selector,
			.results = c->hop[i].results_text,
		};
}

void
ps_arc_verify(struct ps_arena *a, const struct ps_message *m, int64_t now_s,
	struct ps_dns_budget *dns, struct ps_arc_result *out)
{
	struct ps_arc_work w = {.a = a,
		.message = m,
		.now_s = now_s,
		.dns = dns,
		.secure = true};
	struct ps_arc_chain c;

	*out = (struct ps_arc_result){0};
	out->result = ps_arc_read(a, &m->header, &c, &out->why);
	out->n_set = c.n_hop;
	if (out->result != PS_AUTH_PASS)
		return;
	w.sha = ps_sha256_new();
	out->result = check(&w, &c, out);
	ps_sha256_free(w.sha);
	if (out->result == PS_AUTH_PASS)
		tell_sets(a, &c, out);
	else
		out->author_signed = false;
	out->why = out->result == PS_AUTH_PASS ? NULL : w.why;
}
