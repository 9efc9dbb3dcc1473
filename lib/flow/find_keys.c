/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Recipients to key facts: the policy that holds for each, and what is known of
 * the addresses under which its keys may stand.  A look at the network is begun
 * for everybody before anybody waits, and all of them wait until one time.
 */
#include "flow/steps.h"

/* A later address counts only where no earlier one has any certificate. */
static void
find_first(const struct ps_txn *t, const struct ps_env *env,
	const struct ps_rcpt *r, struct ps_cert_query *q,
	struct ps_cert_answer *out)
{
	size_t n = 0;
	struct ps_addr *addr =
		ps_key_addresses(t->arena, env->policy, &r->addr, &n);

	for (size_t i = 0; i < n; i++) {
		q->addr = &addr[i];
		env->certs->find(env->certs->self, t->arena, q, out);
		if (out->state != PS_CERT_NONE)
			return;
	}
}

/* Named by the administrator: they are in the directory, or missing. */
static void
find_archive(const struct ps_txn *t, const struct ps_env *env,
	const struct ps_setting *archive, struct ps_cert_query q,
	struct ps_cert_answer *out)
{
	*out = (struct ps_cert_answer){.state = PS_CERT_NONE, .reason = ""};
	if (archive->n_list == 0)
		return;
	q.pin = archive->list;
	q.n_pin = archive->n_list;
	q.max_certs = archive->n_list;
	q.rules = NULL;
	q.look = NULL;
	env->certs->find(env->certs->self, t->arena, &q, out);
}

void
ps_find_ruling(const struct ps_txn *t, const struct ps_rcpt *r,
	const struct ps_env *env, const struct ps_verdict *verdict,
	struct ps_key_facts *out)
{
	struct ps_sender sender;
	struct ps_client client;

	*out = (struct ps_key_facts){0};
	ps_sender_of(env->policy, t, r, &sender);
	if (verdict != NULL) {
		ps_sender_prove(&sender, verdict);
	} else {
		ps_client_of(t->arena, t, &client);
		sender.client = &client;
	}
	ps_match(t->arena, env->policy, &sender, &r->addr, &out->ruling);
	out->look_up = ps_ruling_may_seal(&out->ruling, &sender);
}

static void
find(const struct ps_txn *t, const struct ps_rcpt *r, const struct ps_env *env,
	const struct ps_wait *look, struct ps_key_facts *facts)
{
	const struct ps_policy *p = env->policy;
	const struct ps_setting *pin = &facts->ruling.word[PS_WORD_KEY];
	struct ps_key_rules rules;
	struct ps_cert_query q = {
		.addr = &r->addr,
		.fold_local = !p->local_part_case,
		.pin = pin->list,
		.n_pin = pin->n_list,
		.all_subkeys = p->all_subkeys,
		.now_s = ps_now_s(env->clock),
		.max_certs = p->limits.max_keys_per_rcpt,
		.wait = &env->wait,
		.rules = &rules,
		.look = env->looks_outside ? look : NULL,
	};

	if (!facts->look_up)
		return;
	ps_policy_key_rules(p, &facts->ruling, &rules);
	find_first(t, env, r, &q, &facts->keys);
	if (!facts->looked_up)
		find_archive(t, env, &facts->ruling.word[PS_WORD_ARCHIVE_KEY],
			q, &facts->archive);
	facts->looked_up = true;
}

void
ps_find_keys_for(const struct ps_txn *t, const struct ps_rcpt *r,
	const struct ps_env *env, struct ps_key_facts *facts)
{
	const struct ps_wait begin = ps_wait_within(&env->wait, 0);

	find(t, r, env, &begin, facts);
}

struct ps_key_facts *
ps_find_rulings(const struct ps_txn *t, const struct ps_env *env,
	const struct ps_verdict *verdict)
{
	struct ps_key_facts *facts =
		ps_arena_array(t->arena, t->n_rcpt, sizeof(*facts));

	for (size_t i = 0; i < t->n_rcpt; i++)
		ps_find_ruling(t, &t->rcpt[i], env, verdict, &facts[i]);
	return facts;
}

void
ps_find_keys(const struct ps_txn *t, const struct ps_env *env,
	struct ps_key_facts *facts)
{
	const struct ps_wait all =
		ps_wait_within(&env->wait, env->policy->lookup_wait_ms);

	for (size_t i = 0; i < t->n_rcpt; i++)
		ps_find_keys_for(t, &t->rcpt[i], env, &facts[i]);
	for (size_t i = 0; i < t->n_rcpt; i++)
		if (facts[i].looked_up && facts[i].keys.state == PS_CERT_LATE)
			find(t, &t->rcpt[i], env, &all, &facts[i]);
}
