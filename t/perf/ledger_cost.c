/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * What the ledger costs: a look-up, and a message with some copies, beside as
 * many bare fsyncs of the same disk, interleaved.  Medians, in microseconds.
 *
 *   ledger_cost FOLDER [MESSAGES [GROUPS]]
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "store/ledger.h"

#define GROUPS_MAX 100

struct series {
	double *us;
	size_t n;
};

static double
now_us(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec * 1e6 + (double)ts.tv_nsec / 1e3;
}

static void
put(struct series *s, double began)
{
	s->us[s->n++] = now_us() - began;
}

static int
by_value(const void *x, const void *y)
{
	double a = *(const double *)x, b = *(const double *)y;

	return a < b ? -1 : a > b;
}

static double
median(struct series *s)
{
	qsort(s->us, s->n, sizeof(*s->us), by_value);
	return s->n == 0 ? 0 : s->us[s->n / 2];
}

static void
die(const char *what)
{
	fprintf(stderr, "%s\n", what);
	exit(1);
}

/* What a log of our own would cost: append a page, and sync it. */
static void
bare(int fd, size_t n, struct series *out)
{
	static const char page[4096];
	double began = now_us();

	for (size_t i = 0; i < n; i++)
		if (write(fd, page, sizeof(page)) < 0 || fdatasync(fd) != 0)
			die("fsync");
	put(out, began);
}

static void
message(const struct ps_ledger *l, unsigned number, size_t n_group,
	struct series *find, struct series *send)
{
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);
	const struct ps_wait wait = {.clock = ps_clock_system(),
		.deadline_ms = ps_mono_ms(ps_clock_system()) + 60000,
		.stop_fd = -1};
	struct ps_ledger_group group[GROUPS_MAX] = {{0}};
	struct ps_ledger_intent in = {.sender = PS_LIT("a@example.org"),
		.queue_id = PS_LIT("4F1C0A7E5F6"),
		.group = group,
		.n_group = n_group,
		.lease_ms = PS_LEDGER_LEASE_MS};
	struct ps_bytes rcpt[GROUPS_MAX];
	struct ps_ledger_known known[GROUPS_MAX];
	struct ps_ledger_claim *claim;
	const char *why = "";
	double began = now_us();

	memcpy(in.message.octet, &number, sizeof(number));
	for (size_t i = 0; i < n_group; i++) {
		rcpt[i] = ps_bytes_of(
			ps_arena_printf(a, "recipient%zu@example.net", i));
		group[i].rcpt = &rcpt[i];
		group[i].n_rcpt = 1;
		memcpy(group[i].copy.octet, &number, sizeof(number));
		group[i].copy.octet[8] = (unsigned char)i;
	}
	if (l->find(l->self, a, &in.message, rcpt, n_group, known, &why) != 0)
		die(why);
	put(find, began);
	began = now_us();
	if (l->intend(l->self, a, &in, &wait, &claim, &why) != PS_OK)
		die(why);
	for (size_t i = 0; i < n_group; i++)
		if (l->acknowledge(claim, i, "2.0.0 Ok: queued as 4F1C0A7E5F6",
			    &wait, &why) != PS_OK)
			die(why);
	l->finish(claim, true, &wait);
	put(send, began);
	ps_arena_free(a);
}

int
main(int argc, char **argv)
{
	size_t n = argc > 2 ? strtoul(argv[2], NULL, 10) : 300;
	size_t n_group = argc > 3 ? strtoul(argv[3], NULL, 10) : 5;
	struct series find = {0}, send = {0}, sync = {0};
	struct ps_ledger_settings s = {.clock = ps_clock_system()};
	char path[512], log[512];
	struct ps_ledger l;
	int fd;

	if (argc < 2 || n_group < 1 || n_group > GROUPS_MAX)
		die("usage: ledger_cost FOLDER [MESSAGES [GROUPS]]");
	find.us = calloc(n, sizeof(double));
	send.us = calloc(n, sizeof(double));
	sync.us = calloc(n, sizeof(double));
	snprintf(path, sizeof(path), "%s/ledger-cost", argv[1]);
	snprintf(log, sizeof(log), "%s/ledger-cost-log", argv[1]);
	fd = open(log, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND, 0600);
	if (fd < 0)
		die("cannot write there");
	s.path = path;
	l = ps_ledger_db_adapter(ps_ledger_db_new(&s));
	for (size_t i = 0; i < n; i++) {
		bare(fd, n_group + 1, &sync);
		message(&l, (unsigned)i, n_group, &find, &send);
	}
	printf("find                 %8.0f us\n", median(&find));
	printf("%2zu copies            %8.0f us\n", n_group, median(&send));
	printf("%2zu bare fsyncs       %8.0f us\n", n_group + 1, median(&sync));
	printf("ratio                %8.2f\n", median(&send) / median(&sync));
	return 0;
}
