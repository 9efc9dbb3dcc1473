/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * From a plan to copies, one for each group.  Nothing has left when all are
 * made: every step that can fail comes before the first that cannot be undone.
 */
#include <stdio.h>
#include <sys/random.h>

#include "base/failpoint.h"
#include "flow/steps.h"
#include "mail/received.h"
#include "mail/submission.h"

/* Of our own people; a stranger's message is not completed (RFC 6409 8). */
static bool
is_submission(const struct ps_txn *t, const struct ps_policy *p)
{
	struct ps_sender sender;

	ps_sender_of(p, t, &t->rcpt[0], &sender);
	return sender.authenticated;
}

/* Before the copies differ, so that all of them say the same. */
static enum ps_status
complete(struct ps_txn *t, const struct ps_env *env, const char **why)
{
	unsigned char noise[12];
	char hex[2 * sizeof(noise) + 1];

	if (!is_submission(t, env->policy))
		return PS_OK;
	if (getrandom(noise, sizeof(noise), 0) != (ssize_t)sizeof(noise)) {
		*why = "no random octets";
		return PS_ETEMP;
	}
	for (size_t i = 0; i < sizeof(noise); i++)
		snprintf(hex + 2 * i, 3, "%02x", noise[i]);
	t->message = ps_submission_complete(t->arena, &t->message,
		ps_now_s(env->clock), ps_arena_copy(t->arena, ps_bytes_of(hex)),
		ps_bytes_of(env->policy->authserv_id));
	return PS_OK;
}

/* The transaction as one group sees it: its recipients alone. */
static struct ps_txn
txn_of(const struct ps_txn *t, const struct ps_group *g)
{
	struct ps_txn one = *t;

	one.rcpt = ps_arena_array(t->arena, g->n_rcpt, sizeof(*one.rcpt));
	one.n_rcpt = g->n_rcpt;
	for (size_t i = 0; i < g->n_rcpt; i++)
		one.rcpt[i] = t->rcpt[g->rcpt[i]];
	return one;
}

static enum ps_status
make_one(struct ps_txn *t, const struct ps_env *env, struct ps_course *c,
	size_t group, bool leave_by_relay, struct ps_copies *out,
	const char **why)
{
	const struct ps_group *g = &c->plan.group[group];
	struct ps_message *copy = &out->message[group];
	struct ps_txn one = txn_of(t, g);
	enum ps_status s;

	s = ps_rewrite(&one, env, &g->seal, copy, &out->body[group], why);
	if (s != PS_OK)
		return s;
	if (leave_by_relay || g->seal.sealed)
		ps_submission_hide_bcc(copy);
	if (leave_by_relay) /* the MTA's own stands behind our back */
		ps_message_put_first(t->arena, copy,
			ps_received_make(t->arena, t,
				ps_bytes_of(env->policy->authserv_id),
				ps_now_s(env->clock)));
	ps_own_key_put(&one, env, c, g, copy);
	ps_marks_put(&one, env, &c->verdict, &c->sender, copy);
	s = ps_sign(&one, env, &c->verdict, leave_by_relay, copy,
		&out->body[group], &c->signed_by, why);
	PS_FAILPOINT("flow-copy-made");
	return s;
}

enum ps_status
ps_copies_make(struct ps_txn *t, const struct ps_env *env, struct ps_course *c,
	bool leave_by_relay, struct ps_copies *out, const char **why)
{
	struct ps_txn from = *t;
	enum ps_status s = PS_OK;

	out->n = c->plan.n_group;
	out->message = ps_arena_array(t->arena, out->n, sizeof(*out->message));
	out->body = ps_arena_array(t->arena, out->n, sizeof(*out->body));
	if (leave_by_relay)
		s = complete(&from, env, why);
	for (size_t i = 0; i < out->n && s == PS_OK; i++)
		s = make_one(&from, env, c, i, leave_by_relay, out, why);
	return s;
}

void
ps_copies_free(struct ps_copies *c)
{
	for (size_t i = 0; i < c->n; i++)
		ps_spool_free(c->body[i]);
	*c = (struct ps_copies){0};
}
