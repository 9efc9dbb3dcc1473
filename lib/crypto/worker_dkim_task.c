/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * DKIM signing in the worker process, where the keys are: a digest and a key's
 * file make a signature.  Keys stay in memory; a trouble with one leaves the
 * worker as it was.
 */
#include <stdio.h>

#include "base/io.h"
#include "crypto/worker_task.h"
#include "dkim/dkim_secret.h"

#define DIGESTS ((size_t)PS_DKIM_ALG_N * PS_SHA256_LEN)

static struct ps_dkim_secrets *known;

static void
trouble(struct ps_worker_outcome *out, enum ps_worker_fault fault,
	const char *why, const char *path)
{
	out->fault = fault;
	snprintf(out->detail, sizeof(out->detail), "%s: %s", why, path);
}

static bool
sign_one(const struct ps_worker_task *task, const char *path,
	const unsigned char *digests, struct ps_worker_outcome *out)
{
	unsigned char signature[PS_DKIM_SIGNATURE_MAX];
	const struct ps_dkim_secret *key;
	const char *why = "";
	struct ps_worker_dkim head = {0};
	size_t len;

	if (ps_dkim_secrets_get(known, path, &key, &why) != PS_OK) {
		trouble(out, PS_FAULT_DKIM_KEY, why, path);
		return false;
	}
	head.alg = (uint32_t)ps_dkim_secret_alg(key);
	len = ps_dkim_secret_sign(
		key, digests + head.alg * PS_SHA256_LEN, signature);
	head.len = (uint32_t)len;
	if (len == 0) {
		trouble(out, PS_FAULT_DKIM_SIGN, "the key does not sign", path);
		return false;
	}
	if (!ps_io_write_all(task->output_fd,
		    ps_bytes((const char *)&head, sizeof(head))) ||
		!ps_io_write_all(task->output_fd,
			ps_bytes((const char *)signature, len))) {
		out->fault = PS_FAULT_OUTPUT;
		return false;
	}
	out->out_len += sizeof(head) + len;
	return true;
}

void
ps_worker_task_dkim(
	const struct ps_worker_task *task, struct ps_worker_outcome *out)
{
	const struct ps_worker_request *r = task->request;
	unsigned char digest[PS_WORKER_DKIM_MAX];
	const char *path = task->paths;

	*out = (struct ps_worker_outcome){
		.fault = PS_FAULT_INPUT, .clean = true};
	if (r->head_len != r->n_path * DIGESTS ||
		!ps_worker_read_all(task->input_fd, (char *)digest, r->head_len,
			r->paths_len))
		return;
	if (known == NULL)
		known = ps_dkim_secrets_new();
	for (uint32_t i = 0; i < r->n_path; i++) {
		if (!sign_one(task, path, digest + i * DIGESTS, out))
			return;
		path += strlen(path) + 1;
	}
	out->fault = PS_FAULT_NONE;
}
