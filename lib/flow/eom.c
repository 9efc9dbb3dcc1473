/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * The program on one screen: what happens to a message at its end.  Who sent
 * it, what policy says to that, a plan, then the copy, then the edits that turn
 * what the MTA holds into that copy.  Every step that can fail comes before the
 * first edit exists.
 */
#include "flow/steps.h"

static void
plan_to_edits(struct ps_txn *t, const struct ps_env *env,
	const struct ps_course *c, struct ps_outcome *out)
{
	struct ps_message copy;
	const char *why = NULL;
	enum ps_status s;

	s = ps_rewrite(t, env, &c->plan, &copy, &out->body, &why);
	if (s != PS_OK) {
		ps_refuse(t->arena, s, why, &out->reply);
		return;
	}
	if (!c->plan.trial)
		ps_marks_put(t, env, &c->verdict, &c->sender, &copy);
	ps_edit_diff(t->arena, &t->message, &copy, &out->edits);
	if (c->sender.mark.kind == PS_MARK_QUARANTINE)
		out->quarantine = c->sender.mark.reason;
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
	if (keys_were_asked(facts, t->n_rcpt))
		ps_content_of(
			t->arena, &t->message, &env->policy->limits, &content);
	ps_decide(t->arena, env->policy, t, facts, &content, &c->plan);
	ps_judge_held_plan(&c->sender, &c->plan);
	if (c->sender.would.action != PS_ACCEPT)
		c->plan.would = c->sender.would;
}

void
ps_flow_eom(struct ps_txn *t, const struct ps_env *env, struct ps_outcome *out)
{
	struct ps_course c = {.began_ms = ps_mono_ms(env->clock)};
	struct ps_key_facts *facts;

	*out = (struct ps_outcome){0};
	ps_flow_verify(t, true, env, &c.verdict);
	facts = ps_find_rulings(t, env, &c.verdict);
	ps_flow_judge(t, env, facts, &c.verdict, &c.sender);
	out->reply = c.sender.reply;
	if (out->reply.action == PS_ACCEPT) {
		decide(t, env, facts, &c);
		out->reply = c.plan.reply;
	}
	if (out->reply.action == PS_ACCEPT)
		plan_to_edits(t, env, &c, out);
	out->log = ps_event_message(t, env, &c, &out->reply);
}
