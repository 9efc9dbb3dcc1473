/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * An SMTP server on a unix socket that does as it is told: it offers what a
 * test wants, fails where a test wants, and remembers every command and every
 * message that it took.  A thread a connection.
 */
#ifndef PS_T_SMTP_SERVER_H
#define PS_T_SMTP_SERVER_H

#include "base/buf.h"

enum smtp_act {
	SMTP_SAY,	/* the fault's reply instead of the usual one */
	SMTP_SAY_CLOSE, /* that, and hang up */
	SMTP_CLOSE,	/* hang up without a word */
	SMTP_SILENT	/* say nothing any more, go on reading */
};

struct smtp_fault {
	/* "greeting", "EHLO", "MAIL", ..., "body": after the first line of
	 * DATA, "." */
	const char *verb;
	const char *match; /* in the command; for body and ".": in a recipient;
			      NULL: always */
	const char *reply; /* with its CRLFs */
	enum smtp_act act;
};

struct smtp_setup {
	const char *offer; /* lines of the EHLO answer between, "250-X\r\n" */
	const struct smtp_fault *fault;
	size_t n_fault;
};

struct smtp_server;

struct smtp_server *smtp_server_start(const struct smtp_setup *setup);
/* "unix:/path" */
const char *smtp_server_address(const struct smtp_server *s);
/* Waits until everybody has hung up; then the two below may be asked. */
void smtp_server_stop(struct smtp_server *s);
/* Every command of every connection, a line each; connections one after the
 * other, in the order in which they came. */
struct ps_bytes smtp_server_commands(struct smtp_server *s);
/* Messages with 250 at their end, as "TO <a> <b>\nDATA\n...\n", dots as they
 * came. */
struct ps_bytes smtp_server_taken(struct smtp_server *s);
size_t smtp_server_n_taken(struct smtp_server *s);
void smtp_server_free(struct smtp_server *s);

#endif
