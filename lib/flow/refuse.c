/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * The one table from a failure to an SMTP reply.  All but ceilings are 4xx, so
 * that the sender's MTA keeps the message; a ceiling is a setting, and no retry
 * of the same message will pass it.
 */
#include "flow/steps.h"

struct row {
	enum ps_status status;
	enum ps_action action;
	const char *code, *xcode, *reason;
};

static const struct row table[] = {
	{PS_ETEMP, PS_TEMPFAIL, "451", "4.7.1", "engine"},
	{PS_EPERM, PS_TEMPFAIL, "451", "4.7.1", "unproven-seal"},
	{PS_ELIMIT, PS_REJECT, "552", "5.3.4", "over-limit"},
	{PS_EBUSY, PS_TEMPFAIL, "451", "4.3.1", "busy"},
	{PS_ESTOP, PS_TEMPFAIL, "451", "4.3.2", "stopping"},
	{PS_ELATE, PS_TEMPFAIL, "451", "4.4.7", "deadline"},
	{PS_ELOOP, PS_TEMPFAIL, "451", "4.4.6", "loop"},
	{PS_ENORELAY, PS_TEMPFAIL, "451", "4.3.5", "no-relay"},
	{PS_EHOPS, PS_REJECT, "554", "5.4.6", "too-many-hops"},
	{PS_ESIGN, PS_TEMPFAIL, "451", "4.7.0", "sign-trouble"},
	{PS_EUNSIGNABLE, PS_REJECT, "550", "5.6.3", "unsignable"},
};

void
ps_refuse(struct ps_arena *a, enum ps_status s, const char *why,
	struct ps_reply *out)
{
	const struct row *row = &table[0];

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		if (table[i].status == s)
			row = &table[i];
	*out = (struct ps_reply){
		.action = row->action,
		.code = row->code,
		.xcode = row->xcode,
		.reason = row->reason,
		.text = ps_arena_printf(a, "postseal: %s [%s]",
			why == NULL ? "try again later" : why, row->reason),
	};
}
