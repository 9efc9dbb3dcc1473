/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Opening with a real gpg: what comes out of a whole message is its packets,
 * signatures and all; everything else is told apart, and in time.
 */
#include "crypto_world.h"

#include "tap.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "openpgp/packets.h"

#define CRYPTO_MS 4000
#define CLEAR	  4053 /* octets of the file */
#define OPEN_MAX  ((size_t)50 << 20)

static struct crypto_world world;

/* One after another, in "$D"; ann is the home whose keys we have. */
static const char *const recipes[] = {
	"gpgconf --homedir $D/keys/ann --launch gpg-agent",
	"ann() { gpg --homedir $D/keys/ann --batch -q --trust-model always"
	" --yes \"$@\"; }",
	"ann --import ben.pgp cay.pgp",
	"head -c 3000 /dev/urandom | base64 >clear",
	"ann -z 0 -o sealed.gpg -r ann -e clear",
	"ann -z 0 -o signed.gpg -u ann -r ann -s -e clear",
	"ann -o packed.gpg -u ann -r ann -s -e clear",
	"ann -o both.gpg -r ben -r ann -e clear",
	"ann -o hidden.gpg -R ann -e clear",
	"ann -o foreign.gpg -r ben -e clear",
	"ann -o hidden-foreign.gpg -R ben -e clear",
	"ann -o password.gpg --passphrase x --pinentry-mode loopback -c clear",
	"ann -o short.gpg -z 0 -r ann -e <$D/how",
	"head -c 200 sealed.gpg >cut.gpg",
	"head -c -1 sealed.gpg >cut-late.gpg",
	"head -c 1000000000 /dev/zero | ann -o bomb.gpg -z 6 "
	"--compress-algo zlib -r ann -e",
	"head -c 20000000 /dev/urandom >large",
	"ann -z 0 -o large.gpg -r ann -e large",
	"ann -o sed.gpg --rfc2440 --cipher-algo AES -r ann -e clear",
	"cp clear noise.gpg",
	"mkdir -m 700 $D/keys/dora",
	"dora() { gpg --homedir $D/keys/dora --batch -q --yes"
	" --trust-model always --passphrase-file $D/phrase"
	" --pinentry-mode loopback \"$@\"; }",
	"echo geheim >phrase; echo falsch >phrase-wrong",
	"dora --quick-gen-key dora@example.org future-default default never",
	"dora -z 0 -o locked.gpg -r dora -e clear",
};

static void
cook(void)
{
	char path[CW_PATH], line[CW_PATH + 32];
	FILE *script;

	snprintf(path, sizeof(path), "%s/recipes", world.dir);
	script = fopen(path, "w");
	assert_non_null(script);
	fprintf(script, "set -e\nD=%s\ncd $D\nexec 2>/dev/null\n", world.dir);
	for (size_t i = 0; i < sizeof(recipes) / sizeof(recipes[0]); i++)
		fprintf(script, "%s\n", recipes[i]);
	fprintf(script, "for k in ann dora; do gpgconf --homedir $D/keys/$k "
			"--kill gpg-agent; done\n");
	assert_int_equal(fclose(script), 0);
	snprintf(line, sizeof(line), "sh %s", path);
	assert_int_equal(system(line), 0);
	assert_true(cw_all_gone(5000));
}

/* A file of the world, whole; freed by the caller. */
static struct ps_bytes
slurp(const struct cw_scene *s, const char *name)
{
	char path[CW_PATH], *p;
	struct stat st;
	int fd;

	snprintf(path, sizeof(path), "%s/%s", s->world->dir, name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st) != 0)
		abort();
	p = malloc((size_t)st.st_size + 1);
	if (read(fd, p, (size_t)st.st_size) != st.st_size)
		abort();
	close(fd);
	return ps_bytes(p, (size_t)st.st_size);
}

static struct ps_wait
patience(const struct cw_scene *s)
{
	struct ps_wait w = {.clock = ps_clock_system(), .stop_fd = s->stop_fd};

	w.deadline_ms = ps_mono_ms(w.clock) + 30000;
	return w;
}

static enum ps_status
open_octets(const struct cw_scene *s, struct ps_bytes sealed,
	struct ps_spool *out, const char **why)
{
	const struct ps_open_job job = {.sealed = sealed, .max = OPEN_MAX};
	struct ps_wait wait = patience(s);

	*why = "";
	return s->engine.open(s->engine.self, &job, &wait, out, why);
}

static struct ps_spool *
new_spool(const struct cw_scene *s)
{
	const struct ps_spool_where where = {s->world->dir, 256 << 10};

	return ps_spool_new(where, OPEN_MAX);
}

static enum ps_status
open_file(const struct cw_scene *s, const char *name, struct ps_spool *out,
	const char **why)
{
	char file[64];
	struct ps_bytes sealed;
	enum ps_status st;

	snprintf(file, sizeof(file), "%s.gpg", name);
	sealed = slurp(s, file);
	st = open_octets(s, sealed, out, why);
	free((void *)(uintptr_t)sealed.p);
	return st;
}

/* The tags of the packets that came out, as "4 11 2". */
static const char *
tags_of(struct ps_spool *opened)
{
	static char text[128];
	struct ps_bytes rest;
	struct ps_packet p;
	const char *why;
	bool got = true;

	text[0] = '\0';
	if (ps_spool_view(opened, &rest, &why) != PS_OK)
		return "unreadable";
	if (rest.len > 0 && rest.p[0] == '\xa3')
		return "8"; /* compressed, of indeterminate length */
	while (ps_packets_next(&rest, &p, &got, &why) == PS_OK && got)
		snprintf(text + strlen(text), sizeof(text) - strlen(text),
			"%s%d", text[0] == '\0' ? "" : " ", p.tag);
	return got ? "cut off" : text;
}

/* What is inside, unpacked; nothing is known of who signed. */
static enum ps_status
unpack(const struct cw_scene *s, struct ps_spool *packets, size_t max,
	size_t *len, size_t *n_signature, const char **why)
{
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);
	struct ps_verify_job job = {.max = max};
	struct ps_wait wait = patience(s);
	struct ps_signature_info *info;
	struct ps_spool *clear = new_spool(s);
	struct ps_bytes view;
	enum ps_status st = ps_spool_view(packets, &job.signature, why);

	if (st == PS_OK)
		st = s->engine.verify(s->engine.self, a, &job, &wait, clear,
			&info, n_signature, why);
	if (st == PS_OK)
		st = ps_spool_view(clear, &view, why);
	*len = st == PS_OK ? view.len : 0;
	ps_spool_free(clear);
	ps_arena_free(a);
	return st;
}

static const struct {
	const char *name;
	size_t max;
	enum ps_status status;
	size_t len, n_signature;
} packed[] = {
	{"sealed", OPEN_MAX, PS_OK, CLEAR, 0},
	{"signed", OPEN_MAX, PS_OK, CLEAR, 1},
	{"packed", OPEN_MAX, PS_OK, CLEAR, 1},
	{"both", OPEN_MAX, PS_OK, CLEAR, 0},
	{"large", OPEN_MAX, PS_OK, 20000000, 0},
	{"large", 1000000, PS_ELIMIT, 0, 0},
	{"bomb", OPEN_MAX, PS_ELIMIT, 0, 0},
};

static const char *
open_and_unpack(struct cw_scene *s)
{
	static char text[1024];

	text[0] = '\0';
	for (size_t i = 0; i < sizeof(packed) / sizeof(packed[0]); i++) {
		struct ps_spool *out = new_spool(s);
		size_t len = 0, n = 0;
		const char *why;
		enum ps_status st = open_file(s, packed[i].name, out, &why);
		int64_t began = ps_mono_ms(ps_clock_system()), took;

		CW_CHECK(st == PS_OK);
		st = unpack(s, out, packed[i].max, &len, &n, &why);
		took = ps_mono_ms(ps_clock_system()) - began;
		if (st != packed[i].status || len != packed[i].len ||
			(st == PS_OK && n != packed[i].n_signature) ||
			took > 8000)
			snprintf(text + strlen(text),
				sizeof(text) - strlen(text),
				"%s: %s %s, %zu, %zu, %d ms; ", packed[i].name,
				ps_status_name(st), st == PS_OK ? "" : why, len,
				n, (int)took);
		ps_spool_free(out);
	}
	return text[0] == '\0' ? NULL : text;
}

static const struct {
	const char *name;
	enum ps_status status;
	const char *what; /* tags when it opens, else why not */
} cases[] = {
	{"sealed", PS_OK, "11"},
	{"signed", PS_OK, "4 11 2"},
	{"packed", PS_OK, "8"},
	{"both", PS_OK, "8"},
	{"hidden", PS_OK, "8"},
	{"short", PS_OK, "11"},
	{"large", PS_OK, "11"},
	{"bomb", PS_OK, "8"}, /* still packed: whoever unpacks it has a limit */
	{"foreign", PS_EPERM, "it is sealed to no key of ours"},
	{"hidden-foreign", PS_EPERM, "it is sealed to no key of ours"},
	{"password", PS_EPERM, "it is sealed to no key of ours"},
	{"cut", PS_EPERM, "it is damaged, or its integrity is not protected"},
	{"cut-late", PS_EPERM,
		"it is damaged, or its integrity is not protected"},
	{"sed", PS_EPERM, "it is damaged, or its integrity is not protected"},
	{"noise", PS_EPERM, "it is damaged, or its integrity is not protected"},
};

static const char *
open_each(struct cw_scene *s)
{
	static char text[512];

	text[0] = '\0';
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct ps_spool *out = new_spool(s);
		const char *why, *what;
		enum ps_status st = open_file(s, cases[i].name, out, &why);

		what = st == PS_OK ? tags_of(out) : why;
		if (st != cases[i].status || strcmp(what, cases[i].what) != 0)
			snprintf(text + strlen(text),
				sizeof(text) - strlen(text), "%s: %s %s; ",
				cases[i].name, ps_status_name(st), what);
		ps_spool_free(out);
	}
	return text[0] == '\0' ? NULL : text;
}

static void
play(const struct cw_scene *how, cw_scene_fn f)
{
	int status;
	const char *problem = cw_play(&world, how, f, &status);

	cw_gpg(&world, "good");
	if (problem != NULL)
		fail_msg("%s", problem);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static void
what_is_ours_opens_and_nothing_else(void **state)
{
	(void)state;
	play(NULL, open_each);
}

static void
what_was_opened_unpacks_to_its_ceiling(void **state)
{
	(void)state;
	play(NULL, open_and_unpack);
}

/* Octets that are others may make it another's mail, or nobody's; they never
 * open, and are no trouble of ours that a retry mends. */
static const char *
open_damaged(struct cw_scene *s)
{
	struct ps_bytes sealed = slurp(s, "signed.gpg");
	char *p = (char *)(uintptr_t)sealed.p;
	static char text[512];

	text[0] = '\0';
	for (size_t at = 0; at < sealed.len; at += at < 200 ? 7 : 100) {
		struct ps_spool *out = new_spool(s);
		const char *why;
		enum ps_status st;

		p[at] ^= 0x10;
		st = open_octets(s, sealed, out, &why);
		p[at] ^= 0x10;
		if (st != PS_EPERM)
			snprintf(text + strlen(text),
				sizeof(text) - strlen(text), "%zu: %s %s; ", at,
				ps_status_name(st), why);
		ps_spool_free(out);
	}
	free(p);
	return text[0] == '\0' ? NULL : text;
}

static void
a_damaged_octet_anywhere_keeps_it_shut(void **state)
{
	(void)state;
	play(NULL, open_damaged);
}

/* What may be mended: the message comes again. */
static const struct {
	const char *gpg, *passphrase, *file;
	enum ps_status status;
	const char *why;
} troubles[] = {
	{"good", "phrase", "locked", PS_OK, NULL},
	{"good", "phrase-wrong", "locked", PS_ETEMP,
		"agent, card or passphrase of a secret key fail"},
	{"good", NULL, "locked", PS_ETEMP,
		"agent, card or passphrase of a secret key fail"},
	{"no-agent", "phrase", "locked", PS_ETEMP,
		"agent, card or passphrase of a secret key fail"},
	{"killed", "phrase", "locked", PS_ETEMP, NULL},
	{"hang", "phrase", "locked", PS_ELATE,
		"the crypto worker did not finish in time"},
	{"good", "phrase", "password", PS_EPERM,
		"it is sealed to no key of ours"},
	{"good", "phrase", "locked", PS_OK, NULL},
};
static size_t trouble; /* the one that is on */

static const char *
open_in_trouble(struct cw_scene *s)
{
	struct ps_spool *out = new_spool(s), *again = new_spool(s);
	static char text[256];
	const char *why;
	enum ps_status st;

	/* so that the worker knows its gpg */
	CW_CHECK(open_file(s, "foreign", again, &why) == PS_EPERM);
	cw_gpg(&world, troubles[trouble].gpg);
	st = open_file(s, troubles[trouble].file, out, &why);
	snprintf(text, sizeof(text), "%zu: %s %s", trouble, ps_status_name(st),
		why);
	ps_spool_free(out);
	ps_spool_free(again);
	CW_CHECK(st != PS_OK || why[0] == '\0');
	return st == troubles[trouble].status &&
			       (troubles[trouble].why == NULL ||
				       strcmp(why, troubles[trouble].why) == 0)
		       ? NULL
		       : text;
}

static void
trouble_of_ours_is_temporary_and_ends_in_time(void **state)
{
	const struct cw_scene how = {.crypto_ms = CRYPTO_MS,
		.n_worker = 1,
		.n_queue = 10,
		.stop_fd = -1};
	struct crypto_world was = world;
	char home[CW_PATH + 8], phrase[CW_PATH];

	(void)state;
	snprintf(home, sizeof(home), "%s/dora", world.keys);
	world.secret_home = home;
	for (; trouble < sizeof(troubles) / sizeof(troubles[0]); trouble++) {
		const char *name = troubles[trouble].passphrase;

		snprintf(phrase, sizeof(phrase), "%s/%s", world.dir,
			name == NULL ? "" : name);
		world.passphrase_file = name == NULL ? NULL : phrase;
		play(&how, open_in_trouble);
	}
	world = was;
}

static int
make_world(void **state)
{
	static char home[CW_PATH + 8];

	(void)state;
	cw_make(&world);
	cook();
	snprintf(home, sizeof(home), "%s/ann", world.keys);
	world.secret_home = home;
	return 0;
}

static int
remove_world(void **state)
{
	(void)state;
	cw_remove(&world);
	return 0;
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(what_is_ours_opens_and_nothing_else),
	cmocka_unit_test(what_was_opened_unpacks_to_its_ceiling),
	cmocka_unit_test(a_damaged_octet_anywhere_keeps_it_shut),
	cmocka_unit_test(trouble_of_ours_is_temporary_and_ends_in_time),
};

int
main(int argc, char **argv)
{
	int status = cw_worker(argc, argv);

	if (status >= 0)
		return status;
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name(
		"crypto_open", tests, make_world, remove_world);
}
