/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Opening the ledger to look at it.  What is not there yet holds nothing.
 */
#include "ledger_tool.h"

#include <errno.h>
#include <stdio.h>
#include <sysexits.h>
#include <unistd.h>

#include "cmd.h"
#include "conf.h"
#include "options.h"

static bool
open_ledger(struct ps_ledger_tool *t)
{
	const struct ps_ledger_settings s = {
		.path = t->policy->ledger,
		.clock = ps_clock_system(),
		.read_only = true,
	};

	if (access(s.path, F_OK) != 0 && errno == ENOENT)
		return true;
	t->db = ps_ledger_db_new(&s);
	if (t->db == NULL)
		return false;
	t->ledger = ps_ledger_db_adapter(t->db);
	return true;
}

bool
ps_ledger_tool_open(struct ps_ledger_tool *t, int argc, char **argv,
	const char *usage, int *code)
{
	struct ps_options o;

	*t = (struct ps_ledger_tool){.arena = ps_arena_new(PS_ARENA_PLAIN)};
	*code = EX_USAGE;
	if (!ps_options_read(t->arena, argc, argv, "c", usage, &o))
		goto bad;
	if (o.n_rest != 0) {
		fputs(usage, stderr);
		goto bad;
	}
	*code = EX_CONFIG;
	t->policy = ps_conf_read(o.config);
	if (t->policy == NULL)
		goto bad;
	*code = EX_TEMPFAIL;
	if (open_ledger(t))
		return true;
	fputs("postseal: out of memory\n", stderr);
bad:
	ps_ledger_tool_close(t);
	return false;
}

void
ps_ledger_tool_close(struct ps_ledger_tool *t)
{
	ps_ledger_db_free(t->db);
	ps_policy_free(t->policy);
	ps_arena_free(t->arena);
}

int
ps_ledger_tool_failed(const char *why)
{
	fprintf(stderr, "postseal: %s\n", why);
	return EX_TEMPFAIL;
}
