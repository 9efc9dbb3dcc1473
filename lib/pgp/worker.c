/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * The engine whose work is done by crypto workers: makes a job of each call,
 * hands it to a worker, and believes none of what comes back but its numbers,
 * after a look.  Never touches gpg.
 */
#include "pgp/worker.h"

#include <assert.h>
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "base/str.h"
#include "pgp/read_certs.h"
#include "pgp/worker_pool.h"

/* A worker is replaced after so many jobs: what a library leaks stays small. */
#define JOBS_PER_WORKER 1000

struct ps_workers {
	struct ps_pool pool;
	int64_t crypto_ms; /* pool.lock */
	size_t n_user;	   /* pool.lock: the owner, and each call under way */
};

/* What one call asks of a worker. */
struct job {
	struct ps_worker_request request;
	int fd[PS_WORKER_FD_MAX];
	size_t n_fd;
};

struct ps_workers *
ps_workers_new(const struct ps_workers_env *env, const char **why)
{
	struct ps_workers *w = calloc(1, sizeof(*w));
	const size_t most = sizeof(w->pool.slot) / sizeof(w->pool.slot[0]);
	size_t n = env->n_worker;
	long n_cpu = sysconf(_SC_NPROCESSORS_ONLN);

	if (w == NULL) {
		*why = "out of memory";
		return NULL;
	}
	if (n == 0)
		n = n_cpu > 0 ? (size_t)n_cpu : 1;
	ps_pool_init(&w->pool, env->spawner_fd, n < most ? n : most);
	w->pool.n_queue = env->n_queue;
	w->crypto_ms = env->crypto_ms;
	w->n_user = 1;
	return w;
}

static void
leave(struct ps_workers *w)
{
	bool last;

	pthread_mutex_lock(&w->pool.lock);
	last = --w->n_user == 0;
	pthread_mutex_unlock(&w->pool.lock);
	if (!last)
		return;
	ps_pool_destroy(&w->pool);
	free(w);
}

void
ps_workers_free(struct ps_workers *w)
{
	if (w == NULL)
		return;
	ps_pool_stop(&w->pool);
	leave(w);
}

void
ps_workers_limits(struct ps_workers *w, size_t n_queue, int64_t crypto_ms)
{
	pthread_mutex_lock(&w->pool.lock);
	w->pool.n_queue = n_queue;
	w->crypto_ms = crypto_ms;
	pthread_mutex_unlock(&w->pool.lock);
}

/* Enter a call; the time that its job may take. */
static int64_t
enter(struct ps_workers *w)
{
	int64_t crypto_ms;

	pthread_mutex_lock(&w->pool.lock);
	w->n_user++;
	crypto_ms = w->crypto_ms;
	pthread_mutex_unlock(&w->pool.lock);
	return crypto_ms;
}

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
hear(const struct job *job, int sock, const struct ps_wait *wait,
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
	return PS_ETEMP;
}

/* *again: the worker was an old one and died unheard; a new one may do. */
static enum ps_status
try_slot(struct ps_workers *w, struct ps_pool_slot *slot, struct job *job,
	const struct ps_wait *wait, bool *again, const char **why)
{
	struct ps_worker_reply reply;
	bool fresh, silent = true;
	enum ps_status s = ps_pool_start(&w->pool, slot, &fresh, why);

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
	if (s != PS_OK || ++slot->n_done >= JOBS_PER_WORKER)
		ps_pool_kill(&w->pool, slot);
	return s;
}

static enum ps_status
run(struct ps_workers *w, struct job *job, int64_t crypto_ms,
	const struct ps_wait *wait, const char **why)
{
	struct ps_pool_slot *slot = NULL;
	enum ps_status s = ps_pool_take(&w->pool, wait, &slot, why);
	struct ps_wait bounded = ps_wait_within(wait, crypto_ms);
	bool again;

	if (s != PS_OK)
		return s;
	s = try_slot(w, slot, job, &bounded, &again, why);
	if (again)
		s = try_slot(w, slot, job, &bounded, &again, why);
	ps_pool_give(&w->pool, slot);
	if (s == PS_ETEMP && ps_pool_is_stopping(&w->pool)) {
		*why = "the filter is stopping";
		return PS_ESTOP;
	}
	if (s == PS_ELATE && ps_wait_left(wait) > 0)
		*why = "gpg did not finish in time";
	return s;
}

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
		if (!ps_worker_write_all(
			    fd, e->cert_file[i], strlen(e->cert_file[i]) + 1))
			return false;
	}
	return ps_worker_write_all(fd, e->head.p, e->head.len) &&
	       (e->body_fd >= 0 ||
		       ps_worker_write_all(fd, e->body.p, e->body.len));
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
prepare(const struct ps_encrypt_job *e, struct ps_spool *out, struct job *job,
	const char **why)
{
	struct ps_worker_request *r = &job->request;

	*r = (struct ps_worker_request){.op = PS_WORKER_ENCRYPT,
		.head_len = e->head.len,
		.body_len = e->body.len,
		.body_apart = e->body_fd >= 0,
		.n_path = (uint32_t)e->n_cert_file,
		.out_max = seal_max(e)};
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

/* The output must be what the worker says it is. */
static enum ps_status
check_output(int fd, const char **why)
{
	struct stat st;

	if (fstat(fd, &st) == 0 && st.st_size > 0)
		return PS_OK;
	*why = ps_worker_fault_text(PS_FAULT_DIED);
	return PS_ETEMP;
}

static enum ps_status
encrypt(void *self, const struct ps_encrypt_job *e, const struct ps_wait *wait,
	struct ps_spool *out, const char **why)
{
	struct ps_workers *w = self;
	int64_t crypto_ms = enter(w);
	struct job job = {.fd = {-1, -1, -1}};
	enum ps_status s = PS_ETEMP;

	assert(ps_spool_len(out) == 0 && e->n_cert_file > 0);
	job.fd[0] = memfd_create("postseal-clear", MFD_CLOEXEC);
	if (job.fd[0] < 0) {
		*why = "no descriptor for the clear octets";
		goto out;
	}
	s = prepare(e, out, &job, why);
	if (s == PS_OK)
		s = run(w, &job, crypto_ms, wait, why);
	if (s == PS_OK)
		s = check_output(job.fd[1], why);
	close(job.fd[0]);
out:
	leave(w);
	return s;
}

/* The worker keeps its descriptor: a map of it could be cut under our feet, so
 * the octets are copied. */
static enum ps_status
take_answer(struct ps_arena *a, int fd, uint64_t max, struct ps_bytes *out,
	const char **why)
{
	struct stat st;
	char *p;

	if (fstat(fd, &st) == 0 && st.st_size >= 0 &&
		(uint64_t)st.st_size <= max) {
		p = ps_arena_alloc(a, (size_t)st.st_size + 1);
		*out = ps_bytes(p, (size_t)st.st_size);
		if (pread(fd, p, out->len, 0) == st.st_size)
			return PS_OK;
	}
	*why = ps_worker_fault_text(PS_FAULT_N);
	return PS_ETEMP;
}

static enum ps_status
read_batch(struct ps_workers *w, struct ps_arena *a, struct ps_bytes certs,
	int64_t crypto_ms, const struct ps_wait *wait, struct ps_bytes *answer,
	const char **why)
{
	struct job job = {.n_fd = 2};
	enum ps_status s = PS_ETEMP;

	/* Records repeat user ids and add some numbers to each packet. */
	job.request = (struct ps_worker_request){.op = PS_WORKER_READ,
		.head_len = certs.len,
		.out_max = 4 * certs.len + 65536};
	job.fd[0] = memfd_create("postseal-certs", MFD_CLOEXEC);
	job.fd[1] = memfd_create("postseal-read", MFD_CLOEXEC);
	if (job.fd[0] < 0 || job.fd[1] < 0 ||
		!ps_worker_write_all(job.fd[0], certs.p, certs.len))
		*why = "no memory to read certificates";
	else
		s = run(w, &job, crypto_ms, wait, why);
	if (s == PS_OK)
		s = take_answer(a, job.fd[1], job.request.out_max, answer, why);
	for (size_t i = 0; i < 2; i++) {
		if (job.fd[i] >= 0)
			close(job.fd[i]);
	}
	return s;
}

static enum ps_status
read_certs(void *self, struct ps_arena *a, struct ps_bytes binary,
	const struct ps_wait *wait, struct ps_cert_info **out, size_t *n_out,
	const char **why)
{
	struct ps_workers *w = self;
	int64_t crypto_ms = enter(w);
	struct ps_cert_info *cert = NULL;
	size_t n_slice, n = 0, at = 0;
	struct ps_cert_slice *slice = ps_cert_split(a, binary, &n_slice);
	enum ps_status s = PS_OK;

	n_slice = ps_read_certs_order(slice, n_slice);
	while (s == PS_OK && at < n_slice) {
		struct ps_arena *batch = ps_arena_new(PS_ARENA_PLAIN);
		struct ps_bytes answer;

		s = read_batch(w, batch,
			ps_read_certs_batch(batch, slice, n_slice, &at),
			crypto_ms, wait, &answer, why);
		if (s == PS_OK)
			s = ps_read_certs_parse(a, answer, &cert, &n, why);
		ps_arena_free(batch);
	}
	if (s == PS_OK) {
		*out = cert;
		*n_out = n;
	}
	leave(w);
	return s;
}

struct ps_engine
ps_workers_engine(struct ps_workers *w)
{
	return (struct ps_engine){
		.self = w, .encrypt = encrypt, .read_certs = read_certs};
}
