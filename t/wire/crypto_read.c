/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Certificates read by the crypto workers with a real gpg.
 */
#include "crypto_world.h"

#include "tap.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"

static struct crypto_world world;

static void
play(cw_scene_fn f)
{
	int status;
	const char *problem = cw_play(&world, NULL, f, &status);

	if (problem != NULL)
		fail_msg("%s", problem);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static void
put_file(struct ps_buf *b, const char *name)
{
	char path[CW_PATH], block[4096];
	ssize_t n = 0;
	int fd;

	snprintf(path, sizeof(path), "%s/%s", world.dir, name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	while (fd >= 0 && (n = read(fd, block, sizeof(block))) > 0)
		ps_buf_put(b, ps_bytes(block, (size_t)n));
	if (fd < 0 || n < 0)
		abort();
	close(fd);
}

struct reading {
	struct ps_arena *a;
	struct ps_buf in;
	struct ps_cert_info *cert;
	size_t n;
	const char *why;
};

static enum ps_status
read_them(const struct cw_scene *s, struct reading *r)
{
	const struct ps_clock *clock = ps_clock_system();
	struct ps_wait wait = {.clock = clock,
		.deadline_ms = ps_mono_ms(clock) + 60000,
		.stop_fd = -1};

	r->a = ps_arena_new(PS_ARENA_PLAIN);
	r->why = "";
	return s->engine.read_certs(s->engine.self, r->a, ps_buf_bytes(&r->in),
		&wait, &r->cert, &r->n, &r->why);
}

static bool
names(const struct ps_cert_info *c, size_t i, const char *uid)
{
	return i < c->n_uid && ps_bytes_eq(c->uid[i].text, ps_bytes_of(uid));
}

static const struct ps_cert_info *
cert_of(const struct reading *r, const char *uid)
{
	for (size_t i = 0; i < r->n; i++) {
		if (names(&r->cert[i], 0, uid))
			return &r->cert[i];
	}
	return NULL;
}

static const char *
read_three(struct cw_scene *s)
{
	struct reading r = {.in.max = 1 << 20};
	const struct ps_cert_info *ann;

	put_file(&r.in, "ann.pgp");
	put_file(&r.in, "ben.pgp");
	put_file(&r.in, "cay.pgp");
	put_file(&r.in, "ben.pgp");
	if (read_them(s, &r) != PS_OK)
		return r.why;
	CW_CHECK(r.n == 3);
	ann = cert_of(&r, "ann@example.org");
	CW_CHECK(ann != NULL && ann->n_subkey == 2 && ann->n_uid == 1);
	CW_CHECK(!ann->revoked && !ann->invalid && ann->expires_s == 0);
	CW_CHECK(ann->created_s > 1500000000);
	CW_CHECK(!ann->subkey[0].can_encrypt && ann->subkey[1].can_encrypt);
	CW_CHECK(strcmp(ann->fpr, ann->subkey[0].fpr) == 0);
	CW_CHECK(ann->cleaned.len > 100 && cert_of(&r, "cay@example.org"));
	CW_CHECK(ps_bytes_find(ann->cleaned, PS_LIT("ann@example.org")) !=
		 PS_NOT_FOUND);
	return NULL;
}

static void
certificates_are_read_and_copies_merged(void **state)
{
	(void)state;
	play(read_three);
}

static const char *
read_among_bad_ones(struct cw_scene *s)
{
	/* A key packet that is too short, a version 6 key. */
	static const char bad[] = "\x99\x00\x08\x04\x01\x02\x03\x04\x63\x00\x00"
				  "\x99\x00\x05\x06\x01\x02\x03\x04";
	struct reading r = {.in.max = 1 << 20};

	put_file(&r.in, "ann.pgp");
	ps_buf_put(&r.in, PS_LIT(bad));
	put_file(&r.in, "ben.pgp");
	ps_buf_put(&r.in, PS_LIT(bad));
	put_file(&r.in, "cay.pgp");
	if (read_them(s, &r) != PS_OK)
		return r.why;
	CW_CHECK(r.n == 3);
	CW_CHECK(cert_of(&r, "ann@example.org") != NULL);
	CW_CHECK(cert_of(&r, "ben@example.org") != NULL);
	CW_CHECK(cert_of(&r, "cay@example.org") != NULL);
	/* Nobody knows whether the one before the text was whole. */
	ps_buf_puts(&r.in, "this is no certificate");
	CW_CHECK(read_them(s, &r) == PS_OK && r.n == 2);
	CW_CHECK(cert_of(&r, "cay@example.org") == NULL);
	return NULL;
}

static void
a_certificate_that_gpg_cannot_read_takes_no_other_with_it(void **state)
{
	(void)state;
	play(read_among_bad_ones);
}

static const char *
read_nothing(struct cw_scene *s)
{
	struct reading r = {.in.max = 1 << 20};

	CW_CHECK(read_them(s, &r) == PS_OK && r.n == 0);
	ps_buf_puts(&r.in, "this is no certificate");
	CW_CHECK(read_them(s, &r) == PS_OK && r.n == 0);
	return NULL;
}

static void
no_certificate_is_no_trouble(void **state)
{
	(void)state;
	play(read_nothing);
}

/* A key of 2020 with all that can be wrong with its parts: a user id that is
 * revoked, an encryption subkey that expired, another one that is revoked. */
static void
make_a_rich_certificate(void)
{
	static const char script[] =
		"cd %s && mkdir -m 700 keys/rich && export LC_ALL=C"
		" GNUPGHOME=$PWD/keys/rich && exec 2>log &&"
		" T='--faked-system-time 20200101T000000' &&"
		" G=\"gpg $T -q --batch --yes --pinentry-mode loopback"
		" --passphrase=\" &&"
		" $G --quick-gen-key rich@example.org future-default default"
		" never && F=$(gpg --with-colons -k |"
		" awk -F: '/^fpr/{print $10;exit}') &&"
		" $G --quick-add-uid $F old@example.org &&"
		" $G --quick-revoke-uid $F old@example.org &&"
		" $G --quick-add-key $F cv25519 encr 1y &&"
		" $G --quick-add-key $F cv25519 encr never &&"
		" printf 'key 3\nrevkey\ny\n0\n\ny\nsave\n' |"
		" $G --command-fd 0 --edit-key $F >>log 2>&1 &&"
		" gpg -q --export >rich.pgp;"
		" R=$?; gpgconf --kill gpg-agent; exit $R";
	char line[1024];

	snprintf(line, sizeof(line), script, world.dir);
	assert_int_equal(system(line), 0);
	assert_true(cw_all_gone(5000));
}

static const char *
read_rich(struct cw_scene *s)
{
	struct reading r = {.in.max = 1 << 20};
	const struct ps_cert_info *c;
	size_t n_usable = 0;

	put_file(&r.in, "rich.pgp");
	if (read_them(s, &r) != PS_OK)
		return r.why;
	CW_CHECK(r.n == 1);
	c = &r.cert[0];
	CW_CHECK(c->n_uid == 2 && c->n_subkey == 4 && !c->revoked);
	for (size_t i = 0; i < 2; i++)
		CW_CHECK(c->uid[i].revoked == names(c, i, "old@example.org"));
	for (size_t i = 1; i < 4; i++)
		n_usable += !c->subkey[i].revoked && c->subkey[i].can_encrypt;
	CW_CHECK(n_usable == 2);
	CW_CHECK(c->created_s >= 1577836800 && c->created_s < 1577836900);
	CW_CHECK(c->subkey[2].expires_s >= 1577836800 + 365 * 86400LL);
	CW_CHECK(c->subkey[2].expires_s < 1577836900 + 366 * 86400LL);
	CW_CHECK(c->subkey[3].revoked && c->subkey[3].expires_s == 0);
	return NULL;
}

static void
revoked_parts_and_dates_are_told(void **state)
{
	(void)state;
	make_a_rich_certificate();
	play(read_rich);
}

static const char *
read_with_bad_gpg(struct cw_scene *s)
{
	static const char *const how[] = {"exit2", "empty", "unread", "echo"};

	for (size_t i = 0; i < sizeof(how) / sizeof(how[0]); i++) {
		struct reading r = {.in.max = 1 << 20, .cert = NULL};

		put_file(&r.in, "ann.pgp");
		cw_gpg(&world, how[i]);
		CW_CHECK(read_them(s, &r) == PS_ETEMP);
		CW_CHECK(r.why[0] != '\0' && r.cert == NULL && r.n == 0);
		cw_gpg(&world, "good");
		CW_CHECK(read_them(s, &r) == PS_OK && r.n == 1);
	}
	return NULL;
}

static void
a_gpg_in_trouble_is_never_a_certificate_less(void **state)
{
	(void)state;
	play(read_with_bad_gpg);
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
	cmocka_unit_test(certificates_are_read_and_copies_merged),
	cmocka_unit_test(
		a_certificate_that_gpg_cannot_read_takes_no_other_with_it),
	cmocka_unit_test(no_certificate_is_no_trouble),
	cmocka_unit_test(revoked_parts_and_dates_are_told),
	cmocka_unit_test(a_gpg_in_trouble_is_never_a_certificate_less),
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
		"crypto_read", tests, make_world, remove_world);
}
