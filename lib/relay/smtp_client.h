/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * The relay adapter that speaks SMTP to the MTA's re-entry port.
 *
 * One connection a copy, side by side.  Where a message has more copies than
 * it may have connections, a connection asks for several envelopes one after
 * the other (RSET between them) before any DATA, and again before each DATA:
 * that all are accepted before anything leaves holds for any number.
 */
#ifndef PS_RELAY_SMTP_CLIENT_H
#define PS_RELAY_SMTP_CLIENT_H

#include "relay/address.h"
#include "relay/relay.h"

struct ps_smtp_settings {
	const char *to;	   /* "inet:PORT@HOST", ... (address.h) */
	const char *hello; /* the name that EHLO says */
	/* A file whose first line is "user:password", for AUTH PLAIN; NULL for
	 * none.  Read once. */
	const char *login_file;
	/* Connections of one message, and of all at once; 0 for the default.
	 * A Postfix service has 100 processes, and no more of these may be
	 * under way than it has. */
	size_t per_message, at_once;
};
#define PS_SMTP_PER_MESSAGE 10
#define PS_SMTP_AT_ONCE	    50

struct ps_smtp_client;

/*
 * Connects to nobody yet.  PS_EPERM for what is no address or no login file,
 * PS_ETEMP when a name does not resolve now; *why is in a.
 */
enum ps_status ps_smtp_client_new(struct ps_arena *a,
	const struct ps_smtp_settings *settings, struct ps_smtp_client **out,
	const char **why);
void ps_smtp_client_free(struct ps_smtp_client *c); /* accepts NULL */

/* Safe from several threads; valid as long as the client. */
struct ps_relay ps_smtp_client_relay(struct ps_smtp_client *c);
const struct ps_relay_address *ps_smtp_client_address(
	const struct ps_smtp_client *c);

#endif
