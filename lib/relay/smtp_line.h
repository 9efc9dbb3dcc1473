/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Writing SMTP commands: pure.  What came from outside cannot add a word, a
 * parameter or a line to a command.
 */
#ifndef PS_RELAY_SMTP_LINE_H
#define PS_RELAY_SMTP_LINE_H

#include "relay/relay.h"
#include "relay/smtp_reply.h"

struct ps_smtp_cmd {
	const char *verb;
	struct ps_bytes line; /* with its CRLF */
	size_t copy, rcpt;    /* whom it is about, or PS_NOT_FOUND */
};
struct ps_smtp_script {
	struct ps_smtp_cmd *cmd;
	size_t n_cmd;
	size_t n_sent, n_answered;
	bool mail_refused; /* so what is said of its recipients means nothing */
};

/*
 * MAIL and every RCPT of one copy, appended.
 *
 * size       octets of the copy, for SIZE
 * eight_bit  BODY=8BITMIME
 * PS_EPERM   a path or word that SMTP cannot carry; PS_ETEMP: the relay does
 *            not offer what the envelope needs
 */
enum ps_status ps_smtp_line_envelope(struct ps_arena *a,
	const struct ps_relay_copy *c, size_t copy, size_t size, bool eight_bit,
	const struct ps_smtp_offer *offer, struct ps_smtp_script *out,
	const char **why);

/* XFORWARD (Postfix's XFORWARD_README), what is offered of it, appended. */
void ps_smtp_line_xforward(struct ps_arena *a, const struct ps_txn *origin,
	const struct ps_smtp_offer *offer, struct ps_smtp_script *out);

/* A command without values of others. */
void ps_smtp_line_fixed(struct ps_arena *a, const char *verb, const char *line,
	size_t copy, struct ps_smtp_script *out);

/* "AUTH PLAIN ..." (RFC 4616). */
struct ps_bytes ps_smtp_line_auth(
	struct ps_arena *a, struct ps_bytes user, struct ps_bytes password);

#endif
