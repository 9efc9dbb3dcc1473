/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Policy on one message: pure functions from facts to a plan.  Nothing here
 * waits, reads a clock or acts.
 */
#ifndef PS_POLICY_DECIDE_H
#define PS_POLICY_DECIDE_H

#include "keys/certs.h"
#include "openpgp/inspect.h"
#include "policy/policy.h"

enum ps_action { PS_ACCEPT, PS_TEMPFAIL, PS_REJECT, PS_DISCARD };

struct ps_reply {
	enum ps_action action;
	const char *code;   /* "451", "550"; NULL for accept */
	const char *xcode;  /* "4.7.1" */
	const char *reason; /* a word: "no-key", "mixed-recipients" */
	const char *rule;   /* rule or section that decided, or NULL */
	const char *text;   /* for the SMTP client, without codes */
};

/* One value that somebody gave for a word, for explain; the winner is marked.
 */
struct ps_candidate {
	enum ps_word word;
	struct ps_setting setting;
	const char *section; /* "rule \"payroll\"", "domain \"example.org\"" */
	bool wins;
};

/* All words resolved for one sender, one recipient, one message. */
struct ps_ruling {
	struct ps_setting word[PS_WORD_N];
	/* Rule, section or "defaults": whose value each word has. */
	const char *said_by[PS_WORD_N];
	const char *rule; /* the rule that matched, or the section, for logs */
	/* "exempt" stands in a rule that names who the sender proves to be */
	bool identity;
	/* require-login-from: MAIL FROM, an address in From, is ours. */
	bool mail_from_needs_login, author_needs_login;
	/* A rule that may speak instead once the verdict is known, or NULL:
	 * until then nothing is refused for good. */
	const struct ps_rule *pending;
	struct ps_candidate *candidate; /* ps_match_explain() only */
	size_t n_candidate;
};

/* Who is asking: what match needs to know beside the recipient. */
struct ps_sender {
	const struct ps_addr *mail_from;
	struct ps_bytes login;
	enum ps_direction direction;
	bool authenticated; /* AUTH, internal network or local submission */
	/* What is known of him so far; each may be NULL. */
	const struct ps_client *client;	  /* as soon as MAIL */
	const struct ps_verdict *verdict; /* at the end; has the client too */
	/* The addresses of the From field, for its domains' sections. */
	const struct ps_addr *author;
	size_t n_author;
};

/* Is this client's mail not checked?  AUTH, internal network, local. */
bool ps_policy_trusts(const struct ps_policy *p, const struct ps_txn *t);
/* At end of message, before ps_match(): rules may ask what is proven. */
void ps_sender_prove(struct ps_sender *s, const struct ps_verdict *v);
void ps_sender_of(const struct ps_policy *p, const struct ps_txn *t,
	const struct ps_rcpt *r, struct ps_sender *out);

void ps_match(struct ps_arena *a, const struct ps_policy *p,
	const struct ps_sender *sender, const struct ps_addr *rcpt,
	struct ps_ruling *out);
/* The same, and everybody who said something. */
void ps_match_explain(struct ps_arena *a, const struct ps_policy *p,
	const struct ps_sender *sender, const struct ps_addr *rcpt,
	struct ps_ruling *out);

/* An address without a domain, as the MTA will complete it. */
struct ps_addr ps_policy_complete(struct ps_arena *a, const struct ps_policy *p,
	const struct ps_addr *addr);

/*
 * Without its delimiter part; the first delimiter counts, as in Postfix.  False
 * when it has none.
 */
bool ps_policy_strip(struct ps_arena *a, const struct ps_policy *p,
	const struct ps_addr *addr, struct ps_addr *out);

/*
 * The addresses under which keys of a recipient are looked up, in order:
 * exact, without the delimiter part, the configured alias.
 */
struct ps_addr *ps_key_addresses(struct ps_arena *a, const struct ps_policy *p,
	const struct ps_addr *rcpt, size_t *n_out);

/*
 * Can any message under this ruling be sealed (encrypt, or a trigger of this
 * sender)?  If not, no keys need to be looked up.
 */
bool ps_ruling_may_seal(
	const struct ps_ruling *r, const struct ps_sender *sender);

/* Where keys may come from, by a ruling. */
void ps_policy_key_rules(const struct ps_policy *p, const struct ps_ruling *r,
	struct ps_key_rules *out);
/* The same of an address when no message asks. */
void ps_policy_key_rules_of(struct ps_arena *a, const struct ps_policy *p,
	const struct ps_addr *addr, struct ps_key_rules *out);

/*
 * The keys that policy binds to this From address (author-key), by its section
 * and the rules of it that hold for the address alone.  *n 0: none.
 */
const char *const *ps_policy_author_keys(
	const struct ps_policy *p, const struct ps_addr *from, size_t *n);

/* What was looked up for one recipient. */
struct ps_key_facts {
	struct ps_ruling ruling;
	bool look_up; /* false: encrypt = never, nothing is asked */
	bool looked_up;
	struct ps_cert_answer keys;
	struct ps_cert_answer archive; /* NONE when no archive-key is set */
};

/* What the message itself says; strengthens policy, weakens only when-key. */
struct ps_content_facts {
	struct ps_inspection inspection;
	unsigned exempt; /* enum ps_exempt bits that the message shows */
	struct ps_bytes subject;
	const struct ps_header *header;
};
void ps_content_of(struct ps_arena *a, const struct ps_message *m,
	const struct ps_limits *limits, struct ps_content_facts *out);

/* How a group's copy is made. */
struct ps_seal {
	bool sealed;
	bool protect_subject;
	const char *why_clear; /* not sealed: "policy", "no-key", "exempt",
				  "already-sealed", ... */
	const struct ps_cert_subkey **subkey; /* every one, archive included */
	size_t n_subkey;
	int sign; /* enum ps_sign: what policy asks (signing.h) */
	const struct ps_signer_setting *signer; /* or NULL: not signed */
	const char *why_unsigned; /* asked for, and not needed; or NULL */
};
struct ps_group {
	size_t *rcpt; /* indices into txn->rcpt */
	size_t n_rcpt;
	struct ps_seal seal;
	const char *rule;
};
struct ps_plan {
	/* When not accept, no group is used.  Accept with several groups: each
	 * of them gets a copy of its own. */
	struct ps_reply reply;
	struct ps_group *group;
	size_t n_group;
	bool trial;	       /* do nothing, but say what would have been */
	struct ps_reply would; /* trial: the reply that is not given */
};

/* Octets that a message will have once it is sealed, with what is put on top of
 * it, never too few. */
size_t ps_decide_size(
	const struct ps_txn *t, size_t n_subkey, bool protect_subject);

/*
 * At RCPT, when key state alone decides; accept otherwise.  A message that is
 * sealed already would pass at its end, but nobody knows of it yet: who wants
 * to let it in says refuse-at = message.
 */
void ps_decide_rcpt(struct ps_arena *a, const struct ps_policy *p,
	const struct ps_txn *t, const struct ps_rcpt *r,
	const struct ps_key_facts *facts, struct ps_reply *out);

/* At end of message; facts has one entry a recipient of t. */
void ps_decide(struct ps_arena *a, const struct ps_policy *p,
	const struct ps_txn *t, const struct ps_key_facts *facts,
	const struct ps_content_facts *content, struct ps_plan *out);

#endif
