/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * What the relay's no means.
 */
#include "relay/smtp_refusal.h"

enum ps_status
ps_smtp_refusal(struct ps_arena *a, const char *verb,
	const struct ps_smtp_reply *reply, struct ps_relay_result *out,
	const char **why)
{
	out->outcome = PS_RELAY_REFUSED;
	out->copy = out->rcpt = PS_NOT_FOUND;
	out->verb = verb;
	out->code = reply->code;
	ps_smtp_reply_say(a, reply, &out->xcode, &out->text);
	*why = ps_arena_printf(a, "the relay answered %s with %d %s", verb,
		reply->code, out->text);
	return ps_smtp_refusal_status(out);
}

enum ps_status
ps_smtp_refusal_status(const struct ps_relay_result *r)
{
	int code = r->code;

	if (code / 100 != 5 || r->verb == NULL ||
		strcmp(r->verb, "greeting") == 0 ||
		strcmp(r->verb, "EHLO") == 0 || strcmp(r->verb, "AUTH") == 0)
		return PS_ETEMP;
	/* 500 to 504: a command it does not know or take; 530 to 538: it wants
	 * another login (RFC 4954 6). */
	if (code <= 504 || (code >= 530 && code <= 538))
		return PS_ETEMP;
	return PS_EPERM;
}
