/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * The pool's side of reading certificates: which jobs to make of the input,
 * and what to believe of a worker's answer.
 */
#ifndef PS_PGP_READ_CERTS_H
#define PS_PGP_READ_CERTS_H

#include "pgp/cert_split.h"
#include "pgp/engine.h"

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
 * trusted: a record is taken only when the exported certificates hold the
 * primary key of that fingerprint, and a user id only when it is among their
 * packets.  PS_ETEMP for an answer that does not add up.
 */
enum ps_status ps_read_certs_parse(struct ps_arena *a, struct ps_bytes answer,
	struct ps_cert_info **out, size_t *n, const char **why);

#endif
