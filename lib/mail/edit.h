/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * The difference between the message that the MTA holds and its one copy, as
 * data.  The shell applies it in the order given: changes and deletions from
 * the highest position down (so that no earlier one shifts), then appended
 * fields, then fields for the top in reverse, and the body last, in one run.
 */
#ifndef PS_MAIL_EDIT_H
#define PS_MAIL_EDIT_H

#include "mail/message.h"

enum ps_edit_kind {
	PS_EDIT_CHANGE, /* the nth field of that name gets this value */
	PS_EDIT_DELETE, /* the nth field of that name goes */
	PS_EDIT_APPEND, /* a new field below all others */
	PS_EDIT_TOP	/* a new field above all others */
};

struct ps_edit {
	enum ps_edit_kind kind;
	struct ps_bytes name;
	size_t nth; /* 1 is the first of that name, case ignored */
	struct ps_bytes value;
};

struct ps_edits {
	struct ps_edit *edit;
	size_t n_edit;
	bool replace_body;
	struct ps_bytes body;
};

/*
 * The copy as an MTA can make it: new fields above the first kept one stay at
 * the top, all others go to the end (milters cannot do more: index arithmetic
 * differs between MTAs), and a new or changed value that is empty becomes one
 * blank (an empty one deletes).  Who signs a copy signs this form of it.
 */
struct ps_message ps_edit_order(struct ps_arena *a,
	const struct ps_message *original, const struct ps_message *copy);

/*
 * Kept fields must stand in the original's order.  Takes the copy as
 * ps_edit_order would give it.
 */
void ps_edit_diff(struct ps_arena *a, const struct ps_message *original,
	const struct ps_message *copy, struct ps_edits *out);

/*
 * What an MTA makes of the edits; for tests and "postseal seal".  An edit of a
 * field that is not there does nothing, as with MTAs.
 */
struct ps_message ps_edit_simulate(struct ps_arena *a,
	const struct ps_message *original, const struct ps_edits *edits);

#endif
