/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * What tests of the SMTP client share: a server, a client, three copies, and
 * one run between them.
 */
#ifndef PS_T_RELAY_WORLD_H
#define PS_T_RELAY_WORLD_H

#include "tap.h"

#include "relay/smtp_client.h"
#include "smtp_server.h"

#define ALL                                                                    \
	"250-PIPELINING\r\n250-SIZE "                                          \
	"100000\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n"                           \
	"250-DSN\r\n250-AUTH PLAIN LOGIN\r\n"                                  \
	"250-XFORWARD NAME ADDR PORT PROTO HELO IDENT SOURCE\r\n"

/* Octets in a static initializer. */
#define OCTETS(s)                                                              \
	{                                                                      \
		(s), sizeof(s) - 1                                             \
	}

/* "Subject: s", and "b" or one letter of 8 bits. */
extern const struct ps_message plain, eight;
/* <ann@a> and amy@a from <s@x>; <bob@b> from <s@x>; <eve@c> from <>. */
extern const struct ps_relay_copy three[3];

struct run {
	struct smtp_server *server;
	struct ps_arena *a;
	struct ps_smtp_client *client;
	struct ps_relay relay;
	struct ps_relay_batch *batch;
	struct ps_relay_result result;
	struct ps_session session;
	struct ps_txn txn;
	struct ps_wait wait;
	const char *why;
};

/* settings may be NULL; its address is filled in. */
void begin(struct run *r, const struct smtp_setup *setup,
	const struct ps_smtp_settings *settings);
enum ps_status open_batch(
	struct run *r, const struct ps_relay_copy *copy, size_t n);
enum ps_status send_copy(struct run *r, size_t copy);
/* Hang up; the server's memory is complete then. */
void close_batch(struct run *r);
void end(struct run *r);
bool was_said(struct run *r, const char *what);

#endif
