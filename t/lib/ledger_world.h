/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * A ledger in a folder of its own, two clocks that a test sets, and three
 * messages that each have two groups: ann@a and bob@b.
 */
#ifndef PS_T_LEDGER_WORLD_H
#define PS_T_LEDGER_WORLD_H

#include "tap.h"

#include "store/ledger.h"

struct ledger_world {
	char dir[64], path[80];
	int64_t now_s, mono_ms;
	struct ps_clock clock;
	struct ps_wait wait; /* on the machine's clock */
	struct ps_arena *a;
	struct ps_ledger_db *db;
	struct ps_ledger ledger;
	struct ps_bytes rcpt[2];
	struct ps_ledger_group group[3][2];
	struct ps_ledger_intent intent[3];
};

/* cmocka's fixtures; *state is the world. */
int ledger_make(void **state);
int ledger_clean(void **state);

/* The same file, opened as another process would. */
struct ps_ledger_db *another(struct ledger_world *w);
/* NULL when not PS_OK was expected. */
struct ps_ledger_claim *claim(struct ledger_world *w, struct ps_ledger_db *db,
	size_t message, enum ps_status expected);
void acknowledge(
	struct ledger_world *w, struct ps_ledger_claim *c, size_t group);
/* What is known of both recipients. */
void look(struct ledger_world *w, struct ps_ledger_db *db, size_t message,
	struct ps_ledger_known known[2]);

#endif
