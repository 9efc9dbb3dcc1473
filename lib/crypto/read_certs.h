/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * The pool's side of reading certificates: which jobs to make of the input,
 * and what to believe of a worker's answer.
 */
#ifndef PS_CRYPTO_READ_CERTS_H
#define PS_CRYPTO_READ_CERTS_H

#include "openpgp/cert_split.h"
#include "crypto/engine.h"

/*
 * By fingerprint, without those that have none (only version 4 has one here,
 * and gpg 2.2 reads no other); how many are left.
 */
size_t ps_read_certs_order(struct ps_cert_slice *slice, size_t n);

/*
 * The certificates of one job: the next few of slice[*at..n), ordered, one
 * behind another.  All with one fingerprint come in the same job, so that gpg
 * merges them.
 */
struct ps_bytes ps_read_certs_batch(struct ps_arena *a,
	const struct ps_cert_slice *slice, size_t n, size_t *at);

/*
 * Append what an answer (cert_wire.h) says to out[0..*n).  The worker is not
 * trusted, and gpg may know more than it was given (a "keyring" in the
 * system's gpg.conf): a certificate that is not in the batch is left out, and
 * a user id that is not among the exported packets.  PS_ETEMP for an answer
 * that does not add up or has a key more in a certificate of the batch.
 */
struct ps_read_certs_given {
	const struct ps_cert_slice *slice; /* ordered */
	size_t n;
};
enum ps_status ps_read_certs_parse(struct ps_arena *a, struct ps_bytes answer,
	struct ps_read_certs_given given, struct ps_cert_info **out, size_t *n,
	const char **why);

#endif
