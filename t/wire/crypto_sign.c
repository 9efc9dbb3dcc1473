/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Signing with secret keys by crypto workers and a real gpg with its agent:
 * what readers say of it, and each way in which it cannot be done.
 */
#include "secret_world.h"

#include "tap.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#define CRYPTO_MS 3000

static struct crypto_world world;
static struct secret_world secret;
static const struct cw_scene impatient = {
	.crypto_ms = CRYPTO_MS, .n_worker = 1, .n_queue = 100, .stop_fd = -1};

static void
play(const struct cw_scene *how, cw_scene_fn f)
{
	int status;
	const char *problem = cw_play(&world, how, f, &status);

	cw_gpg(&world, "good");
	if (problem != NULL)
		fail_msg("%s", problem);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	assert_false(sw_has_agent(&secret));
}

static const char *
path_of(const char *name)
{
	static char path[2][CW_PATH];
	static int at;

	at = !at;
	snprintf(path[at], CW_PATH, "%s/%s", world.dir, name);
	return path[at];
}

static bool
save(const char *name, struct ps_bytes octets)
{
	int fd = open(
		path_of(name), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	bool good = fd >= 0 &&
		    write(fd, octets.p, octets.len) == (ssize_t)octets.len;

	if (fd >= 0)
		close(fd);
	return good;
}

static struct ps_wait
wait_of(const struct cw_scene *s)
{
	struct ps_wait wait = {
		.clock = ps_clock_system(), .stop_fd = s->stop_fd};

	wait.deadline_ms = ps_mono_ms(wait.clock) + 10000;
	return wait;
}

static const char text[] = "Content-Type: text/plain\r\n\r\nPay now. \r\n";

static enum ps_status
sign(const struct cw_scene *s, struct ps_arena *a, const char *fpr,
	struct ps_signature_made *out, const char **why)
{
	struct ps_wait wait = wait_of(s);
	struct ps_sign_job job = {.head = ps_bytes(text, 26),
		.body = ps_bytes(text + 26, sizeof(text) - 27),
		.body_fd = -1,
		.fpr = fpr};
	int64_t began = ps_mono_ms(wait.clock);
	enum ps_status st;

	st = s->engine.sign(s->engine.self, a, &job, &wait, out, why);
	if (s->took_ms != NULL)
		*s->took_ms = ps_mono_ms(wait.clock) - began;
	return st;
}

static enum ps_status
seal(const struct cw_scene *s, const char *fpr, struct ps_spool **out,
	const char **why)
{
	const struct ps_spool_where where = {s->world->dir, 256 << 10};
	struct ps_wait wait = wait_of(s);
	const char *file[1] = {s->world->cert[0]};
	struct ps_encrypt_job job = {.head = ps_bytes(text, 26),
		.body = ps_bytes(text + 26, sizeof(text) - 27),
		.body_fd = -1,
		.cert_file = file,
		.n_cert_file = 1,
		.sign_fpr = fpr};
	enum ps_status st;

	*out = ps_spool_new(where, 100000);
	st = s->engine.encrypt(s->engine.self, &job, &wait, *out, why);
	if (st != PS_OK) {
		ps_spool_free(*out);
		*out = NULL;
	}
	return st;
}

static const enum sw_key good_keys[] = {SW_OPEN, SW_LOCKED, SW_RSA};

static const char *
sign_by_each(struct cw_scene *s)
{
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);
	struct ps_signature_made made;
	struct ps_spool *sealed;
	const char *why = "";
	char name[32];

	for (size_t i = 0; i < 6; i++) {
		enum sw_key k = good_keys[i / 2];

		if (sign(s, a, secret.fpr[k], &made, &why) != PS_OK)
			return why;
		snprintf(name, sizeof(name), "signature-%zu", i / 2);
		CW_CHECK(save(name, made.octets));
		if (seal(s, secret.fpr[k], &sealed, &why) != PS_OK)
			return why;
		snprintf(name, sizeof(name), "sealed-%zu", i / 2);
		CW_CHECK(cw_save(s, sealed, name));
	}
	ps_arena_free(a);
	return NULL;
}

static void
what_is_signed_is_good_in_gpg_and_sq(void **state)
{
	char signature[CW_PATH], name[32];

	(void)state;
	play(NULL, sign_by_each);
	assert_true(save("text", ps_bytes(text, sizeof(text) - 1)));
	for (size_t i = 0; i < 3; i++) {
		snprintf(name, sizeof(name), "signature-%zu", i);
		snprintf(signature, sizeof(signature), "%s", path_of(name));
		assert_true(sw_detached_is_good(
			&secret, good_keys[i], signature, path_of("text")));
		snprintf(name, sizeof(name), "sealed-%zu", i);
		snprintf(signature, sizeof(signature), "%s", path_of(name));
		assert_true(sw_sealed_is_good(&secret, &world, good_keys[i],
			signature, path_of("text")));
	}
	sw_kill_agent(&secret);
}

static const struct {
	const char *title;
	enum sw_key key; /* SW_N_KEY: one that nobody has */
	const char *gpg, *passphrase;
	enum ps_status status;
	const char *why; /* NULL: any */
} faults[] = {
	{"nobody's key", SW_N_KEY, "good", SW_PASSPHRASE, PS_ETEMP,
		"there is no such secret key to sign with"},
	{"a public key only", SW_PUBLIC, "good", SW_PASSPHRASE, PS_ETEMP,
		"there is no such secret key to sign with"},
	{"an expired key", SW_EXPIRED, "good", SW_PASSPHRASE, PS_ETEMP,
		"there is no such secret key to sign with"},
	{"a wrong passphrase", SW_LOCKED, "good", "guess", PS_ETEMP,
		"agent, card or passphrase of a secret key fail"},
	{"an empty passphrase", SW_LOCKED, "good", "", PS_ETEMP,
		"agent, card or passphrase of a secret key fail"},
	{"a gpg that hangs", SW_OPEN, "hang", SW_PASSPHRASE, PS_ELATE, NULL},
	{"a gpg that fails", SW_OPEN, "exit2", SW_PASSPHRASE, PS_ETEMP, NULL},
	{"a gpg that says nothing", SW_OPEN, "empty", SW_PASSPHRASE, PS_ETEMP,
		NULL},
	{"a gpg that dies", SW_OPEN, "unread", SW_PASSPHRASE, PS_ETEMP, NULL},
	{"a gpg that repeats its input", SW_OPEN, "echo", SW_PASSPHRASE,
		PS_ETEMP, NULL},
	{"a gpg that floods", SW_OPEN, "flood", SW_PASSPHRASE, PS_ETEMP, NULL},
};

static const char *
try_faults(struct cw_scene *s)
{
	static char told[256];
	static const char nobody[] = "0123456789ABCDEF0123456789ABCDEF01234567";
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);
	int64_t took_ms = 0;
	struct ps_signature_made made;
	struct ps_spool *sealed;

	s->took_ms = &took_ms;
	for (size_t i = 0; i < 4 * sizeof(faults) / sizeof(faults[0]); i++) {
		size_t f = i / 4;
		const char *why = "", *fpr;
		enum ps_status st;

		fpr = faults[f].key == SW_N_KEY ? nobody
						: secret.fpr[faults[f].key];
		cw_gpg(&world, "good");
		/* half of them meet a worker that has signed before */
		if (i % 2 == 0 &&
			sign(s, a, secret.fpr[SW_OPEN], &made, &why) != PS_OK)
			return why;
		sw_kill_agent(&secret);
		sw_passphrase(&secret, faults[f].passphrase);
		cw_gpg(&world, faults[f].gpg);
		st = i % 4 < 2 ? sign(s, a, fpr, &made, &why)
			       : seal(s, fpr, &sealed, &why);
		snprintf(told, sizeof(told), "%s (%zu): %s %s in %d ms",
			faults[f].title, i % 4, ps_status_name(st), why,
			(int)took_ms);
		if (st != faults[f].status || took_ms > CRYPTO_MS + 1000 ||
			(faults[f].why != NULL &&
				strcmp(faults[f].why, why) != 0))
			return told;
	}
	cw_gpg(&world, "good");
	sw_passphrase(&secret, SW_PASSPHRASE);
	snprintf(told, sizeof(told), "it does not sign afterwards");
	if (sign(s, a, secret.fpr[SW_LOCKED], &made, &(const char *){NULL}) !=
		PS_OK)
		return told;
	ps_arena_free(a);
	return NULL;
}

static void
each_fault_of_a_key_or_of_gpg_is_an_error_in_time(void **state)
{
	(void)state;
	play(&impatient, try_faults);
}

static const char *
lose_the_agent(struct cw_scene *s)
{
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);
	const char *why = "";
	struct ps_signature_made made;

	for (int i = 0; i < 3; i++) {
		if (sign(s, a, secret.fpr[SW_LOCKED], &made, &why) != PS_OK)
			return why;
		CW_CHECK(sw_has_agent(&secret));
		sw_kill_agent(&secret);
	}
	ps_arena_free(a);
	return NULL;
}

static void
a_dead_agent_is_started_again(void **state)
{
	(void)state;
	play(&impatient, lose_the_agent);
}

static const char *
list(struct cw_scene *s)
{
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);
	struct ps_wait wait = wait_of(s);
	struct ps_secret_info *info;
	const char *why = "";
	size_t n;

	if (s->engine.secrets(s->engine.self, a, &wait, &info, &n, &why) !=
		PS_OK)
		return why;
	CW_CHECK(n == SW_PUBLIC);
	for (size_t i = 0; i < n; i++) {
		CW_CHECK(strcmp(info[i].fpr, secret.fpr[i]) == 0);
		CW_CHECK(info[i].can_sign == (i != SW_EXPIRED));
	}
	ps_arena_free(a);
	return NULL;
}

static void
secret_keys_are_listed_with_what_they_can_do(void **state)
{
	(void)state;
	play(NULL, list);
}

static const char *
without_a_home(struct cw_scene *s)
{
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);
	const char *why = "";
	struct ps_signature_made made;

	CW_CHECK(sign(s, a, secret.fpr[SW_OPEN], &made, &why) == PS_ETEMP);
	CW_CHECK(strcmp(why, "no home with secret keys is configured") == 0);
	ps_arena_free(a);
	return NULL;
}

static void
without_a_secret_home_nothing_is_signed(void **state)
{
	(void)state;
	world.secret_home = world.passphrase_file = NULL;
	play(NULL, without_a_home);
	world.secret_home = secret.home;
	world.passphrase_file = secret.passphrase_file;
}

static int
make_world(void **state)
{
	(void)state;
	cw_make(&world);
	sw_make(&secret, &world);
	return 0;
}

static int
remove_world(void **state)
{
	(void)state;
	sw_kill_agent(&secret);
	cw_remove(&world);
	return 0;
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(what_is_signed_is_good_in_gpg_and_sq),
	cmocka_unit_test(each_fault_of_a_key_or_of_gpg_is_an_error_in_time),
	cmocka_unit_test(a_dead_agent_is_started_again),
	cmocka_unit_test(secret_keys_are_listed_with_what_they_can_do),
	cmocka_unit_test(without_a_secret_home_nothing_is_signed),
};

int
main(int argc, char **argv)
{
	if (argc >= 4 && strcmp(argv[1], "crypto-worker") == 0)
		return ps_worker_main(&(struct ps_worker_place){.gpg = argv[2],
			.home = argv[3],
			.secret_home = argc > 4 ? argv[4] : NULL,
			.passphrase_file = argc > 5 ? argv[5] : NULL});
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name(
		"crypto_sign", tests, make_world, remove_world);
}
