/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Asks what lines of standard input say, side by side, by the real code: our
 * resolver, libcurl, WKD.
 *
 *   https_probe DNS@PORT CA-FILE PORT THREADS private|public
 *
 *   get HOST PATH MAX-OCTETS MS     -> outcome status type octets ms why
 *   wkd ADDRESS - 0 MS              -> outcome whole|- - octets ms text
 *   stop HOST PATH MAX-OCTETS MS    like get, but told to stop after MS
 *
 * octets in hexadecimal, the first 64; parts of an answer end with tabs.
 */
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "discovery/wkd.h"
#include "dns/dns_unbound.h"
#include "https/https_curl.h"

#define MAX_LINE 4000
#define LATE_MS	 20000

struct question {
	char verb[8], host[300], path[700];
	size_t max;
	int ms;
	char *answer;
};

static struct {
	struct ps_https https;
	struct question *q;
	size_t n, next;
	pthread_mutex_t lock;
} all = {.lock = PTHREAD_MUTEX_INITIALIZER};

struct stopper {
	int fd, ms;
};

static void *
stop_later(void *arg)
{
	struct stopper *s = arg;

	usleep((useconds_t)s->ms * 1000);
	if (write(s->fd, "x", 1) != 1)
		abort();
	return NULL;
}

static const char *
hex(struct ps_arena *a, struct ps_bytes b)
{
	char *out = ps_arena_alloc(a, 2 * 64 + 2);

	for (size_t i = 0; i < b.len && i < 64; i++)
		snprintf(out + 2 * i, 3, "%02x", (unsigned char)b.p[i]);
	return b.len == 0 ? "-" : out;
}

static void
get(struct ps_arena *a, struct question *q, const struct ps_wait *wait)
{
	struct ps_https_request r = {
		.host = q->host, .path = q->path, .max_body = q->max};
	struct ps_https_answer out;
	int64_t begin = ps_mono_ms(wait->clock);

	all.https.get(all.https.self, a, &r, wait, &out);
	if (asprintf(&q->answer, "%s\t%d\t%s\t%s\t%" PRId64 "\t%s",
		    ps_https_outcome_name(out.outcome), out.status,
		    *out.content_type == '\0' ? "-" : out.content_type,
		    hex(a, out.body), ps_mono_ms(wait->clock) - begin,
		    out.why == NULL ? "-" : out.why) < 0)
		abort();
}

static void
stop(struct ps_arena *a, struct question *q, const struct ps_wait *wait)
{
	int fd[2];
	pthread_t thread;
	struct stopper s;
	struct ps_wait w = *wait;

	if (pipe(fd) != 0)
		abort();
	s = (struct stopper){.fd = fd[1], .ms = q->ms};
	w.stop_fd = fd[0];
	w.deadline_ms += LATE_MS;
	if (pthread_create(&thread, NULL, stop_later, &s) != 0)
		abort();
	get(a, q, &w);
	pthread_join(thread, NULL);
	close(fd[0]);
	close(fd[1]);
}

static void
wkd(struct ps_arena *a, struct question *q, const struct ps_wait *wait)
{
	struct ps_source source = ps_wkd_source(&all.https);
	struct ps_source_answer out;
	struct ps_addr addr;
	const char *why = "";
	int64_t begin = ps_mono_ms(wait->clock);

	if (ps_addr_path(a, ps_bytes_of(q->host), &addr, &why) != PS_OK)
		abort();
	source.fetch(source.self, a, &addr, wait, &out);
	if (asprintf(&q->answer, "%s\t%s\t-\t%s\t%" PRId64 "\t%s",
		    ps_look_outcome_name(out.outcome),
		    out.whole_domain ? "whole" : "-", hex(a, out.octets),
		    ps_mono_ms(wait->clock) - begin,
		    out.text == NULL ? "-" : out.text) < 0)
		abort();
}

static void
ask(struct question *q)
{
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);
	struct ps_wait wait = {.clock = ps_clock_system(),
		.deadline_ms = ps_mono_ms(ps_clock_system()) + q->ms,
		.stop_fd = -1};

	if (strcmp(q->verb, "wkd") == 0)
		wkd(a, q, &wait);
	else if (strcmp(q->verb, "stop") == 0)
		stop(a, q, &wait);
	else
		get(a, q, &wait);
	ps_arena_free(a);
}

static void *
work(void *arg)
{
	(void)arg;
	for (;;) {
		size_t i;

		pthread_mutex_lock(&all.lock);
		i = all.next++;
		pthread_mutex_unlock(&all.lock);
		if (i >= all.n)
			return NULL;
		ask(&all.q[i]);
	}
}

static void
read_questions(void)
{
	char line[MAX_LINE];

	while (fgets(line, sizeof(line), stdin) != NULL) {
		struct question *q;

		all.q = realloc(all.q, (all.n + 1) * sizeof(*all.q));
		if (all.q == NULL)
			abort();
		q = &all.q[all.n++];
		*q = (struct question){0};
		if (sscanf(line, "%7s %299s %699s %zu %d", q->verb, q->host,
			    q->path, &q->max, &q->ms) != 5) {
			fprintf(stderr, "not understood: %s", line);
			exit(64);
		}
	}
}

static void
answer_all(size_t n_thread)
{
	pthread_t thread[64];

	for (size_t i = 0; i < n_thread; i++)
		if (pthread_create(&thread[i], NULL, work, NULL) != 0)
			abort();
	for (size_t i = 0; i < n_thread; i++)
		pthread_join(thread[i], NULL);
	for (size_t i = 0; i < all.n; i++) {
		puts(all.q[i].answer);
		free(all.q[i].answer);
	}
	free(all.q);
}

int
main(int argc, char *argv[])
{
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);
	struct ps_dns_unbound_options options = {
		.limits = PS_DNS_CACHE_LIMITS, .n_forwarder = 1};
	struct ps_dns_unbound *resolver;
	struct ps_https_settings settings;
	struct ps_https_curl *curl;
	const char *forwarder[1], *why = NULL;
	int n_thread;

	if (argc != 6 || (n_thread = atoi(argv[4])) < 1 || n_thread > 64)
		return 64;
	forwarder[0] = argv[1];
	options.forwarder = forwarder;
	if (ps_dns_unbound_new(
		    a, &options, ps_clock_system(), &resolver, &why) != PS_OK) {
		fprintf(stderr, "resolver: %s\n", why);
		return 1;
	}
	settings =
		(struct ps_https_settings){.dns = ps_dns_unbound_dns(resolver),
			.ca_file = strcmp(argv[2], "-") == 0 ? NULL : argv[2],
			.port = atoi(argv[3]),
			.private_addresses = strcmp(argv[5], "private") == 0};
	curl = ps_https_curl_new(&settings, &why);
	if (curl == NULL) {
		printf("%s: %s\n", argv[2], why);
	} else {
		all.https = ps_https_curl_adapter(curl);
		read_questions();
		answer_all((size_t)n_thread);
	}
	ps_https_curl_free(curl);
	ps_dns_unbound_free(resolver);
	ps_arena_free(a);
	return curl == NULL ? 2 : 0;
}
