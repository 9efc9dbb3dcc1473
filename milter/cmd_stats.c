/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * "postseal stats": what became of recipients, and whether each of them is
 * accounted for.
 */
#include <inttypes.h>
#include <stdio.h>
#include <sysexits.h>

#include "cmd.h"
#include "ledger_tool.h"

static const char usage[] = "usage: postseal stats [-c FILE]\n";

/* Those that recipients are the sum of. */
static bool
is_part(enum ps_account which)
{
	return which >= PS_ACCOUNT_IN_PLACE && which <= PS_ACCOUNT_DEFERRED;
}

static int
print(struct ps_ledger_tool *t)
{
	int64_t n[PS_ACCOUNT_N] = {0}, sum = 0;
	const char *why = NULL;

	if (t->db != NULL &&
		t->ledger.accounts(t->ledger.self, t->arena, n, &why) != PS_OK)
		return ps_ledger_tool_failed(why);
	for (enum ps_account i = 0; i < PS_ACCOUNT_N; i++) {
		printf("%s%-*s %" PRId64 "\n", is_part(i) ? "  " : "",
			is_part(i) ? 10 : 12, ps_account_name(i), n[i]);
		if (is_part(i))
			sum += n[i];
	}
	if (sum == n[PS_ACCOUNT_RECIPIENTS])
		return EX_OK;
	fprintf(stderr,
		"postseal: the sum does not hold: %" PRId64
		" recipients, and what became of %" PRId64 "\n",
		n[PS_ACCOUNT_RECIPIENTS], sum);
	return 1;
}

int
ps_cmd_stats(int argc, char **argv)
{
	struct ps_ledger_tool t;
	int code;

	if (!ps_ledger_tool_open(&t, argc, argv, usage, &code))
		return code;
	code = print(&t);
	ps_ledger_tool_close(&t);
	return code;
}
