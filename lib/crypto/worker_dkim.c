/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * A job of DKIM signing: paths and digests there, signatures back.  Never sees
 * a key.
 */
#include <assert.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/io.h"
#include "crypto/worker_run.h"

#define DIGESTS ((size_t)PS_DKIM_ALG_N * PS_SHA256_LEN)

static bool
write_input(int fd, const struct ps_dkim_job *job, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!ps_io_write_all(fd, ps_bytes(job[i].key_file,
						 strlen(job[i].key_file) + 1)))
			return false;
	for (size_t i = 0; i < n; i++)
		if (!ps_io_write_all(
			    fd, ps_bytes((const char *)job[i].digest, DIGESTS)))
			return false;
	return true;
}

/* For each key a struct ps_worker_dkim and the octets behind it. */
static bool
read_answer(struct ps_bytes answer, struct ps_dkim_signed *out, size_t n)
{
	struct ps_worker_dkim head;

	for (size_t i = 0; i < n; i++) {
		if (answer.len < sizeof(head))
			return false;
		memcpy(&head, answer.p, sizeof(head));
		answer = ps_bytes_from(answer, sizeof(head));
		if (head.alg >= PS_DKIM_ALG_N || head.len == 0 ||
			head.len > PS_DKIM_SIGNATURE_MAX ||
			head.len > answer.len)
			return false;
		out[i].alg = (enum ps_dkim_alg)head.alg;
		out[i].octets = ps_bytes_head(answer, head.len);
		answer = ps_bytes_from(answer, head.len);
	}
	return answer.len == 0;
}

static enum ps_status
run(struct ps_pool *pool, struct ps_arena *a, struct ps_worker_job *job,
	int64_t crypto_ms, const struct ps_wait *wait,
	struct ps_dkim_signed *out, const char **why)
{
	struct ps_bytes answer;
	enum ps_status s = ps_worker_run(pool, job, crypto_ms, wait, why);

	if (s == PS_OK)
		s = ps_worker_answer(
			a, job->fd[1], job->request.out_max, &answer, why);
	if (s != PS_OK || read_answer(answer, out, job->request.n_path))
		return s;
	*why = ps_worker_fault_text(PS_FAULT_N);
	return PS_ETEMP;
}

enum ps_status
ps_worker_dkim(struct ps_pool *pool, struct ps_arena *a,
	const struct ps_dkim_job *job, size_t n, int64_t crypto_ms,
	const struct ps_wait *wait, struct ps_dkim_signed *out,
	const char **why)
{
	struct ps_worker_job w = {.n_fd = 2};
	enum ps_status s = PS_ETEMP;

	assert(n > 0 && n * DIGESTS <= PS_WORKER_DKIM_MAX);
	w.request = (struct ps_worker_request){.op = PS_WORKER_DKIM,
		.n_path = (uint32_t)n,
		.head_len = n * DIGESTS,
		.out_max = n * (sizeof(struct ps_worker_dkim) +
				       PS_DKIM_SIGNATURE_MAX)};
	for (size_t i = 0; i < n; i++)
		w.request.paths_len += strlen(job[i].key_file) + 1;
	w.fd[0] = memfd_create("postseal-digests", MFD_CLOEXEC);
	w.fd[1] = memfd_create("postseal-signatures", MFD_CLOEXEC);
	if (w.fd[0] < 0 || w.fd[1] < 0 || !write_input(w.fd[0], job, n))
		*why = "no memory for digests to be signed";
	else
		s = run(pool, a, &w, crypto_ms, wait, out, why);
	for (size_t i = 0; i < 2; i++)
		if (w.fd[i] >= 0)
			close(w.fd[i]);
	return s;
}
