/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Sealing with GPGME, in the worker process.  GPGME 1.18 calls it a success
 * when gpg dies, so that three things are asked beside its return code: gpg's
 * own word that it finished (END_ENCRYPTION), gpg's exit status (we are the
 * subreaper of what GPGME forks twice), and that there is output at all.
 */
#include "crypto/engine_gpgme.h"

#include <errno.h>
#include <gpgme.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "crypto/gpgme_io.h"
#include "crypto/gpgme_secret.h"

#define EXIT_NOT_EXEC 8 /* of GPGME's child when execv() failed */

struct progress {
	bool finished; /* gpg said END_ENCRYPTION */
};

/* GPGME would ask gpgconf, gpgsm and others for their versions: ten processes
 * that nobody needs.  Told to find our gpg only, it starts that one. */
static bool
find_only(const char *gpg)
{
	char *folder = strdup(gpg), *slash;
	bool good;

	if (folder == NULL)
		return false;
	slash = strrchr(folder, '/');
	if (slash != NULL)
		slash[slash == folder] = '\0';
	good = slash != NULL && setenv("PATH", folder, 1) == 0 &&
	       gpgme_set_global_flag("disable-gpgconf", "1") == 0 &&
	       gpgme_set_global_flag("gpg-name", gpg) == 0;
	free(folder);
	return good;
}

enum ps_worker_fault
ps_gpgme_start(const char *gpg, const char *home)
{
	gpgme_error_t err;

	if (access(gpg, X_OK) != 0 || !find_only(gpg) ||
		gpgme_check_version("1.18.0") == NULL)
		return PS_FAULT_NO_ENGINE;
	err = gpgme_set_engine_info(GPGME_PROTOCOL_OpenPGP, gpg, home);
	setenv("PATH", "/usr/bin:/bin", 1);
	while (waitpid(-1, NULL, 0) > 0 || errno == EINTR)
		continue;
	return err == 0 ? PS_FAULT_NONE : PS_FAULT_NO_ENGINE;
}

static gpgme_error_t
hear_status(void *hook, const char *keyword, const char *args)
{
	struct progress *p = hook;

	(void)args;
	if (strcmp(keyword, "END_ENCRYPTION") == 0)
		p->finished = true;
	return 0;
}

/* GPGME's recipient syntax: "--file" holds for all lines that follow, each of
 * which is "-f PATH" for gpg. */
static char *
recipients(const struct ps_worker_task *job)
{
	static const char option[] = "--file\n";
	const char *path = job->paths;
	size_t len = sizeof(option) - 1;
	char *s = malloc(sizeof(option) + job->request->paths_len);

	if (s == NULL)
		return NULL;
	memcpy(s, option, len);
	for (uint32_t i = 0; i < job->request->n_path; i++) {
		size_t n = strlen(path);

		memcpy(s + len, path, n);
		len += n;
		s[len++] = '\n';
		path += n + 1;
	}
	s[len] = '\0';
	return s;
}

int
ps_gpgme_exit_status(void)
{
	int status = -1, ignored;
	pid_t pid;

	/* In our process group: an agent that gpg started has left it. */
	do
		pid = waitpid(0, &status, 0);
	while (pid < 0 && errno == EINTR);
	while (waitpid(-1, &ignored, WNOHANG) > 0)
		continue;
	return pid < 0 ? -1 : status;
}

bool
ps_gpgme_died(int status)
{
	return !WIFEXITED(status) || WEXITSTATUS(status) == EXIT_NOT_EXEC;
}

enum ps_worker_fault
ps_gpgme_exit_fault(int status)
{
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return PS_FAULT_NONE;
	if (WIFEXITED(status) && WEXITSTATUS(status) == EXIT_NOT_EXEC)
		return PS_FAULT_NO_ENGINE;
	return WIFSIGNALED(status) ? PS_FAULT_DIED : PS_FAULT_FAILED;
}

static enum ps_worker_fault
fault_of_paths(const struct ps_worker_task *job)
{
	const char *path = job->paths;

	for (uint32_t i = 0; i < job->request->n_path; i++) {
		if (access(path, R_OK) != 0)
			return PS_FAULT_CERT_FILE;
		path += strlen(path) + 1;
	}
	return PS_FAULT_NONE;
}

static void
say(struct ps_worker_outcome *out, const char *what)
{
	snprintf(out->detail, sizeof(out->detail), "%s", what);
}

/* The first that is wrong, nearest to the cause first. */
static enum ps_worker_fault
judge(const struct ps_worker_task *job, gpgme_ctx_t ctx, gpgme_error_t err,
	const struct ps_gpgme_source *from, const struct ps_gpgme_sink *to,
	const struct progress *progress)
{
	gpgme_encrypt_result_t result = gpgme_op_encrypt_result(ctx);
	enum ps_worker_fault fault;

	if (from->bad)
		return PS_FAULT_INPUT;
	if (to->bad)
		return PS_FAULT_OUTPUT;
	if (gpgme_err_code(err) == GPG_ERR_EFBIG)
		return PS_FAULT_TOO_LARGE;
	fault = fault_of_paths(job);
	if (err != 0 && fault != PS_FAULT_NONE)
		return fault;
	if (result != NULL && result->invalid_recipients != NULL)
		return PS_FAULT_RECIPIENT;
	if (err != 0)
		return PS_FAULT_FAILED;
	fault = ps_gpgme_exit_fault(ps_gpgme_exit_status());
	if (fault != PS_FAULT_NONE)
		return fault;
	if (!progress->finished || to->len == 0 ||
		from->at != job->request->head_len + job->request->body_len)
		return PS_FAULT_DIED;
	return PS_FAULT_NONE;
}

static gpgme_error_t
run(gpgme_ctx_t ctx, const struct ps_worker_task *job, const char *to,
	gpgme_data_t plain, gpgme_data_t sealed)
{
	const gpgme_encrypt_flags_t flags = GPGME_ENCRYPT_ALWAYS_TRUST |
					    GPGME_ENCRYPT_NO_COMPRESS |
					    GPGME_ENCRYPT_NO_ENCRYPT_TO;

	gpgme_set_armor(ctx, 0);
	if (job->request->fpr[0] == '\0')
		return gpgme_op_encrypt_ext(
			ctx, NULL, to, flags, plain, sealed);
	return gpgme_op_encrypt_sign_ext(ctx, NULL, to, flags, plain, sealed);
}

/* Signing needs the home with the secret keys; sealing alone never enters it.
 */
static enum ps_worker_fault
open_context(const struct ps_worker_task *job, gpgme_ctx_t *ctx)
{
	enum ps_worker_fault fault;

	if (job->request->fpr[0] == '\0')
		return gpgme_new(ctx) == 0 ? PS_FAULT_NONE : PS_FAULT_FAILED;
	fault = ps_gpgme_secret_context(job, ctx);
	if (fault == PS_FAULT_NONE)
		fault = ps_gpgme_signer(*ctx, job->request->fpr);
	return fault;
}

void
ps_gpgme_encrypt(
	const struct ps_worker_task *job, struct ps_worker_outcome *out)
{
	struct ps_gpgme_source source = ps_gpgme_source_all(job);
	struct ps_gpgme_sink sink = {
		.fd = job->output_fd, .max = job->request->out_max};
	struct progress progress = {false};
	gpgme_data_t plain = ps_gpgme_reader(&source),
		     sealed = ps_gpgme_writer(&sink);
	gpgme_ctx_t ctx = NULL;
	char *names = recipients(job);
	gpgme_error_t err;

	*out = (struct ps_worker_outcome){.fault = PS_FAULT_FAILED};
	if (names != NULL && plain != NULL && sealed != NULL)
		out->fault = open_context(job, &ctx);
	if (out->fault != PS_FAULT_NONE)
		goto done;
	gpgme_set_ctx_flag(ctx, "full-status", "1");
	gpgme_set_status_cb(ctx, hear_status, &progress);
	err = run(ctx, job, names, plain, sealed);
	out->fault = judge(job, ctx, err, &source, &sink, &progress);
	if (job->request->fpr[0] != '\0')
		out->fault = ps_gpgme_signed(
			ctx, job->request->fpr, err, out->fault);
	out->out_len = sink.len;
	say(out, err != 0 ? gpgme_strerror(err) : "");
done:
	gpgme_data_release(plain);
	gpgme_data_release(sealed);
	if (job->request->fpr[0] == '\0')
		gpgme_release(ctx);
	else
		ps_gpgme_secret_done(ctx, out->fault == PS_FAULT_NONE);
	free(names);
}
