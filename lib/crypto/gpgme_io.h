/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Octets between a task's descriptors and GPGME: what goes in, and what comes
 * out up to a ceiling.
 */
#ifndef PS_CRYPTO_GPGME_IO_H
#define PS_CRYPTO_GPGME_IO_H

#include <gpgme.h>

#include "crypto/worker_task.h"

/* A slice of the input: head and body together, from its first octet. */
struct ps_gpgme_source {
	const struct ps_worker_task *task;
	uint64_t from, to; /* in head and body together */
	uint64_t at;
	bool bad; /* unreadable, or shorter than promised */
};
/* All of head and body. */
struct ps_gpgme_source ps_gpgme_source_all(const struct ps_worker_task *task);

/* The output, from an offset on. */
struct ps_gpgme_sink {
	int fd;
	uint64_t offset, len, max;
	bool bad;
};

/* NULL when there is no memory; the structs must outlive it. */
gpgme_data_t ps_gpgme_reader(struct ps_gpgme_source *s);
gpgme_data_t ps_gpgme_writer(struct ps_gpgme_sink *s);

#endif
