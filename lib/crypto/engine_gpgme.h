/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * GPGME inside the worker process: single-threaded, one operation at a time,
 * a fault and a line for the log as the outcome.
 */
#ifndef PS_CRYPTO_ENGINE_GPGME_H
#define PS_CRYPTO_ENGINE_GPGME_H

#include "crypto/worker_task.h"

/* Once a process: asks gpg for its version, so that no operation has to. */
enum ps_worker_fault ps_gpgme_start(const char *gpg, const char *home);

void ps_gpgme_encrypt(
	const struct ps_worker_task *job, struct ps_worker_outcome *out);
/* The input's head is the certificates, the output that of cert_wire.h. */
void ps_gpgme_read(
	const struct ps_worker_task *job, struct ps_worker_outcome *out);

/* As much as a pipe holds; GPGME's own 512 octets cost more than gpg does. */
#define PS_GPGME_IO_BUFFER "65536"

/* The status of waitpid(2) of the gpg that an operation ran (we are the
 * subreaper of what GPGME forks twice), -1 when there was none. */
int ps_gpgme_exit_status(void);
/* What that status says of its work. */
enum ps_worker_fault ps_gpgme_exit_fault(int status);
/* It was killed, or never ran: its exit says nothing of its work. */
bool ps_gpgme_died(int status);

#endif
