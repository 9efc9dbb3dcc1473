/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * What is remembered of a message: copies of it that left at an earlier try,
 * and copies of ours that come back.  No field of the message is trusted for
 * either.
 */
#include "base/failpoint.h"
#include "flow/steps.h"
#include "mail/received.h"

static struct ps_bytes *
names_of(const struct ps_txn *t)
{
	struct ps_bytes *name =
		ps_arena_array(t->arena, t->n_rcpt, sizeof(*name));

	for (size_t i = 0; i < t->n_rcpt; i++)
		name[i] = t->rcpt[i].addr.full;
	return name;
}

/* The same octets, from where our copies go: the relay sends them round. */
static enum ps_status
find_loop(struct ps_txn *t, const struct ps_env *env,
	const struct ps_bytes *rcpt, const char **why)
{
	struct ps_digest copy;
	bool found = false;
	enum ps_status s;

	if (env->relay_address == NULL ||
		!ps_relay_address_has(env->relay_address, &t->session->client))
		return PS_OK;
	s = ps_digest_copy(
		t->mail_from.full, rcpt, t->n_rcpt, &t->message, &copy, why);
	if (s == PS_OK)
		s = env->ledger->find_copy(
			env->ledger->self, t->arena, &copy, &found, why);
	if (s == PS_OK && found) {
		*why = "a copy that was sent to the relay comes back from it: "
		       "its port must have no milters";
		return PS_ELOOP;
	}
	return s;
}

static enum ps_status
find_known(struct ps_txn *t, const struct ps_env *env,
	const struct ps_bytes *rcpt, struct ps_memory *out, const char **why)
{
	enum ps_status s;
	bool known = false;

	s = ps_digest_message(
		t->mail_from.full, &t->message, &out->message, &known, why);
	if (s != PS_OK)
		return s;
	out->asked = true;
	out->known = ps_arena_array(t->arena, t->n_rcpt, sizeof(*out->known));
	if (!known)
		return PS_OK;
	s = env->ledger->find(env->ledger->self, t->arena, &out->message, rcpt,
		t->n_rcpt, out->known, why);
	for (size_t i = 0; i < t->n_rcpt && s == PS_OK; i++) {
		out->sent_before |= out->known[i].state != PS_LEDGER_NONE;
		if (!out->known[i].busy)
			continue;
		*why = "another connection is sending this message now";
		s = PS_EBUSY;
	}
	return s;
}

enum ps_status
ps_recall(struct ps_txn *t, const struct ps_env *env, struct ps_memory *out,
	const char **why)
{
	struct ps_bytes *rcpt;
	enum ps_status s;

	*out = (struct ps_memory){0};
	if (ps_received_count(&t->message.header) >
		env->policy->limits.max_received) {
		*why = "the message has passed too many hosts";
		return PS_EHOPS;
	}
	if (env->ledger == NULL || t->n_rcpt == 0)
		return PS_OK;
	rcpt = names_of(t);
	s = find_loop(t, env, rcpt, why);
	if (s == PS_OK)
		s = find_known(t, env, rcpt, out, why);
	PS_FAILPOINT("flow-recalled");
	return s;
}

struct ps_txn
ps_memory_rest(const struct ps_txn *t, const struct ps_memory *m)
{
	struct ps_txn rest = *t;

	if (!m->sent_before)
		return rest;
	rest.rcpt = ps_arena_array(t->arena, t->n_rcpt, sizeof(*rest.rcpt));
	rest.n_rcpt = 0;
	for (size_t i = 0; i < t->n_rcpt; i++)
		if (m->known[i].state != PS_LEDGER_ACKNOWLEDGED)
			rest.rcpt[rest.n_rcpt++] = t->rcpt[i];
	return rest;
}
