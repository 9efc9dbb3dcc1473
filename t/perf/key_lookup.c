/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * What a look-up in a key directory costs, from one thread and from several.
 *
 *   key_lookup DIR COUNT THREADS ROUNDS
 *
 * DIR holds the certificates of "mkcerts COUNT", imported.  Prints the
 * microseconds of CPU and of time that a look-up takes in its thread: median
 * of the rounds, and the least.
 */
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "keys/keydir.h"

#define LOOKUPS 2000 /* a thread and round */

struct load {
	struct ps_certs certs;
	unsigned long n_cert;
	unsigned seed;
	unsigned long n_found;
	double seconds, cpu_seconds;
};
struct took {
	double cpu_us, us;
};

static double
now(clockid_t clock)
{
	struct timespec ts;

	clock_gettime(clock, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static void *
look_up(void *arg)
{
	struct load *l = arg;
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);
	double begin = now(CLOCK_MONOTONIC);
	double cpu_begin = now(CLOCK_THREAD_CPUTIME_ID);

	for (int i = 0; i < LOOKUPS; i++) {
		char text[64];
		struct ps_addr addr = {.full = {text, 0}};
		struct ps_cert_query q = {
			.addr = &addr,
			.fold_local = true,
			.now_s = ps_now_s(ps_clock_system()),
			.max_certs = 4,
		};
		struct ps_cert_answer out;

		l->seed = l->seed * 1103515245u + 12345u;
		addr.full.len = (size_t)snprintf(text, sizeof(text),
			"load-%lu@example.com",
			(unsigned long)(l->seed >> 8) % l->n_cert);
		l->certs.find(l->certs.self, a, &q, &out);
		l->n_found += out.state == PS_CERT_FOUND;
		ps_arena_reset(a);
	}
	l->seconds = now(CLOCK_MONOTONIC) - begin;
	l->cpu_seconds = now(CLOCK_THREAD_CPUTIME_ID) - cpu_begin;
	ps_arena_free(a);
	return NULL;
}

static struct took
one_round(const struct ps_certs *certs, unsigned long n_cert, size_t n_thread)
{
	struct load load[64];
	pthread_t thread[64];
	struct took sum = {0, 0};

	for (size_t i = 0; i < n_thread; i++) {
		load[i] = (struct load){.certs = *certs,
			.n_cert = n_cert,
			.seed = (unsigned)i + 1};
		if (pthread_create(&thread[i], NULL, look_up, &load[i]) != 0)
			abort();
	}
	for (size_t i = 0; i < n_thread; i++) {
		pthread_join(thread[i], NULL);
		sum.us += load[i].seconds * 1e6 / LOOKUPS;
		sum.cpu_us += load[i].cpu_seconds * 1e6 / LOOKUPS;
		if (load[i].n_found != LOOKUPS) {
			fprintf(stderr, "only %lu of %d were found\n",
				load[i].n_found, LOOKUPS);
			exit(1);
		}
	}
	sum.us /= (double)n_thread;
	sum.cpu_us /= (double)n_thread;
	return sum;
}

static int
ascending(const void *x, const void *y)
{
	const struct took *a = x, *b = y;

	return (a->cpu_us > b->cpu_us) - (a->cpu_us < b->cpu_us);
}

int
main(int argc, char **argv)
{
	const struct ps_keydir_env env = {
		.dir = argc > 1 ? argv[1] : "",
		.clock = ps_clock_system(),
		.max_certificate = 1 << 20,
	};
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);
	const char *why = "";
	unsigned long n_cert, n_thread, n_round;
	struct took took[99];
	struct ps_keydir *d;
	struct ps_certs certs;

	if (argc != 5)
		return 64;
	n_cert = strtoul(argv[2], NULL, 10);
	n_thread = strtoul(argv[3], NULL, 10);
	n_round = strtoul(argv[4], NULL, 10);
	d = ps_keydir_open(&env, a, &why);
	if (d == NULL || n_cert == 0 || n_thread > 64 || n_round > 99) {
		fprintf(stderr, "%s: %s\n", argv[1], why);
		return 1;
	}
	certs = ps_keydir_certs(d);
	one_round(&certs, n_cert, 1); /* connections and caches */
	for (size_t i = 0; i < n_round; i++)
		took[i] = one_round(&certs, n_cert, n_thread);
	qsort(took, n_round, sizeof(*took), ascending);
	printf("%lu certificates, %lu threads: %.1f us CPU (least %.1f), "
	       "%.1f us\n",
		n_cert, n_thread, took[n_round / 2].cpu_us, took[0].cpu_us,
		took[n_round / 2].us);
	ps_keydir_free(d);
	ps_arena_free(a);
	return 0;
}
