/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * OpenPGP operations as an adapter.  The real one (worker.h) runs GPGME in
 * processes that can be killed; tests hand in fakes.  An engine's PS_OK is no
 * proof: the caller walks the packets (packets.h) before it uses the result.
 */
#ifndef PS_CRYPTO_ENGINE_H
#define PS_CRYPTO_ENGINE_H

#include <sys/types.h>

#include "base/arena.h"
#include "base/limits.h"
#include "base/spool.h"
#include "base/wait.h"
#include "dkim/dkim_secret.h"

struct ps_encrypt_job {
	/* The clear octets: head, then body.  body_fd holds the body from
	 * offset 0 for another process, or is -1 when it is only in memory. */
	struct ps_bytes head, body;
	int body_fd;
	/* One file per recipient subkey, each a minimal certificate. */
	const char *const *cert_file;
	size_t n_cert_file;
	/* Sign too, inside the seal, by this secret key (40 upper case hex
	 * digits); NULL: not. */
	const char *sign_fpr;
};

/* A detached signature over head and body, binary (RFC 9580 5.2.1.1). */
struct ps_sign_job {
	struct ps_bytes head, body;
	int body_fd; /* as above */
	const char *fpr;
};

/* What came of it, and whose it can be: the ids of the key asked for and of its
 * subkeys, by the engine's list of keys.  The caller compares. */
#define PS_SIGNATURE_KEYS 16
struct ps_signature_made {
	struct ps_bytes octets; /* binary packets */
	uint64_t key_id[PS_SIGNATURE_KEYS];
	size_t n_key_id;
};

/* What the engine says of one signature; the caller judges. */
enum ps_signature_state {
	PS_SIGNATURE_GOOD,
	PS_SIGNATURE_BAD,     /* the octets are others, or it is forged */
	PS_SIGNATURE_EXPIRED, /* itself */
	PS_SIGNATURE_KEY_EXPIRED,
	PS_SIGNATURE_KEY_REVOKED,
	PS_SIGNATURE_NO_KEY,
	PS_SIGNATURE_WEAK, /* digest or key that the engine refuses */
	PS_SIGNATURE_ERROR
};
/* "good", "bad", ... */
const char *ps_signature_state_name(enum ps_signature_state s);
struct ps_signature_info {
	enum ps_signature_state state;
	char fpr[41];	      /* of the primary key, "" when unknown */
	char signing_fpr[41]; /* of the (sub)key that signed */
	uint64_t key_id;
	int64_t created_s, expires_s; /* of the signature */
	int hash, pubkey;	      /* algorithm numbers, 0 when unknown */
};

/* Whole certificates, binary, behind one another: nothing else is known to the
 * engine while it verifies. */
struct ps_verify_job {
	struct ps_bytes octets;	   /* signed; empty: "signature" holds all */
	struct ps_bytes signature; /* binary packets */
	struct ps_bytes certs;
	size_t max; /* of the octets inside: a bomb ends there */
};

struct ps_secret_info {
	char fpr[41]; /* of the primary key */
	bool can_sign, can_open;
};

struct ps_open_job {
	struct ps_bytes sealed; /* binary OpenPGP message */
	size_t max;		/* of the clear octets: a bomb ends there */
};

/* One DKIM signature to be made: of the digest for the kind of key that the
 * file turns out to hold. */
struct ps_dkim_job {
	const char *key_file;
	unsigned char digest[PS_DKIM_ALG_N][PS_SHA256_LEN];
};
struct ps_dkim_signed {
	enum ps_dkim_alg alg;
	struct ps_bytes octets;
};

/* What a certificate says, its self-signatures verified by the engine.  Times
 * are seconds since 1970, 0 for never; validity now is the caller's to judge.
 */
struct ps_subkey_info {
	char fpr[41]; /* upper case hex */
	int64_t created_s, expires_s;
	bool revoked, can_encrypt, invalid;
};
struct ps_uid_info {
	struct ps_bytes text; /* the user id's octets */
	bool revoked, invalid;
};
struct ps_cert_info {
	char fpr[41];
	int64_t created_s, expires_s;
	bool revoked, invalid;
	struct ps_subkey_info *subkey; /* the primary key is subkey[0] */
	size_t n_subkey;
	struct ps_uid_info *uid;
	size_t n_uid;
	struct ps_bytes cleaned; /* the certificate as the engine exports it,
				    binary, bad signatures dropped */
};

struct ps_engine {
	void *self;
	/*
	 * Seal to all certificate files: binary OpenPGP message into out.
	 * PS_ETEMP (engine trouble, with the reason), PS_ELATE, PS_ESTOP;
	 * PS_EBUSY when too many messages wait for a worker already.
	 */
	enum ps_status (*encrypt)(void *self, const struct ps_encrypt_job *job,
		const struct ps_wait *wait, struct ps_spool *out,
		const char **why);
	/*
	 * Read certificates (binary, one or many behind one another).  What
	 * the engine cannot read at all is not in the result.
	 */
	enum ps_status (*read_certs)(void *self, struct ps_arena *a,
		struct ps_bytes binary, const struct ps_wait *wait,
		struct ps_cert_info **out, size_t *n_out, const char **why);
	/*
	 * The functions below may be NULL where there are no secret keys.
	 *
	 * Sign; octets in a.  PS_ETEMP when there is no such secret
	 * key, and for agent, card and passphrase.
	 */
	enum ps_status (*sign)(void *self, struct ps_arena *a,
		const struct ps_sign_job *job, const struct ps_wait *wait,
		struct ps_signature_made *out, const char **why);
	/* Every signature of the job; opaque: the octets inside go to clear,
	 * which may be NULL otherwise. */
	enum ps_status (*verify)(void *self, struct ps_arena *a,
		const struct ps_verify_job *job, const struct ps_wait *wait,
		struct ps_spool *clear, struct ps_signature_info **out,
		size_t *n_out, const char **why);
	/*
	 * Take the encryption off with a secret key of ours: what was inside,
	 * signed packets still unverified, into out.  PS_EPERM: no key of ours,
	 * no integrity protection, damaged, partly; PS_ELIMIT: over max.
	 */
	enum ps_status (*open)(void *self, const struct ps_open_job *job,
		const struct ps_wait *wait, struct ps_spool *out,
		const char **why);
	/* The secret keys that there are. */
	enum ps_status (*secrets)(void *self, struct ps_arena *a,
		const struct ps_wait *wait, struct ps_secret_info **out,
		size_t *n_out, const char **why);
	/* All of the jobs, or none: PS_ETEMP when a key cannot be used. */
	enum ps_status (*dkim_sign)(void *self, struct ps_arena *a,
		const struct ps_dkim_job *job, size_t n,
		const struct ps_wait *wait, struct ps_dkim_signed *out,
		const char **why);
};

#endif
