/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * A job of sealing: what the worker is given, and a first look at what it
 * wrote.  Never touches gpg.
 */
#include <assert.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io.h"
#include "crypto/worker_run.h"

#define SIGNATURE_MAX 16384

/* Names as gpg is to get them: absolute, and nothing that GPGME's list of
 * recipients would take for a separator or trim. */
static bool
name_is_good(const char *name)
{
	size_t len = strlen(name);

	return name[0] == '/' && strchr(name, '\n') == NULL &&
	       name[len - 1] != ' ' && name[len - 1] != '\t';
}

static bool
write_input(int fd, const struct ps_encrypt_job *e)
{
	for (size_t i = 0; i < e->n_cert_file; i++) {
		if (!ps_io_write_all(fd, ps_bytes(e->cert_file[i],
						 strlen(e->cert_file[i]) + 1)))
			return false;
	}
	return ps_io_write_all(fd, e->head) &&
	       (e->body_fd >= 0 || ps_io_write_all(fd, e->body));
}

/* What a seal can weigh: the packets of each recipient, and the partial
 * lengths in between (gpg makes chunks of 8192 octets). */
static uint64_t
seal_max(const struct ps_encrypt_job *e)
{
	uint64_t clear = e->head.len + e->body.len;

	return clear + clear / 64 + 4096 * (uint64_t)e->n_cert_file + 16384;
}

static enum ps_status
prepare(const struct ps_encrypt_job *e, struct ps_spool *out,
	struct ps_worker_job *job, const char **why)
{
	struct ps_worker_request *r = &job->request;

	*r = (struct ps_worker_request){.op = PS_WORKER_ENCRYPT,
		.head_len = e->head.len,
		.body_len = e->body.len,
		.body_apart = e->body_fd >= 0,
		.n_path = (uint32_t)e->n_cert_file,
		.out_max = seal_max(e)};
	if (e->sign_fpr != NULL) {
		assert(strlen(e->sign_fpr) < sizeof(r->fpr));
		memcpy(r->fpr, e->sign_fpr, strlen(e->sign_fpr));
		r->out_max += SIGNATURE_MAX;
	}
	for (size_t i = 0; i < e->n_cert_file; i++) {
		if (!name_is_good(e->cert_file[i])) {
			*why = "gpg cannot be given this certificate's path";
			return PS_ETEMP;
		}
		r->paths_len += strlen(e->cert_file[i]) + 1;
	}
	if (!write_input(job->fd[0], e)) {
		*why = "no memory for the clear octets";
		return PS_ETEMP;
	}
	job->n_fd = 2;
	if (e->body_fd >= 0)
		job->fd[job->n_fd++] = e->body_fd;
	return ps_spool_fd(out, r->out_max, &job->fd[1], why);
}

/* A worker's word is not enough for an output that is empty. */
static enum ps_status
check_output(int fd, const char **why)
{
	struct stat st;

	if (fstat(fd, &st) == 0 && st.st_size > 0)
		return PS_OK;
	*why = ps_worker_fault_text(PS_FAULT_DIED);
	return PS_ETEMP;
}

enum ps_status
ps_worker_encrypt(struct ps_pool *pool, const struct ps_encrypt_job *e,
	int64_t crypto_ms, const struct ps_wait *wait, struct ps_spool *out,
	const char **why)
{
	struct ps_worker_job job = {.fd = {-1, -1, -1}};
	enum ps_status s;

	assert(ps_spool_len(out) == 0 && e->n_cert_file > 0);
	job.fd[0] = memfd_create("postseal-clear", MFD_CLOEXEC);
	if (job.fd[0] < 0) {
		*why = "no descriptor for the clear octets";
		return PS_ETEMP;
	}
	s = prepare(e, out, &job, why);
	if (s == PS_OK)
		s = ps_worker_run(pool, &job, crypto_ms, wait, why);
	if (s == PS_OK)
		s = check_output(job.fd[1], why);
	close(job.fd[0]);
	return s;
}
