/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * The program on one screen: what happens to a message at its end.  Who sent
 * it, what policy says to that, a plan, then the copy, then the edits that turn
 * what the MTA holds into that copy.  Where recipients need several copies, all
 * of them leave by the relay, and the original is discarded.  Every step that
 * can fail comes before the first that cannot be undone.
 */
#include "base/failpoint.h"
#include "flow/steps.h"

/* The one copy becomes edits of what the MTA holds. */
static void
edit_in_place(struct ps_txn *t, const struct ps_course *c,
	struct ps_copies *copies, struct ps_outcome *out)
{
	ps_edit_diff(t->arena, &t->message, &copies->message[0], &out->edits);
	out->body = copies->body[0];
	copies->body[0] = NULL;
	if (c->sender.mark.kind == PS_MARK_QUARANTINE)
		out->quarantine = c->sender.mark.reason;
}

/* Under trial the message stays as it is, but for a field that says what would
 * have been. */
static void
edit_trial(struct ps_txn *t, const struct ps_course *c, struct ps_outcome *out)
{
	struct ps_message copy;

	ps_rewrite_trial(t, &c->plan, &c->sender.would_mark, &copy);
	ps_edit_diff(t->arena, &t->message, &copy, &out->edits);
}

/* A message that was split once never again goes the way in place, whatever
 * policy says by now: somebody may have his copy. */
static void
plan_to_copies(struct ps_txn *t, const struct ps_env *env, struct ps_course *c,
	struct ps_outcome *out)
{
	bool by_relay = c->plan.n_group > 1 || c->memory.sent_before;
	struct ps_copies copies = {0};
	const char *why = NULL;
	enum ps_status s;

	if (by_relay && env->relay == NULL) {
		ps_refuse(t->arena, PS_ENORELAY,
			"the recipients need different copies, and no relay "
			"is configured to send them",
			&out->reply);
		return;
	}
	s = ps_copies_make(t, env, c, by_relay, &copies, &why);
	if (s != PS_OK)
		ps_refuse(t->arena, s, why, &out->reply);
	else if (by_relay)
		ps_send_copies(t, env, c, &copies, &out->reply);
	else
		edit_in_place(t, c, &copies, out);
	ps_copies_free(&copies);
}

/* May anybody's copy be sealed?  If not, nothing in the message matters, and
 * it need not be taken apart. */
static bool
keys_were_asked(const struct ps_key_facts *facts, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (facts[i].looked_up)
			return true;
	return false;
}

static void
decide(struct ps_txn *t, const struct ps_env *env, struct ps_key_facts *facts,
	struct ps_course *c)
{
	struct ps_content_facts content = {.header = &t->message.header};

	ps_find_keys(t, env, facts);
	c->facts = facts;
	c->n_facts = t->n_rcpt;
	if (keys_were_asked(facts, t->n_rcpt))
		ps_content_of(
			t->arena, &t->message, &env->policy->limits, &content);
	ps_decide(t->arena, env->policy, t, facts, &content, &c->plan);
	if (c->plan.reply.action == PS_ACCEPT)
		ps_flow_plan_signatures(t, env, &c->verdict, &c->plan);
	ps_judge_held_plan(&c->sender, &c->plan);
	if (c->sender.would.action != PS_ACCEPT)
		c->plan.would = c->sender.would;
}

/* Verdict, judgement, plan, copies. */
static void
treat(struct ps_txn *t, const struct ps_env *env, struct ps_course *c,
	struct ps_outcome *out)
{
	struct ps_key_facts *facts;

	ps_flow_verify(t, true, env, &c->verdict);
	facts = ps_find_rulings(t, env, &c->verdict);
	ps_flow_judge(t, env, facts, &c->verdict, &c->sender);
	out->reply = c->sender.reply;
	if (out->reply.action != PS_ACCEPT)
		return;
	ps_flow_harvest(t, env, &c->verdict);
	decide(t, env, facts, c);
	PS_FAILPOINT("flow-planned");
	out->reply = c->plan.reply;
	if (out->reply.action != PS_ACCEPT)
		return;
	if (c->plan.trial)
		edit_trial(t, c, out);
	else
		plan_to_copies(t, env, c, out);
}

void
ps_flow_eom(struct ps_txn *t, const struct ps_env *env, struct ps_outcome *out)
{
	struct ps_course c = {.began_ms = ps_mono_ms(env->clock)};
	const char *why = NULL;
	enum ps_status s;
	struct ps_txn rest;

	*out = (struct ps_outcome){0};
	s = ps_recall(t, env, &c.memory, &why);
	rest = ps_memory_rest(t, &c.memory);
	c.n_served = t->n_rcpt - rest.n_rcpt;
	if (s != PS_OK)
		ps_refuse(t->arena, s, why, &out->reply);
	else if (c.n_served > 0 && rest.n_rcpt == 0)
		out->reply.action = PS_DISCARD; /* everybody has his copy */
	else
		treat(&rest, env, &c, out);
	ps_account_of(t, &c, &out->reply, out->account);
	ps_event_copies(t, &c, out);
	out->log = ps_event_message(t, env, &c, &out->reply);
}
