/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Taking the encryption off a message for a domain, in the worker process.
 * Only what gpg calls whole counts, and nothing without integrity protection
 * (EFAIL); what is inside stays packets, whose signatures are another
 * operation.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "crypto/engine_gpgme.h"
#include "crypto/gpgme_io.h"
#include "crypto/gpgme_secret.h"

#define N_TO   64 /* recipients that are remembered */
#define KEY_ID 16 /* hexadecimal digits */

struct heard {
	bool okay, intact, finished;
	bool trouble;	  /* there is a key, and it cannot be used now */
	bool by_password; /* gpg wants one that no key has */
	char to[N_TO][KEY_ID + 1];
	size_t n_to;
};

/*
 * Errors that the octets themselves cause, or may: whoever wrote them may also
 * make the agent fail by a session key that is none.  No retry mends these.
 */
static bool
is_damage(gpgme_err_code_t code)
{
	static const gpgme_err_code_t of_octets[] = {GPG_ERR_DECRYPT_FAILED,
		GPG_ERR_NO_DATA, GPG_ERR_BAD_DATA, GPG_ERR_INV_DATA,
		GPG_ERR_CHECKSUM, GPG_ERR_INV_PACKET, GPG_ERR_UNKNOWN_PACKET,
		GPG_ERR_BAD_MPI, GPG_ERR_INV_OBJ, GPG_ERR_WRONG_SECKEY,
		GPG_ERR_PUBKEY_ALGO, GPG_ERR_CIPHER_ALGO, GPG_ERR_INV_KEYLEN,
		GPG_ERR_INV_LENGTH, GPG_ERR_TOO_SHORT, GPG_ERR_TOO_LARGE,
		GPG_ERR_MISSING_VALUE, GPG_ERR_INV_VALUE, GPG_ERR_INV_CURVE,
		GPG_ERR_ENCODING_PROBLEM, GPG_ERR_WRONG_KEY_USAGE,
		GPG_ERR_UNSUPPORTED_ALGORITHM, GPG_ERR_UNKNOWN_ALGORITHM};

	for (size_t i = 0; i < sizeof(of_octets) / sizeof(of_octets[0]); i++)
		if (code == of_octets[i])
			return true;
	return false;
}

static gpgme_error_t
hear_status(void *hook, const char *keyword, const char *args)
{
	static const char of_key[] = "pkdecrypt_failed ";
	struct heard *h = hook;

	if (strcmp(keyword, "DECRYPTION_OKAY") == 0)
		h->okay = true;
	else if (strcmp(keyword, "GOODMDC") == 0)
		h->intact = true;
	else if (strcmp(keyword, "END_DECRYPTION") == 0)
		h->finished = true;
	else if (strcmp(keyword, "ENC_TO") == 0 && h->n_to < N_TO)
		snprintf(h->to[h->n_to++], KEY_ID + 1, "%.*s", KEY_ID, args);
	else if (strcmp(keyword, "NEED_PASSPHRASE_SYM") == 0)
		h->by_password = true;
	else if (strcmp(keyword, "ERROR") == 0 &&
		 strncmp(args, of_key, sizeof(of_key) - 1) == 0 &&
		 !is_damage(gpgme_err_code((gpgme_error_t)strtoul(
			 args + sizeof(of_key) - 1, NULL, 10))))
		h->trouble = true;
	return 0;
}

static enum ps_worker_fault
judge_failure(gpgme_err_code_t code, const struct heard *h)
{
	if (code == GPG_ERR_EFBIG)
		return PS_FAULT_BOMB;
	if (h->by_password && !h->trouble)
		return PS_FAULT_NOT_OURS;
	if (h->trouble || code == GPG_ERR_NO_AGENT ||
		code == GPG_ERR_BAD_PASSPHRASE || code == GPG_ERR_CANCELED ||
		code == GPG_ERR_NO_PIN_ENTRY)
		return PS_FAULT_AGENT;
	if (code == GPG_ERR_NO_SECKEY)
		return PS_FAULT_NOT_OURS;
	return is_damage(code) ? PS_FAULT_DAMAGED : PS_FAULT_FAILED;
}

static enum ps_worker_fault
judge(gpgme_error_t err, const struct heard *h,
	const struct ps_gpgme_source *from, const struct ps_gpgme_sink *to)
{
	int status = ps_gpgme_exit_status();
	enum ps_worker_fault fault;

	if (from->bad)
		return PS_FAULT_INPUT;
	if (to->bad)
		return PS_FAULT_OUTPUT;
	if (ps_gpgme_died(status) && gpgme_err_code(err) != GPG_ERR_EFBIG)
		return PS_FAULT_DIED;
	if (err != 0)
		return judge_failure(gpgme_err_code(err), h);
	fault = ps_gpgme_exit_fault(status);
	if (fault != PS_FAULT_NONE)
		return fault;
	if (!h->okay || !h->finished)
		return PS_FAULT_DIED;
	return h->intact ? PS_FAULT_NONE : PS_FAULT_DAMAGED;
}

static bool
is_to(const struct heard *h, gpgme_key_t key)
{
	for (gpgme_subkey_t k = key->subkeys; k != NULL; k = k->next)
		for (size_t i = 0; i < h->n_to; i++)
			if (k->keyid != NULL && strcmp(k->keyid, h->to[i]) == 0)
				return true;
	return false;
}

/*
 * gpg says "no secret key" without an agent too.  It counts where an agent can
 * name keys, and none of them is a recipient's.
 */
static enum ps_worker_fault
doubt_not_ours(gpgme_ctx_t ctx, const struct heard *h)
{
	gpgme_error_t err = gpgme_op_keylist_start(ctx, NULL, 1);
	bool any = false, ours = false;
	gpgme_key_t key;

	while (err == 0 && (err = gpgme_op_keylist_next(ctx, &key)) == 0) {
		any = true;
		ours = ours || is_to(h, key);
		gpgme_key_unref(key);
	}
	gpgme_op_keylist_end(ctx);
	return ps_gpgme_exit_status() != 0 ||
			       gpgme_err_code(err) != GPG_ERR_EOF || !any ||
			       ours
		       ? PS_FAULT_AGENT
		       : PS_FAULT_NOT_OURS;
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
	gpgme_set_status_cb(ctx, NULL, NULL);
	if (out->fault == PS_FAULT_NOT_OURS)
		out->fault = doubt_not_ours(ctx, &heard);
	out->out_len = sink.len;
done:
	snprintf(out->detail, sizeof(out->detail), "%s",
		err != 0 ? gpgme_strerror(err) : "");
	gpgme_data_release(sealed);
	gpgme_data_release(inside);
	out->clean = out->fault == PS_FAULT_NOT_OURS ||
		     out->fault == PS_FAULT_DAMAGED;
	ps_gpgme_secret_done(ctx, out->fault == PS_FAULT_NONE);
}
