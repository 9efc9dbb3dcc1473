/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Load on a milter, or on several that an MTA would ask one after the other: C
 * connections, each with M messages, all begun together, beside connections
 * that only stand there.  Prints one line of name=value: rate, latencies, what
 * was answered, and what the named process trees cost.
 *
 * eom is the wait from end of message to the answer, end the wait from the
 * first field on (an MTA that has the whole message sends it at once), total
 * the time with the filters; in a chain they add up.
 */
#include "corpus.h"
#include "tree.h"

#include <getopt.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>

#define MAX_CHAIN  4
#define MAX_EXPECT 16

static struct options {
	const char *socket[MAX_CHAIN], *expect[MAX_EXPECT];
	size_t n_socket, n_expect, n_pid;
	const char *from, *to, *file, *corpus;
	long connections, messages, idle, size, timeout_s, first, rtt_ms;
	pid_t pid[MAX_CHAIN];
	int hold, fresh;
} opt = {.from = "<sender@example.net>",
	.to = "<rcpt@example.org>",
	.connections = 1,
	.messages = 1,
	.size = 10000,
	.timeout_s = 300};

/* One MTA's session with every filter. */
struct session {
	struct mc m[MAX_CHAIN];
};

struct load {
	struct ps_arena *arena;
	size_t number, n_done, n_sealed, n_refused, n_broken, n_unproved;
	int64_t *eom_us, *end_us, *total_us;
};

static struct corpus corpus;
static pthread_barrier_t together;
static struct tree_cost held;

/* All bodies are with the filter: what do they cost there? */
static void
hold(void *self)
{
	(void)self;
	if (pthread_barrier_wait(&together) == PTHREAD_BARRIER_SERIAL_THREAD)
		held = tree_cost(opt.pid, opt.n_pid);
	pthread_barrier_wait(&together);
}

/* What a client far away adds between two commands. */
static void
round_trip(void)
{
	struct timespec t = {opt.rtt_ms / 1000, opt.rtt_ms % 1000 * 1000000};

	if (opt.rtt_ms > 0)
		nanosleep(&t, NULL);
}

static bool
complain(const struct mc *m, bool good)
{
	if (!good)
		fprintf(stderr, "%s\n", m->why);
	return good;
}

static bool
greet(struct session *s, const struct mc_client *client)
{
	struct mc_reply r;
	bool good = true;

	for (size_t i = 0; i < opt.n_socket; i++)
		s->m[i].fd = -1; /* leave() may come at any time */
	for (size_t i = 0; i < opt.n_socket && good; i++) {
		struct mc *m = &s->m[i];

		good = mc_open(m, opt.socket[i], (int)opt.timeout_s * 1000) &&
		       mc_negotiate(m) && mc_hello(m, client, &r) &&
		       r.kind == MC_CONTINUE;
		complain(m, good);
	}
	return good;
}

static void
leave(struct session *s)
{
	for (size_t i = 0; i < opt.n_socket; i++)
		mc_close(&s->m[i]);
}

/* Every expected text stands in a field that some filter added. */
static bool
is_proved(const struct mc_result *r)
{
	size_t n_found = 0;

	for (size_t i = 0; i < opt.n_expect; i++) {
		bool found = false;

		for (size_t f = 0; f < opt.n_socket; f++) {
			for (size_t e = 0; e < r[f].n_edit; e++)
				found |= ps_bytes_find(r[f].edit[e].value,
						 ps_bytes_of(opt.expect[i])) !=
					 PS_NOT_FOUND;
		}
		n_found += found;
	}
	return n_found == opt.n_expect;
}

/* The envelope to all, then the message to one after the other. */
static bool
converse(struct session *s, struct ps_arena *a, struct mc_mail mail,
	struct mc_result *r, int64_t *end_us)
{
	struct mc_message passed[MAX_CHAIN];
	int64_t start;

	for (size_t i = 0; i < opt.n_socket; i++) {
		if (!complain(&s->m[i], mc_envelope(&s->m[i], a, &mail, &r[i])))
			return false;
	}
	round_trip();
	start = mc_now_us();
	for (size_t i = 0; i < opt.n_socket; i++) {
		struct mc *m = &s->m[i];

		if (!complain(m, mc_content(m, a, &mail, &r[i])))
			return false;
		if (i + 1 == opt.n_socket)
			break;
		passed[i] = mc_apply(a, mail.message, &r[i], m->protocol);
		mail.message = &passed[i];
	}
	*end_us = mc_now_us() - start;
	return true;
}

static bool
is_refused(const struct mc_reply *r)
{
	return r->kind != MC_CONTINUE && r->kind != MC_ACCEPT;
}

static bool
one_message(struct session *s, struct load *l, const struct corpus_mail *c)
{
	struct mc_mail mail = {.from = c->from == NULL ? opt.from : c->from,
		.to = &opt.to,
		.n_to = 1,
		.message = &c->message,
		.before_eom = opt.hold ? hold : NULL};
	struct mc_result r[MAX_CHAIN] = {0};
	int64_t start = mc_now_us(), eom_us = 0;
	bool good, sealed = false, refused = false;
	char id[32];

	snprintf(id, sizeof(id), "%zX", 0x10000 + l->number);
	mail.queue_id = id;
	ps_arena_reset(l->arena);
	good = converse(s, l->arena, mail, r, &l->end_us[l->n_done]);
	for (size_t i = 0; i < opt.n_socket; i++) {
		eom_us += r[i].eom_us;
		sealed |= r[i].replaced;
		refused |= is_refused(&r[i].reply);
		mc_result_free(&r[i]);
	}
	l->eom_us[l->n_done] = eom_us;
	l->total_us[l->n_done] = mc_now_us() - start - opt.rtt_ms * 1000;
	l->n_done += good;
	l->n_broken += !good;
	l->n_sealed += good && sealed;
	l->n_refused += good && refused;
	l->n_unproved += good && !is_proved(r);
	return good;
}

static void *
connection(void *self)
{
	struct load *l = self;
	const struct corpus_mail *c = &corpus.mail[l->number % corpus.n];
	struct session s = {0};
	bool good = greet(&s, &c->client);

	l->n_broken += !good;
	pthread_barrier_wait(&together); /* main starts the clock */
	pthread_barrier_wait(&together);
	for (long i = 0; good && i < opt.messages; i++) {
		c = &corpus.mail[l->number % corpus.n];
		if (opt.fresh && i > 0) {
			leave(&s);
			good = greet(&s, &c->client);
		}
		round_trip();
		good = good && one_message(&s, l, c);
		l->number++;
	}
	if (!good && opt.hold) /* the others would wait for ever */
		exit(1);
	leave(&s);
	return NULL;
}

static int
by_value(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

static void
print_latency(const char *name, int64_t *us, size_t n)
{
	qsort(us, n, sizeof(*us), by_value);
	if (n > 0)
		printf(" %s_p50_ms=%.2f %s_p99_ms=%.2f %s_max_ms=%.2f", name,
			(double)us[n / 2] / 1e3, name,
			(double)us[n * 99 / 100] / 1e3, name,
			(double)us[n - 1] / 1e3);
}

static void
add(struct load *all, const struct load *l)
{
	size_t bytes = l->n_done * sizeof(int64_t);

	memcpy(all->eom_us + all->n_done, l->eom_us, bytes);
	memcpy(all->end_us + all->n_done, l->end_us, bytes);
	memcpy(all->total_us + all->n_done, l->total_us, bytes);
	all->n_done += l->n_done;
	all->n_sealed += l->n_sealed;
	all->n_refused += l->n_refused;
	all->n_broken += l->n_broken;
	all->n_unproved += l->n_unproved;
}

static void
make_room(struct load *l, size_t n)
{
	l->eom_us = calloc(n, sizeof(int64_t));
	l->end_us = calloc(n, sizeof(int64_t));
	l->total_us = calloc(n, sizeof(int64_t));
	if (l->eom_us == NULL || l->end_us == NULL || l->total_us == NULL)
		abort();
}

static void
release(struct load *l)
{
	ps_arena_free(l->arena);
	free(l->eom_us);
	free(l->end_us);
	free(l->total_us);
}

static void
print_cost(const struct load *all, double cpu_s)
{
	struct tree_cost now = tree_cost(opt.pid, opt.n_pid);

	if (opt.n_pid > 0 && all->n_done > 0)
		printf(" cpu_s=%.3f cpu_ms_each=%.4f anon_kb=%zu rss_kb=%zu "
		       "pss_kb=%zu",
			cpu_s, cpu_s * 1e3 / (double)all->n_done, now.anon_kb,
			now.rss_kb, now.pss_kb);
	if (opt.hold)
		printf(" held_anon_kb=%zu held_rss_kb=%zu", held.anon_kb,
			held.rss_kb);
}

static size_t
print_result(const struct load *l, double seconds, double cpu_s)
{
	struct load all = {0};

	make_room(&all, (size_t)(opt.connections * opt.messages));
	for (long i = 0; i < opt.connections; i++)
		add(&all, &l[i]);
	printf("messages=%zu broken=%zu refused=%zu unproved=%zu sealed=%zu "
	       "seconds=%.3f rate=%.1f",
		all.n_done, all.n_broken, all.n_refused, all.n_unproved,
		all.n_sealed, seconds, (double)all.n_done / seconds);
	print_latency("eom", all.eom_us, all.n_done);
	print_latency("end", all.end_us, all.n_done);
	print_latency("total", all.total_us, all.n_done);
	print_cost(&all, cpu_s);
	printf("\n");
	release(&all);
	return all.n_broken;
}

static struct corpus
read_corpus(struct ps_arena *a)
{
	if (opt.corpus != NULL)
		return corpus_read(a, opt.corpus);
	if (opt.file != NULL)
		return corpus_file(a, opt.file);
	return corpus_made(a, (size_t)opt.size);
}

/* An option that may be given several times. */
static bool
is_list_option(int c)
{
	if (c == 'p' && opt.n_pid < MAX_CHAIN)
		opt.pid[opt.n_pid++] = (pid_t)atol(optarg);
	else if (c == 'e' && opt.n_expect < MAX_EXPECT)
		opt.expect[opt.n_expect++] = optarg;
	else
		return false;
	return true;
}

static bool
read_options(int argc, char **argv)
{
	static const struct option names[] = {{"connections", 1, NULL, 'c'},
		{"messages", 1, NULL, 'm'}, {"idle", 1, NULL, 'i'},
		{"size", 1, NULL, 's'}, {"file", 1, NULL, 'f'},
		{"corpus", 1, NULL, 'C'}, {"first", 1, NULL, 'n'},
		{"from", 1, NULL, 'F'}, {"to", 1, NULL, 'T'},
		{"pid", 1, NULL, 'p'}, {"expect", 1, NULL, 'e'},
		{"timeout", 1, NULL, 't'}, {"rtt", 1, NULL, 'r'},
		{"hold", 0, &opt.hold, 1}, {"fresh", 0, &opt.fresh, 1},
		{NULL, 0, NULL, 0}};
	int c;

	while ((c = getopt_long(argc, argv, "", names, NULL)) != -1) {
		long n = optarg == NULL ? 0 : atol(optarg);

		opt.connections = c == 'c' ? n : opt.connections;
		opt.messages = c == 'm' ? n : opt.messages;
		opt.idle = c == 'i' ? n : opt.idle;
		opt.size = c == 's' ? n : opt.size;
		opt.timeout_s = c == 't' ? n : opt.timeout_s;
		opt.first = c == 'n' ? n : opt.first;
		opt.rtt_ms = c == 'r' ? n : opt.rtt_ms;
		opt.file = c == 'f' ? optarg : opt.file;
		opt.corpus = c == 'C' ? optarg : opt.corpus;
		opt.from = c == 'F' ? optarg : opt.from;
		opt.to = c == 'T' ? optarg : opt.to;
		if ((c == 'p' || c == 'e' || c == '?') && !is_list_option(c))
			return false;
	}
	while (optind < argc && opt.n_socket < MAX_CHAIN)
		opt.socket[opt.n_socket++] = argv[optind++];
	return opt.n_socket > 0 && optind == argc && opt.connections > 0 &&
	       opt.messages > 0;
}

static void
allow_descriptors(void)
{
	struct rlimit r;

	getrlimit(RLIMIT_NOFILE, &r);
	r.rlim_cur = r.rlim_max;
	setrlimit(RLIMIT_NOFILE, &r);
}

static pthread_t
start(struct load *l)
{
	pthread_attr_t small;
	pthread_t thread;

	l->arena = ps_arena_new(PS_ARENA_PLAIN);
	make_room(l, (size_t)opt.messages);
	pthread_attr_init(&small);
	pthread_attr_setstacksize(&small, 256 << 10);
	if (pthread_create(&thread, &small, connection, l) != 0)
		abort();
	pthread_attr_destroy(&small);
	return thread;
}

/* Starts all, waits for all; returns how many broke. */
static size_t
run(struct load *load, pthread_t *thread)
{
	double seconds, cpu_s;
	int64_t begun;

	pthread_barrier_init(&together, NULL, (unsigned)opt.connections + 1);
	for (long i = 0; i < opt.connections; i++) {
		load[i].number = (size_t)(opt.first + i * opt.messages);
		thread[i] = start(&load[i]);
	}
	pthread_barrier_wait(&together);
	cpu_s = tree_cost(opt.pid, opt.n_pid).cpu_s;
	begun = mc_now_us();
	pthread_barrier_wait(&together);
	for (long i = 0; opt.hold && i < opt.messages; i++)
		hold(NULL);
	for (long i = 0; i < opt.connections; i++)
		pthread_join(thread[i], NULL);
	seconds = (double)(mc_now_us() - begun) / 1e6;
	cpu_s = tree_cost(opt.pid, opt.n_pid).cpu_s - cpu_s;
	return print_result(load, seconds, cpu_s);
}

int
main(int argc, char **argv)
{
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);
	pthread_t *thread;
	struct load *load;
	struct session *idle;
	size_t broken = 0;

	if (!read_options(argc, argv)) {
		fprintf(stderr,
			"usage: %s [--connections C] [--messages M] [--idle N] "
			"[--size OCTETS | --file F |\n  --corpus F [--first N]"
			"] [--from A] [--to A] [--pid P]... [--expect "
			"TEXT]...\n"
			"  [--rtt MS] [--hold] [--fresh] [--timeout S] "
			"SOCKET...\n",
			argv[0]);
		return 64;
	}
	allow_descriptors();
	corpus = read_corpus(a);
	thread = calloc((size_t)opt.connections, sizeof(*thread));
	load = calloc((size_t)opt.connections, sizeof(*load));
	idle = calloc((size_t)opt.idle + 1, sizeof(*idle));
	if (thread == NULL || load == NULL || idle == NULL)
		return 71;
	for (long i = 0; i < opt.idle; i++)
		broken += !greet(&idle[i], &corpus.mail->client);
	broken += run(load, thread);
	for (long i = 0; i < opt.connections; i++)
		release(&load[i]);
	for (long i = 0; i < opt.idle; i++)
		leave(&idle[i]);
	free(thread);
	free(load);
	free(idle);
	ps_arena_free(a);
	return broken != 0;
}
