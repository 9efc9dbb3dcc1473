/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Crypto workers whose gpg is missing, dies, hangs, lies or writes half: each
 * operation ends as an error in time, or sealed, and the next one works.
 */
#include "crypto_world.h"

#include "tap.h"

#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/eventfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "openpgp/packets.h"

#define CRYPTO_MS 1000

static struct crypto_world world;
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
}

/* The key id of the first PKESK, or 0. */
static uint64_t
key_id_of(struct ps_spool *sealed)
{
	struct ps_bytes rest;
	struct ps_packet p;
	const char *why;
	uint64_t id = 0;
	bool got;

	if (ps_spool_view(sealed, &rest, &why) != PS_OK ||
		ps_packets_next(&rest, &p, &got, &why) != PS_OK || !got ||
		p.tag != PS_TAG_PKESK || p.body.len < 9)
		return 0;
	for (size_t i = 1; i < 9; i++)
		id = id << 8 | (unsigned char)p.body.p[i];
	return id;
}

/* What a caller does: seal, and believe the packets only. */
static enum ps_status
seal_and_check(
	const struct cw_scene *s, size_t len, uint64_t key_id, const char **why)
{
	struct ps_bytes sealed;
	struct ps_spool *out;
	enum ps_status st = cw_seal(s, len, 1, &out, why);

	if (st != PS_OK)
		return st;
	st = ps_spool_view(out, &sealed, why);
	if (st == PS_OK && ps_packets_check(sealed, &key_id, 1, why) != PS_OK)
		st = PS_ETEMP;
	ps_spool_free(out);
	return st;
}

static uint64_t
learn_key_id(const struct cw_scene *s)
{
	const char *why = "";
	struct ps_spool *out = NULL;
	uint64_t id = 0;

	if (cw_seal(s, 100, 1, &out, &why) == PS_OK)
		id = key_id_of(out);
	ps_spool_free(out);
	return id;
}

static size_t
n_descriptors(void)
{
	size_t n = 0;

	for (int fd = 0; fd < 1024; fd++)
		n += fcntl(fd, F_GETFD) >= 0;
	return n;
}

static const char *const misbehaviours[] = {"exit2", "empty", "hang",
	"hang-child", "echo", "half", "garbage", "killed", "unread", "flood"};

static const char *
misbehave(struct cw_scene *s)
{
	uint64_t id = learn_key_id(s);
	size_t n_open = n_descriptors();
	static char text[128];
	int64_t took_ms = 0;

	CW_CHECK(id != 0);
	s->took_ms = &took_ms;
	for (size_t i = 0; i < 2 * sizeof(misbehaviours) / sizeof(char *);
		i++) {
		const char *how = misbehaviours[i / 2], *why = "";
		size_t len = i % 2 == 0 ? 10240 : 20 << 20;
		enum ps_status st;

		cw_gpg(&world, how);
		st = seal_and_check(s, len, id, &why);
		snprintf(text, sizeof(text), "%s, %zu octets: %s %s in %d ms",
			how, len, ps_status_name(st), why, (int)took_ms);
		if (st == PS_OK || why[0] == '\0' || took_ms > CRYPTO_MS + 1000)
			return text;
		cw_gpg(&world, "good");
		if (seal_and_check(s, 10240, id, &why) != PS_OK)
			return text;
	}
	CW_CHECK(n_descriptors() == n_open);
	return NULL;
}

static void
each_misbehaviour_of_gpg_is_an_error_in_time(void **state)
{
	(void)state;
	play(&impatient, misbehave);
}

static const char *
without_gpg(struct cw_scene *s)
{
	uint64_t id = learn_key_id(s);
	char away[CW_PATH + 8];
	const char *why = "";

	snprintf(away, sizeof(away), "%s.away", world.gpg);
	for (int i = 0; i < 2; i++) {
		CW_CHECK(rename(world.gpg, away) == 0);
		CW_CHECK(seal_and_check(s, 10240, id, &why) == PS_ETEMP);
		CW_CHECK(strcmp(why, "gpg cannot be run") == 0);
		/* A worker that was started without a gpg. */
		CW_CHECK(seal_and_check(s, 10240, id, &why) == PS_ETEMP);
		CW_CHECK(rename(away, world.gpg) == 0);
		CW_CHECK(seal_and_check(s, 10240, id, &why) == PS_OK);
	}
	return NULL;
}

static void
a_missing_gpg_is_an_error_until_it_is_back(void **state)
{
	(void)state;
	play(&impatient, without_gpg);
}

static const char *
hang_from_the_start(struct cw_scene *s)
{
	int64_t took_ms = 0;
	const char *why = "";
	struct ps_spool *out;

	s->took_ms = &took_ms;
	cw_gpg(&world, "hang"); /* when asked for its version, too */
	CW_CHECK(cw_seal(s, 10240, 1, &out, &why) == PS_ELATE);
	CW_CHECK(strcmp(why, "the crypto worker did not finish in time") == 0);
	CW_CHECK(took_ms < CRYPTO_MS + 1000);
	cw_gpg(&world, "good");
	CW_CHECK(learn_key_id(s) != 0);
	return NULL;
}

static void
a_gpg_that_hangs_at_once_is_given_up(void **state)
{
	(void)state;
	play(&impatient, hang_from_the_start);
}

static const char *
without_certificate(struct cw_scene *s)
{
	struct crypto_world other = world;
	uint64_t id = learn_key_id(s);
	const char *why = "";

	CW_CHECK(id != 0);
	s->world = &other;
	snprintf(other.cert[0], CW_PATH, "%s/nobody.pgp", world.dir);
	CW_CHECK(seal_and_check(s, 10240, id, &why) == PS_ETEMP);
	CW_CHECK(strcmp(why, "a certificate file cannot be read") == 0);
	snprintf(other.cert[0], CW_PATH, "%s/how", world.dir);
	CW_CHECK(seal_and_check(s, 10240, id, &why) == PS_ETEMP);
	snprintf(other.cert[0], CW_PATH, "%s/a\nb", world.dir);
	CW_CHECK(seal_and_check(s, 10240, id, &why) == PS_ETEMP);
	s->world = &world;
	CW_CHECK(seal_and_check(s, 10240, id, &why) == PS_OK);
	return NULL;
}

static void
a_missing_certificate_file_is_an_error(void **state)
{
	(void)state;
	play(&impatient, without_certificate);
}

static const char *
fill_the_queue(struct cw_scene *s)
{
	const char *why = "";
	pthread_t thread;
	struct ps_spool *out;

	CW_CHECK(cw_seal_aside(s, &thread));
	CW_CHECK(cw_seal(s, 10240, 1, &out, &why) == PS_ELIMIT);
	CW_CHECK(cw_result_of(thread) == PS_ELATE);
	return NULL;
}

static void
more_waiters_than_allowed_are_turned_away(void **state)
{
	struct cw_scene how = impatient;

	(void)state;
	how.n_queue = 0;
	play(&how, fill_the_queue);
}

static const char *
stop_while_it_hangs(struct cw_scene *s)
{
	pthread_t thread;

	s->stop_fd = eventfd(0, EFD_CLOEXEC);
	CW_CHECK(cw_seal_aside(s, &thread));
	CW_CHECK(eventfd_write(s->stop_fd, 1) == 0);
	CW_CHECK(cw_result_of(thread) == PS_ESTOP);
	close(s->stop_fd);
	s->stop_fd = -1;
	cw_gpg(&world, "good");
	CW_CHECK(learn_key_id(s) != 0);
	return NULL;
}

static void
stopping_ends_an_operation_at_once(void **state)
{
	(void)state;
	play(NULL, stop_while_it_hangs);
}

static const char *
free_while_it_hangs(struct cw_scene *s)
{
	pthread_t thread;

	CW_CHECK(cw_seal_aside(s, &thread));
	ps_workers_free(s->workers);
	s->workers = NULL;
	CW_CHECK(cw_result_of(thread) == PS_ESTOP);
	return NULL;
}

static void
freeing_the_pool_ends_what_is_under_way(void **state)
{
	struct cw_scene how = impatient;

	(void)state;
	how.crypto_ms = 8000;
	play(&how, free_while_it_hangs);
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
	cmocka_unit_test(each_misbehaviour_of_gpg_is_an_error_in_time),
	cmocka_unit_test(a_missing_gpg_is_an_error_until_it_is_back),
	cmocka_unit_test(a_gpg_that_hangs_at_once_is_given_up),
	cmocka_unit_test(a_missing_certificate_file_is_an_error),
	cmocka_unit_test(more_waiters_than_allowed_are_turned_away),
	cmocka_unit_test(stopping_ends_an_operation_at_once),
	cmocka_unit_test(freeing_the_pool_ends_what_is_under_way),
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
		"crypto_faults", tests, make_world, remove_world);
}
