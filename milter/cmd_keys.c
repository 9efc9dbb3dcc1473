/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * "postseal keys import|list|drop": the key directory for people and scripts.
 */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/str.h"
#include "cmd.h"
#include "tool.h"

/* An import of fifty thousand certificates takes minutes. */
#define PATIENCE_MS ((int64_t)24 * 3600 * 1000)
#define INPUT_MAX   ((size_t)1 << 30)
#define NOT_FOUND   1

static const char usage_text[] =
	"usage: postseal keys import [-c FILE] [-d DIR] CERTIFICATES...\n"
	"       postseal keys list [-c FILE] [-d DIR] [ADDRESS]\n"
	"       postseal keys drop [-c FILE] [-d DIR] FINGERPRINT...\n";

struct keys {
	struct ps_tool tool;
	struct ps_arena *a;
	struct ps_wait wait;
	int argc;
	char **argv; /* what follows the options */
};

static int
usage(void)
{
	fputs(usage_text, stderr);
	return EX_USAGE;
}

static int
fail(int status, const char *what, const char *why)
{
	fprintf(stderr, "postseal: %s%s%s\n", what, *what == '\0' ? "" : ": ",
		why == NULL ? "unknown trouble" : why);
	return status;
}

static int
exit_status(enum ps_status s)
{
	return s == PS_EPERM ? EX_DATAERR : EX_TEMPFAIL;
}

static const char *
printable(struct ps_arena *a, const char *s)
{
	return ps_str_printable(a, ps_bytes_of(s), 1000);
}

/* import */

static bool
read_fd(struct ps_arena *a, int fd, struct ps_bytes *out, const char **why)
{
	struct ps_buf b;
	ssize_t n;

	ps_buf_init(&b, INPUT_MAX);
	for (;;) {
		char chunk[65536];

		n = read(fd, chunk, sizeof(chunk));
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		ps_buf_put(&b, ps_bytes(chunk, (size_t)n));
	}
	if (n < 0)
		*why = strerrordesc_np(errno);
	else if (b.full)
		*why = "it is larger than 1 GB: import it in parts";
	else
		*out = ps_arena_copy(a, ps_buf_bytes(&b));
	n = n < 0 || b.full ? -1 : 0;
	ps_buf_free(&b);
	return n == 0;
}

static bool
read_input(struct ps_arena *a, const char *name, struct ps_key_source *out)
{
	bool is_stdin = strcmp(name, "-") == 0;
	int fd = is_stdin ? STDIN_FILENO : open(name, O_RDONLY | O_CLOEXEC);
	const char *why = NULL;
	bool good;

	out->name = is_stdin ? "standard input" : name;
	good = fd >= 0 && read_fd(a, fd, &out->octets, &why);
	if (fd < 0)
		why = strerrordesc_np(errno);
	if (!good)
		fail(0, printable(a, out->name), why);
	if (fd >= 0 && !is_stdin)
		close(fd);
	return good;
}

/* As the caller, before anything is changed: root reads what the daemon's user
 * could not.  NULL when one cannot be read. */
static struct ps_key_source *
read_inputs(struct ps_arena *a, char **name, int n)
{
	struct ps_key_source *source =
		ps_arena_array(a, (size_t)n, sizeof(*source));

	for (int i = 0; i < n; i++) {
		if (read_input(a, name[i], &source[i]))
			continue;
		fputs("postseal: nothing was imported\n", stderr);
		return NULL;
	}
	return source;
}

struct tally {
	struct ps_arena *a;
	size_t n_stored, n_changed, n_unusable, n_refused;
};

static void
say(void *self, const struct ps_import *line)
{
	struct tally *t = self;

	t->n_stored += line->stored;
	t->n_changed += line->changed;
	t->n_unusable += line->stored && !line->usable;
	t->n_refused += !line->stored;
	if (line->stored)
		printf("%s %-9s %s\n", line->fpr,
			line->changed ? "stored" : "unchanged", line->text);
	else
		printf("%s refused   %s: %s\n",
			*line->fpr == '\0' ? "-" : line->fpr,
			printable(t->a, line->source),
			printable(t->a, line->text));
}

static int
import(struct keys *k, const struct ps_key_source *source)
{
	struct tally t = {.a = k->a};
	const struct ps_import_job job = {source, (size_t)k->argc, &t, say};
	const char *why = NULL;
	enum ps_status s = ps_keydir_import(
		k->tool.daemon.keydir, k->a, &job, &k->wait, &why);

	printf("%zu stored (%zu of them new or changed, %zu cannot be used), "
	       "%zu refused\n",
		t.n_stored, t.n_changed, t.n_unusable, t.n_refused);
	if (s != PS_OK)
		return fail(exit_status(s), "import", why);
	return t.n_refused == 0 ? EX_OK : EX_DATAERR;
}

/* list */

static void
print_line(const struct ps_key_line *l)
{
	char created[16] = "-", expires[16] = "never";

	if (*l->fpr != '\0')
		ps_date(l->created_s, created);
	else
		snprintf(expires, sizeof(expires), "-");
	if (l->expires_s != 0)
		ps_date(l->expires_s, expires);
	printf("%-40s %-20s %-10s %-10s %s", *l->fpr == '\0' ? "-" : l->fpr,
		l->state, created, expires, l->user_ids);
	if (strcmp(l->state, "usable") != 0)
		printf("%s(%s)", *l->user_ids == '\0' ? "" : " ", l->text);
	putchar('\n');
}

static int
list(struct keys *k)
{
	struct ps_key_list all;
	struct ps_addr addr;
	const char *why = NULL;
	enum ps_status s = PS_OK;

	if (k->argc == 1)
		s = ps_addr_path(k->a, ps_bytes_of(k->argv[0]), &addr, &why);
	if (s != PS_OK)
		return fail(EX_USAGE, printable(k->a, k->argv[0]), why);
	s = ps_keydir_list(k->tool.daemon.keydir, k->a,
		k->argc == 1 ? &addr : NULL, &k->wait, &all, &why);
	if (s != PS_OK)
		return fail(EX_TEMPFAIL, "list", why);
	for (size_t i = 0; i < all.n_line; i++)
		print_line(&all.line[i]);
	if (k->argc == 0 || all.n_line > 0)
		return EX_OK;
	return fail(NOT_FOUND, printable(k->a, k->argv[0]),
		"no certificate names exactly this address");
}

/* drop */

/* Upper case hex without blanks and "0x"; NULL when it is no fingerprint. */
static const char *
fingerprint(struct ps_arena *a, const char *text)
{
	char *fpr = ps_arena_strdup(a, text);
	size_t n = 0;

	if (strncmp(text, "0x", 2) == 0 || strncmp(text, "0X", 2) == 0)
		text += 2;
	for (; *text != '\0'; text++) {
		int c = ps_lower(*text);

		if (ps_is_wsp(c) || c == ':')
			continue;
		if (!ps_is_digit(c) && (c < 'a' || c > 'f'))
			return NULL;
		fpr[n++] = (char)(ps_is_digit(c) ? c : c - 'a' + 'A');
	}
	fpr[n] = '\0';
	return n == 32 || n == 40 || n == 64 ? fpr : NULL;
}

static int
drop(struct keys *k)
{
	const char *why = NULL;
	int r = EX_OK;

	for (int i = 0; i < k->argc; i++) {
		const char *fpr = fingerprint(k->a, k->argv[i]);
		enum ps_status s;

		if (fpr == NULL) {
			r = fail(EX_USAGE, printable(k->a, k->argv[i]),
				"this is no full fingerprint; \"postseal keys "
				"list\" shows them");
			continue;
		}
		s = ps_keydir_drop(
			k->tool.daemon.keydir, k->a, fpr, &k->wait, &why);
		if (s == PS_OK)
			printf("%s dropped\n", fpr);
		else
			r = fail(s == PS_EPERM ? NOT_FOUND : EX_TEMPFAIL, fpr,
				why);
	}
	return r;
}

/* Without -c, -d does without a configuration. */
static struct ps_policy *
read_policy(struct ps_arena *a, const char *config, const char *dir)
{
	struct ps_problems problems;
	struct ps_policy *p;

	if (config == NULL && dir != NULL && access(PS_CONFIG_FILE, F_OK) != 0)
		p = ps_policy_load_text(PS_LIT(""), "(built in)", a, &problems);
	else
		p = ps_conf_read(config == NULL ? PS_CONFIG_FILE : config);
	if (p != NULL && dir != NULL)
		p->key_dir = ps_arena_strdup(p->arena, dir);
	return p;
}

static int
run(struct keys *k, const char *action, struct ps_policy *p)
{
	struct ps_key_source *source = NULL;
	const char *why = NULL;
	int r;

	if (strcmp(action, "import") == 0) {
		source = read_inputs(k->a, k->argv, k->argc);
		if (source == NULL) {
			ps_policy_free(p);
			return EX_NOINPUT;
		}
	}
	if (!ps_tool_open(&k->tool, p, &why))
		return fail(EX_UNAVAILABLE, "keys", why);
	k->wait = k->tool.env.wait;
	k->wait.deadline_ms = ps_mono_ms(k->wait.clock) + PATIENCE_MS;
	if (source != NULL)
		r = import(k, source);
	else if (strcmp(action, "list") == 0)
		r = list(k);
	else
		r = drop(k);
	ps_tool_close(&k->tool);
	return r;
}

/* How many arguments each action takes. */
static bool
good_count(const char *action, int n)
{
	if (strcmp(action, "list") == 0)
		return n <= 1;
	return (strcmp(action, "import") == 0 || strcmp(action, "drop") == 0) &&
	       n >= 1;
}

int
ps_cmd_keys(int argc, char **argv)
{
	const char *action = argc < 2 ? "" : argv[1];
	const char *config = NULL, *dir = NULL;
	struct keys k = {.a = NULL};
	struct ps_policy *p;
	int opt, r;

	if (argc < 2)
		return usage();
	argc--;
	argv++;
	/* NOLINTNEXTLINE(concurrency-mt-unsafe): no threads yet */
	while ((opt = getopt(argc, argv, "c:d:")) != -1) {
		if (opt == 'c')
			config = optarg;
		else if (opt == 'd')
			dir = optarg;
		else
			return usage();
	}
	k.argc = argc - optind;
	k.argv = argv + optind;
	if (!good_count(action, k.argc))
		return usage();
	k.a = ps_arena_new(PS_ARENA_PLAIN);
	p = read_policy(k.a, config, dir);
	r = p == NULL ? EX_CONFIG : run(&k, action, p);
	ps_arena_free(k.a);
	return r;
}
