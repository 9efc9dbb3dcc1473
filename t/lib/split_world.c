/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * The fakes of split_world.h.
 */
#include "split_world.h"

#include <stdio.h>

#include "tap.h"

struct ps_relay_batch {
	struct split_world *s;
	const struct ps_relay_copy *copy;
};

struct ps_ledger_claim {
	struct split_world *s;
	const struct ps_ledger_intent *intent;
};

static enum ps_status
relay_open(void *self, struct ps_arena *a, const struct ps_txn *origin,
	const struct ps_relay_copy *copy, size_t n_copy,
	const struct ps_wait *wait, struct ps_relay_batch **batch,
	struct ps_relay_result *out, const char **why)
{
	struct split_world *s = self;

	(void)origin, (void)wait;
	s->n_open++;
	for (size_t i = 0; i < n_copy; i++)
		for (size_t k = 0; k < copy[i].n_rcpt; k++) {
			if (s->refuses == NULL ||
				!ps_bytes_eq(copy[i].rcpt[k].path,
					ps_bytes_of(s->refuses)))
				continue;
			*out = (struct ps_relay_result){
				.outcome = PS_RELAY_REFUSED,
				.copy = i,
				.rcpt = k,
				.verb = "RCPT",
				.code = 550,
				.text = "no such user",
			};
			*why = "refused";
			return PS_EPERM;
		}
	*batch = ps_arena_alloc(a, sizeof(**batch));
	**batch = (struct ps_relay_batch){s, copy};
	return PS_OK;
}

static enum ps_status
relay_send(struct ps_relay_batch *batch, size_t copy,
	const struct ps_wait *wait, struct ps_relay_result *out,
	const char **why)
{
	struct split_world *s = batch->s;
	const struct ps_relay_copy *c = &batch->copy[copy];

	(void)wait;
	*out = (struct ps_relay_result){
		.outcome = PS_RELAY_ACKNOWLEDGED, .code = 250, .text = "ok"};
	if (copy == s->fails_at) {
		out->outcome = s->outcome;
		*why = "the relay failed";
	}
	/* what is unknown may have arrived */
	if (out->outcome == PS_RELAY_ACKNOWLEDGED ||
		out->outcome == PS_RELAY_UNKNOWN)
		for (size_t k = 0; k < c->n_rcpt; k++) {
			assert_true(s->n_sent < SPLIT_MAX);
			s->sent[s->n_sent++] = (struct sent){
				.rcpt = c->rcpt[k].path,
				.message = *c->message,
				.notify = c->rcpt[k].notify,
			};
		}
	return out->outcome == PS_RELAY_ACKNOWLEDGED ? PS_OK : PS_ETEMP;
}

static void
relay_close(struct ps_relay_batch *batch)
{
	(void)batch;
}

static enum ps_status
ledger_find(void *self, struct ps_arena *a, const struct ps_digest *message,
	const struct ps_bytes *rcpt, size_t n_rcpt,
	struct ps_ledger_known *known, const char **why)
{
	struct split_world *s = self;

	(void)a, (void)why;
	for (size_t i = 0; i < n_rcpt; i++)
		for (size_t k = 0; k < s->n_row; k++)
			if (memcmp(message, &s->row[k].message,
				    sizeof(*message)) == 0 &&
				ps_bytes_eq(
					rcpt[i], ps_bytes_of(s->row[k].rcpt)))
				known[i].state = s->row[k].state;
	return PS_OK;
}

static enum ps_status
ledger_find_copy(void *self, struct ps_arena *a, const struct ps_digest *copy,
	bool *found, const char **why)
{
	struct split_world *s = self;

	(void)a, (void)why;
	for (size_t k = 0; k < s->n_row; k++)
		if (memcmp(copy, &s->row[k].copy, sizeof(*copy)) == 0)
			*found = true;
	return PS_OK;
}

static void
set_row(struct split_world *s, const struct ps_ledger_intent *intent,
	size_t group, struct ps_bytes rcpt, enum ps_ledger_state state)
{
	size_t k = 0;

	while (k < s->n_row &&
		(memcmp(&s->row[k].message, &intent->message,
			 sizeof(intent->message)) != 0 ||
			!ps_bytes_eq(ps_bytes_of(s->row[k].rcpt), rcpt)))
		k++;
	assert_true(k < SPLIT_MAX);
	if (k == s->n_row)
		s->n_row++;
	s->row[k].message = intent->message;
	s->row[k].copy = intent->group[group].copy;
	snprintf(s->row[k].rcpt, sizeof(s->row[k].rcpt), "%.*s", PS_FMT(rcpt));
	s->row[k].state = state;
}

static enum ps_status
ledger_intend(void *self, struct ps_arena *a,
	const struct ps_ledger_intent *intent, const struct ps_wait *wait,
	struct ps_ledger_claim **out, const char **why)
{
	struct split_world *s = self;

	(void)wait;
	if (s->intend_status != PS_OK) {
		*why = "the ledger says no";
		return s->intend_status;
	}
	for (size_t g = 0; g < intent->n_group; g++)
		for (size_t i = 0; i < intent->group[g].n_rcpt; i++)
			set_row(s, intent, g, intent->group[g].rcpt[i],
				PS_LEDGER_INTENDED);
	*out = ps_arena_alloc(a, sizeof(**out));
	**out = (struct ps_ledger_claim){s, intent};
	return PS_OK;
}

static bool
ledger_holds(const struct ps_ledger_claim *claim)
{
	(void)claim;
	return true;
}

static enum ps_status
ledger_acknowledge(struct ps_ledger_claim *claim, size_t group,
	const char *reply, const struct ps_wait *wait, const char **why)
{
	const struct ps_ledger_group *g = &claim->intent->group[group];

	(void)reply, (void)wait, (void)why;
	for (size_t i = 0; i < g->n_rcpt; i++)
		set_row(claim->s, claim->intent, group, g->rcpt[i],
			PS_LEDGER_ACKNOWLEDGED);
	return PS_OK;
}

static void
ledger_finish(
	struct ps_ledger_claim *claim, bool done, const struct ps_wait *wait)
{
	(void)claim, (void)done, (void)wait;
}

void
split_init(
	struct split_world *s, const char *conf, const struct known_key *known)
{
	*s = (struct split_world){.fails_at = SPLIT_MAX};
	world_init(&s->w, conf, known);
	s->relay = (struct ps_relay){s, relay_open, relay_send, relay_close};
	s->ledger = (struct ps_ledger){
		.self = s,
		.find = ledger_find,
		.find_copy = ledger_find_copy,
		.intend = ledger_intend,
		.holds = ledger_holds,
		.acknowledge = ledger_acknowledge,
		.finish = ledger_finish,
	};
	s->w.relay = &s->relay;
	s->w.relay_address = &s->address;
	s->w.ledger = &s->ledger;
}

size_t
split_got(const struct split_world *s, const char *rcpt)
{
	size_t n = 0;

	for (size_t i = 0; i < s->n_sent; i++)
		n += ps_bytes_eq(s->sent[i].rcpt, ps_bytes_of(rcpt));
	return n;
}

const struct sent *
split_copy(const struct split_world *s, const char *rcpt)
{
	for (size_t i = 0; i < s->n_sent; i++)
		if (ps_bytes_eq(s->sent[i].rcpt, ps_bytes_of(rcpt)))
			return &s->sent[i];
	return NULL;
}
