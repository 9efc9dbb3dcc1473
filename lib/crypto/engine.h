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

struct ps_encrypt_job {
	/* The clear octets: head, then body.  body_fd holds the body from
	 * offset 0 for another process, or is -1 when it is only in memory. */
	struct ps_bytes head, body;
	int body_fd;
	/* One file per recipient subkey, each a minimal certificate. */
	const char *const *cert_file;
	size_t n_cert_file;
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
};

#endif
