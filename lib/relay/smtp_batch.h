/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Between the client and its batches.
 */
#ifndef PS_RELAY_SMTP_BATCH_H
#define PS_RELAY_SMTP_BATCH_H

#include "relay/slots.h"
#include "relay/smtp_client.h"
#include "relay/smtp_talk.h"

struct ps_smtp_client {
	struct ps_arena *arena;
	struct ps_relay_address to;
	const char *hello;
	struct ps_bytes auth; /* the whole command; empty for none */
	size_t per_message, at_once;
	struct ps_slots *slots;
};

/* The functions of struct ps_relay. */
enum ps_status ps_smtp_batch_open(void *client, struct ps_arena *a,
	const struct ps_txn *origin, const struct ps_relay_copy *copy,
	size_t n_copy, const struct ps_wait *wait,
	struct ps_relay_batch **batch, struct ps_relay_result *out,
	const char **why);
enum ps_status ps_smtp_batch_send(struct ps_relay_batch *batch, size_t copy,
	const struct ps_wait *wait, struct ps_relay_result *out,
	const char **why);
void ps_smtp_batch_close(struct ps_relay_batch *batch);

#endif
