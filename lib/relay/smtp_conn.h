/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * One connection to the relay: octets out, replies in, never longer than the
 * wait that is set.  Knows no order of commands.  After a failure it is
 * broken, and every further call fails.
 */
#ifndef PS_RELAY_SMTP_CONN_H
#define PS_RELAY_SMTP_CONN_H

#include "base/wait.h"
#include "mail/message.h"
#include "relay/address.h"
#include "relay/smtp_reply.h"

struct ps_smtp_conn {
	int fd; /* -1: none */
	struct ps_wait wait;
	int64_t told_ms; /* when progress was called last */
	bool broken;
	char *in; /* PS_SMTP_REPLY_MAX octets */
	size_t n_in, n_taken;
	struct ps_smtp_offer offer;
};

/* *c lives in a; PS_ETEMP, PS_ELATE, PS_ESTOP. */
enum ps_status ps_smtp_conn_open(struct ps_arena *a,
	const struct ps_relay_address *to, const struct ps_wait *wait,
	struct ps_smtp_conn *c, const char **why);
/* A socket that is connected already; it is made non-blocking. */
void ps_smtp_conn_use(struct ps_arena *a, int fd, const struct ps_wait *wait,
	struct ps_smtp_conn *c);
/* Says QUIT when it still can, and does not wait for the answer. */
void ps_smtp_conn_close(struct ps_smtp_conn *c);

enum ps_status ps_smtp_conn_write(
	struct ps_smtp_conn *c, struct ps_bytes octets, const char **why);
/* The message with doubled dots, without the final one. */
enum ps_status ps_smtp_conn_put_message(
	struct ps_smtp_conn *c, const struct ps_message *m, const char **why);
/* The next reply, valid until the next call; a bad one is PS_ETEMP. */
enum ps_status ps_smtp_conn_read(
	struct ps_smtp_conn *c, struct ps_smtp_reply *out, const char **why);
/* Has the relay said more than it was asked for?  Does not wait. */
bool ps_smtp_conn_has_more(struct ps_smtp_conn *c);

#endif
