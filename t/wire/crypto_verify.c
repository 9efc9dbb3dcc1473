/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Signatures that a real gpg made, as crypto workers judge them: each state is
 * told apart, and what is a bomb ends early.
 */
#include "crypto_world.h"

#include "tap.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>

#include "data.h"
#include "openpgp/cleartext.h"

#define MB (1 << 20)

static struct crypto_world world;

/* In the world's directory, where $G is gpg with the keys of ann: it makes
 * text, sig, and certs (those of ann, where it makes none). */
#define SIGN "printf 'Pay now.\\r\\n' >text; $G --detach-sign -o sig "
#define OLD                                                                    \
	"G=\"gpg -q --batch --yes --homedir keys/cay\"; "                      \
	"T=--faked-system-time=20200101T000000!; "
#define KEY_OF(mail, days)                                                     \
	"$G $T --passphrase '' --quick-gen-key " mail " rsa2048 default " days \
	"; "
static const struct verifying {
	const char *name, *make;
	const char *want; /* states, apart by blanks; or a status */
	int hash;	  /* of the first; 0: any */
	enum { DETACHED, OPAQUE, CLEARTEXT } shape;
} cases[] = {
	{"good", SIGN "text", "good", 0, DETACHED},
	{"other octets", SIGN "text; printf 'Pay NOW.\r\n' >text", "bad", 0,
		DETACHED},
	{"an unknown key", SIGN "text; cp ben.pgp certs", "no-key", 0,
		DETACHED},
	{"no key at all", SIGN "text; : >certs", "no-key", 0, DETACHED},
	{"an expired key",
		OLD KEY_OF("old@example.org",
			"1y") "printf 'x\r\n' >text; $G $T -u old@example.org "
			      "--detach-sign -o sig text; $G --export "
			      "old@example.org >certs",
		"key-expired", 0, DETACHED},
	{"an expired signature",
		OLD KEY_OF("eon@example.org",
			"never") "printf 'x\r\n' >text; $G $T -u "
				 "eon@example.org --default-sig-expire 1d "
				 "--detach-sign -o sig text; $G --export "
				 "eon@example.org >certs",
		"expired", 0, DETACHED},
	{"a revoked key",
		OLD "T=; " KEY_OF("gone@example.org",
			"never") "printf 'x\r\n' >text; $G -u "
				 "gone@example.org --detach-sign -o sig text; "
				 "F=$($G --with-colons -k gone@example.org | "
				 "sed -n 's/^fpr:*\\([0-9A-F]*\\):$/\\1/p' | "
				 "head -n 1); sed 's/^:-----/-----/' "
				 "keys/cay/openpgp-revocs.d/$F.rev | $G "
				 "--import; $G --export $F >certs",
		"key-revoked", 0, DETACHED},
	{"SHA-1", SIGN "--digest-algo SHA1 text", "good", 2, DETACHED},
	{"MD5",
		OLD "T=; " KEY_OF("md5@example.org",
			"never") "printf 'x\r\n' >text; $G -u md5@example.org "
				 "--allow-weak-digest-algos --digest-algo MD5 "
				 "--detach-sign -o sig text; $G --export "
				 "md5@example.org >certs",
		"weak", 1, DETACHED},
	{"two signatures",
		SIGN "text; gpg -q --batch --homedir keys/ben --detach-sign "
		     "-o s2 text; cat s2 >>sig; cat ann.pgp ben.pgp >certs",
		"good good", 0, DETACHED},
	{"two, and one of them unknown",
		SIGN "text; gpg -q --batch --homedir keys/ben --yes "
		     "--detach-sign -o s2 text; cat s2 >>sig",
		"good no-key", 0, DETACHED},
	{"thirty packets",
		SIGN "text; cat sig sig sig sig sig >s5; cat s5 s5 s5 s5 s5 s5 "
		     ">sig",
		"error", 0, DETACHED},
	{"opaque", "printf 'hi\r\n' >text; $G --sign -z 0 -o sig text", "good",
		0, OPAQUE},
	{"opaque and compressed",
		"printf 'hi\r\n' >text; $G --sign -o sig text", "good", 0,
		OPAQUE},
	{"a compressed bomb",
		"head -c 60000000 /dev/zero | $G --sign -o sig; : >text",
		"over the limit", 0, OPAQUE},
	{"cleartext",
		"printf -- '- dash \\nFrom me\\n\\n' >in; $G --clearsign -o "
		"text in; : >sig",
		"good", 0, CLEARTEXT},
	{"no signature at all", "printf 'x\r\n' >text; cp text sig", "refused",
		0, DETACHED},
};
#define N_CASE (sizeof(cases) / sizeof(cases[0]))

static const char *
path_of(struct ps_arena *a, const char *file)
{
	return ps_arena_printf(a, "%s/%s", world.dir, file);
}

static void
make(struct ps_arena *a, const struct verifying *c)
{
	const char *line = ps_arena_printf(a,
		"cd %s && rm -f sig text certs s2 s5 && cp ann.pgp certs && "
		"G='gpg -q --batch --yes --homedir keys/ann'; { %s; } "
		"2>log",
		world.dir, c->make);

	if (system(line) != 0)
		fail_msg("%s: cannot be made", c->name);
}

static const char *
states(struct ps_arena *a, const struct ps_signature_info *info, size_t n)
{
	const char *all = "";

	/* thirty are as bad as one */
	for (size_t i = 0; i < n && i < 2; i++)
		if (i == 0 || info[i].state != info[0].state ||
			info[i].state == PS_SIGNATURE_GOOD)
			all = ps_arena_printf(a, "%s%s%s", all,
				i == 0 ? "" : " ",
				ps_signature_state_name(info[i].state));
	return all;
}

static const struct verifying *current;

static const char *
verify_one(struct cw_scene *s)
{
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);
	const struct verifying *c = current;
	struct ps_wait wait = {.clock = ps_clock_system(), .stop_fd = -1};
	struct ps_verify_job job = {
		.octets = data_read(a, path_of(a, "text")),
		.signature = data_read(a, path_of(a, "sig")),
		.certs = data_read(a, path_of(a, "certs")),
		.max = MB,
	};
	const struct ps_spool_where where = {
		.dir = "/tmp", .in_memory = 4 * MB};
	struct ps_spool *clear = ps_spool_new(where, 4 * MB);
	struct ps_signature_info *info = NULL;
	struct ps_cleartext text;
	const char *why = "", *got;
	struct ps_bytes inside = {0};
	enum ps_status st;
	size_t n = 0;

	wait.deadline_ms = ps_mono_ms(wait.clock) + 20000;
	if (c->shape == CLEARTEXT) {
		ps_cleartext_read(a, job.octets, &text);
		CW_CHECK(text.broken == NULL);
		job.octets = text.text;
		job.signature = text.signature;
	} else if (c->shape == OPAQUE) {
		job.octets = (struct ps_bytes){0};
	}
	st = s->engine.verify(s->engine.self, a, &job, &wait,
		c->shape == OPAQUE ? clear : NULL, &info, &n, &why);
	got = st == PS_OK	? states(a, info, n)
	      : st == PS_ELIMIT ? "over the limit"
				: "refused";
	if (strcmp(got, c->want) != 0) {
		fprintf(stderr, "# %s: wanted %s, got %s (%s)\n", c->name,
			c->want, got, why);
		return c->name;
	}
	if (c->hash != 0)
		CW_CHECK(info[0].hash == c->hash);
	if (st == PS_OK && info[0].state == PS_SIGNATURE_GOOD)
		CW_CHECK(strlen(info[0].fpr) == 40 && info[0].created_s > 0);
	if (c->shape == OPAQUE && st == PS_OK) {
		CW_CHECK(ps_spool_view(clear, &inside, &why) == PS_OK);
		CW_CHECK(ps_bytes_eq(inside, PS_LIT("hi\r\n")));
	}
	ps_spool_free(clear);
	ps_arena_free(a);
	return NULL;
}

static void
each_state_of_a_signature_is_told_apart(void **state)
{
	size_t n_wrong = 0;

	(void)state;
	for (size_t i = 0; i < N_CASE; i++) {
		struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);
		const char *problem;
		int status;

		current = &cases[i];
		make(a, current);
		(void)system(ps_arena_printf(a,
			"for k in ann ben cay; do gpgconf --homedir %s/keys/$k "
			"--kill gpg-agent; done",
			world.dir));
		assert_true(cw_all_gone(5000));
		problem = cw_play(&world, NULL, verify_one, &status);
		n_wrong += problem != NULL;
		if (problem != NULL)
			print_error("%s: %s\n", cases[i].name, problem);
		assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
		ps_arena_free(a);
	}
	assert_int_equal(n_wrong, 0);
}

static int
make_world(void **state)
{
	(void)state;
	cw_make(&world);
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
	cmocka_unit_test(each_state_of_a_signature_is_told_apart),
};

int
main(int argc, char **argv)
{
	int status = cw_worker(argc, argv);

	if (status >= 0)
		return status;
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name(
		"crypto_verify", tests, make_world, remove_world);
}
