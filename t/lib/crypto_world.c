/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Scenes with real workers and a real, or a misbehaving, gpg.
 */
#include "crypto_world.h"

#include "tap.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define GPG "/usr/bin/gpg"

static const char *const name[CW_N_CERT] = {"ann", "ben", "cay"};

/* "$D" is the world.  GPGME passes the input as -&N, its last argument, and
 * takes the output from descriptor 1. */
static const char wrapper[] =
	"#!/bin/sh\n"
	"PATH=/usr/bin:/bin\n"
	"D=${0%/*}\n"
	"read -r how <\"$D/how\"\n"
	"for last; do :; done\n"
	"in=/proc/self/fd/${last#-&}\n"
	"case $how in\n"
	"good) exec " GPG " \"$@\" ;;\n"
	"no-agent) for a; do\n"
	" [ \"$p\" = --homedir ] && gpgconf --homedir \"$a\" --kill gpg-agent;"
	" p=$a; done\n"
	" exec " GPG " --no-autostart \"$@\" ;;\n"
	"exit2) exit 2 ;;\n"
	"empty) exit 0 ;;\n"
	"hang) exec sleep 1000 ;;\n"
	"hang-aloud) : >\"$D/hangs\"; exec sleep 1000 ;;\n"
	"hang-child) sleep 1000; exit 0 ;;\n"
	"echo) cat \"$in\" ;;\n"
	"half) " GPG " \"$@\" | head -c 300 ;;\n"
	"garbage) echo '[GNUPG:] END_ENCRYPTION' >&2; exit 0 ;;\n"
	"killed) " GPG " \"$@\" | { head -c 3000; kill -9 $$; } ;;\n"
	"unread) kill -9 $$ ;;\n"
	"flood) cat /dev/zero ;;\n"
	"esac\n";

static void __attribute__((format(printf, 1, 2))) shell(const char *fmt, ...)
{
	char line[1024];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	assert_int_equal(system(line), 0);
}

static void
write_text(const char *path, const char *text, mode_t mode)
{
	char fresh[CW_PATH + 8];
	int fd;

	snprintf(fresh, sizeof(fresh), "%s.new", path);
	fd = open(fresh, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	close(fd);
	assert_int_equal(rename(fresh, path), 0);
}

void
cw_gpg(const struct crypto_world *w, const char *how)
{
	char path[CW_PATH], line[64];

	snprintf(path, sizeof(path), "%s/how", w->dir);
	snprintf(line, sizeof(line), "%s\n", how);
	write_text(path, line, 0644);
}

static void
stop_agent(const struct crypto_world *w)
{
	for (size_t i = 0; i < CW_N_CERT; i++)
		shell("gpgconf --homedir %s/%s --kill gpg-agent", w->keys,
			name[i]);
	assert_true(cw_all_gone(5000));
}

int
cw_worker(int argc, char **argv)
{
	if (argc < 4 || strcmp(argv[1], "crypto-worker") != 0)
		return -1;
	return ps_worker_main(&(struct ps_worker_place){.gpg = argv[2],
		.home = argv[3],
		.secret_home = argc > 4 ? argv[4] : NULL,
		.passphrase_file = argc > 5 ? argv[5] : NULL});
}

void
cw_make(struct crypto_world *w)
{
	ssize_t n;

	signal(SIGPIPE, SIG_DFL);
	assert_int_equal(prctl(PR_SET_CHILD_SUBREAPER, 1), 0);
	snprintf(w->dir, sizeof(w->dir), "/tmp/postseal-t-XXXXXX");
	assert_non_null(mkdtemp(w->dir));
	snprintf(w->keys, sizeof(w->keys), "%s/keys", w->dir);
	snprintf(w->run, sizeof(w->run), "%s/run", w->dir);
	snprintf(w->gpg, sizeof(w->gpg), "%s/gpg", w->dir);
	assert_int_equal(mkdir(w->keys, 0700), 0);
	assert_int_equal(mkdir(w->run, 0700), 0);
	write_text(w->gpg, wrapper, 0700);
	cw_gpg(w, "good");
	n = readlink("/proc/self/exe", w->program, sizeof(w->program) - 1);
	assert_true(n > 0);
	w->program[n] = '\0';
	for (size_t i = 0; i < CW_N_CERT; i++) {
		snprintf(w->cert[i], sizeof(w->cert[i]), "%s/%s.pgp", w->dir,
			name[i]);
		shell("mkdir -m 700 %s/%s", w->keys, name[i]);
		shell(GPG " --homedir %s/%s -q --batch --passphrase ''"
			  " --quick-gen-key %s@example.org future-default"
			  " default never 2>/dev/null",
			w->keys, name[i], name[i]);
		shell(GPG " --homedir %s/%s -q --export >%s", w->keys, name[i],
			w->cert[i]);
	}
	stop_agent(w);
}

void
cw_remove(struct crypto_world *w)
{
	shell("rm -rf '%s'", w->dir);
}

static int64_t
now_ms(void)
{
	return ps_mono_ms(ps_clock_system());
}

bool
cw_all_gone(int64_t ms)
{
	const struct timespec tick = {0, 2000000};

	for (int64_t end = now_ms() + ms; now_ms() < end;) {
		pid_t pid = waitpid(-1, NULL, WNOHANG);

		if (pid < 0 && errno == ECHILD)
			return true;
		if (pid == 0)
			nanosleep(&tick, NULL);
	}
	return false;
}

bool
cw_nothing_in(const char *path)
{
	DIR *d = opendir(path);
	size_t n = 0;

	assert_non_null(d);
	while (readdir(d) != NULL)
		n++;
	closedir(d);
	return n == 2;
}

/* In the process that the spawner split off. */
static const char *
act(const struct crypto_world *w, struct cw_scene s, cw_scene_fn f)
{
	const struct ps_spawner_env env = {.program = w->program,
		.gpg = w->gpg,
		.crypto_user = w->crypto_user,
		.run_dir = w->run,
		.secret_home = w->secret_home,
		.passphrase_file = w->passphrase_file};
	struct ps_spawner spawner;
	struct ps_workers_env pool = {.clock = ps_clock_system(),
		.n_worker = s.n_worker,
		.n_queue = s.n_queue,
		.crypto_ms = s.crypto_ms};
	const char *why = "", *problem;

	if (ps_spawner_split(&env, &spawner, &why) != PS_OK)
		return why;
	pool.spawner_fd = spawner.spawner_fd;
	s.world = w;
	s.spawner = &spawner;
	s.workers = ps_workers_new(&pool, &why);
	if (s.workers == NULL)
		return why;
	s.engine = ps_workers_engine(s.workers);
	problem = f(&s);
	ps_workers_free(s.workers);
	return problem;
}

const char *
cw_play(const struct crypto_world *w, const struct cw_scene *how, cw_scene_fn f,
	int *status)
{
	static char text[256];
	struct cw_scene s = {.crypto_ms = 10000,
		.n_worker = 2,
		.n_queue = 100,
		.stop_fd = -1};
	int report[2];
	pid_t pid;
	ssize_t n;

	if (how != NULL)
		s = *how;
	assert_int_equal(pipe2(report, O_CLOEXEC), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		const char *problem = act(w, s, f);
		size_t len = problem == NULL ? 0 : strlen(problem);
		bool told = write(report[1], "=", 1) == 1 &&
			    write(report[1], problem, len) == (ssize_t)len;

		_exit(!told || problem != NULL);
	}
	close(report[1]);
	memset(text, 0, sizeof(text));
	for (size_t len = 0; len < sizeof(text) - 1; len += (size_t)n) {
		n = read(report[0], text + len, sizeof(text) - 1 - len);
		if (n <= 0)
			break;
	}
	close(report[0]);
	assert_int_equal(waitpid(pid, status, 0), pid);
	if (w->secret_home != NULL)
		shell("gpgconf --homedir %s --kill gpg-agent", w->secret_home);
	assert_true(cw_all_gone(3000));
	assert_true(cw_nothing_in(w->run) || WIFSIGNALED(*status));
	if (text[0] != '=')
		return "";
	return text[1] == '\0' ? NULL : text + 1;
}

void
cw_pattern(char *p, size_t len)
{
	for (size_t i = 0; i < len; i++)
		p[i] = (char)((i * 2654435761U) >> 13);
}

enum ps_status
cw_seal(const struct cw_scene *s, size_t len, size_t n_cert,
	struct ps_spool **out, const char **why)
{
	const struct ps_spool_where where = {s->world->dir, 256 << 10};
	struct ps_wait wait = {.clock = ps_clock_system(),
		.deadline_ms = now_ms() + 10000,
		.stop_fd = s->stop_fd};
	const char *file[CW_N_CERT];
	struct ps_spool *body = ps_spool_new(where, len);
	struct ps_encrypt_job job = {
		.body_fd = -1, .cert_file = file, .n_cert_file = n_cert};
	char *p = malloc(len + 1);
	size_t head = len / 10;
	int64_t began;
	enum ps_status st;

	*out = ps_spool_new(where, 2 * len + 100000);
	for (size_t i = 0; i < n_cert; i++)
		file[i] = s->world->cert[i];
	cw_pattern(p, len);
	job.head = ps_bytes(p, head);
	st = ps_spool_put(body, ps_bytes(p + head, len - head), why);
	if (st == PS_OK)
		st = ps_spool_view(body, &job.body, why);
	if (st == PS_OK && job.body.len > where.in_memory)
		st = ps_spool_fd(body, 0, &job.body_fd, why);
	began = now_ms();
	if (st == PS_OK)
		st = s->engine.encrypt(s->engine.self, &job, &wait, *out, why);
	if (s->took_ms != NULL)
		*s->took_ms = now_ms() - began;
	ps_spool_free(body);
	free(p);
	if (st != PS_OK) {
		ps_spool_free(*out);
		*out = NULL;
	}
	return st;
}

bool
cw_save(const struct cw_scene *s, struct ps_spool *sealed, const char *file)
{
	char path[CW_PATH];
	const char *why;
	struct ps_bytes all;
	bool good = false;
	int fd;

	snprintf(path, sizeof(path), "%s/%s", s->world->dir, file);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd >= 0 && ps_spool_view(sealed, &all, &why) == PS_OK)
		good = write(fd, all.p, all.len) == (ssize_t)all.len;
	if (fd >= 0)
		close(fd);
	ps_spool_free(sealed);
	return good;
}

static bool
same_as_pattern(const char *path, size_t len)
{
	char *want = malloc(len + 1), *got = malloc(len + 1);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	size_t have = 0;
	ssize_t n = 1;
	bool same;

	cw_pattern(want, len);
	while (fd >= 0 && n > 0 && have <= len) {
		n = read(fd, got + have, len + 1 - have);
		have += n > 0 ? (size_t)n : 0;
	}
	same = fd >= 0 && have == len && memcmp(want, got, len) == 0;
	if (fd >= 0)
		close(fd);
	free(want);
	free(got);
	return same;
}

bool
cw_opens(const struct crypto_world *w, const char *file, size_t len,
	size_t n_cert)
{
	char sealed[CW_PATH], clear[CW_PATH];
	bool same = true;

	snprintf(sealed, sizeof(sealed), "%s/%s", w->dir, file);
	snprintf(clear, sizeof(clear), "%s/clear", w->dir);
	for (size_t i = 0; same && i < n_cert; i++) {
		char line[1024];

		snprintf(line, sizeof(line),
			GPG " --homedir %s/%s -q --batch --yes -o %s"
			    " -d %s 2>/dev/null",
			w->keys, name[i], clear, sealed);
		same = system(line) == 0 && same_as_pattern(clear, len);
	}
	stop_agent(w);
	return same;
}

static void *
seal_one(void *arg)
{
	const char *why = "";
	struct ps_spool *out = NULL;
	intptr_t st = cw_seal(arg, 10240, 1, &out, &why);

	ps_spool_free(out);
	return (void *)st;
}

bool
cw_seal_aside(struct cw_scene *s, pthread_t *thread)
{
	struct ps_wait wait = {.clock = ps_clock_system(), .stop_fd = -1};
	char path[CW_PATH];
	const char *why;

	/* First with a good gpg: else its question for the version hangs. */
	if (seal_one(s) != NULL)
		return false;
	snprintf(path, sizeof(path), "%s/hangs", s->world->dir);
	unlink(path);
	cw_gpg(s->world, "hang-aloud");
	wait.deadline_ms = ps_mono_ms(wait.clock) + 5000;
	if (pthread_create(thread, NULL, seal_one, s) != 0)
		return false;
	while (access(path, F_OK) != 0) {
		struct ps_wait tick = ps_wait_within(&wait, 2);

		if (ps_wait_left(&wait) == 0)
			return false;
		ps_wait_fd(&tick, -1, 0, &why);
	}
	return true;
}

enum ps_status
cw_result_of(pthread_t thread)
{
	void *st;

	pthread_join(thread, &st);
	return (enum ps_status)(intptr_t)st;
}
