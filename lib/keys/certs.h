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
#include "store/key_book.h"

enum ps_cert_state {
	PS_CERT_FOUND,	  /* at least one certificate can be used now */
	PS_CERT_NONE,	  /* no certificate names this address */
	PS_CERT_UNUSABLE, /* there are some, but none can be used: see reason */
	PS_CERT_TROUBLE,  /* not known: directory or index unreadable */
	/* Not known yet: a look at the network goes on behind this message. */
	PS_CERT_LATE,
	PS_CERT_DNS,	/* not known: the DNS that would say is broken */
	PS_CERT_CHANGED /* its key changed, and mail waits for a decision */
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
	 * "invalid", "trouble"; LATE and DNS: of one that is known already and
	 * cannot be used; otherwise "" */
	const char *reason;
	/* For people: "key 8E7A...1357 expired 2026-10-01"; also why there is
	 * none ("wkd: no such address; key ... waits for approval"), or NULL */
	const char *text;
	const char *origin; /* FOUND: "local", "pinned", "wkd", ... */
};

/* What policy says about looking for the certificate of an address. */
enum ps_source_use { PS_USE_OFF, PS_USE_PENDING, PS_USE_USE };
enum ps_on_change { PS_CHANGE_ACCEPT, PS_CHANGE_KEEP_OLD, PS_CHANGE_TEMPFAIL };
struct ps_key_rules {
	/* In which order sources are asked, without "pinned", which always
	 * comes first. */
	enum ps_key_origin order[PS_ORIGIN_N];
	size_t n_order;
	enum ps_source_use use[PS_ORIGIN_N]; /* LOCAL: always "use" */
	enum ps_on_change on_change;
};

struct ps_cert_query {
	const struct ps_addr *addr;
	bool fold_local;	/* local parts match without case */
	const char *const *pin; /* full fingerprints; only these may be used,
				   whatever address they name */
	size_t n_pin;
	/* Without pins: of the certificates that name the address only these
	 * (NULL for all), and none of those. */
	const char *const *only;
	size_t n_only;
	const char *const *but;
	size_t n_but;
	bool all_subkeys; /* every usable encryption subkey, not the newest */
	int64_t now_s;
	size_t max_certs; /* at least 1 */
	/* How long to wait for a changed directory to be read; NULL: that is
	 * trouble at once. */
	const struct ps_wait *wait;
	/* NULL: only what the key directory has. */
	const struct ps_key_rules *rules;
	/* How long to wait for a look at the network; 0 only begins it, and
	 * NULL begins none: what was found before is all. */
	const struct ps_wait *look;
};

/*
 * Who could have signed: certificates with one of these keys, primary or
 * subkey, whatever they can be used for now.
 */
struct ps_signer {
	char fpr[41];		/* of the primary key */
	struct ps_bytes octets; /* the whole certificate, binary */
	const char *origin;	/* "local", "wkd", ... */
	/* A valid user id is exactly the address asked for, and the
	 * certificate is the administrator's, or trusted or pinned for it;
	 * where another one is pinned for the address, false. */
	bool speaks_for;
};
struct ps_signer_query {
	const uint64_t *key_id;
	size_t n_key_id;
	const struct ps_addr *addr; /* of the From field; NULL: any */
	bool fold_local;
	int64_t now_s;
	const struct ps_key_rules *rules; /* NULL: only the key directory */
	const struct ps_wait *wait;
};
#define PS_SIGNERS_MAX 4

struct ps_certs {
	void *self;
	/* PS_OK also when there are none; never looks at the network.  NULL
	 * where signatures are not verified. */
	enum ps_status (*signers)(void *self, struct ps_arena *a,
		const struct ps_signer_query *q, struct ps_signer **out,
		size_t *n_out, const char **why);
	/* Cannot fail: trouble is an answer.  Results live in a. */
	void (*find)(void *self, struct ps_arena *a,
		const struct ps_cert_query *q, struct ps_cert_answer *out);
};

const char *ps_cert_state_name(enum ps_cert_state s);

#endif
