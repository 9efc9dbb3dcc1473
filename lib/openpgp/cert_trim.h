/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * A stranger's certificate brought down to what sealing needs, before any
 * engine sees it: gpg takes seconds to minutes over thousands of user ids and
 * signatures.  By packets alone; no signature is verified.  Linear in the
 * octets; what is taken beside them is less than they are.
 *
 * Kept: the primary key with its direct-key signatures and revocations (also
 * those that stand elsewhere, for a revocation must not be lost by where it
 * was put), user ids that are wanted with the signatures that claim to be by
 * the primary key, subkeys with theirs.  Dropped: third-party signatures, user
 * attributes, other user ids, what no signature claims to bind, packets that
 * have no meaning here.
 */
#ifndef PS_OPENPGP_CERT_TRIM_H
#define PS_OPENPGP_CERT_TRIM_H

#include "base/arena.h"
#include "base/status.h"

struct ps_cert_trim {
	size_t max_octets;    /* of the input */
	size_t max_packets;   /* of the input */
	size_t max_self_sigs; /* claimed, on one component: more is a flood
				 that hides the true one */
	size_t max_sigs;      /* claimed, on all that is kept */
	size_t max_subkeys;
	size_t max_uids; /* kept */
	/* Is this user id wanted?  NULL: every one, and none is no error: a
	 * copy without any may bring a revocation to another. */
	bool (*wants_uid)(void *self, struct ps_bytes uid);
	void *self;
};
extern const struct ps_cert_trim ps_cert_trim_default; /* wants every uid */

struct ps_cert_trimmed {
	struct ps_bytes octets;
	size_t n_uid;	  /* kept */
	size_t n_dropped; /* packets */
	/* Wanted and claimed by the key, but more than max_uids: mail to them
	 * must not meet "no key". */
	struct ps_bytes *left_uid;
	size_t n_left_uid;
};

/*
 * certificate  binary, one (cert_raw.h splits several)
 *
 * PS_EPERM: cannot be used, why says what for people: no wanted user id, not
 * version 4, cut off, a secret key.  PS_ELIMIT: over one of the ceilings.
 */
enum ps_status ps_cert_trim(struct ps_arena *a, struct ps_bytes certificate,
	const struct ps_cert_trim *how, struct ps_cert_trimmed *out,
	const char **why);

#endif
