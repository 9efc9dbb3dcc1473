/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Who sent this?  Whom we need not ask, whose word counts instead of our own
 * look, and what policy wants to know.
 */
#include "flow/steps.h"

static struct ps_verifier
verifier_of(const struct ps_txn *t, const struct ps_env *env)
{
	return (struct ps_verifier){
		.settings = &env->policy->auth,
		.dns = env->dns,
		.dkim = env->dkim,
		.psl = env->psl,
		.wait = &env->wait,
		.now_s = ps_now_s(env->clock),
		.methods = env->dns == NULL ? 0
					    : ps_policy_methods(env->policy, t),
		.trusted_client = ps_policy_trusts(env->policy, t),
		.started = t->looked_ahead,
		.assumed = env->assumed,
		.n_assumed = env->n_assumed,
	};
}

void
ps_flow_ahead(struct ps_txn *t, bool has_header, const struct ps_env *env)
{
	struct ps_verifier v;

	if (env->dns == NULL || env->dns->ahead == NULL)
		return;
	v = verifier_of(t, env);
	if (v.methods == 0)
		return;
	ps_verify_ahead(t->arena, t->session,
		t->mail_from_raw.p == NULL ? NULL : t, has_header, &v);
	t->looked_ahead = has_header;
}

void
ps_flow_verify(struct ps_txn *t, bool has_message, const struct ps_env *env,
	struct ps_verdict *out)
{
	struct ps_verifier v = verifier_of(t, env);

	if (has_message &&
		ps_policy_is_trusted_relay(env->policy, &t->session->client) &&
		ps_verify_by_relay(t->arena, t, env->policy->authserv_id, out))
		return;
	ps_verify(t->arena, t, has_message, &v, out);
}

void
ps_flow_judge(struct ps_txn *t, const struct ps_env *env,
	struct ps_key_facts *facts, const struct ps_verdict *v,
	struct ps_sender_judgement *out)
{
	const struct ps_sender_case c = {
		.policy = env->policy,
		.txn = t,
		.verdict = v,
		.ruling = ps_rulings_of(t->arena, facts, t->n_rcpt),
		.n_ruling = t->n_rcpt,
	};

	ps_judge_sender(t->arena, &c, out);
}
