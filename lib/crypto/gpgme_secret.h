/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Operations that need secret keys, in the worker process: in the home that
 * only the workers' user can read.  A passphrase comes from a file, or from an
 * agent that has it already; nobody is ever asked.
 */
#ifndef PS_CRYPTO_GPGME_SECRET_H
#define PS_CRYPTO_GPGME_SECRET_H

#include <gpgme.h>

#include "crypto/worker_task.h"

/* A context in that home, for one operation; one that went well is kept for
 * the next. */
enum ps_worker_fault ps_gpgme_secret_context(
	const struct ps_worker_task *task, gpgme_ctx_t *out);
void ps_gpgme_secret_done(gpgme_ctx_t ctx, bool good);
/* Sign by this key, and no other. */
enum ps_worker_fault ps_gpgme_signer(gpgme_ctx_t ctx, const char *fpr);
/*
 * After an operation that signed: what went wrong with signing, else fault.
 * Exactly one signature by that key (or a subkey of it) must have been made.
 */
enum ps_worker_fault ps_gpgme_signed(gpgme_ctx_t ctx, const char *fpr,
	gpgme_error_t err, enum ps_worker_fault fault);

/* Operations; see worker_proto.h for input and output. */
void ps_gpgme_sign(
	const struct ps_worker_task *task, struct ps_worker_outcome *out);
void ps_gpgme_open(
	const struct ps_worker_task *task, struct ps_worker_outcome *out);
void ps_gpgme_secrets(
	const struct ps_worker_task *task, struct ps_worker_outcome *out);

#endif
