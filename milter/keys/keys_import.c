/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * "postseal keys import": certificates from files, directories and standard
 * input, and what became of each.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/str.h"
#include "keys.h"
#include "openpgp/cert_lint.h"

#define INPUT_MAX ((size_t)1 << 30)
/* Of more certificates than these a terminal shows what is wrong and how far
 * it is, not each one. */
#define TALKATIVE_MAX 100

struct inputs {
	struct ps_arena *a;
	struct ps_key_source *source;
	size_t n_source;
};

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
read_file(struct inputs *in, const char *name, int fd)
{
	struct ps_key_source *s;
	const char *why = NULL;

	PS_GROW(in->a, in->source, in->n_source);
	s = &in->source[in->n_source++];
	*s = (struct ps_key_source){.name = name};
	if (fd >= 0 && read_fd(in->a, fd, &s->octets, &why))
		return true;
	if (fd < 0)
		why = strerrordesc_np(errno);
	ps_keys_fail(0, ps_keys_shown(in->a, name), why);
	return false;
}

static int
visible_file(const struct dirent *e)
{
	return e->d_name[0] != '.';
}

/* Its files, in the order of their names; not what is below it. */
static bool
read_directory(struct inputs *in, const char *name)
{
	struct dirent **entry;
	int n = scandir(name, &entry, visible_file, alphasort);
	bool good = n >= 0;

	if (n < 0)
		ps_keys_fail(
			0, ps_keys_shown(in->a, name), strerrordesc_np(errno));
	for (int i = 0; i < n; i++) {
		const char *path =
			ps_arena_printf(in->a, "%s/%s", name, entry[i]->d_name);
		struct stat st;
		int fd;

		free(entry[i]);
		if (!good || (stat(path, &st) == 0 && !S_ISREG(st.st_mode)))
			continue;
		fd = open(path, O_RDONLY | O_CLOEXEC);
		good = read_file(in, path, fd);
		if (fd >= 0)
			close(fd);
	}
	if (n >= 0)
		free(entry);
	return good;
}

static bool
read_input(struct inputs *in, const char *name)
{
	struct stat st;
	bool good;
	int fd;

	if (strcmp(name, "-") == 0)
		return read_file(in, "standard input", STDIN_FILENO);
	if (stat(name, &st) == 0 && S_ISDIR(st.st_mode))
		return read_directory(in, name);
	fd = open(name, O_RDONLY | O_CLOEXEC);
	good = read_file(in, name, fd);
	if (fd >= 0)
		close(fd);
	return good;
}

/* Before anything is changed: root reads what the daemon's user could not. */
static bool
prepare(struct ps_keys *k, int *status)
{
	struct inputs *in = ps_arena_alloc(k->a, sizeof(*in));

	in->a = k->a;
	for (int i = 0; i < k->argc; i++) {
		if (read_input(in, k->argv[i]))
			continue;
		fputs("postseal: nothing was imported\n", stderr);
		*status = EX_NOINPUT;
		return false;
	}
	k->prepared = in;
	return true;
}

struct tally {
	struct ps_keys *k;
	size_t n_stored, n_changed, n_unusable, n_refused;
	size_t n_all;	  /* certificates; 0 while nobody knows */
	bool to_terminal; /* lines go there */
	bool progress;	  /* a line on standard error says how far it is */
	bool shown;	  /* it stands there */
};

static void
wipe_progress(struct tally *t)
{
	if (t->shown)
		fputs("\r\033[K", stderr);
	t->shown = false;
}

static void
show_progress(void *self, size_t n_done, size_t n_all)
{
	struct tally *t = self;

	t->n_all = n_all;
	if (!t->progress || n_all <= TALKATIVE_MAX)
		return;
	wipe_progress(t);
	t->shown = n_done < n_all;
	if (t->shown)
		fprintf(stderr, "%zu of %zu certificates", n_done, n_all);
}

/* What works and is poor; why one cannot be used stands in its line. */
static void
lint(struct tally *t, const struct ps_import *line)
{
	struct ps_arena *own = ps_arena_new(PS_ARENA_PLAIN);
	const struct ps_cert_lint_job job = {.certificate = line->whole,
		.record = line->record,
		.now_s = ps_now_s(t->k->wait.clock),
		.warn_before_s = t->k->tool.policy->warn_before_s};
	struct ps_lints lints = {0};

	ps_cert_lint(own, &job, &lints);
	for (size_t i = 0; i < lints.n_lint; i++) {
		if (lints.lint[i].severity != PS_LINT_WARNING)
			continue;
		wipe_progress(t);
		printf("%s warning   %s\n", line->fpr, lints.lint[i].text);
	}
	ps_arena_free(own);
}

static void
say(void *self, const struct ps_import *line)
{
	struct tally *t = self;

	t->n_stored += line->stored;
	t->n_changed += line->changed;
	t->n_unusable += line->stored && !line->usable;
	t->n_refused += !line->stored;
	if (!line->stored) {
		wipe_progress(t);
		printf("%s refused   %s: %s\n",
			*line->fpr == '\0' ? "-" : line->fpr,
			ps_keys_shown(t->k->a, line->source),
			ps_keys_shown(t->k->a, line->text));
	} else if (!t->to_terminal || !line->usable ||
		   t->n_all <= TALKATIVE_MAX) {
		wipe_progress(t);
		printf("%s %-9s %s\n", line->fpr,
			line->changed ? "stored" : "unchanged", line->text);
	}
	if (line->stored && line->usable)
		lint(t, line);
}

static int
import(struct ps_keys *k)
{
	const struct inputs *in = k->prepared;
	struct tally t = {.k = k,
		.to_terminal = isatty(STDOUT_FILENO) == 1,
		.progress = isatty(STDERR_FILENO) == 1};
	const struct ps_import_job job = {.source = in->source,
		.n_source = in->n_source,
		.self = &t,
		.report = say,
		.progress = show_progress};
	const char *why = NULL;
	enum ps_status s = ps_keydir_import(
		k->tool.daemon.keydir, k->a, &job, &k->wait, &why);

	wipe_progress(&t);
	printf("%zu stored (%zu of them new or changed, %zu cannot be used), "
	       "%zu refused\n",
		t.n_stored, t.n_changed, t.n_unusable, t.n_refused);
	if (s != PS_OK)
		return ps_keys_fail(ps_keys_exit(s), "import", why);
	return t.n_refused == 0 ? EX_OK : EX_DATAERR;
}

const struct ps_keys_action ps_keys_import = {
	.name = "import",
	.usage = "FILE|DIRECTORY|-...",
	.min = 1,
	.max = INT_MAX,
	.prepare = prepare,
	.run = import,
};
