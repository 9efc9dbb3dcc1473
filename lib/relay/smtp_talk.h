/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * The client's half of an SMTP session, in the order of RFC 5321.  Each
 * function that begins something writes and does not wait, and each that ends
 * it reads, so that several connections can be served side by side.
 */
#ifndef PS_RELAY_SMTP_TALK_H
#define PS_RELAY_SMTP_TALK_H

#include "relay/smtp_conn.h"
#include "relay/smtp_line.h"

/* Read the greeting, write EHLO. */
enum ps_status ps_smtp_greet(struct ps_arena *a, struct ps_smtp_conn *c,
	const char *hello, struct ps_relay_result *out, const char **why);
/* Read what is offered, by HELO when EHLO is unknown, and log in. */
enum ps_status ps_smtp_meet(struct ps_arena *a, struct ps_smtp_conn *c,
	const char *hello, struct ps_bytes auth, struct ps_relay_result *out,
	const char **why);

/*
 * Write as much of a script as may be written before answers are read: one
 * command, or with PIPELINING (RFC 2920) a handful, so that neither side waits
 * for the other with full buffers.
 */
enum ps_status ps_smtp_start(struct ps_smtp_conn *c,
	struct ps_smtp_script *script, const char **why);
/*
 * Read every answer.  A refusal does not stop it: *out is the worst one, 5xx
 * before 4xx, the first in order of copies and recipients.
 */
enum ps_status ps_smtp_finish(struct ps_arena *a, struct ps_smtp_conn *c,
	struct ps_smtp_script *script, struct ps_relay_result *out,
	const char **why);

/* DATA, the message, the final dot, the answer. */
enum ps_status ps_smtp_data(struct ps_arena *a, struct ps_smtp_conn *c,
	const struct ps_message *m, struct ps_relay_result *out,
	const char **why);

#endif
