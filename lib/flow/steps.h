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
 * What verifying OpenPGP signatures of this message needs, by policy and by
 * what there is here.  Not to be copied: it points into itself.
 */
struct ps_flow_signatures {
	bool is_asked;
	struct ps_openpgp_verifier verifier;
	const struct ps_policy *policy;
};
void ps_flow_openpgp(const struct ps_env *env, struct ps_flow_signatures *out);

/*
 * Recipients to rulings, one entry each, in the order of t->rcpt; keys are not
 * looked up yet.  verdict: NULL at RCPT, when only the client is known.
 */
struct ps_key_facts *ps_find_rulings(const struct ps_txn *t,
	const struct ps_env *env, const struct ps_verdict *verdict);
void ps_find_ruling(const struct ps_txn *t, const struct ps_rcpt *r,
	const struct ps_env *env, const struct ps_verdict *verdict,
	struct ps_key_facts *out);

/*
 * Rulings to key facts, where a key may be needed.  A look at the network is
 * begun for all before the first is waited for; that for one recipient, at
 * RCPT, is only begun.
 */
void ps_find_keys(const struct ps_txn *t, const struct ps_env *env,
	struct ps_key_facts *facts);
void ps_find_keys_for(const struct ps_txn *t, const struct ps_rcpt *r,
	const struct ps_env *env, struct ps_key_facts *facts);

/* A key that came with mail, when it is proven whose it is, to the key book. */
void ps_flow_harvest(
	struct ps_txn *t, const struct ps_env *env, const struct ps_verdict *v);

/* What policy makes of the verdict; facts has one entry a recipient. */
void ps_flow_judge(struct ps_txn *t, const struct ps_env *env,
	struct ps_key_facts *facts, const struct ps_verdict *v,
	struct ps_sender_judgement *out);

/*
 * What the ledger remembers of this message: nothing, unless copies of it were
 * sent before.  ESTOP and the like never; PS_ETEMP when the ledger cannot be
 * asked, PS_EPERM when the message comes round in a loop.
 */
struct ps_memory {
	bool asked; /* digest holds */
	struct ps_digest message;
	bool sent_before;	       /* never again the way in place */
	struct ps_ledger_known *known; /* one for each of t->rcpt, or NULL */
};
enum ps_status ps_recall(struct ps_txn *t, const struct ps_env *env,
	struct ps_memory *out, const char **why);
/* The transaction without the recipients that have their copy. */
struct ps_txn ps_memory_rest(const struct ps_txn *t, const struct ps_memory *m);

/*
 * The copy that a seal makes of the message.  *body owns the octets of a new
 * body, NULL when the original's is kept.
 */
enum ps_status ps_rewrite(struct ps_txn *t, const struct ps_env *env,
	const struct ps_seal *seal, struct ps_message *copy,
	struct ps_spool **body, const char **why);

/* Who signs the copies of the plan, or why it is refused after all. */
void ps_flow_plan_signatures(struct ps_txn *t, const struct ps_env *env,
	const struct ps_verdict *v, struct ps_plan *plan);
/* A clear copy as multipart/signed by this key; body is empty before. */
enum ps_status ps_flow_sign_clear(struct ps_txn *t, const struct ps_env *env,
	const char *fpr, struct ps_message *copy, struct ps_spool *body,
	const char **why);
/* An engine's status, where a signature was asked for. */
enum ps_status ps_flow_sign_status(enum ps_status s);
/* A boundary that nobody foresees; where copies have their bodies. */
enum ps_status ps_flow_boundary(
	struct ps_arena *a, struct ps_bytes *out, const char **why);
struct ps_spool_where ps_flow_spool(const struct ps_policy *p);

#define PS_TRIAL_FIELD "X-Postseal-Trial"
/* Under trial: the message as it is, with a field that says what would be. */
void ps_rewrite_trial(struct ps_txn *t, const struct ps_plan *plan,
	const struct ps_mark *mark, struct ps_message *copy);

/* One copy for each group of the plan, finished; nothing has left yet. */
struct ps_copies {
	struct ps_message *message;
	struct ps_spool **body; /* each may be NULL */
	size_t n;
};
struct ps_course;
enum ps_status ps_copies_make(struct ps_txn *t, const struct ps_env *env,
	struct ps_course *c, bool leave_by_relay, struct ps_copies *out,
	const char **why);
void ps_copies_free(struct ps_copies *c);

/*
 * Every copy by the relay, each remembered: the only step that cannot be
 * undone.  Fills the reply: discard once every recipient has his copy, else a
 * refusal; and what became of each copy in c->fate.
 */
void ps_send_copies(struct ps_txn *t, const struct ps_env *env,
	struct ps_course *c, const struct ps_copies *copies,
	struct ps_reply *reply);

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

/* The sender's own certificate, as policy says. */
void ps_own_key_put(struct ps_txn *t, const struct ps_env *env,
	const struct ps_course *c, const struct ps_group *g,
	struct ps_message *copy);

/*
 * A clear copy with lines that MTAs break (RFC 5321 section 4.5.3.1.6) as it
 * can leave and keep a signature; what cannot be brought there stays.  *body as
 * in ps_rewrite.
 */
enum ps_status ps_reform(struct ps_txn *t, const struct ps_env *env,
	struct ps_message *copy, struct ps_spool **body, const char **why);

/*
 * DKIM signatures of the finished copy, where policy asks for them: the last
 * step before it leaves.  by_relay: our own SMTP client sends it, else the MTA
 * makes it of edits; what is signed is what comes out of either.  *body as in
 * ps_rewrite.  *note, for the log: "example.org/s1,example.org/s2", or a word
 * that says why not.
 */
enum ps_status ps_sign(struct ps_txn *t, const struct ps_env *env,
	const struct ps_verdict *v, bool by_relay, struct ps_message *copy,
	struct ps_spool **body, const char **note, const char **why);

/* The one table from a failure to an SMTP reply. */
void ps_refuse(struct ps_arena *a, enum ps_status s, const char *why,
	struct ps_reply *out);

/* What was found out about a message and decided, step by step. */
struct ps_course {
	struct ps_verdict verdict;
	struct ps_sender_judgement sender;
	struct ps_memory memory;
	const struct ps_key_facts *facts; /* once keys were looked up */
	size_t n_facts;			  /* recipients without n_served */
	struct ps_plan plan;
	struct ps_copy_fate *fate; /* one for each group, when they were sent */
	size_t n_served; /* recipients who had their copy from an earlier try */
	const char *signed_by; /* ps_sign's note, or NULL */
	int64_t began_ms;
};

/* What became of a group's copy. */
struct ps_copy_fate {
	bool tried;
	struct ps_relay_result result;
	int64_t took_ms;
};

/* The one log line of a message, and that of a refused recipient. */
const char *ps_event_message(const struct ps_txn *t, const struct ps_env *env,
	const struct ps_course *course, const struct ps_reply *reply);
/* Into which of the four places each recipient came. */
void ps_account_of(const struct ps_txn *t, const struct ps_course *c,
	const struct ps_reply *reply, int64_t out[PS_ACCOUNT_N]);

/* A line for each copy that was sent, or tried. */
void ps_event_copies(const struct ps_txn *t, const struct ps_course *course,
	struct ps_outcome *out);
const char *ps_event_rcpt(const struct ps_txn *t, const struct ps_rcpt *r,
	const struct ps_reply *reply);

#endif
