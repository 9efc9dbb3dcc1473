/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Verifications on 8 threads that share one ps_dkim: a message of two
 * signatures, as it was signed and with a word changed, by turns.  A result
 * that is wrong once counts.  POSTSEAL_DKIM_RUNS says how many; 24,000 is the
 * campaign's.
 */
#include "tap.h"

#include <pthread.h>

#include "dkim_world.h"

#define THREADS 8

struct worker {
	pthread_t thread;
	struct ps_dkim *dkim;
	size_t n, n_pass, n_fail, n_false;
};

static void
count(struct worker *w, const struct ps_dkim_result *r, bool changed)
{
	enum ps_auth_result want = changed ? PS_AUTH_FAIL : PS_AUTH_PASS;

	if (r->n_signature != 2)
		w->n_false++;
	for (size_t i = 0; i < r->n_signature; i++) {
		w->n_pass += r->signature[i].result == PS_AUTH_PASS;
		w->n_fail += r->signature[i].result == PS_AUTH_FAIL;
		w->n_false += r->signature[i].result != want;
	}
}

static void *
work(void *self)
{
	struct worker *w = self;
	struct ps_bytes octets[2];
	struct dkim_world d;

	dkim_world_read(&d);
	octets[0] = d.octets;
	octets[1] = dkim_world_with(
		d.arena, d.octets, "Subject: A letter", "Subject: B letter");
	for (size_t i = 0; i < w->n; i++) {
		struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);
		struct ps_message m = dkim_world_message(a, octets[i % 2]);
		struct ps_dkim_result r;

		d.dns.budget.n_query = d.dns.budget.n_ahead = 0;
		d.dns.wait.deadline_ms = ps_mono_ms(ps_clock_system()) + 60000;
		ps_dkim_verify(a, w->dkim, &m, DKIM_NOW, &d.dns.budget, &r);
		count(w, &r, i % 2 == 1);
		ps_arena_free(a);
	}
	dkim_world_close(&d);
	return NULL;
}

static void
eight_threads_get_no_false_result(void **state)
{
	const char *runs = getenv("POSTSEAL_DKIM_RUNS"), *why = NULL;
	size_t n = runs == NULL ? 800 : (size_t)atol(runs), n_pass = 0,
	       n_fail = 0;
	struct worker w[THREADS] = {{.n = 0}};
	struct ps_dkim *dkim = ps_dkim_new(&why);

	(void)state;
	assert_non_null(dkim);
	for (size_t i = 0; i < THREADS; i++) {
		w[i].dkim = dkim;
		w[i].n = n / THREADS;
		assert_int_equal(
			pthread_create(&w[i].thread, NULL, work, &w[i]), 0);
	}
	for (size_t i = 0; i < THREADS; i++) {
		pthread_join(w[i].thread, NULL);
		assert_int_equal(w[i].n_false, 0);
		n_pass += w[i].n_pass;
		n_fail += w[i].n_fail;
	}
	ps_dkim_free(dkim);
	print_message("# %zu messages: %zu signatures pass, %zu fail\n", n,
		n_pass, n_fail);
	assert_int_equal(n_pass, n);
	assert_int_equal(n_fail, n);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(eight_threads_get_no_false_result),
};

PS_TESTS("dkim_threads", tests)
