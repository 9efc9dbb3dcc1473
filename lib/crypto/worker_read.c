/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Jobs of reading certificates: as many as their number asks for, the answers
 * put together.  Never touches gpg.
 */
#include <sys/mman.h>
#include <unistd.h>

#include "base/io.h"
#include "crypto/read_certs.h"
#include "crypto/worker_run.h"

static enum ps_status
read_batch(struct ps_pool *pool, struct ps_arena *a, struct ps_bytes certs,
	int64_t crypto_ms, const struct ps_wait *wait, struct ps_bytes *answer,
	const char **why)
{
	struct ps_worker_job job = {.n_fd = 2};
	enum ps_status s = PS_ETEMP;

	/* Records repeat user ids and add some numbers to each packet. */
	job.request = (struct ps_worker_request){.op = PS_WORKER_READ,
		.head_len = certs.len,
		.out_max = 4 * certs.len + 65536};
	job.fd[0] = memfd_create("postseal-certs", MFD_CLOEXEC);
	job.fd[1] = memfd_create("postseal-read", MFD_CLOEXEC);
	if (job.fd[0] < 0 || job.fd[1] < 0 ||
		!ps_io_write_all(job.fd[0], certs))
		*why = "no memory to read certificates";
	else
		s = ps_worker_run(pool, &job, crypto_ms, wait, why);
	if (s == PS_OK)
		s = ps_worker_answer(
			a, job.fd[1], job.request.out_max, answer, why);
	for (size_t i = 0; i < 2; i++) {
		if (job.fd[i] >= 0)
			close(job.fd[i]);
	}
	return s;
}

enum ps_status
ps_worker_read(struct ps_pool *pool, struct ps_arena *a, struct ps_bytes binary,
	int64_t crypto_ms, const struct ps_wait *wait,
	struct ps_cert_info **out, size_t *n_out, const char **why)
{
	struct ps_cert_info *cert = NULL;
	size_t n_slice, n = 0, at = 0, from;
	struct ps_cert_slice *slice = ps_cert_split(a, binary, &n_slice);
	enum ps_status s = PS_OK;

	n_slice = ps_read_certs_order(slice, n_slice);
	while (s == PS_OK && at < n_slice) {
		struct ps_arena *batch = ps_arena_new(PS_ARENA_PLAIN);
		struct ps_bytes answer;

		from = at;
		s = read_batch(pool, batch,
			ps_read_certs_batch(batch, slice, n_slice, &at),
			crypto_ms, wait, &answer, why);
		if (s == PS_OK)
			s = ps_read_certs_parse(a, answer,
				(struct ps_read_certs_given){
					slice + from, at - from},
				&cert, &n, why);
		ps_arena_free(batch);
	}
	if (s == PS_OK) {
		*out = cert;
		*n_out = n;
	}
	return s;
}
