/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * How copies leave: an adapter, so that tests hand in fakes.  A batch is all
 * the copies of one message.  The caller records what must be remembered
 * between the calls, which is why they are three:
 *
 *   open    every envelope is accepted by the relay, or nothing leaves
 *   send    one copy; its outcome is known when the call returns
 *   close   in any case
 *
 * Knows nothing of policy, seals or the ledger.
 */
#ifndef PS_RELAY_RELAY_H
#define PS_RELAY_RELAY_H

#include "base/wait.h"
#include "mail/txn.h"

/* Words of RFC 3461 4 as the session had them, in xtext; empty for none. */
struct ps_relay_rcpt {
	struct ps_bytes path; /* with or without "<>"; never empty */
	struct ps_bytes notify, orcpt;
};

/* One group: its envelope and its copy. */
struct ps_relay_copy {
	struct ps_bytes sender; /* a path, or "<>" */
	struct ps_bytes ret, envid;
	bool smtputf8; /* the session said so; a path may need it anyway */
	const struct ps_relay_rcpt *rcpt;
	size_t n_rcpt;			  /* at least one */
	const struct ps_message *message; /* must live until close */
};

enum ps_relay_outcome {
	PS_RELAY_NONE,	       /* open: every envelope is accepted */
	PS_RELAY_ACKNOWLEDGED, /* the relay answers for this copy now */
	PS_RELAY_REFUSED,      /* it said 4xx or 5xx; it has nothing of it */
	PS_RELAY_FAILED, /* no answer, or no sense; it has nothing of it */
	PS_RELAY_UNKNOWN /* the final dot is sent, and no answer came */
};

struct ps_relay_result {
	enum ps_relay_outcome outcome;
	size_t copy;	   /* whom it is about; PS_NOT_FOUND: everybody */
	size_t rcpt;	   /* in that copy; PS_NOT_FOUND: not one of them */
	const char *verb;  /* answered to: "MAIL", "RCPT", "DATA", "." */
	int code;	   /* of the relay's reply; 0 when there is none */
	const char *xcode; /* "5.1.1"; NULL when it has none */
	const char *text;  /* without codes, one line, printable ASCII */
	/* What the relay does not offer and was left out: no reason to stop. */
	bool without_dsn, without_xforward;
};

struct ps_relay_batch;

struct ps_relay {
	void *self;
	/*
	 * origin says where the message came from, for XFORWARD.  Results and
	 * batch live in a.  Not PS_OK: nothing has left, there is no batch, and
	 * *out says what is known:
	 *   PS_EPERM   a 5xx reply (it is preferred to a 4xx that came before),
	 *              or an envelope that SMTP cannot carry (code is 0)
	 *   PS_ELIMIT  the copy is larger than the relay takes
	 *   PS_ETEMP   4xx, no connection, or what the message needs is not
	 *              offered (8BITMIME, SMTPUTF8, AUTH)
	 *   PS_EBUSY, PS_ELATE, PS_ESTOP
	 */
	enum ps_status (*open)(void *self, struct ps_arena *a,
		const struct ps_txn *origin, const struct ps_relay_copy *copy,
		size_t n_copy, const struct ps_wait *wait,
		struct ps_relay_batch **batch, struct ps_relay_result *out,
		const char **why);
	/*
	 * PS_OK is PS_RELAY_ACKNOWLEDGED, and nothing else is.  Each copy once,
	 * best in order.  Does not give up when the daemon stops, only at the
	 * deadline: what is being sent ends with a known outcome.  After a
	 * failure of one copy the others can still be sent.
	 */
	enum ps_status (*send)(struct ps_relay_batch *batch, size_t copy,
		const struct ps_wait *wait, struct ps_relay_result *out,
		const char **why);
	void (*close)(struct ps_relay_batch *batch); /* accepts NULL */
};

#endif
