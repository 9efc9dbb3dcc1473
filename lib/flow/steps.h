/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * The steps of eom.c, one file each.
 */
#ifndef PS_FLOW_STEPS_H
#define PS_FLOW_STEPS_H

#include "flow/flow.h"

/* Recipients to key facts, one entry each, in the order of t->rcpt. */
struct ps_key_facts *ps_find_keys(
	const struct ps_txn *t, const struct ps_env *env);
void ps_find_keys_for(const struct ps_txn *t, const struct ps_rcpt *r,
	const struct ps_env *env, struct ps_key_facts *out);

/*
 * The copy that the plan's one group gets.  *body owns the octets of a new
 * body, NULL when the original's is kept.  Under trial the copy only carries a
 * mark.
 */
enum ps_status ps_rewrite(struct ps_txn *t, const struct ps_env *env,
	const struct ps_plan *plan, struct ps_message *copy,
	struct ps_spool **body, const char **why);

/* The one table from a failure to an SMTP reply. */
void ps_refuse(struct ps_arena *a, enum ps_status s, const char *why,
	struct ps_reply *out);

/* The one log line of a message, and that of a refused recipient. */
const char *ps_event_message(const struct ps_txn *t, const struct ps_env *env,
	const struct ps_plan *plan, const struct ps_reply *reply,
	int64_t began_ms);
const char *ps_event_rcpt(const struct ps_txn *t, const struct ps_rcpt *r,
	const struct ps_reply *reply);

#endif
