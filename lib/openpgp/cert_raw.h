/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Certificates as packets (RFC 4880 11.1, RFC 9580 10.1): where one ends and
 * the next begins, their fingerprints, and a minimal one cut out of a whole
 * one.  No signature is verified here: what is read of a certificate that no
 * engine has seen is a claim.
 */
#ifndef PS_OPENPGP_CERT_RAW_H
#define PS_OPENPGP_CERT_RAW_H

#include <stdint.h>

#include "base/arena.h"
#include "base/status.h"
#include "store/key_index.h"

/* What is said of one, always the same: it is refused, never stored. */
#define PS_CERT_IS_SECRET                                                      \
	"it is a secret key and is left out: export the public one "           \
	"(gpg --export)"

struct ps_cert_raw {
	struct ps_bytes octets; /* from its primary key to the next one */
	int version;		/* of the public key packet */
	char fpr[PS_FPR_SIZE];
	int64_t created_s;
	struct ps_bytes *uid;
	size_t n_uid;
	const char *broken; /* why its packets could not be read to the end */
};

struct ps_cert_raws {
	struct ps_cert_raw *cert;
	size_t n_cert;
	/* Key revocations that stand alone, as "gpg --gen-revoke" writes them:
	 * whole signature packets, in front of any key. */
	struct ps_bytes *revocation;
	size_t n_revocation;
	/* What of the octets is in none of these and should have been: private
	 * keys, no key at all.  NULL when nothing. */
	const char *left_out;
};

void ps_cert_raw_split(
	struct ps_arena *a, struct ps_bytes binary, struct ps_cert_raws *out);

/*
 * The certificate with this revocation where it belongs, for an engine to
 * judge.
 */
struct ps_bytes ps_cert_revoke(struct ps_arena *a, struct ps_bytes certificate,
	struct ps_bytes revocation);
/* The key id that a revocation claims to be by. */
uint64_t ps_cert_revoked_by(struct ps_bytes revocation);

/*
 * Armored or binary, one block or many, to binary.  PS_EPERM for what is
 * neither.
 */
enum ps_status ps_cert_dearmor(struct ps_arena *a, struct ps_bytes octets,
	struct ps_bytes *binary, const char **why);

/*
 * The minimal certificate by which gpg seals to one key and no other: primary
 * key, its direct-key signatures, one user id, the key (nothing more when it
 * is the primary itself), and of signatures only those that the primary key
 * claims to have made; all of them, for which of several counts is the
 * engine's to say.  PS_EPERM when uid or key are not in the certificate.
 *
 * whole    one certificate, as the engine cleaned it
 * sub_fpr  version 4
 */
enum ps_status ps_cert_cut(struct ps_arena *a, struct ps_bytes whole,
	struct ps_bytes uid, const char *sub_fpr, struct ps_bytes *out,
	const char **why);

/* For people: "8E7A...1357". */
char *ps_cert_short(struct ps_arena *a, const char *fpr);

#endif
