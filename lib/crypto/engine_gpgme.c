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

#define EXIT_NOT_EXEC 8 /* of GPGME's child when execv() failed */

struct source {
	const struct ps_worker_task *job;
	uint64_t at; /* in head and body together */
	bool bad;
};
struct sink {
	int fd;
	uint64_t len, max;
	bool bad;
};
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

static ssize_t
read_source(void *hook, void *buffer, size_t size)
{
	struct source *s = hook;
	const struct ps_worker_request *r = s->job->request;
	uint64_t offset = r->paths_len + s->at, left;
	int fd = s->job->input_fd;
	ssize_t n;

	left = r->head_len + r->body_len - s->at;
	if (r->body_apart != 0 && s->at >= r->head_len) {
		fd = s->job->body_fd;
		offset = s->at - r->head_len;
	} else if (r->body_apart != 0)
		left = r->head_len - s->at;
	if (left == 0)
		return 0;
	do
		n = pread(fd, buffer, size < left ? size : (size_t)left,
			(off_t)offset);
	while (n < 0 && errno == EINTR);
	if (n <= 0) { /* shorter than promised is as bad as unreadable */
		s->bad = true;
		errno = EIO;
		return -1;
	}
	s->at += (uint64_t)n;
	return n;
}

static ssize_t
write_sink(void *hook, const void *buffer, size_t size)
{
	struct sink *s = hook;
	ssize_t n;

	if (size > s->max - s->len) {
		errno = EFBIG;
		return -1;
	}
	do
		n = pwrite(s->fd, buffer, size, (off_t)s->len);
	while (n < 0 && errno == EINTR);
	if (n <= 0) {
		s->bad = true;
		return -1;
	}
	s->len += (uint64_t)n;
	return n;
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
	int status = -1;

	while (waitpid(-1, &status, 0) < 0) {
		if (errno != EINTR)
			return -1;
	}
	return status;
}

bool
ps_gpgme_died(int status)
{
	return !WIFEXITED(status) || WEXITSTATUS(status) == EXIT_NOT_EXEC;
}

static enum ps_worker_fault
fault_of_status(int status)
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
	const struct source *from, const struct sink *to,
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
	fault = fault_of_status(ps_gpgme_exit_status());
	if (fault != PS_FAULT_NONE)
		return fault;
	if (!progress->finished || to->len == 0 ||
		from->at != job->request->head_len + job->request->body_len)
		return PS_FAULT_DIED;
	return PS_FAULT_NONE;
}

static gpgme_error_t
run(gpgme_ctx_t ctx, const char *to, gpgme_data_t plain, gpgme_data_t sealed,
	struct progress *progress)
{
	gpgme_set_armor(ctx, 0);
	gpgme_set_ctx_flag(ctx, "full-status", "1");
	gpgme_set_status_cb(ctx, hear_status, progress);
	gpgme_data_set_flag(plain, "io-buffer-size", PS_GPGME_IO_BUFFER);
	gpgme_data_set_flag(sealed, "io-buffer-size", PS_GPGME_IO_BUFFER);
	return gpgme_op_encrypt_ext(ctx, NULL, to,
		GPGME_ENCRYPT_ALWAYS_TRUST | GPGME_ENCRYPT_NO_COMPRESS |
			GPGME_ENCRYPT_NO_ENCRYPT_TO,
		plain, sealed);
}

void
ps_gpgme_encrypt(
	const struct ps_worker_task *job, struct ps_worker_outcome *out)
{
	struct gpgme_data_cbs in = {.read = read_source};
	struct gpgme_data_cbs to = {.write = write_sink};
	struct source source = {.job = job};
	struct sink sink = {.fd = job->output_fd, .max = job->request->out_max};
	struct progress progress = {false};
	gpgme_data_t plain = NULL, sealed = NULL;
	gpgme_ctx_t ctx = NULL;
	char *names = recipients(job);
	gpgme_error_t err;

	*out = (struct ps_worker_outcome){.fault = PS_FAULT_FAILED};
	if (names == NULL || gpgme_new(&ctx) != 0 ||
		gpgme_data_new_from_cbs(&plain, &in, &source) != 0 ||
		gpgme_data_new_from_cbs(&sealed, &to, &sink) != 0) {
		say(out, "gpgme has no context");
		goto done;
	}
	err = run(ctx, names, plain, sealed, &progress);
	out->fault = judge(job, ctx, err, &source, &sink, &progress);
	out->out_len = sink.len;
	say(out, err != 0 ? gpgme_strerror(err) : "");
done:
	gpgme_data_release(plain);
	gpgme_data_release(sealed);
	gpgme_release(ctx);
	free(names);
}
