/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * One recipient, while the sender can still be told about him alone.
 */
#include "flow/steps.h"

void
ps_flow_rcpt(struct ps_txn *t, const struct ps_rcpt *r,
	const struct ps_env *env, struct ps_reply *out)
{
	struct ps_key_facts facts;
	struct ps_client client;

	*out = (struct ps_reply){.action = PS_ACCEPT};
	if (t->is_local) /* the MTA cannot refuse these one by one */
		return;
	ps_find_ruling(t, r, env, NULL, &facts);
	ps_client_of(t->arena, t, &client);
	ps_judge_sender_rcpt(
		t->arena, env->policy, t, &client, &facts.ruling, out);
	if (out->action != PS_ACCEPT)
		return;
	ps_find_keys_for(t, r, env, &facts);
	ps_decide_rcpt(t->arena, env->policy, t, r, &facts, out);
}
