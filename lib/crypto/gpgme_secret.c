/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Contexts with secret keys, signing, and the list of keys.
 */
#include "crypto/gpgme_secret.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io.h"
#include "crypto/engine_gpgme.h"
#include "crypto/gpgme_io.h"

#define PASSPHRASE_MAX 1024

/* The first line of the file, to gpg. */
static gpgme_error_t
give_passphrase(void *hook, const char *hint, const char *info,
	int prev_was_bad, int fd)
{
	const char *name = hook;
	char line[PASSPHRASE_MAX];
	ssize_t n;
	int file;
	bool good;

	(void)hint;
	(void)info;
	file = prev_was_bad ? -1 : open(name, O_RDONLY | O_CLOEXEC);
	if (file < 0)
		return gpgme_error(GPG_ERR_BAD_PASSPHRASE);
	n = read(file, line, sizeof(line) - 1);
	close(file);
	line[n < 0 ? 0 : n] = '\0';
	n = (ssize_t)strcspn(line, "\r\n");
	line[n] = '\n';
	good = gpgme_io_writen(fd, line, (size_t)n + 1) == 0;
	explicit_bzero(line, sizeof(line));
	return good ? 0 : gpgme_error(GPG_ERR_BAD_PASSPHRASE);
}

/* Of a worker that has used them before: a new context runs "gpg --version",
 * and a key has to be listed.  The context is away while it is in use. */
static struct {
	gpgme_ctx_t ctx;
	gpgme_key_t key;
	char fpr[sizeof(((struct ps_worker_request *)NULL)->fpr)];
} kept;

static enum ps_worker_fault
new_context(const struct ps_worker_task *task, gpgme_ctx_t *out)
{
	gpgme_ctx_t ctx;

	if (gpgme_new(&ctx) != 0)
		return PS_FAULT_FAILED;
	*out = ctx;
	if (gpgme_ctx_set_engine_info(ctx, GPGME_PROTOCOL_OpenPGP, task->gpg,
		    task->secret_home) != 0 ||
		ps_gpgme_exit_status() != 0)
		return PS_FAULT_NO_ENGINE;
	gpgme_set_ctx_flag(ctx, "full-status", "1");
	if (task->passphrase_file == NULL) {
		gpgme_set_pinentry_mode(ctx, GPGME_PINENTRY_MODE_ERROR);
		return PS_FAULT_NONE;
	}
	gpgme_set_pinentry_mode(ctx, GPGME_PINENTRY_MODE_LOOPBACK);
	/* GPGME takes an unqualified hook and leaves it alone. */
	gpgme_set_passphrase_cb(ctx, give_passphrase, task->passphrase_file);
	return PS_FAULT_NONE;
}

enum ps_worker_fault
ps_gpgme_secret_context(const struct ps_worker_task *task, gpgme_ctx_t *out)
{
	if (task->secret_home == NULL)
		return PS_FAULT_NO_HOME;
	if (kept.ctx == NULL)
		return new_context(task, out);
	*out = kept.ctx;
	kept.ctx = NULL;
	return PS_FAULT_NONE;
}

void
ps_gpgme_secret_done(gpgme_ctx_t ctx, bool good)
{
	if (!good || ctx == NULL || kept.ctx != NULL) {
		gpgme_release(ctx);
		return;
	}
	gpgme_signers_clear(ctx);
	gpgme_set_status_cb(ctx, NULL, NULL);
	kept.ctx = ctx;
}

static void
forget_key(void)
{
	gpgme_key_unref(kept.key);
	kept.key = NULL;
}

/* Not gpgme_get_key(): that makes a context of its own, and the gpg which it
 * asks for its version stays about as one that has died. */
static enum ps_worker_fault
find_key(gpgme_ctx_t ctx, const char *fpr)
{
	gpgme_error_t err = gpgme_op_keylist_start(ctx, fpr, 1);
	gpgme_key_t key = NULL;
	int status;

	if (err == 0)
		err = gpgme_op_keylist_next(ctx, &key);
	gpgme_op_keylist_end(ctx);
	status = ps_gpgme_exit_status();
	if (err == 0 && !ps_gpgme_died(status)) {
		forget_key();
		kept.key = key;
		snprintf(kept.fpr, sizeof(kept.fpr), "%s", fpr);
		return PS_FAULT_NONE;
	}
	gpgme_key_unref(key);
	return ps_gpgme_died(status) ? PS_FAULT_DIED : PS_FAULT_NO_SECRET;
}

enum ps_worker_fault
ps_gpgme_signer(gpgme_ctx_t ctx, const char *fpr)
{
	enum ps_worker_fault fault = PS_FAULT_NONE;

	if (kept.key == NULL || strcmp(kept.fpr, fpr) != 0)
		fault = find_key(ctx, fpr);
	if (fault != PS_FAULT_NONE)
		return fault;
	return gpgme_signers_add(ctx, kept.key) == 0 ? PS_FAULT_NONE
						     : PS_FAULT_FAILED;
}

/* Signed by a key whose primary is fpr?  signers has that key alone. */
static bool
is_by(gpgme_ctx_t ctx, const char *fpr, const char *signing_fpr)
{
	gpgme_key_t key = gpgme_signers_enum(ctx, 0);
	bool found = false;

	if (key == NULL || key->subkeys == NULL || signing_fpr == NULL)
		return false;
	if (key->subkeys->fpr != NULL && strcmp(key->subkeys->fpr, fpr) == 0)
		for (gpgme_subkey_t s = key->subkeys; s != NULL; s = s->next)
			found = found ||
				(s->fpr != NULL &&
					strcmp(s->fpr, signing_fpr) == 0);
	gpgme_key_unref(key);
	return found;
}

enum ps_worker_fault
ps_gpgme_signed(gpgme_ctx_t ctx, const char *fpr, gpgme_error_t err,
	enum ps_worker_fault fault)
{
	gpgme_sign_result_t r = gpgme_op_sign_result(ctx);

	if (fault == PS_FAULT_INPUT || fault == PS_FAULT_OUTPUT)
		return fault;
	switch (gpgme_err_code(err)) {
	case GPG_ERR_BAD_PASSPHRASE:
	case GPG_ERR_CANCELED:
	case GPG_ERR_NO_PASSPHRASE:
	case GPG_ERR_NO_PIN_ENTRY:
	case GPG_ERR_NO_AGENT:
	case GPG_ERR_AGENT:
		return PS_FAULT_AGENT;
	default:
		break;
	}
	if (r != NULL && r->invalid_signers != NULL)
		return PS_FAULT_NO_SECRET;
	if (fault != PS_FAULT_NONE)
		return fault;
	if (r == NULL || r->signatures == NULL || r->signatures->next != NULL ||
		!is_by(ctx, fpr, r->signatures->fpr))
		return PS_FAULT_DIED;
	return PS_FAULT_NONE;
}

/* Whose the signature can be, before it. */
static bool
put_made(const struct ps_worker_task *task)
{
	struct ps_worker_made made = {0};

	for (gpgme_subkey_t s = kept.key->subkeys;
		s != NULL && made.n_key_id < PS_SIGNATURE_KEYS; s = s->next)
		made.key_id[made.n_key_id++] =
			s->keyid == NULL ? 0 : strtoull(s->keyid, NULL, 16);
	return pwrite(task->output_fd, &made, sizeof(made), 0) ==
	       (ssize_t)sizeof(made);
}

void
ps_gpgme_sign(const struct ps_worker_task *task, struct ps_worker_outcome *out)
{
	struct ps_gpgme_source source = ps_gpgme_source_all(task);
	const size_t head = sizeof(struct ps_worker_made);
	struct ps_gpgme_sink sink = {.fd = task->output_fd,
		.offset = head,
		.max = task->request->out_max - head};
	gpgme_data_t clear = ps_gpgme_reader(&source),
		     made = ps_gpgme_writer(&sink);
	gpgme_ctx_t ctx = NULL;
	gpgme_error_t err = 0;

	*out = (struct ps_worker_outcome){.fault = PS_FAULT_FAILED};
	if (task->request->out_max > head && clear != NULL && made != NULL)
		out->fault = ps_gpgme_secret_context(task, &ctx);
	if (out->fault == PS_FAULT_NONE)
		out->fault = ps_gpgme_signer(ctx, task->request->fpr);
	if (out->fault != PS_FAULT_NONE)
		goto done;
	err = gpgme_op_sign(ctx, clear, made, GPGME_SIG_MODE_DETACH);
	out->fault = source.bad ? PS_FAULT_INPUT
		     : sink.bad ? PS_FAULT_OUTPUT
		     : err != 0 ? PS_FAULT_FAILED
				: ps_gpgme_exit_fault(ps_gpgme_exit_status());
	out->fault = ps_gpgme_signed(ctx, task->request->fpr, err, out->fault);
	if (out->fault == PS_FAULT_NONE &&
		(sink.len == 0 || source.at != source.to))
		out->fault = PS_FAULT_DIED;
	if (out->fault == PS_FAULT_NONE && !put_made(task))
		out->fault = PS_FAULT_OUTPUT;
	out->out_len = head + sink.len;
done:
	snprintf(out->detail, sizeof(out->detail), "%s",
		err != 0 ? gpgme_strerror(err) : "");
	gpgme_data_release(clear);
	gpgme_data_release(made);
	ps_gpgme_secret_done(ctx, out->fault == PS_FAULT_NONE);
}

/* The list of keys */

static struct ps_worker_secret
secret_of(gpgme_key_t key)
{
	struct ps_worker_secret s = {{0}, 0, 0};

	if (key->subkeys == NULL || key->subkeys->fpr == NULL ||
		strlen(key->subkeys->fpr) != sizeof(s.fpr))
		return s;
	memcpy(s.fpr, key->subkeys->fpr, sizeof(s.fpr));
	for (gpgme_subkey_t k = key->subkeys; k != NULL; k = k->next) {
		if (!k->secret || k->revoked || k->expired || k->disabled)
			continue;
		s.can_sign = s.can_sign || k->can_sign;
		s.can_open = s.can_open || k->can_encrypt;
	}
	return s;
}

static bool
put_secret(struct ps_worker_outcome *out, const struct ps_worker_task *task,
	gpgme_key_t key)
{
	struct ps_worker_secret s = secret_of(key);

	if (s.fpr[0] == '\0')
		return true;
	if (out->out_len + sizeof(s) > task->request->out_max ||
		!ps_io_write_all(
			task->output_fd, ps_bytes((const char *)&s, sizeof(s))))
		return false;
	out->out_len += sizeof(s);
	return true;
}

void
ps_gpgme_secrets(
	const struct ps_worker_task *task, struct ps_worker_outcome *out)
{
	gpgme_ctx_t ctx = NULL;
	gpgme_key_t key;
	gpgme_error_t err;
	bool good = true;

	*out = (struct ps_worker_outcome){.fault = PS_FAULT_NONE};
	out->fault = ps_gpgme_secret_context(task, &ctx);
	if (out->fault != PS_FAULT_NONE)
		goto done;
	err = gpgme_op_keylist_start(ctx, NULL, 1);
	while (err == 0 && (err = gpgme_op_keylist_next(ctx, &key)) == 0) {
		good = good && put_secret(out, task, key);
		gpgme_key_unref(key);
	}
	gpgme_op_keylist_end(ctx);
	if (ps_gpgme_exit_status() != 0 || gpgme_err_code(err) != GPG_ERR_EOF)
		out->fault = PS_FAULT_AGENT;
	else if (!good)
		out->fault = PS_FAULT_OUTPUT;
done:
	ps_gpgme_secret_done(ctx, out->fault == PS_FAULT_NONE);
}
