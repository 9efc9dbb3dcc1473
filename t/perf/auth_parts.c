/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * What the steps of verification cost, in process and without a network: a 4 kB
 * message with an RSA and an Ed25519 signature, every answer from a zone file.
 * Says which step is worth making faster, and which does not run beside itself.
 *
 *   auth_parts [--threads T] [--count N] [--rounds R] [STEP...]
 *
 * Prints microseconds of CPU and of time for a step in its thread: the median
 * of the rounds, and the least.
 */
#include <arpa/inet.h>
#include <getopt.h>
#include <pthread.h>
#include <time.h>

#include "auth/dkim_parts.h"
#include "auth/dmarc.h"
#include "auth/pubkey.h"
#include "auth/spf.h"
#include "dkim_world.h"

#define MAX_ROUNDS  99
#define MAX_THREADS 256

static const char more_zone[] =
	"example.com. TXT \"v=spf1 include:_spf.example.com -all\"\n"
	"_spf.example.com. TXT \"v=spf1 ip4:198.18.0.0/15 -all\"\n"
	"_dmarc.example.com. TXT \"v=DMARC1; p=reject\"\n";

static struct options {
	long threads, count, rounds;
} opt = {1, 2000, 5};

/* Everything that a thread has for itself. */
struct work {
	struct ps_arena *arena, *kept;
	struct ps_dkim *dkim; /* shared */
	struct ps_bytes octets;
	struct ps_message message;
	struct ps_dkim_readings readings; /* with their keys */
	struct dns_world dns;
	bool (*step)(struct work *w);
	double cpu_us, us;
};

static bool
parse(struct work *w)
{
	return dkim_world_message(w->arena, w->octets).header.n_field > 0;
}

static bool
read_signatures(struct work *w)
{
	struct ps_dkim_readings r;

	ps_dkim_read_all(w->arena, &w->message.header, &r);
	return r.n == 2;
}

static bool
fetch_key(struct work *w)
{
	const struct ps_dkim_reading *r = &w->readings.of[0];
	struct ps_dkim_key key;

	ps_dkim_key_fetch(
		w->arena, r->selector, r->domain, &w->dns.budget, &key);
	return key.result == PS_AUTH_PASS;
}

static bool
hash_body(struct work *w)
{
	const struct ps_dkim_reading *r = &w->readings.of[0];
	struct ps_sha256 *sha = ps_sha256_new();
	struct ps_dkim_bodies known = {.n = 0};
	const struct ps_dkim_body *b =
		ps_dkim_hash_body(&known, sha, w->message.body, r);
	bool good = memcmp(b->digest, r->body_hash.p, PS_SHA256_LEN) == 0;

	ps_sha256_free(sha);
	return good;
}

static bool
own_opinion(struct work *w, size_t i)
{
	struct ps_sha256 *sha = ps_sha256_new();
	bool good = ps_dkim_ask_own(w->arena, sha, &w->message.header,
			    &w->readings.of[i]) == PS_DKIM_GOOD;

	ps_sha256_free(sha);
	return good;
}

static bool
own_rsa(struct work *w)
{
	return own_opinion(w, 0);
}

static bool
own_ed25519(struct work *w)
{
	return own_opinion(w, 1);
}

static bool
lib_opinion(struct work *w, size_t i)
{
	struct ps_dkim_readings one = {&w->readings.of[i], 1, 0};
	enum ps_dkim_opinion opinion[PS_DKIM_MAX_SIGNATURES] = {PS_DKIM_CANNOT};

	ps_dkim_ask_lib(w->dkim, &w->message.header, &one, opinion);
	return opinion[0] == PS_DKIM_GOOD;
}

static bool
lib_rsa(struct work *w)
{
	return lib_opinion(w, 0);
}

static bool
lib_ed25519(struct work *w)
{
	return lib_opinion(w, 1);
}

static bool
verify_dkim(struct work *w)
{
	struct ps_dkim_result r;

	ps_dkim_verify(
		w->arena, w->dkim, &w->message, DKIM_NOW, &w->dns.budget, &r);
	return r.n_signature == 2 && r.signature[0].result == PS_AUTH_PASS &&
	       r.signature[1].result == PS_AUTH_PASS;
}

static bool
check_spf(struct work *w)
{
	struct sockaddr_storage client = {.ss_family = AF_INET};
	struct ps_spf_sender s = {.client = &client,
		.helo = PS_LIT("mail.example.com"),
		.local = PS_LIT("bounce"),
		.domain = PS_LIT("example.com"),
		.receiver = PS_LIT("mx.example.org")};
	struct ps_spf_result r;

	inet_pton(AF_INET, "198.18.0.7",
		&((struct sockaddr_in *)&client)->sin_addr);
	ps_spf_mail_from(w->arena, &s, &w->dns.budget, &r);
	return r.result == PS_AUTH_PASS;
}

static bool
check_dmarc(struct work *w)
{
	struct ps_dmarc_identity id = {PS_LIT("example.com"), true, false};
	struct ps_dmarc_question q = {.header = &w->message.header,
		.identity = &id,
		.n_identity = 1,
		.discovery = PS_DMARC_WALK};
	struct ps_dmarc_result r;

	ps_dmarc_evaluate(w->arena, &q, &w->dns.budget, &r);
	return r.result == PS_AUTH_PASS;
}

static const struct step {
	const char *name;
	bool (*run)(struct work *w);
} steps[] = {
	{"parse the header", parse},
	{"read signatures", read_signatures},
	{"fetch a key", fetch_key},
	{"hash the body", hash_body},
	{"own RSA", own_rsa},
	{"libopendkim RSA", lib_rsa},
	{"own Ed25519", own_ed25519},
	{"libopendkim Ed25519", lib_ed25519},
	{"DKIM, both signatures", verify_dkim},
	{"SPF", check_spf},
	{"DMARC", check_dmarc},
};
#define N_STEP (sizeof(steps) / sizeof(*steps))

static double
now_us(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static void
open_work(struct work *w, struct ps_dkim *dkim)
{
	struct ps_dkim_readings *r = &w->readings;

	w->arena = ps_arena_new(PS_ARENA_PLAIN);
	w->kept = ps_arena_new(PS_ARENA_PLAIN);
	w->dkim = dkim;
	w->octets = data_own(w->kept, "dkim/two.eml");
	w->message = dkim_world_message(w->kept, w->octets);
	dns_world_open(
		&w->dns, ps_arena_printf(w->kept, "%s\n%s",
				 ps_arena_cstr(w->kept,
					 data_own(w->kept, "dkim/two.zone")),
				 more_zone));
	w->dns.budget.max_query = (size_t)-1;
	w->dns.wait.deadline_ms += (int64_t)1 << 40;
	ps_dkim_read_all(w->kept, &w->message.header, r);
	for (size_t i = 0; i < r->n; i++)
		ps_dkim_key_fetch(w->kept, r->of[i].selector, r->of[i].domain,
			&w->dns.budget, &r->of[i].key);
}

static void *
run(void *self)
{
	struct work *w = self;
	double cpu = now_us(CLOCK_THREAD_CPUTIME_ID);
	double begin = now_us(CLOCK_MONOTONIC);

	for (long i = 0; i < opt.count; i++) {
		ps_arena_reset(w->arena);
		if (!w->step(w)) {
			fprintf(stderr, "a step failed\n");
			exit(1);
		}
	}
	w->cpu_us = (now_us(CLOCK_THREAD_CPUTIME_ID) - cpu) / (double)opt.count;
	w->us = (now_us(CLOCK_MONOTONIC) - begin) / (double)opt.count;
	return NULL;
}

static int
by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* All threads together, once. */
static void
one_round(struct work *w, bool (*step)(struct work *), double *cpu, double *us)
{
	pthread_t thread[MAX_THREADS];

	*cpu = *us = 0;
	for (long i = 0; i < opt.threads; i++) {
		w[i].step = step;
		if (pthread_create(&thread[i], NULL, run, &w[i]) != 0)
			abort();
	}
	for (long i = 0; i < opt.threads; i++) {
		pthread_join(thread[i], NULL);
		*cpu += w[i].cpu_us / (double)opt.threads;
		*us += w[i].us / (double)opt.threads;
	}
}

static void
measure(struct work *w, const struct step *s)
{
	double cpu[MAX_ROUNDS], us[MAX_ROUNDS];
	size_t n = (size_t)opt.rounds;

	for (size_t i = 0; i < n; i++)
		one_round(w, s->run, &cpu[i], &us[i]);
	qsort(cpu, n, sizeof(*cpu), by_value);
	qsort(us, n, sizeof(*us), by_value);
	printf("%-22s %2ld threads: %7.1f (%.1f) us CPU, %7.1f (%.1f) us\n",
		s->name, opt.threads, cpu[n / 2], cpu[0], us[n / 2], us[0]);
}

static bool
read_options(int argc, char **argv)
{
	static const struct option names[] = {{"threads", 1, NULL, 't'},
		{"count", 1, NULL, 'c'}, {"rounds", 1, NULL, 'r'},
		{NULL, 0, NULL, 0}};
	int c;

	while ((c = getopt_long(argc, argv, "", names, NULL)) != -1) {
		long n = optarg == NULL ? 0 : atol(optarg);

		opt.threads = c == 't' ? n : opt.threads;
		opt.count = c == 'c' ? n : opt.count;
		opt.rounds = c == 'r' ? n : opt.rounds;
		if (c == '?')
			return false;
	}
	return opt.threads > 0 && opt.threads <= MAX_THREADS && opt.count > 0 &&
	       opt.rounds > 0 && opt.rounds <= MAX_ROUNDS;
}

int
main(int argc, char **argv)
{
	static struct work work[MAX_THREADS];
	const char *why = NULL;
	struct ps_dkim *dkim = ps_dkim_new(&why);

	if (!read_options(argc, argv) || dkim == NULL) {
		fprintf(stderr,
			"usage: %s [--threads T] [--count N] [--rounds R] "
			"[STEP...]\n",
			argv[0]);
		return 64;
	}
	for (long i = 0; i < opt.threads; i++)
		open_work(&work[i], dkim);
	for (size_t i = 0; i < N_STEP; i++) {
		bool wanted = optind == argc;

		for (int n = optind; n < argc; n++)
			wanted |= strcmp(argv[n], steps[i].name) == 0;
		if (wanted)
			measure(work, &steps[i]);
	}
	for (long i = 0; i < opt.threads; i++) {
		ps_arena_free(work[i].arena);
		ps_arena_free(work[i].kept);
		dns_world_close(&work[i].dns);
	}
	ps_dkim_free(dkim);
	return 0;
}
