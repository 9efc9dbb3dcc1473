/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * A certificate on its way into the key directory: what its packets claim,
 * then what the engine confirms, then what is written and indexed.  Touches no
 * file.
 */
#ifndef PS_KEYS_KEY_ITEM_H
#define PS_KEYS_KEY_ITEM_H

#include "openpgp/cert_raw.h"
#include "crypto/engine.h"

struct ps_key_minimal {
	const char *name; /* in DIR/sub */
	struct ps_bytes octets;
};

struct ps_key_item {
	struct ps_cert_raw raw;	  /* one copy, for its claims */
	struct ps_bytes octets;	  /* all copies behind one another */
	struct ps_key_file *file; /* the files of DIR/certs that hold it */
	size_t n_file;
	/* Filled by learn, but for the record's files; octets are trimmed
	 * then (openpgp/cert_trim.h). */
	struct ps_bytes *left; /* user ids too many for the engine */
	size_t n_left;
	struct ps_key_record record;
	struct ps_bytes whole; /* what is to be kept */
	struct ps_key_minimal *minimal;
	size_t n_minimal;
	bool asked;   /* the engine was asked, or need not be */
	bool changed; /* the caller's: its file was written */
};

/*
 * Ask the engine about all items (distinct fingerprints).  A certificate that
 * the engine cannot read, or that makes it fail where others do not, becomes a
 * record that is invalid, under the names that it claims: its owner's mail is
 * "unusable key" then and never "no key".  Fails when the engine as such does.
 */
enum ps_status ps_key_items_learn(struct ps_arena *a, struct ps_key_item *item,
	size_t n, const struct ps_engine *engine, const struct ps_wait *wait,
	const char **why);

/* Learn failed although the engine works on others: what it was not asked or
 * did not answer becomes invalid. */
void ps_key_items_doubt(struct ps_arena *a, struct ps_key_item *item, size_t n);

#endif
