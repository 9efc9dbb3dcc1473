/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * A subcommand that plays an MTA: the same adapters as the daemon's, wired for
 * one process and one message, without libmilter, root or a spool directory.
 */
#ifndef PS_MILTER_TOOL_H
#define PS_MILTER_TOOL_H

#include "conf.h"
#include "conn.h"
#include "daemon.h"

struct ps_tool {
	struct ps_policy *policy;
	struct ps_daemon daemon;
	struct ps_spawner spawner;
	struct ps_env env;
};

/*
 * Start crypto workers and open the key directory.  Takes p over.  The process
 * that returns is a child (crypto/spawner.h): open files and print before this
 * what must not appear twice.  False with *why.
 */
bool ps_tool_open(struct ps_tool *t, struct ps_policy *p, const char **why);
void ps_tool_close(struct ps_tool *t);

/*
 * The user that the daemon runs as, as far as one can tell: listen.user, else
 * the owner of the key directory (or of where it is to be), else _postseal,
 * else NULL.
 */
const char *ps_tool_user(struct ps_arena *a, const struct ps_policy *p);

/* Who writes to whom, as a person gives it on the command line. */
struct ps_envelope {
	const char *from;
	const char **to;
	size_t n_to;
	const char *login;  /* or NULL */
	const char *client; /* address, "local", or NULL for a stranger */
	const char *daemon_name;
};

/* The address that stands for a client nobody named (RFC 5737). */
#define PS_TOOL_STRANGER "192.0.2.1"

/*
 * Connect and MAIL.  NULL with *why when the client is no address.  The
 * connection holds the message (c->msg); ps_conn_free() ends both.
 */
struct ps_conn *ps_tool_begin(
	struct ps_tool *t, const struct ps_envelope *e, const char **why);

/* An IP address; false when it is none. */
bool ps_tool_client(const char *text, struct sockaddr_storage *out);

/* A refusal as the SMTP client sees it: "550 5.7.1 text". */
const char *ps_tool_reply(struct ps_arena *a, const struct ps_reply *r);
/* The exit status for a reply: 0, EX_TEMPFAIL, EX_NOPERM. */
int ps_tool_exit(const struct ps_reply *r);

#endif
