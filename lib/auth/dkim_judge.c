/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * From what is known of a signature to its result, in the words of RFC 8601.
 * Each step speaks only where none before it did.  Pure.
 */
#include "auth/dkim_parts.h"

static void
say(struct ps_dkim_reading *r, enum ps_auth_result result, const char *why)
{
	if (r->result != PS_AUTH_PASS || why == NULL)
		return;
	r->result = result;
	r->why = why;
}

void
ps_dkim_judge_time(struct ps_dkim_reading *r, int64_t now_s)
{
	if (r->expires_s >= 0 && now_s > r->expires_s + PS_DKIM_SKEW_S)
		say(r, PS_AUTH_FAIL, "the signature has expired");
	else if (r->signed_s > now_s + PS_DKIM_SKEW_S)
		say(r, PS_AUTH_FAIL, "the signature is of the future");
}

void
ps_dkim_judge_key(struct ps_dkim_reading *r)
{
	const struct ps_dkim_key *k = &r->key;

	if (k->result != PS_AUTH_PASS)
		say(r, k->result, k->why);
	else if (k->type != r->type)
		say(r, PS_AUTH_PERMERROR, "the key does not fit a=");
	else if (!k->sha256)
		say(r, PS_AUTH_PERMERROR, "the key does not allow SHA-256");
	else if (k->strict && !r->exact)
		say(r, PS_AUTH_PERMERROR, "the key wants i= to be d=");
}

void
ps_dkim_judge_body(struct ps_dkim_reading *r, const struct ps_dkim_body *body)
{
	if (r->limit != PS_CANON_ALL && body->total < r->limit)
		say(r, PS_AUTH_FAIL, "the body is shorter than l=");
	else if (memcmp(body->digest, r->body_hash.p, PS_SHA256_LEN) != 0)
		say(r, PS_AUTH_FAIL, "the body has changed");
}

static const char *
find_gap(struct ps_arena *a, const struct ps_dkim_reading *r,
	const struct ps_dkim_body *body, const struct ps_header *h)
{
	const char *name;

	if (r->limit != PS_CANON_ALL && body->total > r->limit)
		return ps_arena_printf(a,
			"l= leaves %llu octets of the body unsigned",
			(unsigned long long)(body->total - r->limit));
	name = ps_dkim_uncovered(h, r);
	return name == NULL ? NULL
			    : ps_arena_printf(a,
				      "%s occurs more often than it is signed",
				      name);
}

void
ps_dkim_judge_signature(struct ps_arena *a, struct ps_dkim_reading *r,
	enum ps_dkim_opinion opinion, const struct ps_dkim_body *body,
	const struct ps_header *h)
{
	if (opinion != PS_DKIM_GOOD)
		say(r, PS_AUTH_FAIL, "the signature does not fit");
	if (r->result == PS_AUTH_PASS) {
		say(r, PS_AUTH_POLICY, find_gap(a, r, body, h));
		r->partial = r->result != PS_AUTH_PASS;
	}
}
