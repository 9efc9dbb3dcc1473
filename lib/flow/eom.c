/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * The program on one screen: what happens to a message at its end.  Facts,
 * then a plan, then the copy, then the edits that turn what the MTA holds into
 * that copy.  Every step that can fail comes before the first edit exists.
 */
#include "flow/steps.h"

static void
plan_to_edits(struct ps_txn *t, const struct ps_env *env,
	const struct ps_plan *plan, struct ps_outcome *out)
{
	struct ps_message copy;
	const char *why = NULL;
	enum ps_status s;

	s = ps_rewrite(t, env, plan, &copy, &out->body, &why);
	if (s == PS_OK)
		ps_edit_diff(t->arena, &t->message, &copy, &out->edits);
	else
		ps_refuse(t->arena, s, why, &out->reply);
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

void
ps_flow_eom(struct ps_txn *t, const struct ps_env *env, struct ps_outcome *out)
{
	int64_t began_ms = ps_mono_ms(env->clock);
	struct ps_content_facts content = {.header = &t->message.header};
	struct ps_key_facts *facts;
	struct ps_plan plan = {0};

	*out = (struct ps_outcome){0};
	facts = ps_find_keys(t, env);
	if (keys_were_asked(facts, t->n_rcpt))
		ps_content_of(
			t->arena, &t->message, &env->policy->limits, &content);
	ps_decide(t->arena, env->policy, t, facts, &content, &plan);
	out->reply = plan.reply;
	if (plan.reply.action == PS_ACCEPT)
		plan_to_edits(t, env, &plan, out);
	out->log = ps_event_message(t, env, &plan, &out->reply, began_ms);
}
