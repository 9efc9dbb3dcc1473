/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * What the MTA said, copied into session and txn.  No libmilter here, so that
 * subcommands and tests can play an MTA.
 */
#ifndef PS_MILTER_EVENTS_H
#define PS_MILTER_EVENTS_H

#include "conn.h"

void ps_event_connect(struct ps_conn *c, const char *name,
	const struct sockaddr *addr, struct ps_bytes daemon_name);
/* Look-ups of verification that can start now. */
void ps_event_ahead(
	struct ps_conn *c, bool has_header, const struct ps_env *env);
/* argv[0] is the path, the rest ESMTP words; NULL-terminated.  resolved is
 * {mail_addr}, empty when the MTA does not say. */
void ps_event_mail(struct ps_msg *m, char **argv, struct ps_bytes resolved);
/* Adds the recipient when *reply accepts him.  resolved is {rcpt_addr}. */
void ps_event_rcpt_to(struct ps_msg *m, char **argv, struct ps_bytes resolved,
	const struct ps_env *env, struct ps_reply *reply);
void ps_event_header(struct ps_msg *m, struct ps_bytes name,
	struct ps_bytes value, bool leading_space);
void ps_event_body(struct ps_msg *m, struct ps_bytes octets);
/* The message is complete: run the flow, or say why it cannot run. */
void ps_event_end(struct ps_msg *m, const struct ps_env *env, bool stopping,
	struct ps_outcome *out);

#endif
