/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * A job's way to a worker and back: replaces workers that are late, dead or
 * wrong.  Must not know what a job is about.
 */
#include "crypto/worker_run.h"

#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include "base/log.h"
#include "base/str.h"

/* A worker is replaced after so many jobs: what a library leaks stays small. */
#define JOBS_PER_WORKER 1000

static void
tell_log(const struct ps_worker_reply *r)
{
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);
	size_t len = strnlen(r->detail, sizeof(r->detail));

	ps_log(PS_LOG_WARNING, "crypto: %s%s%s", ps_worker_fault_text(r->fault),
		len > 0 ? ": " : "",
		ps_str_printable(a, ps_bytes(r->detail, len), len));
	ps_arena_free(a);
}

/* The answer of a worker that was sent a job.  *silent: there was none. */
static enum ps_status
hear(const struct ps_worker_job *job, int sock, const struct ps_wait *wait,
	struct ps_worker_reply *reply, bool *silent, const char **why)
{
	enum ps_status s = ps_wait_fd(wait, sock, POLLIN, why);
	size_t n_fd;
	ssize_t n;

	*silent = false;
	if (s != PS_OK)
		return s;
	n = ps_worker_receive(
		sock, reply, sizeof(*reply), MSG_DONTWAIT, NULL, 0, &n_fd);
	*silent = n <= 0;
	if (n <= 0) {
		*why = "the crypto worker died";
		return PS_ETEMP;
	}
	if (n != (ssize_t)sizeof(*reply) ||
		reply->serial != job->request.serial ||
		reply->out_len > job->request.out_max) {
		*why = ps_worker_fault_text(PS_FAULT_N);
		return PS_ETEMP;
	}
	if (reply->fault == PS_FAULT_NONE)
		return PS_OK;
	*why = ps_worker_fault_text(reply->fault);
	tell_log(reply);
	return ps_worker_fault_status(reply->fault);
}

/* *again: the worker was an old one and died unheard; a new one may do. */
static enum ps_status
try_slot(struct ps_pool *pool, struct ps_pool_slot *slot,
	struct ps_worker_job *job, const struct ps_wait *wait, bool *again,
	const char **why)
{
	struct ps_worker_reply reply = {0};
	bool fresh, silent = true;
	enum ps_status s = ps_pool_start(pool, slot, &fresh, why);

	*again = false;
	if (s != PS_OK)
		return s;
	job->request.serial++;
	if (ps_worker_send(slot->fd, &job->request, sizeof(job->request),
		    job->fd, job->n_fd))
		s = hear(job, slot->fd, wait, &reply, &silent, why);
	else {
		*why = "the crypto worker died";
		s = PS_ETEMP;
	}
	*again = s != PS_OK && silent && !fresh;
	/* After a failure GPGME's state is anybody's guess. */
	if ((s != PS_OK && reply.clean == 0) ||
		++slot->n_done >= JOBS_PER_WORKER)
		ps_pool_kill(pool, slot);
	return s;
}

enum ps_status
ps_worker_run(struct ps_pool *pool, struct ps_worker_job *job,
	int64_t crypto_ms, const struct ps_wait *wait, const char **why)
{
	struct ps_pool_slot *slot = NULL;
	enum ps_status s = ps_pool_take(pool, wait, &slot, why);
	struct ps_wait bounded = ps_wait_within(wait, crypto_ms);
	bool again;

	if (s != PS_OK)
		return s;
	s = try_slot(pool, slot, job, &bounded, &again, why);
	if (again)
		s = try_slot(pool, slot, job, &bounded, &again, why);
	ps_pool_give(pool, slot);
	if (s == PS_ETEMP && ps_pool_is_stopping(pool)) {
		*why = "the filter is stopping";
		return PS_ESTOP;
	}
	if (s == PS_ELATE && ps_wait_left(wait) > 0)
		*why = "the crypto worker did not finish in time";
	return s;
}

/* The worker keeps its descriptor: a map of it could be cut under our feet, so
 * the octets are copied. */
enum ps_status
ps_worker_answer(struct ps_arena *a, int fd, uint64_t max, struct ps_bytes *out,
	const char **why)
{
	struct stat st;
	char *p;

	if (fstat(fd, &st) == 0 && st.st_size >= 0 &&
		(uint64_t)st.st_size <= max) {
		p = ps_arena_alloc(a, (size_t)st.st_size + 1);
		*out = ps_bytes(p, (size_t)st.st_size);
		if (ps_worker_read_all(fd, p, out->len, 0))
			return PS_OK;
	}
	*why = ps_worker_fault_text(PS_FAULT_N);
	return PS_ETEMP;
}
