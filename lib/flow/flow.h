/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * What happens to a message, from the core's view.  The shell (milter/) copies
 * events into session and txn, calls these, and applies the outcome; it
 * decides nothing.
 */
#ifndef PS_FLOW_FLOW_H
#define PS_FLOW_FLOW_H

#include "auth/verify.h"
#include "base/spool.h"
#include "base/wait.h"
#include "mail/edit.h"
#include "mail/txn.h"
#include "discovery/discovery.h"
#include "keys/certs.h"
#include "crypto/engine.h"
#include "policy/decide.h"
#include "relay/address.h"
#include "relay/relay.h"
#include "store/ledger.h"

/* A certificate of the key directory, whole. */
struct ps_whole_cert {
	void *self;
	enum ps_status (*of)(void *self, struct ps_arena *a, const char *fpr,
		struct ps_bytes *out, const char **why);
};

/* Everything that the core may reach, wired together by milter/env.c. */
struct ps_env {
	const struct ps_policy *policy;
	const struct ps_certs *certs;
	const struct ps_engine *engine;
	const struct ps_clock *clock;
	/* Of verification; dns is NULL where nothing is verified. */
	const struct ps_dns *dns;
	struct ps_dkim *dkim;
	const struct ps_orgdom *psl;
	const struct ps_assumed *assumed; /* "postseal verify" only */
	size_t n_assumed;
	/* Of splitting; relay is NULL where nothing can be split. */
	const struct ps_relay *relay;
	const struct ps_relay_address *relay_address;
	const struct ps_ledger *ledger;
	/* May a key be looked for outside?  A subcommand that plays an MTA
	 * takes what was found before. */
	bool looks_outside;
	const struct ps_harvest *harvest; /* keys from mail; NULL: none */
	/* For the Autocrypt field of our senders; NULL: none is written. */
	const struct ps_whole_cert *whole;
	struct ps_wait wait; /* the budget of this message */
};

struct ps_outcome {
	struct ps_reply reply;
	struct ps_edits edits;
	struct ps_spool *body;	/* owns the octets of edits.body, or NULL; the
				   caller frees it after applying */
	const char *quarantine; /* hold the finished copy, for this reason */
	const char *log;	/* the one line of this message */
	const char **group_log; /* a line for each copy that was sent */
	size_t n_group_log;
	int64_t account[PS_ACCOUNT_N]; /* what became of its recipients */
};

/*
 * Start what verification will look up, with what is known so far; after each
 * stage.  Never blocks.  Before MAIL, t has no sender.
 */
void ps_flow_ahead(struct ps_txn *t, bool has_header, const struct ps_env *env);

/* One recipient: facts, then policy on them. */
void ps_flow_rcpt(struct ps_txn *t, const struct ps_rcpt *r,
	const struct ps_env *env, struct ps_reply *out);

/* The whole of a message; see eom.c. */
void ps_flow_eom(
	struct ps_txn *t, const struct ps_env *env, struct ps_outcome *out);

#endif
