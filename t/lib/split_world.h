/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Fakes for splitting: a relay that keeps what it was given and fails as asked,
 * and a ledger in memory.
 */
#ifndef PS_T_SPLIT_WORLD_H
#define PS_T_SPLIT_WORLD_H

#include "world.h"

#define SPLIT_MAX 32

struct sent {
	struct ps_bytes rcpt;
	struct ps_message message;
	struct ps_bytes notify;
};

struct split_world {
	struct world w;
	/* the relay */
	const char *refuses;	       /* a recipient's path at RCPT, or NULL */
	size_t fails_at;	       /* index of a copy; SPLIT_MAX: none */
	enum ps_relay_outcome outcome; /* of that one */
	struct sent sent[SPLIT_MAX];
	size_t n_sent, n_open;
	/* the ledger */
	struct {
		struct ps_digest message;
		struct ps_digest copy;
		char rcpt[100];
		enum ps_ledger_state state;
	} row[SPLIT_MAX];
	size_t n_row;
	enum ps_status intend_status; /* instead of intending */
	struct ps_relay relay;
	struct ps_relay_address address;
	struct ps_ledger ledger;
};

void split_init(
	struct split_world *s, const char *conf, const struct known_key *known);
/* How often this mailbox has got a copy. */
size_t split_got(const struct split_world *s, const char *rcpt);
/* The first copy that it got. */
const struct sent *split_copy(const struct split_world *s, const char *rcpt);

#endif
