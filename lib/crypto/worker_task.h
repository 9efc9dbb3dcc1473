/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * One operation inside the worker process: what it is given, and what comes
 * out.  The kinds there are stand in one table, in worker_serve.c.
 */
#ifndef PS_CRYPTO_WORKER_TASK_H
#define PS_CRYPTO_WORKER_TASK_H

#include "crypto/worker_proto.h"

struct ps_worker_task {
	const struct ps_worker_request *request;
	const char *paths; /* n_path NUL-terminated names, checked */
	int input_fd;	   /* head, and body unless apart, from paths_len */
	int body_fd;	   /* or -1 */
	int output_fd;	   /* empty */
	const char *gpg, *home;
	/* May be NULL; GPGME wants the second one unqualified. */
	const char *secret_home;
	char *passphrase_file;
};

struct ps_worker_outcome {
	enum ps_worker_fault fault;
	bool clean; /* a fault that leaves the worker as good as new */
	uint64_t out_len;
	char detail[PS_WORKER_DETAIL];
};

/* Sign digests with the DKIM keys in the task's paths; see worker_dkim.c. */
void ps_worker_task_dkim(
	const struct ps_worker_task *task, struct ps_worker_outcome *out);

#endif
