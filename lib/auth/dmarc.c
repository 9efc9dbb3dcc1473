/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * The verdict on the author domains of a message: discovery, alignment, the
 * owner's wish; of several author domains the strictest outcome.
 */
#include "auth/dmarc_align.h"
#include "auth/dmarc_check.h"

#include <assert.h>

/* So many author domains get their look-ups started ahead. */
#define MAX_AHEAD 2

static enum ps_dmarc_policy
one_level_lower(enum ps_dmarc_policy p)
{
	return p == PS_DMARC_POLICY_REJECT ? PS_DMARC_POLICY_QUARANTINE
					   : PS_DMARC_POLICY_NONE;
}

/*
 * Which tag speaks (4.10.1).  Whether the author domain exists is asked only
 * where the answer makes a difference.  The trouble, or NULL.
 */
static const char *
choose(struct ps_dmarc_look *l, struct ps_bytes author,
	const struct ps_dmarc_name *policy, struct ps_dmarc_result *out)
{
	const struct ps_dmarc_record *r = &policy->record;
	const char *why = NULL;

	out->which = "p";
	out->published = r->p;
	if (!ps_bytes_eq(policy->name, author)) {
		if (r->has_sp) {
			out->which = "sp";
			out->published = r->sp;
		}
		if (r->has_np && r->np != out->published &&
			ps_dmarc_find_name(l, author, &why) ==
				PS_DMARC_EXISTS_NOT) {
			out->which = "np";
			out->published = r->np;
		}
	}
	out->testing = r->testing;
	out->policy =
		r->testing ? one_level_lower(out->published) : out->published;
	return why;
}

static void
no_policy(const struct ps_dmarc_found *found, struct ps_dmarc_result *out)
{
	out->result = PS_AUTH_NONE;
	out->why = found->several ? "there are several DMARC records"
				  : "there is no DMARC record";
	if (found->policy_trouble != NULL) {
		out->result = PS_AUTH_TEMPERROR;
		out->why = found->policy_trouble;
	}
}

/* One author domain. */
static void
judge(struct ps_dmarc_look *l, const struct ps_dmarc_question *q,
	struct ps_bytes author, struct ps_dmarc_result *out)
{
	struct ps_dmarc_aligned aligned;
	struct ps_dmarc_found found;
	const char *trouble;

	*out = (struct ps_dmarc_result){.from_domain = author};
	ps_dmarc_find(l, author, &found);
	out->org_domain = found.org;
	if (found.policy == NULL) {
		no_policy(&found, out);
		return;
	}
	out->policy_domain = found.policy->name;
	out->record = found.policy->record.text;
	if (!found.policy->record.usable) {
		out->why = "the DMARC record has no valid policy";
		return;
	}
	trouble = choose(l, author, found.policy, out);
	ps_dmarc_align(l, author, &found, q->identity, q->n_identity, &aligned);
	out->by_dkim = aligned.by_dkim;
	out->by_spf = aligned.by_spf;
	out->aligned = aligned.domain;
	out->result = PS_AUTH_PASS;
	if (aligned.by_dkim || aligned.by_spf)
		return;
	if (aligned.trouble != NULL)
		trouble = aligned.trouble;
	out->result = trouble != NULL ? PS_AUTH_TEMPERROR : PS_AUTH_FAIL;
	out->why = trouble != NULL ? trouble : "no aligned identity passed";
}

/*
 * How strict an outcome is, for the choice among several authors.  What nobody
 * knows may be a rejection, but hides none that is known.
 */
static int
strictness(const struct ps_dmarc_result *r)
{
	switch (r->result) {
	case PS_AUTH_FAIL:
		return r->policy == PS_DMARC_POLICY_REJECT	 ? 5
		       : r->policy == PS_DMARC_POLICY_QUARANTINE ? 4
								 : 2;
	case PS_AUTH_TEMPERROR:
		return 3;
	case PS_AUTH_NONE:
		return 1;
	default:
		return 0;
	}
}

static void
judge_all(struct ps_dmarc_look *l, const struct ps_dmarc_question *q,
	const struct ps_dmarc_author *author, struct ps_dmarc_result *out)
{
	struct ps_dmarc_result r;

	*out = (struct ps_dmarc_result){.result = PS_AUTH_NONE};
	for (size_t i = 0; i < author->n_domain; i++) {
		judge(l, q, author->domain[i], &r);
		if (i == 0 || strictness(&r) > strictness(out))
			*out = r;
	}
	out->from = author->from;
	if (author->why == NULL)
		return;
	/* What a domain that could be read would ask for is kept. */
	if (out->result != PS_AUTH_FAIL)
		out->policy = out->published = PS_DMARC_POLICY_NONE;
	out->result = PS_AUTH_PERMERROR;
	out->why = author->why;
	out->by_dkim = out->by_spf = false;
	out->aligned = PS_LIT("");
}

static const char *
say(struct ps_arena *a, const struct ps_dmarc_result *r)
{
	const char *result = ps_auth_result_name(r->result);

	return r->result == PS_AUTH_FAIL
		       ? ps_arena_printf(a, "%s/%s", result,
				 ps_dmarc_policy_name(r->policy))
		       : result;
}

/* The list's outcome, where it is another one. */
static const char *
compare(struct ps_dmarc_look *l, const struct ps_dmarc_question *q,
	const struct ps_dmarc_author *author, const struct ps_dmarc_result *r)
{
	struct ps_dmarc_result other;

	l->by = PS_DMARC_PSL;
	judge_all(l, q, author, &other);
	if (other.result == r->result &&
		(r->result != PS_AUTH_FAIL || other.policy == r->policy))
		return NULL;
	return ps_arena_printf(
		l->a, "%s by the public suffix list", say(l->a, &other));
}

void
ps_dmarc_evaluate(struct ps_arena *a, const struct ps_dmarc_question *q,
	struct ps_dns_budget *dns, struct ps_dmarc_result *out)
{
	struct ps_dmarc_look l = {.a = a, .dns = dns, .psl = q->psl};
	struct ps_dmarc_author author;

	assert(q->psl != NULL || q->discovery == PS_DMARC_WALK);
	l.by = q->discovery == PS_DMARC_PSL ? PS_DMARC_PSL : PS_DMARC_WALK;
	ps_dmarc_author(a, q->header, &author);
	judge_all(&l, q, &author, out);
	out->secure = l.n_name > 0 && !l.insecure;
	if (q->discovery == PS_DMARC_BOTH)
		out->differs = compare(&l, q, &author, out);
	out->mismatch = ps_dmarc_check(a, out);
}

void
ps_dmarc_ahead(struct ps_arena *a, const struct ps_header *h,
	struct ps_dns_budget *dns)
{
	struct ps_bytes name[PS_DMARC_MAX_WALK];
	struct ps_dmarc_author author;

	ps_dmarc_author(a, h, &author);
	for (size_t i = 0; i < author.n_domain && i < MAX_AHEAD; i++) {
		size_t n = ps_dmarc_walk_names(author.domain[i], name);

		/* Everybody asks for the top levels: they are known. */
		for (size_t k = 0; k < n; k++)
			if (k == 0 ||
				ps_bytes_chr(name[k], '.') != PS_NOT_FOUND)
				ps_dmarc_look_ahead(a, name[k], dns);
	}
}
