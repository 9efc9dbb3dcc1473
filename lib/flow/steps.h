/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * The steps of eom.c, one file each.
 */
#ifndef PS_FLOW_STEPS_H
#define PS_FLOW_STEPS_H

#include "flow/flow.h"
#include "policy/judge_sender.h"

/* Who sent this?  has_message: false when there is only an envelope. */
void ps_flow_verify(struct ps_txn *t, bool has_message,
	const struct ps_env *env, struct ps_verdict *out);

/*
 * Recipients to rulings, one entry each, in the order of t->rcpt; keys are not
 * looked up yet.  verdict: NULL at RCPT, when only the client is known.
 */
struct ps_key_facts *ps_find_rulings(const struct ps_txn *t,
	const struct ps_env *env, const struct ps_verdict *verdict);
void ps_find_ruling(const struct ps_txn *t, const struct ps_rcpt *r,
	const struct ps_env *env, const struct ps_verdict *verdict,
	struct ps_key_facts *out);

/* Rulings to key facts, where a key may be needed. */
void ps_find_keys(const struct ps_txn *t, const struct ps_env *env,
	struct ps_key_facts *facts);
void ps_find_keys_for(const struct ps_txn *t, const struct ps_rcpt *r,
	const struct ps_env *env, struct ps_key_facts *facts);

/* What policy makes of the verdict; facts has one entry a recipient. */
void ps_flow_judge(struct ps_txn *t, const struct ps_env *env,
	struct ps_key_facts *facts, const struct ps_verdict *v,
	struct ps_sender_judgement *out);

/*
 * The copy that the plan's one group gets.  *body owns the octets of a new
 * body, NULL when the original's is kept.  Under trial the copy only carries a
 * mark.
 */
enum ps_status ps_rewrite(struct ps_txn *t, const struct ps_env *env,
	const struct ps_plan *plan, struct ps_message *copy,
	struct ps_spool **body, const char **why);

/*
 * The copy's Authentication-Results, the tag that policy asks for, and nothing
 * that somebody else wrote in our name.
 */
void ps_marks_put(struct ps_txn *t, const struct ps_env *env,
	const struct ps_verdict *v, const struct ps_sender_judgement *j,
	struct ps_message *copy);
/* The field's value. */
struct ps_bytes ps_marks_authres(struct ps_txn *t, const struct ps_env *env,
	const struct ps_verdict *v, const char *override, bool with_login,
	bool fold);

/* The one table from a failure to an SMTP reply. */
void ps_refuse(struct ps_arena *a, enum ps_status s, const char *why,
	struct ps_reply *out);

/* What was found out about a message and decided, step by step. */
struct ps_course {
	struct ps_verdict verdict;
	struct ps_sender_judgement sender;
	struct ps_plan plan;
	int64_t began_ms;
};

/* The one log line of a message, and that of a refused recipient. */
const char *ps_event_message(const struct ps_txn *t, const struct ps_env *env,
	const struct ps_course *course, const struct ps_reply *reply);
const char *ps_event_rcpt(const struct ps_txn *t, const struct ps_rcpt *r,
	const struct ps_reply *reply);

#endif
