/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * The copy itself.  From the last octet of the final dot to the answer nobody
 * knows who has it (RFC 1047): this file keeps that window as short as SMTP
 * allows, and never calls anything else "unknown".
 */
#include "relay/smtp_talk.h"

#include "base/failpoint.h"
#include "relay/smtp_refusal.h"

/* An answer that came too early cannot be the one to what follows. */
static enum ps_status
early(struct ps_arena *a, struct ps_smtp_conn *c, struct ps_relay_result *out,
	const char **why)
{
	struct ps_smtp_reply reply;
	enum ps_status s = ps_smtp_conn_read(c, &reply, why);

	c->broken = true;
	if (s == PS_OK && reply.code >= 400)
		return ps_smtp_refusal(a, "DATA", &reply, out, why);
	if (s == PS_OK)
		*why = "the relay answered before it was asked";
	return PS_ETEMP;
}

static enum ps_status
begin(struct ps_arena *a, struct ps_smtp_conn *c, struct ps_relay_result *out,
	const char **why)
{
	struct ps_smtp_reply reply;
	enum ps_status s;

	if (ps_smtp_conn_has_more(c))
		return early(a, c, out, why);
	PS_FAILPOINT("relay-before-DATA");
	s = ps_smtp_conn_write(c, PS_LIT("DATA\r\n"), why);
	if (s == PS_OK)
		s = ps_smtp_conn_read(c, &reply, why);
	PS_FAILPOINT("relay-after-DATA");
	if (s == PS_OK && reply.code != 354) {
		c->broken = reply.code < 400;
		s = ps_smtp_refusal(a, "DATA", &reply, out, why);
	}
	return s;
}

static enum ps_status
finish(struct ps_arena *a, struct ps_smtp_conn *c, struct ps_relay_result *out,
	const char **why)
{
	struct ps_smtp_reply reply;
	enum ps_status s;

	if (ps_smtp_conn_has_more(c))
		return early(a, c, out, why);
	PS_FAILPOINT("relay-before-dot");
	s = ps_smtp_conn_write(c, PS_LIT(".\r\n"), why);
	if (s != PS_OK)
		return s; /* not all of it left: the relay has no message */
	PS_FAILPOINT("relay-after-dot");
	out->outcome = PS_RELAY_UNKNOWN;
	s = ps_smtp_conn_read(c, &reply, why);
	PS_FAILPOINT("relay-after-dot-answer");
	if (s != PS_OK)
		return s;
	if (reply.code >= 400)
		return ps_smtp_refusal(a, ".", &reply, out, why);
	out->code = reply.code;
	ps_smtp_reply_say(a, &reply, &out->xcode, &out->text);
	if (reply.code >= 300) {
		c->broken = true;
		*why = "the relay asked for more after the message";
		return PS_ETEMP;
	}
	out->outcome = PS_RELAY_ACKNOWLEDGED;
	return PS_OK;
}

enum ps_status
ps_smtp_data(struct ps_arena *a, struct ps_smtp_conn *c,
	const struct ps_message *m, struct ps_relay_result *out,
	const char **why)
{
	enum ps_status s = begin(a, c, out, why);

	if (s == PS_OK) {
		s = ps_smtp_conn_put_message(c, m, why);
		if (s == PS_ETEMP && ps_smtp_conn_has_more(c))
			s = early(a, c, out, why); /* why it hung up */
	}
	if (s == PS_OK)
		s = finish(a, c, out, why);
	if (s != PS_OK && out->outcome == PS_RELAY_NONE)
		out->outcome = PS_RELAY_FAILED;
	return s;
}
