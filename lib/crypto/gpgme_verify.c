/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Signatures, in a fresh home whose keyring is the certificates of this one
 * task: gpg knows nobody else, asks nobody, and keeps nothing.
 */
#include "crypto/gpgme_verify.h"

#include <errno.h>
#include <fcntl.h>
#include <gpgme.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/io.h"
#include "crypto/engine_gpgme.h"
#include "crypto/gpg_status.h"
#include "crypto/gpgme_io.h"
#include "crypto/home.h"

struct verifying {
	const struct ps_worker_task *task;
	gpgme_ctx_t ctx;
	char home[PS_HOME_PATH_MAX];
	struct ps_gpg_status status;
};

static gpgme_error_t
hear_status(void *hook, const char *keyword, const char *args)
{
	struct verifying *v = hook;

	ps_gpg_status_feed(&v->status, keyword, args);
	return 0;
}

/* gpg's old keyring is certificates behind one another. */
static bool
write_keyring(const struct verifying *v)
{
	const struct ps_worker_request *r = v->task->request;
	size_t len = (size_t)(r->head_len - r->split);
	char *certs = malloc(len + 1), path[PS_HOME_PATH_MAX + 16];
	bool good = certs != NULL;
	int fd = -1;

	good = good && ps_worker_read_all(v->task->input_fd, certs, len,
			       r->paths_len + r->split);
	snprintf(path, sizeof(path), "%s/" PS_HOME_KEYRING, v->home);
	if (good)
		fd = open(path, O_WRONLY | O_TRUNC | O_CLOEXEC);
	good = fd >= 0 && ps_io_write_all(fd, ps_bytes(certs, len));
	if (fd >= 0)
		close(fd);
	free(certs);
	return good;
}

/* Of a worker that has verified before: a new context runs "gpg --version",
 * which costs as much as a signature.  It knows the home by its name alone,
 * and that is always the same in this worker.  Away while it is in use. */
static gpgme_ctx_t kept;

static enum ps_worker_fault
take_context(struct verifying *v)
{
	v->ctx = kept;
	kept = NULL;
	if (v->ctx != NULL)
		return PS_FAULT_NONE;
	if (gpgme_new(&v->ctx) != 0)
		return PS_FAULT_FAILED;
	if (gpgme_ctx_set_engine_info(v->ctx, GPGME_PROTOCOL_OpenPGP,
		    v->task->gpg, v->home) != 0 ||
		ps_gpgme_exit_status() != 0)
		return PS_FAULT_NO_ENGINE;
	gpgme_set_ctx_flag(v->ctx, "full-status", "1");
	return PS_FAULT_NONE;
}

static void
give_back(gpgme_ctx_t ctx, bool good)
{
	if (!good || ctx == NULL) {
		gpgme_release(ctx);
		return;
	}
	gpgme_set_status_cb(ctx, NULL, NULL);
	kept = ctx;
}

static enum ps_worker_fault
prepare(struct verifying *v)
{
	enum ps_worker_fault fault;
	const char *why;

	if (ps_home_make_reading(v->task->home, getpid(), v->home, &why) !=
			PS_OK ||
		!write_keyring(v))
		return PS_FAULT_HOME;
	fault = take_context(v);
	if (fault != PS_FAULT_NONE)
		return fault;
	gpgme_set_status_cb(v->ctx, hear_status, v);
	return PS_FAULT_NONE;
}

/* A bad signature makes gpg end with 1; only a death is a fault. */
static enum ps_worker_fault
judge(const struct verifying *v, gpgme_error_t err,
	const struct ps_gpgme_source *source, const struct ps_gpgme_sink *sink)
{
	int status = ps_gpgme_exit_status();

	if (source->bad)
		return PS_FAULT_INPUT;
	if (sink->bad)
		return PS_FAULT_OUTPUT;
	if (gpgme_err_code(err) == GPG_ERR_EFBIG)
		return PS_FAULT_BOMB;
	if (ps_gpgme_died(status))
		return PS_FAULT_DIED;
	if (v->status.n == 0 && err != 0)
		return PS_FAULT_DAMAGED;
	/* gpg's last word must agree with its lines. */
	for (size_t i = 0; i < v->status.n; i++)
		if (v->status.info[i].state != PS_SIGNATURE_GOOD)
			return PS_FAULT_NONE;
	return ps_gpgme_exit_fault(status) == PS_FAULT_NONE ? PS_FAULT_NONE
							    : PS_FAULT_DAMAGED;
}

static gpgme_error_t
run(struct verifying *v, struct ps_gpgme_source *sig,
	struct ps_gpgme_source *text, struct ps_gpgme_sink *clear,
	bool *made_data)
{
	bool opaque = text->from == text->to;
	gpgme_data_t signature = ps_gpgme_reader(sig);
	gpgme_data_t octets = opaque ? NULL : ps_gpgme_reader(text);
	gpgme_data_t out = opaque ? ps_gpgme_writer(clear) : NULL;
	gpgme_error_t err = 0;

	*made_data = signature != NULL && (octets != NULL || out != NULL);
	if (*made_data)
		err = gpgme_op_verify(v->ctx, signature, octets, out);
	gpgme_data_release(signature);
	gpgme_data_release(octets);
	gpgme_data_release(out);
	return err;
}

static bool
write_records(struct verifying *v)
{
	struct ps_worker_signatures head = {.n = (uint32_t)v->status.n};

	ps_gpg_status_settle(&v->status);
	memcpy(head.info, v->status.info, sizeof(head.info));
	return pwrite(v->task->output_fd, &head, sizeof(head), 0) ==
	       (ssize_t)sizeof(head);
}

static enum ps_worker_fault
verify(struct verifying *v, uint64_t *out_len)
{
	const struct ps_worker_request *r = v->task->request;
	struct ps_gpgme_source sig = {.task = v->task, .to = r->split};
	struct ps_gpgme_source text = {.task = v->task,
		.from = r->head_len,
		.to = r->head_len + r->body_len};
	struct ps_gpgme_sink clear = {.fd = v->task->output_fd,
		.offset = sizeof(struct ps_worker_signatures),
		.max = r->out_max - sizeof(struct ps_worker_signatures)};
	enum ps_worker_fault fault;
	bool made_data;
	gpgme_error_t err = run(v, &sig, &text, &clear, &made_data);

	if (!made_data)
		return PS_FAULT_FAILED;
	fault = judge(v, err, text.bad ? &text : &sig, &clear);
	if (fault == PS_FAULT_NONE && !write_records(v))
		fault = PS_FAULT_OUTPUT;
	*out_len = sizeof(struct ps_worker_signatures) + clear.len;
	return fault;
}

void
ps_gpgme_verify(
	const struct ps_worker_task *task, struct ps_worker_outcome *out)
{
	struct verifying v = {.task = task};

	*out = (struct ps_worker_outcome){.fault = PS_FAULT_INPUT};
	if (task->request->split > task->request->head_len ||
		task->request->out_max < sizeof(struct ps_worker_signatures))
		return;
	out->fault = prepare(&v);
	if (out->fault == PS_FAULT_NONE)
		out->fault = verify(&v, &out->out_len);
	out->clean = out->fault == PS_FAULT_DAMAGED;
	give_back(v.ctx, out->fault == PS_FAULT_NONE);
	ps_home_remove_reading(task->home, getpid());
}
