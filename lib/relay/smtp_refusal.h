/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * From a reply that is no yes to a result.
 */
#ifndef PS_RELAY_SMTP_REFUSAL_H
#define PS_RELAY_SMTP_REFUSAL_H

#include "relay/relay.h"
#include "relay/smtp_reply.h"

/*
 * PS_EPERM for a 5xx that is about the sender, a recipient or the message: no
 * retry will help.  PS_ETEMP for everything else, and for a 5xx that is about
 * us, such as a login that is wanted: the administrator will mend that.
 */
enum ps_status ps_smtp_refusal(struct ps_arena *a, const char *verb,
	const struct ps_smtp_reply *reply, struct ps_relay_result *out,
	const char **why);
enum ps_status ps_smtp_refusal_status(const struct ps_relay_result *r);

#endif
