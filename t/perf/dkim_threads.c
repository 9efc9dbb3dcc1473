/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * What one verification of two signatures costs, by threads and by the way it
 * is done: t/perf/dkim_threads [MESSAGES-A-ROUND].  One interleaved run,
 * medians of 5 rounds; compare only inside the table.
 *
 *   whole     ps_dkim_verify, keys from a zone in memory
 *   library   header hashes by libopendkim, keys at hand
 *   context   the same, under an OSSL_LIB_CTX of the thread's own
 *   own       header hashes by dkim_own.c
 */
#include <openssl/crypto.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "auth/dkim_parts.h"
#include "dkim_world.h"

#define ROUNDS	5
#define THREADS 8

enum way { WHOLE, LIBRARY, CONTEXT, OWN, WAYS };
static const char *const way_name[] = {"whole", "library", "context", "own"};

struct worker {
	pthread_t thread;
	struct ps_dkim *dkim;
	OSSL_LIB_CTX *context;
	enum way way;
	size_t body, n, n_bad;
};

static double
seconds(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static size_t
once(const struct worker *w, struct dkim_world *d, const struct ps_message *m,
	const struct ps_dkim_readings *keys, struct ps_sha256 *sha)
{
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);
	enum ps_dkim_opinion opinion[PS_DKIM_MAX_SIGNATURES] = {0};
	struct ps_dkim_result r;
	size_t good = 0;

	if (w->way == WHOLE) {
		d->dns.budget.n_query = d->dns.budget.n_ahead = 0;
		ps_dkim_verify(a, w->dkim, m, DKIM_NOW, &d->dns.budget, &r);
		for (size_t i = 0; i < r.n_signature; i++)
			good += r.signature[i].result == PS_AUTH_PASS;
	} else {
		if (w->way == OWN)
			for (size_t i = 0; i < keys->n; i++)
				opinion[i] = ps_dkim_ask_own(
					a, sha, &m->header, &keys->of[i]);
		else
			ps_dkim_ask_lib(w->dkim, &m->header, keys, opinion);
		for (size_t i = 0; i < keys->n; i++)
			good += opinion[i] == PS_DKIM_GOOD;
	}
	ps_arena_free(a);
	return good;
}

static void *
work(void *self)
{
	struct worker *w = self;
	struct ps_sha256 *sha = ps_sha256_new();
	struct ps_dkim_readings keys;
	struct dkim_world d;
	struct ps_message m;

	dkim_world_read(&d);
	m = dkim_world_message(d.arena, d.octets);
	ps_dkim_read_all(d.arena, &m.header, &keys);
	for (size_t i = 0; i < keys.n; i++)
		ps_dkim_key_fetch(d.arena, keys.of[i].selector,
			keys.of[i].domain, &d.dns.budget, &keys.of[i].key);
	if (w->way == CONTEXT)
		OSSL_LIB_CTX_set0_default(w->context);
	for (size_t i = 0; i < w->n; i++)
		w->n_bad += once(w, &d, &m, &keys, sha) != 2;
	if (w->way == CONTEXT)
		OSSL_LIB_CTX_set0_default(NULL);
	ps_sha256_free(sha);
	dkim_world_close(&d);
	return NULL;
}

struct cost {
	double wall, cpu; /* us a message */
};

static struct cost
measure(struct worker *w, size_t n_thread, enum way way, size_t n)
{
	double wall = seconds(CLOCK_MONOTONIC),
	       cpu = seconds(CLOCK_PROCESS_CPUTIME_ID);

	for (size_t i = 0; i < n_thread; i++) {
		w[i].way = way;
		w[i].n = n / n_thread;
		pthread_create(&w[i].thread, NULL, work, &w[i]);
	}
	for (size_t i = 0; i < n_thread; i++)
		pthread_join(w[i].thread, NULL);
	return (struct cost){
		(seconds(CLOCK_MONOTONIC) - wall) * 1e6 / (double)n,
		(seconds(CLOCK_PROCESS_CPUTIME_ID) - cpu) * 1e6 / (double)n};
}

static int
by_size(const void *x, const void *y)
{
	double a = *(const double *)x, b = *(const double *)y;

	return (a > b) - (a < b);
}

static double
median(double *of)
{
	qsort(of, ROUNDS, sizeof(*of), by_size);
	return of[ROUNDS / 2];
}

static void
run(struct worker *w, size_t n_thread, size_t n)
{
	double wall[WAYS][ROUNDS], cpu[WAYS][ROUNDS];

	for (size_t i = 0; i < ROUNDS; i++)
		for (enum way way = WHOLE; way < WAYS; way++) {
			struct cost c = measure(w, n_thread, way, n);

			wall[way][i] = c.wall;
			cpu[way][i] = c.cpu;
		}
	for (enum way way = WHOLE; way < WAYS; way++)
		printf("%7zu  %-8s %8.1f us wall %8.1f us CPU\n", n_thread,
			way_name[way], median(wall[way]), median(cpu[way]));
}

int
main(int argc, char **argv)
{
	size_t n = argc > 1 ? (size_t)atol(argv[1]) : 2000, n_bad = 0;
	struct worker w[THREADS] = {{.n = 0}};
	const char *why = NULL;
	struct ps_dkim *dkim = ps_dkim_new(&why);

	for (size_t i = 0; i < THREADS; i++) {
		w[i].dkim = dkim;
		w[i].context = OSSL_LIB_CTX_new();
	}
	printf("threads  way      a message of 4 kB with two signatures\n");
	run(w, 1, n);
	run(w, 2, n);
	run(w, THREADS, n);
	for (size_t i = 0; i < THREADS; i++) {
		n_bad += w[i].n_bad;
		OSSL_LIB_CTX_free(w[i].context);
	}
	ps_dkim_free(dkim);
	printf("false results: %zu\n", n_bad);
	return n_bad != 0;
}
