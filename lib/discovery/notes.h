/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * What is remembered in memory for a short time: that a domain's server does
 * not answer, that its trouble has been logged.  A bounded table that may
 * forget; nothing more is lost than a look that would have been saved.
 */
#ifndef PS_DISCOVERY_NOTES_H
#define PS_DISCOVERY_NOTES_H

#include "base/arena.h"
#include "store/key_book.h"

enum ps_note_kind {
	/* PS_ORIGIN_...: what this source says of a whole domain. */
	PS_NOTE_OURS = PS_ORIGIN_N, /* trouble of our own, of one address */
	PS_NOTE_LOGGED		    /* the domain's trouble was logged */
};

struct ps_note {
	enum ps_look_outcome outcome;
	const char *text;
	int64_t until_s;
};

struct ps_notes;
struct ps_notes *ps_notes_new(void);	/* NULL: out of memory */
void ps_notes_free(struct ps_notes *n); /* accepts NULL */

/* kind: a ps_key_origin or a ps_note_kind. */
void ps_notes_put(struct ps_notes *n, int kind, struct ps_bytes key,
	const struct ps_note *note);
/* The text lives in a. */
bool ps_notes_get(struct ps_notes *n, struct ps_arena *a, int kind,
	struct ps_bytes key, int64_t now_s, struct ps_note *out);
void ps_notes_drop(struct ps_notes *n, int kind, struct ps_bytes key);

#endif
