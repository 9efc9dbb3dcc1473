/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Who sent this?  Whom we need not ask, whose word counts instead of our own
 * look, and what policy wants to know.
 */
#include "flow/steps.h"

#define MIN_RSA_BITS 2048

static const char *const *
author_keys(void *self, const struct ps_addr *from, size_t *n)
{
	const struct ps_flow_signatures *k = self;

	return ps_policy_author_keys(k->policy, from, n);
}

static void
key_rules(void *self, struct ps_arena *a, const struct ps_addr *addr,
	struct ps_key_rules *out)
{
	const struct ps_flow_signatures *k = self;

	ps_policy_key_rules_of(a, k->policy, addr, out);
}

static bool
may_ask_openpgp(const struct ps_env *env)
{
	return env->policy->openpgp && env->engine != NULL &&
	       env->engine->verify != NULL && env->certs != NULL &&
	       env->certs->signers != NULL;
}

void
ps_flow_openpgp(const struct ps_env *env, struct ps_flow_signatures *out)
{
	const struct ps_policy *p = env->policy;

	*out = (struct ps_flow_signatures){.policy = p};
	if (!may_ask_openpgp(env))
		return;
	out->is_asked = true;
	out->verifier = (struct ps_openpgp_verifier){
		.engine = env->engine,
		.certs = env->certs,
		.bound = {out, author_keys},
		.rules = {out, key_rules},
		.limits = &p->limits,
		.wait = &env->wait,
		.fold_local = !p->local_part_case,
		.now_s = ps_now_s(env->clock),
		.min_rsa_bits = MIN_RSA_BITS,
	};
}

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
	struct ps_flow_signatures signatures = {0};

	if (has_message && !v.trusted_client) {
		ps_flow_openpgp(env, &signatures);
		if (signatures.is_asked)
			v.openpgp = &signatures.verifier;
	}
	if (has_message &&
		ps_policy_is_trusted_relay(env->policy, &t->session->client) &&
		ps_verify_by_relay(
			t->arena, t, env->policy->authserv_id, out)) {
		ps_verify_openpgp(t->arena, t, &v, out);
		return;
	}
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
