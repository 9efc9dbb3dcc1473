/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Jobs that need secret keys, and verifying: what a worker is given, and what
 * is believed of its answer.  Never touches gpg.
 */
#include <assert.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/io.h"
#include "crypto/worker_run.h"

#define SIGNATURE_MAX ((uint64_t)16 << 10)
#define SECRETS_MAX   ((uint64_t)1 << 20)
#define FPR_LEN	      40

static void
close_both(const struct ps_worker_job *job)
{
	for (size_t i = 0; i < 2; i++)
		if (job->fd[i] >= 0)
			close(job->fd[i]);
}

static bool
open_both(struct ps_worker_job *job, const char **why)
{
	job->n_fd = 2;
	job->fd[0] = memfd_create("postseal-in", MFD_CLOEXEC);
	job->fd[1] = memfd_create("postseal-out", MFD_CLOEXEC);
	if (job->fd[0] >= 0 && job->fd[1] >= 0)
		return true;
	*why = "no descriptors for a crypto worker";
	return false;
}

static bool
put(const struct ps_worker_job *job, struct ps_bytes octets, const char **why)
{
	if (ps_io_write_all(job->fd[0], octets))
		return true;
	*why = "no memory for a crypto worker";
	return false;
}

static enum ps_status
run_and_read(struct ps_pool *pool, struct ps_arena *a,
	struct ps_worker_job *job, int64_t crypto_ms,
	const struct ps_wait *wait, struct ps_bytes *answer, const char **why)
{
	enum ps_status s = ps_worker_run(pool, job, crypto_ms, wait, why);

	if (s != PS_OK)
		return s;
	return ps_worker_answer(
		a, job->fd[1], job->request.out_max, answer, why);
}

static enum ps_status
nonsense(const char **why)
{
	*why = ps_worker_fault_text(PS_FAULT_N);
	return PS_ETEMP;
}

static enum ps_status
read_made(
	struct ps_bytes answer, struct ps_signature_made *out, const char **why)
{
	struct ps_worker_made head;

	if (answer.len <= sizeof(head))
		return nonsense(why);
	memcpy(&head, answer.p, sizeof(head));
	if (head.n_key_id > PS_SIGNATURE_KEYS)
		return nonsense(why);
	*out = (struct ps_signature_made){
		.octets = ps_bytes_from(answer, sizeof(head)),
		.n_key_id = head.n_key_id};
	memcpy(out->key_id, head.key_id, sizeof(out->key_id));
	return PS_OK;
}

enum ps_status
ps_worker_sign(struct ps_pool *pool, struct ps_arena *a,
	const struct ps_sign_job *e, int64_t crypto_ms,
	const struct ps_wait *wait, struct ps_signature_made *out,
	const char **why)
{
	struct ps_worker_job job = {.fd = {-1, -1, -1}};
	struct ps_bytes answer;
	enum ps_status s = PS_ETEMP;

	assert(strlen(e->fpr) == FPR_LEN);
	job.request = (struct ps_worker_request){.op = PS_WORKER_SIGN,
		.head_len = e->head.len,
		.body_len = e->body.len,
		.body_apart = e->body_fd >= 0,
		.out_max = sizeof(struct ps_worker_made) + SIGNATURE_MAX};
	memcpy(job.request.fpr, e->fpr, FPR_LEN);
	if (open_both(&job, why) && put(&job, e->head, why) &&
		(e->body_fd >= 0 || put(&job, e->body, why))) {
		if (e->body_fd >= 0)
			job.fd[job.n_fd++] = e->body_fd;
		s = run_and_read(pool, a, &job, crypto_ms, wait, &answer, why);
	}
	if (s == PS_OK)
		s = read_made(answer, out, why);
	close_both(&job);
	return s;
}

/* The records of an answer; what follows them is in *rest. */
static enum ps_status
read_signatures(struct ps_arena *a, struct ps_bytes answer,
	struct ps_signature_info **out, size_t *n_out, struct ps_bytes *rest,
	const char **why)
{
	struct ps_worker_signatures head;

	if (answer.len < sizeof(head))
		return nonsense(why);
	memcpy(&head, answer.p, sizeof(head));
	if (head.n > PS_WORKER_SIGNATURES)
		return nonsense(why);
	*out = ps_arena_array(a, head.n, sizeof(**out));
	*n_out = head.n;
	for (size_t i = 0; i < head.n; i++) {
		struct ps_signature_info *s = &(*out)[i];

		*s = head.info[i];
		s->fpr[FPR_LEN] = s->signing_fpr[FPR_LEN] = '\0';
		if ((unsigned)s->state > PS_SIGNATURE_ERROR)
			return nonsense(why);
	}
	*rest = ps_bytes_from(answer, sizeof(head));
	return PS_OK;
}

enum ps_status
ps_worker_verify(struct ps_pool *pool, struct ps_arena *a,
	const struct ps_verify_job *v, int64_t crypto_ms,
	const struct ps_wait *wait, struct ps_spool *clear,
	struct ps_signature_info **out, size_t *n_out, const char **why)
{
	struct ps_worker_job job = {.fd = {-1, -1, -1}};
	struct ps_bytes answer, inside;
	enum ps_status s = PS_ETEMP;

	job.request = (struct ps_worker_request){.op = PS_WORKER_VERIFY,
		.head_len = v->signature.len + v->certs.len,
		.split = v->signature.len,
		.body_len = v->octets.len,
		.out_max = sizeof(struct ps_worker_signatures) +
			   (v->octets.len > 0 ? 0 : v->max)};
	if (open_both(&job, why) && put(&job, v->signature, why) &&
		put(&job, v->certs, why) && put(&job, v->octets, why))
		s = run_and_read(pool, a, &job, crypto_ms, wait, &answer, why);
	close_both(&job);
	if (s == PS_OK)
		s = read_signatures(a, answer, out, n_out, &inside, why);
	if (s == PS_OK && clear != NULL)
		s = ps_spool_put(clear, inside, why);
	return s;
}

/* The answer goes to the spool without a copy: no message stands in memory
 * twice, however large. */
enum ps_status
ps_worker_open(struct ps_pool *pool, const struct ps_open_job *o,
	int64_t crypto_ms, const struct ps_wait *wait, struct ps_spool *out,
	const char **why)
{
	struct ps_worker_job job = {.fd = {-1, -1, -1}, .n_fd = 2};
	/* nothing is decompressed, so that it cannot grow */
	size_t most = o->sealed.len < o->max ? o->sealed.len : o->max;
	struct ps_bytes inside;
	enum ps_status s;

	assert(ps_spool_len(out) == 0);
	job.request = (struct ps_worker_request){.op = PS_WORKER_OPEN,
		.head_len = o->sealed.len,
		.out_max = o->max};
	job.fd[0] = memfd_create("postseal-in", MFD_CLOEXEC);
	if (job.fd[0] < 0) {
		*why = "no descriptors for a crypto worker";
		return PS_ETEMP;
	}
	s = put(&job, o->sealed, why) ? PS_OK : PS_ETEMP;
	if (s == PS_OK)
		s = ps_spool_fd(out, most, &job.fd[1], why);
	if (s == PS_OK)
		s = ps_worker_run(pool, &job, crypto_ms, wait, why);
	close(job.fd[0]);
	if (s == PS_OK)
		s = ps_spool_view(out, &inside, why);
	return s == PS_OK && inside.len == 0 ? nonsense(why) : s;
}

enum ps_status
ps_worker_secrets(struct ps_pool *pool, struct ps_arena *a, int64_t crypto_ms,
	const struct ps_wait *wait, struct ps_secret_info **out, size_t *n_out,
	const char **why)
{
	struct ps_worker_job job = {.fd = {-1, -1, -1}};
	struct ps_worker_secret one;
	struct ps_bytes answer;
	enum ps_status s = PS_ETEMP;

	job.request = (struct ps_worker_request){
		.op = PS_WORKER_SECRETS, .out_max = SECRETS_MAX};
	if (open_both(&job, why))
		s = run_and_read(pool, a, &job, crypto_ms, wait, &answer, why);
	close_both(&job);
	if (s != PS_OK)
		return s;
	*n_out = answer.len / sizeof(one);
	*out = ps_arena_array(a, *n_out, sizeof(**out));
	for (size_t i = 0; i < *n_out; i++) {
		memcpy(&one, answer.p + i * sizeof(one), sizeof(one));
		memcpy((*out)[i].fpr, one.fpr, FPR_LEN);
		(*out)[i].can_sign = one.can_sign != 0;
		(*out)[i].can_open = one.can_open != 0;
	}
	return PS_OK;
}
