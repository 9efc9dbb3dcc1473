/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Sends message files through a milter and says what became of each: one line
 * a message, "FILE stage reply OUT" with tabs, and before it one line "FILE
 * rcpt reply ADDRESS" for each refused recipient.  With --out, NUMBER.in is the
 * message as the filter received it and NUMBER.out what the MTA would hold
 * afterwards.  Exit code 1 when a conversation broke, whatever was answered.
 */
#include "milter_client.h"

#include <getopt.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#define MAX_LIST 1000

static struct options {
	const char *socket, *from, *out;
	const char *to[MAX_LIST], *arg[MAX_LIST];
	struct mc_macro macro[MAX_LIST];
	size_t n_to, n_arg, n_macro;
	struct mc_client client;
	bool is_local, raw;
	long parallel, repeat, timeout_s;
	char **file;
	size_t n_file;
} opt = {.from = "sender@example.net",
	.parallel = 1,
	.repeat = 1,
	.timeout_s = 300};

static atomic_size_t next_file;
static atomic_int broken;

static bool
read_file(const char *path, struct ps_buf *out)
{
	FILE *f = fopen(path, "rb");
	char piece[65536];
	size_t n;

	if (f == NULL)
		return false;
	while ((n = fread(piece, 1, sizeof(piece), f)) > 0)
		ps_buf_put(out, ps_bytes(piece, n));
	fclose(f);
	return !out->full;
}

static bool
write_message(char path[4096], size_t number, const char *ending,
	const struct mc_message *m)
{
	struct ps_buf b;
	bool good = false;
	FILE *f;

	snprintf(path, 4096, "%s/%05zu.%s", opt.out, number, ending);
	ps_buf_init(&b, (size_t)1 << 30);
	mc_message_put(&b, m);
	f = fopen(path, "wb");
	if (f != NULL) {
		good = fwrite(b.p, 1, b.len, f) == b.len;
		good = fclose(f) == 0 && good;
	}
	ps_buf_free(&b);
	return good;
}

static const char *
stage_name(enum mc_stage stage)
{
	static const char *const name[] = {"connect", "helo", "mail", "rcpt",
		"data", "eom", "eoh", "header", "body"};

	return name[stage];
}

static bool
write_pair(struct ps_arena *a, const struct mc *m, size_t number,
	const struct mc_message *msg, const struct mc_result *r,
	char path[4096])
{
	struct mc_message made = mc_apply(a, msg, r, m->protocol);

	if (opt.out == NULL)
		return true;
	return write_message(path, number, "in", msg) &&
	       write_message(path, number, "out", &made);
}

static void
report(const char *file, const struct mc_mail *mail, const struct mc_result *r,
	const char *path)
{
	flockfile(stdout);
	for (size_t i = 0; i < mail->n_to; i++) {
		if (r->rcpt != NULL && r->rcpt[i].kind != MC_NONE &&
			r->rcpt[i].kind != MC_CONTINUE)
			printf("%s\trcpt\t%s\t%s\n", file,
				mc_reply_text(&r->rcpt[i]), mail->to[i]);
	}
	printf("%s\t%s\t%s%s\t%s\n", file, stage_name(r->reply.stage),
		mc_reply_text(&r->reply), r->interleaved ? " INTERLEAVED" : "",
		path);
	fflush(stdout);
	funlockfile(stdout);
}

static bool
send_file(struct mc *m, size_t number)
{
	const char *file = opt.file[number % opt.n_file];
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);
	char id[32], path[4096] = "-";
	struct mc_message msg;
	struct mc_result r;
	struct ps_buf raw;
	bool good;

	snprintf(id, sizeof(id), "%010zX", number + 0x1000);
	ps_buf_init(&raw, (size_t)1 << 30);
	good = read_file(file, &raw) ||
	       (fprintf(stderr, "%s: cannot read\n", file) && false);
	msg = mc_message_parse(a, ps_buf_bytes(&raw), opt.raw);
	struct mc_mail mail = {.from = opt.from,
		.to = opt.to,
		.n_to = opt.n_to,
		.mail_arg = opt.arg,
		.n_mail_arg = opt.n_arg,
		.queue_id = id,
		.is_local = opt.is_local,
		.message = &msg};
	r = (struct mc_result){0};
	good = good && mc_send(m, a, &mail, &r);
	if (good) {
		good = write_pair(a, m, number, &msg, &r, path);
		report(file, &mail, &r, path);
	} else {
		fprintf(stderr, "%s: %s\n", file, m->why);
	}
	mc_result_free(&r);
	ps_buf_free(&raw);
	ps_arena_free(a);
	return good;
}

/* One connection, as many messages as it gets hold of. */
static void *
connection(void *unused)
{
	size_t n = opt.n_file * (size_t)opt.repeat, i;
	struct mc_reply reply;
	struct mc m;
	bool good;

	(void)unused;
	good = mc_open(&m, opt.socket, (int)opt.timeout_s * 1000);
	m.macro = opt.macro;
	m.n_macro = opt.n_macro;
	good = good && mc_negotiate(&m) && mc_hello(&m, &opt.client, &reply);
	if (!good || reply.kind != MC_CONTINUE)
		fprintf(stderr, "%s: %s\n", opt.socket,
			good ? mc_reply_text(&reply) : m.why);
	while (good && (i = atomic_fetch_add(&next_file, 1)) < n)
		good = send_file(&m, i);
	if (!good)
		atomic_store(&broken, 1);
	mc_close(&m);
	return NULL;
}

static const char *
angled(const char *address)
{
	size_t len = strlen(address) + 3;
	char *p = malloc(len);

	if (p == NULL)
		abort();
	snprintf(p, len, address[0] == '<' ? "%s" : "<%s>", address);
	return p;
}

static void
add_macro(const char *name, const char *value)
{
	if (opt.n_macro < MAX_LIST)
		opt.macro[opt.n_macro++] = (struct mc_macro){name, value};
}

/* NAME=VALUE; a name of more than one letter gets its braces. */
static bool
split_macro(char *text)
{
	char *value = strchr(text, '='), *name;

	if (value == NULL)
		return false;
	*value++ = '\0';
	name = malloc(strlen(text) + 3);
	if (name == NULL)
		abort();
	sprintf(name, text[1] == '\0' || text[0] == '{' ? "%s" : "{%s}", text);
	add_macro(name, value);
	return true;
}

enum {
	FROM = 1,
	TO,
	MACRO,
	AUTH,
	OUT,
	PARALLEL,
	REPEAT,
	ARG,
	LOCAL,
	RAW,
	IP,
	TIMEOUT
};

static bool
one_option(int c, char *value)
{
	switch (c) {
	case FROM:
		opt.from = value;
		return true;
	case TO:
		if (opt.n_to < MAX_LIST)
			opt.to[opt.n_to++] = angled(value);
		return true;
	case ARG:
		if (opt.n_arg < MAX_LIST)
			opt.arg[opt.n_arg++] = value;
		return true;
	case MACRO:
		return split_macro(value);
	case AUTH:
		add_macro("{auth_type}", "PLAIN");
		add_macro("{auth_authen}", value);
		return true;
	case OUT:
		opt.out = value;
		return true;
	case PARALLEL:
		opt.parallel = atol(value);
		return opt.parallel > 0 && opt.parallel <= 1000;
	case REPEAT:
		opt.repeat = atol(value);
		return opt.repeat > 0;
	case TIMEOUT:
		opt.timeout_s = atol(value);
		return opt.timeout_s > 0;
	case IP:
		opt.client.ip = value;
		return true;
	default:
		opt.is_local |= c == LOCAL;
		opt.raw |= c == RAW;
		return c == LOCAL || c == RAW;
	}
}

static bool
read_options(int argc, char **argv)
{
	static const struct option names[] = {{"from", 1, NULL, FROM},
		{"to", 1, NULL, TO}, {"macro", 1, NULL, MACRO},
		{"auth", 1, NULL, AUTH}, {"out", 1, NULL, OUT},
		{"parallel", 1, NULL, PARALLEL}, {"repeat", 1, NULL, REPEAT},
		{"mail-arg", 1, NULL, ARG}, {"local", 0, NULL, LOCAL},
		{"raw", 0, NULL, RAW}, {"ip", 1, NULL, IP},
		{"timeout", 1, NULL, TIMEOUT}, {NULL, 0, NULL, 0}};
	int c;

	while ((c = getopt_long(argc, argv, "", names, NULL)) != -1) {
		if (!one_option(c, optarg))
			return false;
	}
	if (argc - optind < 2)
		return false;
	if (opt.n_to == 0)
		opt.to[opt.n_to++] = "<rcpt@example.org>";
	opt.from = angled(opt.from);
	opt.socket = argv[optind];
	opt.file = argv + optind + 1;
	opt.n_file = (size_t)(argc - optind - 1);
	return true;
}

int
main(int argc, char **argv)
{
	pthread_t *thread;

	if (!read_options(argc, argv)) {
		fprintf(stderr,
			"usage: %s [--from A] [--to B]... [--macro NAME=VALUE] "
			"[--auth LOGIN]\n  [--mail-arg WORD] [--local] [--raw] "
			"[--ip ADDRESS] [--out DIR] [--parallel N]\n"
			"  [--repeat N] [--timeout S] SOCKET FILE...\n",
			argv[0]);
		return 64;
	}
	thread = calloc((size_t)opt.parallel, sizeof(*thread));
	if (thread == NULL)
		return 71;
	for (long i = 0; i < opt.parallel; i++) {
		if (pthread_create(&thread[i], NULL, connection, NULL) != 0)
			return 71;
	}
	for (long i = 0; i < opt.parallel; i++)
		pthread_join(thread[i], NULL);
	free(thread);
	return atomic_load(&broken) != 0;
}
