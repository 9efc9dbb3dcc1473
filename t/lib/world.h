/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * A world of fakes for the flow: a fixed clock, certificates from a table, an
 * engine that seals in a way that only looks like OpenPGP, or fails as asked.
 */
#ifndef PS_T_WORLD_H
#define PS_T_WORLD_H

#include "flow/flow.h"

enum engine_mood {
	ENGINE_SEALS,
	ENGINE_RETURNS_STATUS, /* world.status */
	ENGINE_SAYS_OK_BUT_EMPTY,
	ENGINE_SAYS_OK_BUT_CLEAR,
	ENGINE_SAYS_OK_BUT_CUT,
	ENGINE_SAYS_OK_BUT_EXTRA_KEY,
	ENGINE_SAYS_OK_BUT_OTHER_KEY
};

struct known_key {
	const char *addr; /* NULL ends the table */
	enum ps_cert_state state;
	const char *key_id; /* 16 hex digits, for PS_CERT_FOUND */
	const char *reason;
};

struct world {
	struct ps_arena *arena;
	struct ps_policy *policy;
	const struct known_key *known;
	enum engine_mood mood;
	enum ps_status status;
	int n_encrypt;	       /* calls of the engine */
	const char *sign_fpr;  /* that the last one was to sign with */
	struct ps_bytes clear; /* what it was last asked to seal */
	struct ps_certs certs;
	struct ps_engine engine;
	struct ps_session session;
	const struct ps_relay *relay; /* NULL: none */
	const struct ps_relay_address *relay_address;
	const struct ps_ledger *ledger;
	struct ps_txn txn;
};

/* conf: a file under t/conf/flow. */
void world_init(
	struct world *w, const char *conf, const struct known_key *known);
void world_free(struct world *w);

/* A message from t/data/flow, to the recipients given (NULL ends). */
void world_message(struct world *w, const char *eml, const char *from,
	const char *const *to);
/* End of message. */
void world_mail(struct world *w, struct ps_outcome *out);

#endif
