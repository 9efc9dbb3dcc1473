/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Every copy to the relay.  All envelopes are accepted before the first copy
 * leaves, the intent is on the disk before it, and each 250 is recorded before
 * the next: a message that is tried again skips what was acknowledged.
 */
#include "base/failpoint.h"
#include "base/str.h"
#include "flow/steps.h"

struct sending {
	struct ps_txn *t;
	const struct ps_env *env;
	struct ps_course *c;
	const struct ps_copies *copies;
	struct ps_wait wait;
	struct ps_relay_copy *copy;
	struct ps_ledger_group *group;
	struct ps_relay_batch *batch;
	struct ps_ledger_claim *claim;
	size_t n_acknowledged;
};

/* The value of an ESMTP word of MAIL or RCPT: "RET=HDRS". */
static struct ps_bytes
esmtp_word(const struct ps_bytes *arg, size_t n, const char *name)
{
	struct ps_bytes want = ps_bytes_of(name);

	for (size_t i = 0; i < n; i++)
		if (ps_bytes_istarts(arg[i], want))
			return ps_bytes_from(arg[i], want.len);
	return (struct ps_bytes){0};
}

static bool
is_smtputf8(const struct ps_txn *t)
{
	for (size_t i = 0; i < t->n_mail_arg; i++)
		if (ps_bytes_ieq(t->mail_arg[i], PS_LIT("SMTPUTF8")))
			return true;
	return false;
}

static enum ps_status
prepare_group(struct sending *s, size_t group, const char **why)
{
	const struct ps_group *g = &s->c->plan.group[group];
	struct ps_arena *a = s->t->arena;
	struct ps_relay_rcpt *to = ps_arena_array(a, g->n_rcpt, sizeof(*to));
	struct ps_bytes *name = ps_arena_array(a, g->n_rcpt, sizeof(*name));

	for (size_t i = 0; i < g->n_rcpt; i++) {
		const struct ps_rcpt *r = &s->t->rcpt[g->rcpt[i]];

		name[i] = r->addr.full;
		to[i] = (struct ps_relay_rcpt){
			.path = r->raw,
			.notify = esmtp_word(r->arg, r->n_arg, "NOTIFY="),
			.orcpt = esmtp_word(r->arg, r->n_arg, "ORCPT="),
		};
	}
	s->copy[group] = (struct ps_relay_copy){
		.sender = s->t->mail_from_raw,
		.ret = esmtp_word(s->t->mail_arg, s->t->n_mail_arg, "RET="),
		.envid = esmtp_word(s->t->mail_arg, s->t->n_mail_arg, "ENVID="),
		.smtputf8 = is_smtputf8(s->t),
		.rcpt = to,
		.n_rcpt = g->n_rcpt,
		.message = &s->copies->message[group],
	};
	s->group[group] =
		(struct ps_ledger_group){.rcpt = name, .n_rcpt = g->n_rcpt};
	return ps_digest_copy(s->t->mail_from.full, name, g->n_rcpt,
		&s->copies->message[group], &s->group[group].copy, why);
}

static enum ps_status
prepare(struct sending *s, const char **why)
{
	size_t n = s->copies->n;
	enum ps_status r = PS_OK;

	s->copy = ps_arena_array(s->t->arena, n, sizeof(*s->copy));
	s->group = ps_arena_array(s->t->arena, n, sizeof(*s->group));
	s->c->fate = ps_arena_array(s->t->arena, n, sizeof(*s->c->fate));
	for (size_t i = 0; i < n && r == PS_OK; i++)
		r = prepare_group(s, i, why);
	return r;
}

static enum ps_status
intend(struct sending *s, const char **why)
{
	const struct ps_ledger *l = s->env->ledger;
	struct ps_ledger_intent *intent =
		ps_arena_alloc(s->t->arena, sizeof(*intent));

	*intent = (struct ps_ledger_intent){
		.message = s->c->memory.message,
		.sender = s->t->mail_from.full,
		.queue_id = s->t->queue_id,
		.group = s->group,
		.n_group = s->copies->n,
		.lease_ms = PS_LEDGER_LEASE_MS,
	};
	return l->intend(
		l->self, s->t->arena, intent, &s->wait, &s->claim, why);
}

static enum ps_status
send_one(struct sending *s, size_t i, const char **why)
{
	const struct ps_ledger *l = s->env->ledger;
	struct ps_copy_fate *fate = &s->c->fate[i];
	int64_t began_ms = ps_mono_ms(s->env->clock);
	enum ps_status r;

	if (!l->holds(s->claim)) {
		*why = "the claim on this message has ended";
		return PS_ELATE;
	}
	fate->tried = true;
	r = s->env->relay->send(s->batch, i, &s->wait, &fate->result, why);
	fate->took_ms = ps_mono_ms(s->env->clock) - began_ms;
	if (r != PS_OK)
		return r;
	s->n_acknowledged++;
	PS_FAILPOINT("flow-before-acknowledge");
	r = l->acknowledge(s->claim, i, fate->result.text, &s->wait, why);
	PS_FAILPOINT("flow-after-acknowledge");
	return r;
}

/* After a failure of one copy the others can still be sent: what is served now
 * need not be tried again. */
static enum ps_status
send_all(struct sending *s, const char **why)
{
	enum ps_status first = PS_OK;

	for (size_t i = 0; i < s->copies->n; i++) {
		const char *this_why = NULL;
		enum ps_status r = send_one(s, i, &this_why);

		if (r != PS_OK && first == PS_OK) {
			first = r;
			*why = this_why;
		}
	}
	return first;
}

/* Whom the relay refused, and in its own words. */
static void
refused(struct sending *s, const struct ps_relay_result *r, bool hard,
	struct ps_reply *reply)
{
	struct ps_arena *a = s->t->arena;
	const char *who = "this message";

	if (r->copy != PS_NOT_FOUND && r->rcpt != PS_NOT_FOUND)
		who = ps_arena_printf(a, "<%s>",
			ps_str_printable(
				a, s->group[r->copy].rcpt[r->rcpt], 200));
	*reply = (struct ps_reply){
		.action = hard ? PS_REJECT : PS_TEMPFAIL,
		.code = hard ? "550" : "451",
		.xcode = hard ? "5.7.1" : "4.3.0",
		.reason = hard ? "relay-refused" : "relay",
		.text = ps_arena_printf(a,
			"postseal: the relay does not take %s: %d %s [%s]", who,
			r->code, r->text == NULL ? "" : r->text,
			hard ? "relay-refused" : "relay"),
	};
}

static void
deferred(struct sending *s, const char *why, struct ps_reply *reply)
{
	*reply = (struct ps_reply){
		.action = PS_TEMPFAIL,
		.code = "451",
		.xcode = "4.4.1",
		.reason = "relay",
		.text = ps_arena_printf(s->t->arena,
			"postseal: %zu of %zu copies are sent, the rest will "
			"be tried again: %s [relay]",
			s->n_acknowledged, s->copies->n,
			why == NULL ? "no reason is known" : why),
	};
}

static void
open_failed(struct sending *s, enum ps_status r,
	const struct ps_relay_result *result, const char *why,
	struct ps_reply *reply)
{
	if (result->code != 0 && (r == PS_EPERM || r == PS_ETEMP))
		refused(s, result, r == PS_EPERM, reply);
	else if (r == PS_ELIMIT || r == PS_ESTOP || r == PS_EBUSY)
		ps_refuse(s->t->arena, r, why, reply);
	else
		deferred(s, why, reply);
}

static void
discard(struct ps_reply *reply)
{
	*reply = (struct ps_reply){.action = PS_DISCARD};
}

static void
send_batch(struct sending *s, struct ps_reply *reply)
{
	const struct ps_ledger *l = s->env->ledger;
	const char *why = NULL;
	enum ps_status r = intend(s, &why);

	PS_FAILPOINT("flow-intended");
	if (r != PS_OK) {
		ps_refuse(s->t->arena, r, why, reply);
		return;
	}
	r = send_all(s, &why);
	if (r == PS_OK)
		discard(reply);
	else
		deferred(s, why, reply);
	PS_FAILPOINT("flow-before-finish");
	l->finish(s->claim, r == PS_OK, &s->wait);
	PS_FAILPOINT("flow-after-finish");
}

void
ps_send_copies(struct ps_txn *t, const struct ps_env *env, struct ps_course *c,
	const struct ps_copies *copies, struct ps_reply *reply)
{
	struct sending s = {.t = t, .env = env, .c = c, .copies = copies};
	struct ps_relay_result result = {0};
	const char *why = NULL;
	enum ps_status r;

	s.wait = ps_wait_within(&env->wait, env->policy->relay_ms);
	r = prepare(&s, &why);
	PS_FAILPOINT("flow-before-open");
	if (r == PS_OK)
		r = env->relay->open(env->relay->self, t->arena, t, s.copy,
			copies->n, &s.wait, &s.batch, &result, &why);
	PS_FAILPOINT("flow-after-open");
	if (r != PS_OK) {
		open_failed(&s, r, &result, why, reply);
		return;
	}
	send_batch(&s, reply);
	env->relay->close(s.batch);
}
