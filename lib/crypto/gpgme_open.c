/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Taking the encryption off a message for a domain, in the worker process.
 * Only what gpg calls whole counts, and nothing without integrity protection
 * (EFAIL); what is inside stays packets, whose signatures are another
 * operation.
 */
#include <stdio.h>
#include <string.h>

#include "crypto/engine_gpgme.h"
#include "crypto/gpgme_io.h"
#include "crypto/gpgme_secret.h"

struct heard {
	bool okay, intact, damaged, finished, agent;
};

static gpgme_error_t
hear_status(void *hook, const char *keyword, const char *args)
{
	struct heard *h = hook;

	if (strcmp(keyword, "DECRYPTION_OKAY") == 0)
		h->okay = true;
	else if (strcmp(keyword, "GOODMDC") == 0)
		h->intact = true;
	else if (strcmp(keyword, "BADMDC") == 0)
		h->damaged = true;
	else if (strcmp(keyword, "END_DECRYPTION") == 0)
		h->finished = true;
	else if (strcmp(keyword, "ERROR") == 0 &&
		 strncmp(args, "pkdecrypt_failed", 16) == 0)
		h->agent = true; /* there is a key, and it cannot be used now */
	return 0;
}

static enum ps_worker_fault
judge(gpgme_error_t err, const struct heard *h,
	const struct ps_gpgme_source *from, const struct ps_gpgme_sink *to)
{
	enum ps_worker_fault fault;

	if (from->bad)
		return PS_FAULT_INPUT;
	if (to->bad)
		return PS_FAULT_OUTPUT;
	if (gpgme_err_code(err) == GPG_ERR_EFBIG)
		return PS_FAULT_BOMB;
	if (h->agent || gpgme_err_code(err) == GPG_ERR_NO_AGENT ||
		gpgme_err_code(err) == GPG_ERR_BAD_PASSPHRASE ||
		gpgme_err_code(err) == GPG_ERR_CANCELED ||
		gpgme_err_code(err) == GPG_ERR_NO_PIN_ENTRY)
		return PS_FAULT_AGENT;
	if (gpgme_err_code(err) == GPG_ERR_NO_SECKEY)
		return PS_FAULT_NOT_OURS;
	if (h->damaged || gpgme_err_code(err) == GPG_ERR_DECRYPT_FAILED ||
		gpgme_err_code(err) == GPG_ERR_NO_DATA ||
		gpgme_err_code(err) == GPG_ERR_BAD_DATA)
		return PS_FAULT_DAMAGED;
	if (err != 0)
		return PS_FAULT_FAILED;
	fault = ps_gpgme_exit_fault(ps_gpgme_exit_status());
	if (fault != PS_FAULT_NONE)
		return fault;
	if (!h->okay || !h->finished)
		return PS_FAULT_DIED;
	return h->intact ? PS_FAULT_NONE : PS_FAULT_DAMAGED;
}

void
ps_gpgme_open(const struct ps_worker_task *task, struct ps_worker_outcome *out)
{
	struct ps_gpgme_source source = ps_gpgme_source_all(task);
	struct ps_gpgme_sink sink = {
		.fd = task->output_fd, .max = task->request->out_max};
	gpgme_data_t sealed = ps_gpgme_reader(&source),
		     inside = ps_gpgme_writer(&sink);
	struct heard heard = {false};
	gpgme_ctx_t ctx = NULL;
	gpgme_error_t err = 0;

	*out = (struct ps_worker_outcome){.fault = PS_FAULT_FAILED};
	if (sealed != NULL && inside != NULL)
		out->fault = ps_gpgme_secret_context(task, &ctx);
	if (out->fault != PS_FAULT_NONE)
		goto done;
	gpgme_set_status_cb(ctx, hear_status, &heard);
	err = gpgme_op_decrypt_ext(ctx, GPGME_DECRYPT_UNWRAP, sealed, inside);
	out->fault = judge(err, &heard, &source, &sink);
	out->out_len = sink.len;
done:
	snprintf(out->detail, sizeof(out->detail), "%s",
		err != 0 ? gpgme_strerror(err) : "");
	gpgme_data_release(sealed);
	gpgme_data_release(inside);
	gpgme_release(ctx);
}
