/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * A message for a domain whose key we hold, opened.
 */
#ifndef PS_FLOW_OPEN_H
#define PS_FLOW_OPEN_H

#include "auth/openpgp.h"
#include "flow/flow.h"

struct ps_opening {
	bool opened;
	const char *why_not; /* not opened: the original stays, for the log */
	struct ps_message message;
	struct ps_spool *body; /* owns message.body */
	/* Who signed it inside: this speaks for copies made of it, and for no
	 * others. */
	struct ps_openpgp_result openpgp;
};

/*
 * Open t->message once for everybody who asks for it.  PS_OK with opened false:
 * it is not sealed, or not for us, or damaged, or without integrity protection,
 * or grows over max_message.  Everything else is trouble of ours (agent,
 * deadline) and may end otherwise later: PS_ETEMP and the like.
 */
enum ps_status ps_flow_open(struct ps_txn *t, const struct ps_env *env,
	const struct ps_dmarc_author *author,
	const struct ps_openpgp_verifier *v, struct ps_opening *out,
	const char **why);
void ps_opening_free(struct ps_opening *o);

#endif
