/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * What splitting needs, wired once for a process: the relay, the ledger, and
 * the counts of what became of recipients.
 */
#ifndef PS_MILTER_SPLITTING_H
#define PS_MILTER_SPLITTING_H

#include <stdatomic.h>

#include "flow/flow.h"
#include "relay/smtp_client.h"

struct ps_splitting {
	struct ps_smtp_client *client; /* NULL: no relay is configured */
	struct ps_relay relay;
	struct ps_ledger_db *db;
	struct ps_ledger ledger;
	_Atomic int64_t account[PS_ACCOUNT_N]; /* not written yet */
};

/* False with *why; without a relay there is nothing to open. */
bool ps_splitting_open(struct ps_splitting *s, const struct ps_policy *p,
	struct ps_arena *a, const struct ps_clock *clock, const char **why);
void ps_splitting_close(struct ps_splitting *s);

/* Into the core's environment. */
void ps_splitting_wire(const struct ps_splitting *s, struct ps_env *env);

/* Count a message; written to the ledger by the next flush. */
void ps_splitting_count(
	struct ps_splitting *s, const int64_t add[PS_ACCOUNT_N]);
void ps_splitting_flush(struct ps_splitting *s);

#endif
