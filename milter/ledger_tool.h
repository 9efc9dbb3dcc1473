/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * The ledger for subcommands: opened for reading, beside a daemon that writes.
 */
#ifndef PS_MILTER_LEDGER_TOOL_H
#define PS_MILTER_LEDGER_TOOL_H

#include "policy/policy.h"
#include "store/ledger.h"

struct ps_ledger_tool {
	struct ps_arena *arena;
	struct ps_policy *policy;
	struct ps_ledger_db *db; /* NULL: there is no ledger yet */
	struct ps_ledger ledger;
};

/* From a command line with -c only.  False: *code is the exit status, and
 * what is wrong was said. */
bool ps_ledger_tool_open(struct ps_ledger_tool *t, int argc, char **argv,
	const char *usage, int *code);
void ps_ledger_tool_close(struct ps_ledger_tool *t);

/* Says what failed; the exit status. */
int ps_ledger_tool_failed(const char *why);

#endif
