/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * What is remembered of copies that left, so that a message that is tried
 * again is not sent again.  An adapter, so that tests hand in fakes.
 *
 * A row is a message and one recipient.  It is intended before the first copy
 * leaves, and acknowledged when the relay has answered for that recipient's
 * copy; both are on the disk when the call returns.  The sending MTA keeps the
 * original until our last reply, so that nothing of a message is kept here.
 *
 * The order for one message:
 *   find         what is known; no row: nothing was ever sent
 *   intend       claims the recipients and records them; nobody else can now
 *   acknowledge  after each copy's 250
 *   finish       in any case; the claim ends
 *
 * Times: rows end an hour after the last reply of a message that is done, all
 * others after the longest life of a queue.
 *
 * All functions: PS_ETEMP when the store is damaged, locked, full or cannot be
 * reached; *why is in a, or a literal where there is none.
 */
#ifndef PS_STORE_LEDGER_H
#define PS_STORE_LEDGER_H

#include "base/arena.h"
#include "base/wait.h"
#include "store/digest.h"

enum ps_ledger_state {
	PS_LEDGER_NONE,
	PS_LEDGER_INTENDED, /* may have been sent, and nobody knows */
	PS_LEDGER_ACKNOWLEDGED
};

struct ps_ledger_known {
	enum ps_ledger_state state;
	bool busy;	   /* somebody who lives is sending it now */
	int64_t at_s;	   /* when it came to be so */
	const char *reply; /* the relay's, or NULL */
};

struct ps_ledger_group {
	const struct ps_bytes *rcpt; /* normal form */
	size_t n_rcpt;
	struct ps_digest copy; /* ps_digest_copy() of what will be sent */
};
struct ps_ledger_intent {
	struct ps_digest message;
	struct ps_bytes sender, queue_id; /* for people */
	const struct ps_ledger_group *group;
	size_t n_group;
	/* When the claim ends by itself, although its process lives.  Longer
	 * than any message may take: PS_LEDGER_LEASE_MS. */
	int64_t lease_ms;
};
#define PS_LEDGER_LEASE_MS (15 * 60 * 1000)

struct ps_ledger_claim; /* one owner, one thread at a time */

/* A row, for people. */
struct ps_ledger_entry {
	struct ps_bytes queue_id, sender, rcpt;
	size_t group;
	struct ps_ledger_known known;
	int64_t intended_s;
	bool done; /* its message got its last reply */
};

/*
 * Recipients, counted once a message when its fate is known: recipients =
 * in_place + relayed + refused + deferred.
 */
enum ps_account {
	PS_ACCOUNT_MESSAGES,
	PS_ACCOUNT_RECIPIENTS,
	PS_ACCOUNT_IN_PLACE, /* the MTA keeps the message, edited or not */
	PS_ACCOUNT_RELAYED,  /* a copy was acknowledged, now or earlier */
	PS_ACCOUNT_REFUSED,  /* 5xx */
	PS_ACCOUNT_DEFERRED, /* 4xx */
	PS_ACCOUNT_COPIES,   /* acknowledged now */
	PS_ACCOUNT_SKIPPED,  /* recipients that had theirs already */
	PS_ACCOUNT_UNKNOWN,  /* copies whose outcome nobody knows */
	PS_ACCOUNT_LOOPS,
	PS_ACCOUNT_N
};
/* "recipients", "in-place", ... */
const char *ps_account_name(enum ps_account which);

struct ps_ledger {
	void *self;
	/* known has n_rcpt entries, in the order of rcpt.  Does not wait. */
	enum ps_status (*find)(void *self, struct ps_arena *a,
		const struct ps_digest *message, const struct ps_bytes *rcpt,
		size_t n_rcpt, struct ps_ledger_known *known, const char **why);
	/* Was a copy with this digest sent?  Then it comes round. */
	enum ps_status (*find_copy)(void *self, struct ps_arena *a,
		const struct ps_digest *copy, bool *found, const char **why);
	/*
	 * All recipients of all groups or none; intent and a must live until
	 * finish.  PS_EBUSY: somebody else claims
	 * one, or had one acknowledged since it was looked for.  A claim whose
	 * process is dead is taken over at once.
	 */
	enum ps_status (*intend)(void *self, struct ps_arena *a,
		const struct ps_ledger_intent *intent,
		const struct ps_wait *wait, struct ps_ledger_claim **out,
		const char **why);
	/* May a copy still be sent under it?  To be asked before each DATA. */
	bool (*holds)(const struct ps_ledger_claim *claim);
	/*
	 * reply is the relay's.  When it fails the fact is kept in memory and
	 * written with the next intent, so that only a crash forgets it: the
	 * other copies can be sent.
	 */
	enum ps_status (*acknowledge)(struct ps_ledger_claim *claim,
		size_t group, const char *reply, const struct ps_wait *wait,
		const char **why);
	/* done: every recipient is acknowledged, and the MTA hears so now. */
	void (*finish)(struct ps_ledger_claim *claim, bool done,
		const struct ps_wait *wait);
	/* Oldest first, at most 10,000. */
	enum ps_status (*list)(void *self, struct ps_arena *a,
		struct ps_ledger_entry **out, size_t *n_out, const char **why);
	/* Added now, or with a later call when somebody else is writing. */
	void (*count)(void *self, const int64_t add[PS_ACCOUNT_N]);
	enum ps_status (*accounts)(void *self, struct ps_arena *a,
		int64_t out[PS_ACCOUNT_N], const char **why);
};

struct ps_ledger_settings {
	const char *path;
	const struct ps_clock *clock;
	int64_t keep_done_s;  /* 0: an hour */
	int64_t queue_life_s; /* 0: six days, a day more than Postfix's */
	bool read_only;	      /* to look at, beside a daemon: no file is made */
};

/*
 * The ledger in SQLite.  Safe from several threads and processes on one
 * machine.  Does not touch the file yet; beside it stands "PATH-owners", by
 * whose locks a claim's process is known to live.  NULL: out of memory.
 */
struct ps_ledger_db;
struct ps_ledger_db *ps_ledger_db_new(const struct ps_ledger_settings *s);
void ps_ledger_db_free(struct ps_ledger_db *db); /* accepts NULL */
struct ps_ledger ps_ledger_db_adapter(struct ps_ledger_db *db);

#endif
