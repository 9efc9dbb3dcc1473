/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * A world for tests of policy: a configuration as text, one transaction, and
 * keys by address.  No file, no clock, no certificate.
 */
#ifndef PS_T_POLICY_WORLD_H
#define PS_T_POLICY_WORLD_H

#include "policy/decide.h"

#define WORLD_RCPTS 8

/* What the key directory says: a state for an address. */
struct world_key {
	const char *addr; /* local@domain */
	enum ps_cert_state state;
	const char *reason;
};

struct world {
	struct ps_arena *arena;
	struct ps_policy *policy;
	struct ps_session session;
	struct ps_txn txn;
	const struct world_key *key;
	size_t n_key;
	struct ps_key_facts facts[WORLD_RCPTS];
	struct ps_content_facts content;
};

/* Fails the test when the text does not load. */
void world_open(struct world *w, const char *conf);
void world_close(struct world *w);
struct ps_addr world_addr(struct world *w, const char *path);
void world_from(struct world *w, const char *path);
void world_login(struct world *w, const char *login);
void world_client(struct world *w, const char *ip);
/* "a@b, c@d": all recipients. */
void world_rcpts(struct world *w, const char *list);
/* Header fields and body; also gives the content facts their header. */
void world_message(struct world *w, const char *header, const char *body);
/* Rulings and keys of all recipients, by the world's keys. */
void world_look_up(struct world *w);
/* A certificate of one subkey, its key id and fingerprints made of the seed. */
void world_found(
	struct ps_arena *a, const char *fpr, struct ps_cert_answer *out);

/*
 * A world with one section, d.example, and these words in it.  There key@,
 * key2@, key3@ and key4@ have keys, expired@ has an unusable one, trouble@ is
 * not known, and late@, dns@ and changed@ are what they say; an unrelated
 * sender; a message to all of them; triggers "[seal]", "X-Seal: yes" and
 * "X-Encrypt".
 */
#define WORLD_ARCHIVE "8E7A5C3B1D9F02468ACE13579BDF02468ACE1357"
void world_of(struct world *w, const char *words, const char *rcpts);
/*
 * A plan on one line: "550 5.7.1 no-key rule=d.example", or
 * "seal(0,1)*2 clear:policy(2)": the recipients, and the number of subkeys.
 */
const char *world_plan_text(struct ps_arena *a, const struct ps_plan *plan);
const char *world_decide(struct world *w);

struct world_row {
	const char *words, *rcpts, *want;
};
void world_check(const struct world_row *row, const char *got);

#endif
