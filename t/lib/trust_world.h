/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * One address's page in memory and a script that things happen to it by, so
 * that tests of trust read as a sequence of looks and orders:
 *
 *   wkd=use accept	rules from here on (a source comes last in the order)
 *   local:12		the administrator has these two for the address
 *   wkd:AB		the source gives these; "0" absent, "?" trouble, "!"
 *			nothing that can be used
 *   autocrypt@500:A	a header of that date
 *   trust:A		an order: pin, also, unpin, trust, reject, drop
 *   later		the last looks are due
 *
 * A certificate is a letter or digit: its fingerprint is that, 40 times.
 */
#ifndef PS_T_TRUST_WORLD_H
#define PS_T_TRUST_WORLD_H

#include "discovery/trust.h"

#define WORLD_FPRS 62

struct trust_world {
	struct ps_arena *a; /* reset with the world */
	struct ps_key_page page;
	struct ps_key_rules rules;
	const char *local[WORLD_FPRS];
	size_t n_local;
	int64_t now_s;
	struct ps_key_change last;
	char *events; /* "found:A changed:B<A no:trust" */
};

const char *trust_fpr(char letter);
void trust_world_open(struct trust_world *w);
void trust_world_close(struct trust_world *w);
/* One word of a script. */
void trust_world_do(struct trust_world *w, const char *word);
void trust_world_run(struct trust_world *w, const char *script);
/* "local!A wkd:AB dane? rest:local:1 held:C", "pinned:A" */
const char *trust_world_plan(struct trust_world *w);
/* The page: "A:trusted B:changed:gone C:rejected:hand". */
const char *trust_world_page(struct trust_world *w);

#endif
