/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * The engine whose work is done by crypto workers, and its life.  Never touches
 * gpg.
 */
#include "crypto/worker.h"

#include <stdlib.h>
#include <unistd.h>

#include "crypto/worker_run.h"

struct ps_workers {
	struct ps_pool pool;
	int64_t crypto_ms; /* pool.lock */
	size_t n_user;	   /* pool.lock: the owner, and each call under way */
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

/* A call begins; what its job may take. */
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

static enum ps_status
encrypt(void *self, const struct ps_encrypt_job *e, const struct ps_wait *wait,
	struct ps_spool *out, const char **why)
{
	struct ps_workers *w = self;
	int64_t crypto_ms = enter(w);
	enum ps_status s =
		ps_worker_encrypt(&w->pool, e, crypto_ms, wait, out, why);

	leave(w);
	return s;
}

static enum ps_status
read_certs(void *self, struct ps_arena *a, struct ps_bytes binary,
	const struct ps_wait *wait, struct ps_cert_info **out, size_t *n_out,
	const char **why)
{
	struct ps_workers *w = self;
	int64_t crypto_ms = enter(w);
	enum ps_status s = ps_worker_read(
		&w->pool, a, binary, crypto_ms, wait, out, n_out, why);

	leave(w);
	return s;
}

static enum ps_status
dkim_sign(void *self, struct ps_arena *a, const struct ps_dkim_job *job,
	size_t n, const struct ps_wait *wait, struct ps_dkim_signed *out,
	const char **why)
{
	struct ps_workers *w = self;
	int64_t crypto_ms = enter(w);
	enum ps_status s =
		ps_worker_dkim(&w->pool, a, job, n, crypto_ms, wait, out, why);

	leave(w);
	return s;
}

static enum ps_status
sign(void *self, struct ps_arena *a, const struct ps_sign_job *job,
	const struct ps_wait *wait, struct ps_signature_made *out,
	const char **why)
{
	struct ps_workers *w = self;
	int64_t crypto_ms = enter(w);
	enum ps_status s =
		ps_worker_sign(&w->pool, a, job, crypto_ms, wait, out, why);

	leave(w);
	return s;
}

static enum ps_status
verify(void *self, struct ps_arena *a, const struct ps_verify_job *job,
	const struct ps_wait *wait, struct ps_spool *clear,
	struct ps_signature_info **out, size_t *n_out, const char **why)
{
	struct ps_workers *w = self;
	int64_t crypto_ms = enter(w);
	enum ps_status s = ps_worker_verify(
		&w->pool, a, job, crypto_ms, wait, clear, out, n_out, why);

	leave(w);
	return s;
}

static enum ps_status
open_sealed(void *self, const struct ps_open_job *job,
	const struct ps_wait *wait, struct ps_spool *out, const char **why)
{
	struct ps_workers *w = self;
	int64_t crypto_ms = enter(w);
	enum ps_status s =
		ps_worker_open(&w->pool, job, crypto_ms, wait, out, why);

	leave(w);
	return s;
}

static enum ps_status
secrets(void *self, struct ps_arena *a, const struct ps_wait *wait,
	struct ps_secret_info **out, size_t *n_out, const char **why)
{
	struct ps_workers *w = self;
	int64_t crypto_ms = enter(w);
	enum ps_status s = ps_worker_secrets(
		&w->pool, a, crypto_ms, wait, out, n_out, why);

	leave(w);
	return s;
}

struct ps_engine
ps_workers_engine(struct ps_workers *w)
{
	return (struct ps_engine){.self = w,
		.encrypt = encrypt,
		.read_certs = read_certs,
		.dkim_sign = dkim_sign,
		.sign = sign,
		.verify = verify,
		.open = open_sealed,
		.secrets = secrets};
}
