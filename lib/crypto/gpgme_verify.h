/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Verifying signatures with GPGME, in the worker process.
 */
#ifndef PS_CRYPTO_GPGME_VERIFY_H
#define PS_CRYPTO_GPGME_VERIFY_H

#include "crypto/worker_task.h"

/* See PS_WORKER_VERIFY in worker_proto.h. */
void ps_gpgme_verify(
	const struct ps_worker_task *task, struct ps_worker_outcome *out);

#endif
