/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Which certificate for this address, and why not: an adapter whose real form
 * is the key directory and its index (keydir.h).
 */
#ifndef PS_KEYS_CERTS_H
#define PS_KEYS_CERTS_H

#include <stdint.h>

#include "base/wait.h"
#include "mail/addr.h"

enum ps_cert_state {
	PS_CERT_FOUND,	  /* at least one certificate can be used now */
	PS_CERT_NONE,	  /* no certificate names this address */
	PS_CERT_UNUSABLE, /* there are some, but none can be used: see reason */
	PS_CERT_TROUBLE	  /* not known: directory or index unreadable */
};

struct ps_cert_subkey {
	char fpr[41];
	uint64_t key_id;
	const char *file; /* minimal certificate with this subkey only */
	int64_t created_s, expires_s;
};

struct ps_cert {
	char fpr[41]; /* of the primary key, upper case hex */
	bool pinned;
	struct ps_cert_subkey *subkey; /* newest first; only usable ones */
	size_t n_subkey;
};

struct ps_cert_answer {
	enum ps_cert_state state;
	struct ps_cert *cert; /* newest first */
	size_t n_cert;
	/* UNUSABLE and TROUBLE: one of "expired", "revoked",
	 * "no-encryption-subkey", "unsupported-version", "uid-revoked",
	 * "invalid", "trouble"; otherwise "" */
	const char *reason;
	/* For people: "key 8E7A...1357 expired 2026-10-01" */
	const char *text;
};

struct ps_cert_query {
	const struct ps_addr *addr;
	bool fold_local;	/* local parts match without case */
	const char *const *pin; /* full fingerprints; only these may be used,
				   whatever address they name */
	size_t n_pin;
	bool all_subkeys; /* every usable encryption subkey, not the newest */
	int64_t now_s;
	size_t max_certs; /* at least 1 */
	/* How long to wait for a changed directory to be read; NULL: that is
	 * trouble at once. */
	const struct ps_wait *wait;
};

struct ps_certs {
	void *self;
	/* Cannot fail: trouble is an answer.  Results live in a. */
	void (*find)(void *self, struct ps_arena *a,
		const struct ps_cert_query *q, struct ps_cert_answer *out);
};

const char *ps_cert_state_name(enum ps_cert_state s);

#endif
