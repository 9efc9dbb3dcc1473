/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * All copies of one message.  Connections go through the session step by step
 * side by side, so that the relay's processes start and answer at the same
 * time.
 */
#include "relay/smtp_batch.h"

#include <assert.h>

#include "mail/wire.h"

struct line {
	struct ps_smtp_conn conn;
	struct ps_smtp_script script;
	size_t current; /* the copy whose envelope stands; or PS_NOT_FOUND */
};

struct ps_relay_batch {
	struct ps_smtp_client *client;
	struct ps_arena *arena;
	const struct ps_txn *origin;
	const struct ps_relay_copy *copy;
	bool *eight_bit, *sent;
	size_t n_copy, n_line;
	struct line *line;
};

static const struct ps_relay_result nothing = {
	.copy = PS_NOT_FOUND,
	.rcpt = PS_NOT_FOUND,
};

static struct ps_relay_batch *
batch_new(struct ps_smtp_client *client, struct ps_arena *a,
	const struct ps_txn *origin, const struct ps_relay_copy *copy,
	size_t n_copy)
{
	struct ps_relay_batch *b = ps_arena_alloc(a, sizeof(*b));

	b->client = client;
	b->arena = a;
	b->origin = origin;
	b->copy = copy;
	b->n_copy = n_copy;
	b->n_line = n_copy < client->per_message ? n_copy : client->per_message;
	b->line = ps_arena_array(a, b->n_line, sizeof(*b->line));
	b->eight_bit = ps_arena_array(a, n_copy, sizeof(*b->eight_bit));
	b->sent = ps_arena_array(a, n_copy, sizeof(*b->sent));
	for (size_t i = 0; i < b->n_line; i++) {
		b->line[i].conn.fd = -1;
		b->line[i].current = PS_NOT_FOUND;
	}
	for (size_t i = 0; i < n_copy; i++)
		b->eight_bit[i] = ps_wire_is_8bit(copy[i].message);
	return b;
}

static bool
wants_dsn(const struct ps_relay_copy *c)
{
	for (size_t i = 0; i < c->n_rcpt; i++)
		if (c->rcpt[i].notify.len > 0 || c->rcpt[i].orcpt.len > 0)
			return true;
	return c->ret.len > 0 || c->envid.len > 0;
}

/* Postfix forgets XFORWARD with each transaction: it comes before each MAIL. */
static enum ps_status
add_envelope(struct ps_relay_batch *b, struct line *l, size_t i,
	struct ps_relay_result *out, const char **why)
{
	const struct ps_relay_copy *c = &b->copy[i];
	const struct ps_smtp_offer *offer = &l->conn.offer;
	size_t size = ps_message_size(c->message);

	if (offer->size > 0 && size > offer->size) {
		out->copy = i;
		*why = ps_arena_printf(b->arena,
			"a copy of %zu octets is over the relay's limit of %zu",
			size, offer->size);
		return PS_ELIMIT;
	}
	out->without_dsn = out->without_dsn || (!offer->dsn && wants_dsn(c));
	out->without_xforward = out->without_xforward || offer->xforward == 0;
	ps_smtp_line_xforward(b->arena, b->origin, offer, &l->script);
	return ps_smtp_line_envelope(
		b->arena, c, i, size, b->eight_bit[i], offer, &l->script, why);
}

/* The first copy to be sent comes last, and its envelope stands then. */
static enum ps_status
start_envelopes(struct ps_relay_batch *b, size_t line,
	struct ps_relay_result *out, const char **why)
{
	struct line *l = &b->line[line];
	size_t last = line + (b->n_copy - 1 - line) / b->n_line * b->n_line;
	enum ps_status s = add_envelope(b, l, last, out, why);

	for (size_t i = last; s == PS_OK && i > line;) {
		i -= b->n_line;
		ps_smtp_line_fixed(
			b->arena, "RSET", "RSET", PS_NOT_FOUND, &l->script);
		s = add_envelope(b, l, i, out, why);
	}
	return s == PS_OK ? ps_smtp_start(&l->conn, &l->script, why) : s;
}

static enum ps_status
step_connect(struct ps_relay_batch *b, size_t i, const struct ps_wait *wait,
	const char **why)
{
	return ps_smtp_conn_open(
		b->arena, &b->client->to, wait, &b->line[i].conn, why);
}

/* Each step on every connection before the next. */
static enum ps_status
open_all(struct ps_relay_batch *b, const struct ps_wait *wait,
	struct ps_relay_result *out, const char **why)
{
	const struct ps_smtp_client *client = b->client;
	enum ps_status s = PS_OK;

	for (size_t i = 0; s == PS_OK && i < b->n_line; i++)
		s = step_connect(b, i, wait, why);
	for (size_t i = 0; s == PS_OK && i < b->n_line; i++)
		s = ps_smtp_greet(
			b->arena, &b->line[i].conn, client->hello, out, why);
	for (size_t i = 0; s == PS_OK && i < b->n_line; i++)
		s = ps_smtp_meet(b->arena, &b->line[i].conn, client->hello,
			client->auth, out, why);
	for (size_t i = 0; s == PS_OK && i < b->n_line; i++)
		s = start_envelopes(b, i, out, why);
	for (size_t i = 0; i < b->n_line; i++) {
		struct line *l = &b->line[i];
		enum ps_status one;

		/* All of them: a refusal for good is worth waiting for. */
		if (s != PS_OK && out->outcome != PS_RELAY_REFUSED)
			break;
		one = ps_smtp_finish(b->arena, &l->conn, &l->script, out, why);
		s = one != PS_OK ? one : s;
		l->current = i;
	}
	return s;
}

enum ps_status
ps_smtp_batch_open(void *self, struct ps_arena *a, const struct ps_txn *origin,
	const struct ps_relay_copy *copy, size_t n_copy,
	const struct ps_wait *wait, struct ps_relay_batch **batch,
	struct ps_relay_result *out, const char **why)
{
	struct ps_relay_batch *b = batch_new(self, a, origin, copy, n_copy);
	enum ps_status s;

	assert(n_copy > 0);
	*out = nothing;
	s = ps_slots_take(b->client->slots, b->n_line, wait, why);
	if (s != PS_OK) {
		out->outcome = PS_RELAY_FAILED;
		return s;
	}
	s = open_all(b, wait, out, why);
	if (s == PS_OK) {
		*batch = b;
		return PS_OK;
	}
	if (out->outcome == PS_RELAY_NONE)
		out->outcome = PS_RELAY_FAILED;
	ps_smtp_batch_close(b);
	return s;
}

/* After another copy on the same connection: the envelope once more. */
static enum ps_status
renew_envelope(struct ps_relay_batch *b, struct line *l, size_t i,
	struct ps_relay_result *out, const char **why)
{
	enum ps_status s = PS_OK;

	l->script = (struct ps_smtp_script){0};
	if (l->current != PS_NOT_FOUND)
		ps_smtp_line_fixed(
			b->arena, "RSET", "RSET", PS_NOT_FOUND, &l->script);
	l->current = PS_NOT_FOUND;
	s = add_envelope(b, l, i, out, why);
	if (s == PS_OK)
		s = ps_smtp_start(&l->conn, &l->script, why);
	if (s == PS_OK)
		s = ps_smtp_finish(b->arena, &l->conn, &l->script, out, why);
	if (s != PS_OK)
		l->conn.broken = true; /* half an envelope stands */
	return s;
}

enum ps_status
ps_smtp_batch_send(struct ps_relay_batch *b, size_t copy,
	const struct ps_wait *wait, struct ps_relay_result *out,
	const char **why)
{
	struct line *l = &b->line[copy % b->n_line];
	enum ps_status s = PS_OK;

	assert(copy < b->n_copy && !b->sent[copy]);
	*out = nothing;
	b->sent[copy] = true;
	l->conn.wait = *wait;
	l->conn.wait.stop_fd = -1;
	if (l->conn.broken) {
		*why = "the relay's connection was lost";
		s = PS_ETEMP;
	}
	if (s == PS_OK && l->current != copy)
		s = renew_envelope(b, l, copy, out, why);
	if (s == PS_OK) {
		s = ps_smtp_data(
			b->arena, &l->conn, b->copy[copy].message, out, why);
		if (s == PS_OK)
			l->current = PS_NOT_FOUND;
	}
	if (s != PS_OK && out->outcome == PS_RELAY_NONE)
		out->outcome = PS_RELAY_FAILED;
	out->copy = copy;
	return s;
}

void
ps_smtp_batch_close(struct ps_relay_batch *b)
{
	if (b == NULL)
		return;
	for (size_t i = 0; i < b->n_line; i++)
		ps_smtp_conn_close(&b->line[i].conn);
	ps_slots_give(b->client->slots, b->n_line);
}
