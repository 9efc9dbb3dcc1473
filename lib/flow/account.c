/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * What became of every recipient: each of them is in exactly one of four
 * places, or the program is wrong.
 */
#include <assert.h>

#include "flow/steps.h"

static size_t
served_now(const struct ps_course *c)
{
	size_t n = 0;

	for (size_t i = 0; c->fate != NULL && i < c->plan.n_group; i++)
		if (c->fate[i].result.outcome == PS_RELAY_ACKNOWLEDGED)
			n += c->plan.group[i].n_rcpt;
	return n;
}

static void
count_copies(const struct ps_course *c, int64_t out[PS_ACCOUNT_N])
{
	for (size_t i = 0; c->fate != NULL && i < c->plan.n_group; i++) {
		out[PS_ACCOUNT_COPIES] +=
			c->fate[i].result.outcome == PS_RELAY_ACKNOWLEDGED;
		out[PS_ACCOUNT_UNKNOWN] +=
			c->fate[i].result.outcome == PS_RELAY_UNKNOWN;
	}
}

void
ps_account_of(const struct ps_txn *t, const struct ps_course *c,
	const struct ps_reply *reply, int64_t out[PS_ACCOUNT_N])
{
	size_t relayed = c->n_served + served_now(c);
	size_t rest = t->n_rcpt - relayed;

	assert(relayed <= t->n_rcpt);
	/* the original goes only when everybody has his copy */
	assert(reply->action != PS_DISCARD || rest == 0);
	memset(out, 0, PS_ACCOUNT_N * sizeof(*out));
	out[PS_ACCOUNT_MESSAGES] = 1;
	out[PS_ACCOUNT_RECIPIENTS] = (int64_t)t->n_rcpt;
	out[PS_ACCOUNT_RELAYED] = (int64_t)relayed;
	out[PS_ACCOUNT_SKIPPED] = (int64_t)c->n_served;
	if (reply->action == PS_REJECT)
		out[PS_ACCOUNT_REFUSED] = (int64_t)rest;
	else if (reply->action == PS_TEMPFAIL)
		out[PS_ACCOUNT_DEFERRED] = (int64_t)rest;
	else
		out[PS_ACCOUNT_IN_PLACE] = (int64_t)rest;
	out[PS_ACCOUNT_LOOPS] =
		reply->reason != NULL && strcmp(reply->reason, "loop") == 0;
	count_copies(c, out);
}
