/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Jobs for crypto workers: the kinds there are, and how any of them is done.
 */
#ifndef PS_CRYPTO_WORKER_RUN_H
#define PS_CRYPTO_WORKER_RUN_H

#include "crypto/worker.h"
#include "crypto/worker_pool.h"

struct ps_worker_job {
	struct ps_worker_request request; /* the serial is set by run */
	int fd[PS_WORKER_FD_MAX];	  /* owned by the caller */
	size_t n_fd;
};

/*
 * Wait for a worker, hand it the job, wait for the answer, crypto_ms at most.
 * PS_OK when the worker says that all went well; otherwise as
 * ps_engine.encrypt.
 */
enum ps_status ps_worker_run(struct ps_pool *pool, struct ps_worker_job *job,
	int64_t crypto_ms, const struct ps_wait *wait, const char **why);

/* What a job's worker wrote to its output, copied. */
enum ps_status ps_worker_answer(struct ps_arena *a, int fd, uint64_t max,
	struct ps_bytes *out, const char **why);

/* The operations of the engine (engine.h). */
enum ps_status ps_worker_encrypt(struct ps_pool *pool,
	const struct ps_encrypt_job *e, int64_t crypto_ms,
	const struct ps_wait *wait, struct ps_spool *out, const char **why);
enum ps_status ps_worker_read(struct ps_pool *pool, struct ps_arena *a,
	struct ps_bytes binary, int64_t crypto_ms, const struct ps_wait *wait,
	struct ps_cert_info **out, size_t *n_out, const char **why);
enum ps_status ps_worker_dkim(struct ps_pool *pool, struct ps_arena *a,
	const struct ps_dkim_job *job, size_t n, int64_t crypto_ms,
	const struct ps_wait *wait, struct ps_dkim_signed *out,
	const char **why);

enum ps_status ps_worker_sign(struct ps_pool *pool, struct ps_arena *a,
	const struct ps_sign_job *e, int64_t crypto_ms,
	const struct ps_wait *wait, struct ps_signature_made *out,
	const char **why);
enum ps_status ps_worker_verify(struct ps_pool *pool, struct ps_arena *a,
	const struct ps_verify_job *v, int64_t crypto_ms,
	const struct ps_wait *wait, struct ps_spool *clear,
	struct ps_signature_info **out, size_t *n_out, const char **why);
enum ps_status ps_worker_open(struct ps_pool *pool, const struct ps_open_job *o,
	int64_t crypto_ms, const struct ps_wait *wait, struct ps_spool *out,
	const char **why);
enum ps_status ps_worker_secrets(struct ps_pool *pool, struct ps_arena *a,
	int64_t crypto_ms, const struct ps_wait *wait,
	struct ps_secret_info **out, size_t *n_out, const char **why);

#endif
