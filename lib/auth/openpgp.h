/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Who signed this with OpenPGP, and does that make him the author?  A pass
 * needs all of it: one From mailbox; a signature over everything that a reader
 * sees; every signature good; by a key that is known here and that policy, a
 * pin, or a trusted certificate with exactly that address binds to the From
 * address; strong algorithms; and no inner From that says otherwise (RFC 9788).
 * Anything less is told as what it is and never as the author's.
 */
#ifndef PS_AUTH_OPENPGP_H
#define PS_AUTH_OPENPGP_H

#include "auth/dmarc.h"
#include "auth/result.h"
#include "crypto/engine.h"
#include "discovery/discovery.h"
#include "keys/certs.h"
#include "openpgp/signed.h"

struct ps_openpgp_result {
	/* none: not signed.  pass: by the author.  fail: bad.  policy: good,
	 * but not the author's, not whole, weak, or its key is expired or
	 * revoked.  neutral: the key is not known.  permerror: built wrongly.
	 * temperror: the engine or the key directory is in trouble. */
	enum ps_auth_result result;
	const char *reason; /* a word or few, for A-R and logs; "" for pass */
	enum ps_signed_scope scope;
	const char *shape;
	bool sealed; /* found inside what we opened */
	/* Of the signature that speaks, or the first one. */
	enum ps_signature_state state;
	char fpr[41]; /* of the primary key; "" when not known */
	uint64_t key_id;
	int64_t created_s;
	int hash;
	struct ps_bytes author; /* pass: the From address, normal form */
};

/* Which keys policy binds to an address: section word "author-key". */
struct ps_author_keys {
	void *self;
	/* Fingerprints; *n 0 when it binds none: then certificates speak.  Not
	 * NULL. */
	const char *const *(*of)(
		void *self, const struct ps_addr *from, size_t *n);
};

struct ps_openpgp_verifier {
	const struct ps_engine *engine;
	const struct ps_certs *certs;
	struct ps_author_keys bound;
	/* For the From address, asked only where something is signed; of
	 * NULL: none. */
	struct ps_key_rules_of rules;
	const struct ps_limits *limits;
	const struct ps_wait *wait;
	bool fold_local;
	int64_t now_s;
	int min_rsa_bits; /* 2048 */
};

/* author: of the From field (auth/dmarc.h).  Cannot fail. */
void ps_openpgp_verify(struct ps_arena *a, const struct ps_message *m,
	const struct ps_dmarc_author *author,
	const struct ps_openpgp_verifier *v, struct ps_openpgp_result *out);

/*
 * The same of an OpenPGP message that was opened: its packets, signed or not.
 * clear gets the octets inside.  PS_EPERM: they are no message; PS_ELIMIT: it
 * is larger than max_message once unpacked; else trouble of the engine.
 */
enum ps_status ps_openpgp_verify_opened(struct ps_arena *a,
	struct ps_bytes packets, const struct ps_dmarc_author *author,
	const struct ps_openpgp_verifier *v, struct ps_spool *clear,
	struct ps_openpgp_result *out, const char **why);

#endif
