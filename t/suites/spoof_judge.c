/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * The judge of OpenPGP signatures for t/suites/spoof.py and thunderbird.py,
 * with real workers and a real gpg.  One argument, a folder: "local" in it is
 * the administrator's certificates, "found" what others gave, trusted for
 * nobody.  A case a line on standard input: the file of a message, then
 * perhaps the fingerprint that policy binds to its author.  A line a case out:
 * result, reason, scope, shape, state, fingerprint, author; tabs between.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "auth/openpgp.h"
#include "crypto/spawner.h"
#include "crypto/worker.h"
#include "data.h"
#include "keys/cert_judge.h"
#include "keys/keydir.h"

#define GPG "/usr/bin/gpg"

struct court {
	struct ps_engine engine;
	struct ps_keydir *local, *found;
	struct ps_wait wait;
	const char *bound; /* or NULL */
};

static _Noreturn void
give_up(const char *what, const char *why)
{
	fprintf(stderr, "%s: %s\n", what, why == NULL ? "?" : why);
	exit(1);
}

/* What others gave speaks for nobody: nothing trusts it here. */
static enum ps_status
signers(void *self, struct ps_arena *a, const struct ps_signer_query *q,
	struct ps_signer **out, size_t *n_out, const char **why)
{
	struct court *c = self;
	struct ps_certs local = ps_keydir_certs(c->local);
	struct ps_certs found = ps_keydir_certs(c->found);
	struct ps_signer *all, *more;
	size_t n, n_more;

	if (local.signers(local.self, a, q, &all, &n, why) != PS_OK ||
		found.signers(found.self, a, q, &more, &n_more, why) != PS_OK)
		return PS_ETEMP;
	*out = ps_arena_array(a, n + n_more + 1, sizeof(**out));
	*n_out = 0;
	for (size_t i = 0; i < n; i++)
		(*out)[(*n_out)++] = all[i];
	for (size_t i = 0; i < n_more; i++) {
		more[i].speaks_for = false;
		(*out)[(*n_out)++] = more[i];
	}
	return PS_OK;
}

static const char *const *
bound_keys(void *self, const struct ps_addr *from, size_t *n)
{
	const struct court *c = self;

	(void)from;
	*n = c->bound != NULL;
	return &c->bound;
}

static struct ps_keydir *
open_keys(struct ps_arena *a, const char *dir, const struct ps_engine *engine)
{
	const struct ps_keydir_env env = {.dir = dir,
		.engine = engine,
		.clock = ps_clock_system(),
		.max_certificate = (size_t)1 << 20};
	const char *why = NULL;
	struct ps_keydir *d = ps_keydir_open(&env, a, &why);

	if (d == NULL)
		give_up(dir, why);
	return d;
}

static void
say(const struct ps_openpgp_result *r)
{
	printf("%s\t%s\t%s\t%s\t%s\t%s\t%.*s\n", ps_auth_result_name(r->result),
		r->reason, ps_signed_scope_name(r->scope), r->shape,
		ps_signature_state_name(r->state), r->fpr, PS_FMT(r->author));
	fflush(stdout);
}

static void
judge(struct court *c, char *line)
{
	static const struct ps_limits limits = PS_LIMITS_DEFAULT;
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);
	const struct ps_certs certs = {.self = c, .signers = signers};
	struct ps_openpgp_verifier v = {.engine = &c->engine,
		.certs = &certs,
		.bound = {c, bound_keys},
		.limits = &limits,
		.wait = &c->wait,
		.now_s = ps_now_s(c->wait.clock),
		.min_rsa_bits = 2048};
	struct ps_message m = {.body_fd = -1};
	struct ps_openpgp_result r;
	struct ps_dmarc_author author;
	const char *why = NULL;

	line[strcspn(line, "\n")] = '\0';
	c->bound = strchr(line, '\t');
	if (c->bound != NULL) {
		line[c->bound - line] = '\0';
		c->bound++;
	}
	if (ps_header_parse(a, data_read(a, line), 1000, &m.header, &m.body,
		    &why) != PS_OK)
		give_up(line, why);
	c->wait.deadline_ms = ps_mono_ms(c->wait.clock) + 60000;
	ps_dmarc_author(a, &m.header, &author);
	ps_openpgp_verify(a, &m, &author, &v, &r);
	say(&r);
	ps_arena_free(a);
}

/* In the process that the spawner split off. */
static void
hear_cases(const char *dir, int spawner_fd)
{
	struct ps_workers_env pool = {.clock = ps_clock_system(),
		.n_worker = 1,
		.n_queue = 10,
		.crypto_ms = 30000,
		.spawner_fd = spawner_fd};
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);
	static char line[4096];
	const char *why = NULL;
	struct ps_workers *workers = ps_workers_new(&pool, &why);
	struct court c = {.wait = {.clock = ps_clock_system(), .stop_fd = -1}};

	if (workers == NULL)
		give_up("workers", why);
	c.engine = ps_workers_engine(workers);
	c.local = open_keys(a, ps_arena_printf(a, "%s/local", dir), &c.engine);
	c.found = open_keys(a, ps_arena_printf(a, "%s/found", dir), &c.engine);
	while (fgets(line, sizeof(line), stdin) != NULL)
		judge(&c, line);
	ps_keydir_free(c.local);
	ps_keydir_free(c.found);
	ps_workers_free(workers);
	ps_arena_free(a);
}

int
main(int argc, char **argv)
{
	static char program[4096];
	ssize_t n = readlink("/proc/self/exe", program, sizeof(program) - 1);
	struct ps_spawner spawner;
	const char *why = NULL;

	if (argc >= 4 && strcmp(argv[1], "crypto-worker") == 0)
		return ps_worker_main(&(struct ps_worker_place){
			.gpg = argv[2], .home = argv[3]});
	if (argc != 2 || n < 0)
		give_up("usage", "spoof_judge FOLDER");
	if (ps_spawner_split(
		    &(struct ps_spawner_env){
			    .program = program, .gpg = GPG, .run_dir = argv[1]},
		    &spawner, &why) != PS_OK)
		give_up("spawner", why);
	hear_cases(argv[1], spawner.spawner_fd);
	return 0;
}
