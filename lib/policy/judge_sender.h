/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * What policy makes of a verdict: a reply, or a mark on the finished copy.
 * Pure; the strictest of all recipients decides, since a message has one
 * answer.  What a seal needs is decide.h's.
 */
#ifndef PS_POLICY_JUDGE_SENDER_H
#define PS_POLICY_JUDGE_SENDER_H

#include "policy/decide.h"

enum ps_mark_kind {
	PS_MARK_NONE,
	PS_MARK_TAG,	   /* a field PS_TAG_FIELD */
	PS_MARK_QUARANTINE /* the MTA holds the finished copy */
};

/* An edit on the finished copy: never on the message as it came, which may be
 * clear where the copy is sealed. */
struct ps_mark {
	enum ps_mark_kind kind;
	const char *reason; /* a word: "dmarc-quarantine" */
	const char *rule;   /* rule, section or "defaults" */
};

struct ps_sender_judgement {
	struct ps_reply reply;
	struct ps_mark mark; /* NONE unless the reply is accept */
	/*
	 * Why a DMARC failure is not treated as its owner asks, for
	 * Authentication-Results and log, in the words of RFC 9990:
	 * "trusted_forwarder", "mailing_list", "local_policy"; or "arc
	 * sealer.example".  NULL: it is, or there is none.
	 */
	const char *override;
	/* Trial: what is not done. */
	bool trial;
	struct ps_reply would;
	struct ps_mark would_mark;
};

struct ps_sender_case {
	const struct ps_policy *policy;
	const struct ps_txn *txn;
	const struct ps_verdict *verdict;
	/* Of every recipient, matched with this verdict (ps_sender_prove);
	 * where there is none, one for the empty address. */
	const struct ps_ruling *const *ruling;
	size_t n_ruling;
};

/* At end of message. */
void ps_judge_sender(struct ps_arena *a, const struct ps_sender_case *c,
	struct ps_sender_judgement *out);

/*
 * At RCPT, what can be known by then: TLS, the client's certificate, and MAIL
 * FROM.  Accept for what is open (ruling->pending, names that iprev has to
 * confirm, what a trusted relay will say): the end of message decides.
 */
void ps_judge_sender_rcpt(struct ps_arena *a, const struct ps_policy *p,
	const struct ps_txn *t, const struct ps_client *client,
	const struct ps_ruling *ruling, struct ps_reply *out);

/*
 * A message that is to be held and whose recipients need several copies is
 * deferred: the copies leave by other ways than the one that can be held.
 */
void ps_judge_held_plan(
	const struct ps_sender_judgement *j, struct ps_plan *plan);

/* The rulings in key facts, for ps_sender_case. */
const struct ps_ruling *const *ps_rulings_of(
	struct ps_arena *a, const struct ps_key_facts *facts, size_t n);

#define PS_TAG_FIELD "X-Postseal-Tag"
/* The field's value: " dmarc-fail rule=example.org". */
struct ps_bytes ps_mark_value(struct ps_arena *a, const struct ps_mark *m);

/*
 * Methods (enum ps_method) that the policy of these parties may ask; t NULL or
 * without recipients or header: of any parties.  0 for clients whose mail is
 * not checked.
 */
unsigned ps_policy_methods(const struct ps_policy *p, const struct ps_txn *t);
/* The same for everybody, once when the configuration is loaded. */
unsigned ps_policy_methods_of_all(const struct ps_policy *p);

#endif
