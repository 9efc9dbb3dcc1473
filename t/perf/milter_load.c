/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Load on a milter: C connections, each with M messages one after the other,
 * all begun together, beside connections that only stand there.  Prints one
 * line of name=value: rate, latencies at end of message and of the whole
 * message, what was answered, and what the named process tree cost.
 */
#include "milter_client.h"
#include "tree.h"

#include <getopt.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

static struct options {
	const char *socket, *from, *to, *file;
	long connections, messages, idle, size, timeout_s;
	pid_t pid;
	int hold, fresh;
} opt = {.from = "<sender@example.net>",
	.to = "<rcpt@example.org>",
	.connections = 1,
	.messages = 1,
	.size = 10000,
	.timeout_s = 300};

struct load {
	struct ps_arena *arena;
	size_t n_done, n_sealed, n_refused, n_broken;
	int64_t *eom_us, *total_us;
};

static struct mc_message message;
static pthread_barrier_t together;
static struct tree_cost held;

/* All bodies are with the filter: what do they cost there? */
static void
hold(void *self)
{
	(void)self;
	if (pthread_barrier_wait(&together) == PTHREAD_BARRIER_SERIAL_THREAD)
		held = tree_cost(opt.pid);
	pthread_barrier_wait(&together);
}

static bool
greet(struct mc *m)
{
	static const struct mc_client client = {0};
	struct mc_reply r;

	return mc_open(m, opt.socket, (int)opt.timeout_s * 1000) &&
	       mc_negotiate(m) && mc_hello(m, &client, &r) &&
	       r.kind == MC_CONTINUE;
}

static bool
one_message(struct mc *m, struct load *l, long number)
{
	const char *to[] = {opt.to};
	struct mc_mail mail = {.from = opt.from,
		.to = to,
		.n_to = 1,
		.message = &message,
		.before_eom = opt.hold ? hold : NULL};
	struct mc_result r;
	char id[32];
	bool good;

	snprintf(id, sizeof(id), "%lX", 0x10000 + number);
	mail.queue_id = id;
	ps_arena_reset(l->arena);
	good = mc_send(m, l->arena, &mail, &r);
	l->eom_us[l->n_done] = r.eom_us;
	l->total_us[l->n_done] = r.total_us;
	l->n_done += good;
	l->n_broken += !good;
	l->n_sealed += good && r.replaced;
	l->n_refused += good && r.reply.kind != MC_CONTINUE &&
			r.reply.kind != MC_ACCEPT;
	if (!good)
		fprintf(stderr, "%s\n", m->why);
	mc_result_free(&r);
	return good;
}

static void *
connection(void *self)
{
	struct load *l = self;
	struct mc m;
	bool good = greet(&m);

	if (!good)
		fprintf(stderr, "%s\n", m.why);
	l->n_broken += !good;
	pthread_barrier_wait(&together); /* main starts the clock */
	pthread_barrier_wait(&together);
	for (long i = 0; good && i < opt.messages; i++) {
		if (opt.fresh && i > 0) {
			mc_close(&m);
			good = greet(&m);
		}
		good = good && one_message(&m, l, i);
	}
	if (!good && opt.hold) /* the others would wait for ever */
		exit(1);
	mc_close(&m);
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
print_result(struct load *l, double seconds, double cpu_s)
{
	struct load all = {0};
	size_t max = (size_t)(opt.connections * opt.messages);

	all.eom_us = calloc(max, sizeof(int64_t));
	all.total_us = calloc(max, sizeof(int64_t));
	if (all.eom_us == NULL || all.total_us == NULL)
		abort();
	for (long i = 0; i < opt.connections; i++) {
		size_t bytes = l[i].n_done * sizeof(int64_t);

		memcpy(all.eom_us + all.n_done, l[i].eom_us, bytes);
		memcpy(all.total_us + all.n_done, l[i].total_us, bytes);
		all.n_done += l[i].n_done;
		all.n_sealed += l[i].n_sealed;
		all.n_refused += l[i].n_refused;
		all.n_broken += l[i].n_broken;
	}
	printf("messages=%zu broken=%zu refused=%zu sealed=%zu seconds=%.3f "
	       "rate=%.1f",
		all.n_done, all.n_broken, all.n_refused, all.n_sealed, seconds,
		(double)all.n_done / seconds);
	print_latency("eom", all.eom_us, all.n_done);
	print_latency("total", all.total_us, all.n_done);
	if (opt.pid > 0 && all.n_done > 0)
		printf(" cpu_s=%.2f cpu_ms_each=%.3f anon_kb=%zu", cpu_s,
			cpu_s * 1e3 / (double)all.n_done,
			tree_cost(opt.pid).anon_kb);
	if (opt.hold)
		printf(" held_anon_kb=%zu held_rss_kb=%zu", held.anon_kb,
			held.rss_kb);
	printf("\n");
	free(all.eom_us);
	free(all.total_us);
}

/* Base64-like text: what gpg cannot compress much, in lines of 76. */
static struct ps_bytes
make_message(struct ps_arena *a)
{
	static const char head[] =
		"Date: Tue, 24 Nov 2026 10:00:00 +0000\r\n"
		"From: Sender <sender@example.net>\r\n"
		"To: Rcpt <rcpt@example.org>\r\nSubject: load\r\n"
		"Message-ID: <load@example.net>\r\nMIME-Version: 1.0\r\n"
		"Content-Type: text/plain; charset=us-ascii\r\n\r\n";
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmn"
				      "opqrstuvwxyz0123456789+/";
	size_t n = sizeof(head) - 1, size = n + (size_t)opt.size;
	char *p = ps_arena_alloc(a, size + 2);
	uint32_t x = 1;

	memcpy(p, head, n);
	for (size_t at = 0; n < size; at++) {
		x = x * 1664525 + 1013904223;
		p[n++] = at % 78 == 76	 ? '\r'
			 : at % 78 == 77 ? '\n'
					 : letters[x >> 26];
	}
	return ps_bytes(p, n);
}

static struct ps_bytes
load_message(struct ps_arena *a)
{
	FILE *f = opt.file == NULL ? NULL : fopen(opt.file, "rb");
	size_t max = (size_t)64 << 20, n;
	char *p;

	if (opt.file == NULL)
		return make_message(a);
	if (f == NULL) {
		perror(opt.file);
		exit(66);
	}
	p = ps_arena_alloc(a, max);
	n = fread(p, 1, max, f);
	fclose(f);
	return ps_bytes(p, n);
}

static bool
read_options(int argc, char **argv)
{
	static const struct option names[] = {{"connections", 1, NULL, 'c'},
		{"messages", 1, NULL, 'm'}, {"idle", 1, NULL, 'i'},
		{"size", 1, NULL, 's'}, {"file", 1, NULL, 'f'},
		{"from", 1, NULL, 'F'}, {"to", 1, NULL, 'T'},
		{"pid", 1, NULL, 'p'}, {"timeout", 1, NULL, 't'},
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
		opt.pid = c == 'p' ? (pid_t)n : opt.pid;
		opt.file = c == 'f' ? optarg : opt.file;
		opt.from = c == 'F' ? optarg : opt.from;
		opt.to = c == 'T' ? optarg : opt.to;
		if (c == '?')
			return false;
	}
	opt.socket = argv[optind];
	return opt.socket != NULL && opt.connections > 0 && opt.messages > 0;
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
	size_t n = (size_t)opt.messages;

	l->arena = ps_arena_new(PS_ARENA_PLAIN);
	l->eom_us = calloc(n, sizeof(int64_t));
	l->total_us = calloc(n, sizeof(int64_t));
	pthread_attr_init(&small);
	pthread_attr_setstacksize(&small, 256 << 10);
	if (l->eom_us == NULL || l->total_us == NULL ||
		pthread_create(&thread, &small, connection, l) != 0)
		abort();
	pthread_attr_destroy(&small);
	return thread;
}

static size_t
release(struct load *l)
{
	ps_arena_free(l->arena);
	free(l->eom_us);
	free(l->total_us);
	return l->n_broken;
}

int
main(int argc, char **argv)
{
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);
	double seconds, cpu_s;
	pthread_t *thread;
	struct load *load;
	struct mc *idle;
	size_t broken = 0;
	int64_t begun;

	if (!read_options(argc, argv)) {
		fprintf(stderr,
			"usage: %s [--connections C] [--messages M] [--idle N] "
			"[--size OCTETS | --file F]\n  [--from A] [--to A] "
			"[--pid P] [--hold] [--fresh] [--timeout S] SOCKET\n",
			argv[0]);
		return 64;
	}
	allow_descriptors();
	message = mc_message_parse(a, load_message(a), false);
	thread = calloc((size_t)opt.connections, sizeof(*thread));
	load = calloc((size_t)opt.connections, sizeof(*load));
	idle = calloc((size_t)opt.idle + 1, sizeof(*idle));
	if (thread == NULL || load == NULL || idle == NULL)
		return 71;
	for (long i = 0; i < opt.idle; i++)
		broken += !greet(&idle[i]);
	pthread_barrier_init(&together, NULL, (unsigned)opt.connections + 1);
	for (long i = 0; i < opt.connections; i++)
		thread[i] = start(&load[i]);
	pthread_barrier_wait(&together);
	cpu_s = tree_cost(opt.pid).cpu_s;
	begun = mc_now_us();
	pthread_barrier_wait(&together);
	for (long i = 0; opt.hold && i < opt.messages; i++)
		hold(NULL);
	for (long i = 0; i < opt.connections; i++)
		pthread_join(thread[i], NULL);
	seconds = (double)(mc_now_us() - begun) / 1e6;
	cpu_s = opt.pid > 0 ? tree_cost(opt.pid).cpu_s - cpu_s : 0;
	print_result(load, seconds, cpu_s);
	for (long i = 0; i < opt.connections; i++)
		broken += release(&load[i]);
	for (long i = 0; i < opt.idle; i++)
		mc_close(&idle[i]);
	free(thread);
	free(load);
	free(idle);
	ps_arena_free(a);
	return broken != 0;
}
