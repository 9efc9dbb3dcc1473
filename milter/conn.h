/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Birth and death of a connection's and a message's memory.
 */
#ifndef PS_MILTER_CONN_H
#define PS_MILTER_CONN_H

#include "daemon.h"

struct ps_conn {
	struct ps_session session;
	struct ps_msg *msg;   /* the message under way, or NULL */
	unsigned long agreed; /* SMFIP_* bits of the negotiation */
	bool leading_space;   /* the MTA passes the blank behind the colon */
};

/* A message under way: what the core sees, and what only the shell needs. */
struct ps_msg {
	struct ps_txn txn;
	struct ps_generation *generation;
	struct ps_spool *body;
	size_t header_len;
	bool has_header; /* complete: the body began */
	/* Trouble at a stage that cannot answer, told at the next that can. */
	enum ps_status trouble;
	const char *why;
};

struct ps_conn *ps_conn_new(void);
void ps_conn_free(struct ps_conn *c); /* accepts NULL */

struct ps_msg *ps_msg_new(struct ps_conn *c, struct ps_daemon *d);
void ps_msg_free(struct ps_conn *c);

/* The first trouble is the one that is told. */
void ps_msg_trouble(struct ps_msg *m, enum ps_status s, const char *why);

#endif
