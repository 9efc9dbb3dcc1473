/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * What SMTP said: a session is one connection, a txn one message on it.  Both
 * are filled by the shell (milter/, or a subcommand from a file) and only read
 * by the core.  Strings live in the arena of their owner; an absent value is
 * an empty one.
 */
#ifndef PS_MAIL_TXN_H
#define PS_MAIL_TXN_H

#include <stdint.h>
#include <sys/socket.h>

#include "mail/addr.h"
#include "mail/message.h"

struct ps_session {
	struct ps_arena *arena;
	struct ps_bytes client_name;	/* as the MTA found it */
	struct ps_bytes client_ip;	/* text, without "IPv6:" */
	struct sockaddr_storage client; /* ss_family 0 for a local submission */
	struct ps_bytes helo;
	struct ps_bytes
		mta; /* name and version: "Postfix 3.7.11", "8.17.1.9" */
	struct ps_bytes daemon_name; /* {daemon_name} */
	struct ps_bytes tls_version; /* {tls_version}; empty: clear text */
	struct ps_bytes cipher, cipher_bits;
	struct ps_bytes cert_subject, cert_issuer, cert_verify;
	struct ps_bytes cert_cn; /* {cn_subject}: Sendmail only */
};

struct ps_rcpt {
	struct ps_bytes raw;  /* as the MTA gave it */
	struct ps_addr addr;  /* normal form */
	struct ps_bytes *arg; /* ESMTP words of RCPT: "NOTIFY=NEVER" */
	size_t n_arg;
};

struct ps_txn {
	struct ps_arena *arena;
	const struct ps_session *session;
	struct ps_bytes queue_id; /* empty until the MTA tells it */
	bool is_local; /* submitted by a local program: queue id at MAIL */
	struct ps_bytes login, login_method; /* {auth_authen}, {auth_type} */
	struct ps_bytes mail_from_raw;
	struct ps_addr mail_from;
	struct ps_bytes *mail_arg; /* ESMTP words of MAIL: "SIZE=1000" */
	size_t n_mail_arg;
	struct ps_rcpt *rcpt; /* those that the MTA and we accepted */
	size_t n_rcpt;
	struct ps_message message; /* complete at end of message */
	size_t size;		   /* ps_message_size(&message) */
	bool looked_ahead;	   /* its header's look-ups are under way */
};

#endif
