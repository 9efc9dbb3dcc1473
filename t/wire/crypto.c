/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Crypto workers with a real gpg, when all is well.
 */
#include "crypto_world.h"

#include "tap.h"

#include <pthread.h>
#include <stdio.h>
#include <sys/wait.h>

static struct crypto_world world;

static void
play(const struct cw_scene *how, cw_scene_fn f)
{
	int status;
	const char *problem = cw_play(&world, how, f, &status);

	if (problem != NULL)
		fail_msg("%s", problem);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static const struct sealing {
	size_t len, n_cert;
} sealings[] = {{0, 1}, {1, 3}, {10240, 1}, {10240, 3}, {262144 * 2, 2},
	{20 << 20, 1}, {20 << 20, 3}};
#define N_SEALING (sizeof(sealings) / sizeof(sealings[0]))

static const char *
seal_all_sizes(struct cw_scene *s)
{
	for (size_t i = 0; i < N_SEALING; i++) {
		const char *why = "";
		struct ps_spool *out;
		char name[32];

		snprintf(name, sizeof(name), "sealed-%zu", i);
		if (cw_seal(s, sealings[i].len, sealings[i].n_cert, &out,
			    &why) != PS_OK)
			return why;
		CW_CHECK(cw_save(s, out, name));
	}
	return NULL;
}

static void
each_recipient_opens_what_was_sealed(void **state)
{
	(void)state;
	play(NULL, seal_all_sizes);
	for (size_t i = 0; i < N_SEALING; i++) {
		char name[32];

		snprintf(name, sizeof(name), "sealed-%zu", i);
		assert_true(cw_opens(
			&world, name, sealings[i].len, sealings[i].n_cert));
	}
}

#define N_THREAD 8
#define N_EACH	 20

static void *
seal_often(void *arg)
{
	const struct cw_scene *s = arg;
	intptr_t n_good = 0;

	for (int i = 0; i < N_EACH; i++) {
		const char *why = "";
		struct ps_spool *out = NULL;
		enum ps_status st = cw_seal(s, 10240, 1, &out, &why);

		n_good += st == PS_OK && ps_spool_len(out) == 0;
		ps_spool_free(out);
	}
	return (void *)n_good;
}

static const char *
seal_in_threads(struct cw_scene *s)
{
	pthread_t thread[N_THREAD];
	intptr_t n_good = 0;

	for (size_t i = 0; i < N_THREAD; i++)
		CW_CHECK(pthread_create(&thread[i], NULL, seal_often, s) == 0);
	for (size_t i = 0; i < N_THREAD; i++) {
		void *n;

		pthread_join(thread[i], &n);
		n_good += (intptr_t)n;
	}
	CW_CHECK(n_good == N_THREAD * N_EACH);
	return NULL;
}

static void
threads_share_the_workers(void **state)
{
	(void)state;
	play(NULL, seal_in_threads);
}

static int
make_world(void **state)
{
	(void)state;
	cw_make(&world);
	return 0;
}

static int
remove_world(void **state)
{
	(void)state;
	cw_remove(&world);
	return 0;
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(each_recipient_opens_what_was_sealed),
	cmocka_unit_test(threads_share_the_workers),
};

int
main(int argc, char **argv)
{
	if (argc >= 4 && strcmp(argv[1], "crypto-worker") == 0)
		return ps_worker_main(&(struct ps_worker_place){.gpg = argv[2],
			.home = argv[3],
			.secret_home = argc > 4 ? argv[4] : NULL,
			.passphrase_file = argc > 5 ? argv[5] : NULL});
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name(
		"crypto", tests, make_world, remove_world);
}
