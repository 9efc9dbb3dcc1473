/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * The engine under load without mail around it: one spawner, one worker, COUNT
 * messages one after the other, signed and sealed, or verified.  Prints nothing
 * but the wall time; whoever started it sees the CPU of the whole tree, the
 * agent's included, when it has ended.  The other side of t/perf/openpgp.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "crypto/spawner.h"
#include "crypto/worker.h"

#define FILE_MAX (1 << 20)

static struct ps_bytes
slurp(const char *path)
{
	char *p = malloc(FILE_MAX);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = p == NULL || fd < 0 ? -1 : read(fd, p, FILE_MAX);

	if (n <= 0) {
		perror(path);
		exit(66);
	}
	close(fd);
	return ps_bytes(p, (size_t)n);
}

static struct ps_wait
wait_now(void)
{
	struct ps_wait wait = {.clock = ps_clock_system(), .stop_fd = -1};

	wait.deadline_ms = ps_mono_ms(wait.clock) + 60000;
	return wait;
}

static const char *
seal(const struct ps_engine *e, char **arg)
{
	const struct ps_spool_where where = {"/tmp", 256 << 10};
	struct ps_spool *out = ps_spool_new(where, FILE_MAX);
	const char *cert[1] = {arg[0]}, *why = "";
	struct ps_encrypt_job job = {.head = slurp(arg[2]),
		.body_fd = -1,
		.cert_file = cert,
		.n_cert_file = 1,
		.sign_fpr = arg[1]};
	struct ps_wait wait = wait_now();
	enum ps_status s = e->encrypt(e->self, &job, &wait, out, &why);

	free((char *)(uintptr_t)job.head.p);
	ps_spool_free(out);
	return s == PS_OK ? NULL : why;
}

static const char *
verify(const struct ps_engine *e, char **arg)
{
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);
	struct ps_verify_job job = {.certs = slurp(arg[0]),
		.signature = slurp(arg[1]),
		.octets = slurp(arg[2])};
	struct ps_wait wait = wait_now();
	struct ps_signature_info *info = NULL;
	const char *why = "";
	size_t n = 0;
	enum ps_status s =
		e->verify(e->self, a, &job, &wait, NULL, &info, &n, &why);

	if (s == PS_OK && (n != 1 || info[0].state != PS_SIGNATURE_GOOD))
		why = "not one good signature";
	else if (s == PS_OK)
		why = NULL;
	ps_arena_free(a);
	free((char *)(uintptr_t)job.certs.p);
	free((char *)(uintptr_t)job.signature.p);
	free((char *)(uintptr_t)job.octets.p);
	return why;
}

static int
play(const struct ps_spawner *spawner, char **argv)
{
	struct ps_workers_env env = {.clock = ps_clock_system(),
		.spawner_fd = spawner->spawner_fd,
		.n_worker = 1,
		.n_queue = 10,
		.crypto_ms = 60000};
	const char *why = "";
	struct ps_workers *pool = ps_workers_new(&env, &why);
	struct ps_engine engine;
	int n = atoi(argv[4]);
	int64_t began = ps_mono_ms(env.clock);
	bool sealing = strcmp(argv[1], "seal") == 0;

	if (pool == NULL) {
		fprintf(stderr, "%s\n", why);
		return 1;
	}
	engine = ps_workers_engine(pool);
	why = NULL;
	for (int i = 0; i < n && why == NULL; i++)
		why = sealing ? seal(&engine, argv + 5)
			      : verify(&engine, argv + 5);
	if (why == NULL)
		printf("wall_ms=%lld\n",
			(long long)(ps_mono_ms(env.clock) - began));
	else
		fprintf(stderr, "%s\n", why);
	fflush(stdout);
	ps_workers_free(pool);
	return why != NULL;
}

static char *
given(char *arg)
{
	return strcmp(arg, "-") == 0 ? NULL : arg;
}

int
main(int argc, char **argv)
{
	char program[4096];
	ssize_t n = readlink("/proc/self/exe", program, sizeof(program) - 1);
	struct ps_spawner_env env = {.program = program, .gpg = "/usr/bin/gpg"};
	struct ps_spawner spawner;
	const char *why = "";

	if (argc > 3 && strcmp(argv[1], "crypto-worker") == 0)
		return ps_worker_main(&(struct ps_worker_place){.gpg = argv[2],
			.home = argv[3],
			.secret_home = argc > 4 ? argv[4] : NULL,
			.passphrase_file = argc > 5 ? argv[5] : NULL});
	if (argc != 8 || n <= 0) {
		fprintf(stderr,
			"usage: %s seal SECRET-HOME PASSPHRASE-FILE COUNT"
			" CERTIFICATE FPR CLEAR\n"
			"       %s verify - - COUNT CERTIFICATE SIGNATURE"
			" OCTETS\n",
			argv[0], argv[0]);
		return 64;
	}
	program[n] = '\0';
	env.secret_home = given(argv[2]);
	env.passphrase_file = given(argv[3]);
	if (ps_spawner_split(&env, &spawner, &why) != PS_OK) {
		fprintf(stderr, "%s\n", why);
		return 70;
	}
	return play(&spawner, argv);
}
