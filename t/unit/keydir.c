/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * The key directory with an engine that believes everything: files come, go
 * and break, and the answer is never "no key" by mistake.
 */
#include "tap.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "data.h"
#include "keys/keydir_parts.h"
#include "keys_place.h"

static void
an_imported_certificate_is_found_by_its_exact_address(void **state)
{
	struct keys_place *p = *state;
	struct ps_import r;
	struct ps_cert_answer out;

	kp_expect(p, "alice@example.org", PS_CERT_NONE);
	r = kp_import(p, kp_cert(p, 4, 1, "Evil <evil-alice@example.org>", 1));
	assert_true(r.stored && r.changed && r.usable);
	kp_expect(p, "alice@example.org", PS_CERT_NONE);
	r = kp_import(p, kp_cert(p, 4, 2, "Alice <alice@example.org>|x", 1));
	out = kp_ask(p, "Alice@example.org", false);
	assert_int_equal(out.state, PS_CERT_FOUND);
	assert_int_equal(out.n_cert, 1);
	assert_string_equal(out.cert[0].fpr, r.fpr);
	assert_int_equal(access(out.cert[0].subkey[0].file, R_OK), 0);
	kp_expect(p, "lice@example.org", PS_CERT_NONE);
	kp_expect(p, "alice@example.or", PS_CERT_NONE);
}

static void
a_minimal_certificate_holds_one_key_and_one_user_id(void **state)
{
	struct keys_place *p = *state;
	struct ps_cert_answer out;
	struct ps_bytes minimal;

	kp_import(p, kp_cert(p, 4, 7,
			     "Old [revoked] <o@example.org>|A <a@example.org>|"
			     "B <b@example.org>",
			     2));
	out = kp_ask(p, "b@example.org", false);
	assert_int_equal(out.state, PS_CERT_FOUND);
	minimal = data_read(p->a, out.cert[0].subkey[0].file);
	/* What is written for one user id and the second of two subkeys. */
	assert_int_equal(
		minimal.len, kp_cert(p, 4, 7, "A <a@example.org>", 1).len);
	assert_int_equal(
		ps_bytes_find(minimal, PS_LIT("example.org")), 6 + 17 + 6 + 5);
	out = kp_ask(p, "o@example.org", false);
	assert_int_equal(out.state, PS_CERT_UNUSABLE);
	assert_string_equal(out.reason, "uid-revoked");
}

static void
importing_again_changes_nothing_and_merges_what_is_new(void **state)
{
	struct keys_place *p = *state;
	struct ps_import r;

	kp_import(p, kp_cert(p, 4, 1, "A <a@example.org>", 1));
	r = kp_import(p, kp_cert(p, 4, 1, "A <a@example.org>", 1));
	assert_true(r.stored && !r.changed);
	r = kp_import(p, kp_cert(p, 4, 1, "A <a@example.org>|[keyrevoked]", 1));
	assert_true(r.stored && r.changed && !r.usable);
	kp_expect(p, "a@example.org", PS_CERT_UNUSABLE);
	/* The one from before cannot take it back. */
	kp_import(p, kp_cert(p, 4, 1, "A <a@example.org>", 1));
	kp_expect(p, "a@example.org", PS_CERT_UNUSABLE);
}

static void
other_versions_are_unusable_and_never_absent(void **state)
{
	static const int versions[] = {3, 5, 6};
	struct keys_place *p = *state;

	for (size_t i = 0; i < 3; i++) {
		char *uid = ps_arena_printf(
			p->a, "V <v%d@example.org>", versions[i]);
		char *address =
			ps_arena_printf(p->a, "v%d@example.org", versions[i]);
		struct ps_import r;
		struct ps_cert_answer out;

		r = kp_import(p, kp_cert(p, versions[i], 5, uid, 1));
		assert_true(r.stored && !r.usable);
		out = kp_ask(p, address, true);
		assert_int_equal(out.state, PS_CERT_UNUSABLE);
		assert_string_equal(out.reason, "unsupported-version");
	}
	assert_int_equal(p->engine.n_call, 0);
}

static void
a_file_that_is_copied_in_is_found_and_one_that_is_removed_is_not(void **state)
{
	struct keys_place *p = *state;

	kp_refresh(p);
	kp_expect(p, "a@example.org", PS_CERT_NONE);
	kp_save(p, "certs/any name.asc",
		kp_cert(p, 4, 1, "A <a@example.org>", 1));
	assert_int_equal(
		kp_ask(p, "a@example.org", false).state, PS_CERT_TROUBLE);
	kp_expect(p, "a@example.org", PS_CERT_FOUND);
	assert_int_equal(unlink(kp_path(p, "certs/any name.asc")), 0);
	kp_expect(p, "a@example.org", PS_CERT_NONE);
}

static void
a_file_that_is_written_in_place_is_read_again(void **state)
{
	struct keys_place *p = *state;

	kp_save(p, "certs/a.pgp", kp_cert(p, 4, 1, "A <a@example.org>", 1));
	kp_expect(p, "a@example.org", PS_CERT_FOUND);
	kp_save(p, "certs/a.pgp",
		kp_cert(p, 4, 1, "A <a@example.org>|[keyrevoked]", 1));
	kp_expect(p, "a@example.org", PS_CERT_UNUSABLE);
	/* A name that no answer rested on: within a minute. */
	kp_save(p, "certs/a.pgp", kp_cert(p, 4, 1, "N <new@example.org>", 1));
	p->mono_ms = 60000;
	p->wait.deadline_ms = 70000;
	kp_refresh(p);
	kp_expect(p, "new@example.org", PS_CERT_FOUND);
	kp_expect(p, "a@example.org", PS_CERT_NONE);
}

static void
two_files_of_one_certificate_count_together(void **state)
{
	struct keys_place *p = *state;
	const char *why;
	struct ps_import r;

	r = kp_import(p, kp_cert(p, 4, 1, "A <a@example.org>", 1));
	kp_save(p, "certs/revoked.asc",
		kp_cert(p, 4, 1, "A <a@example.org>|[keyrevoked]", 1));
	kp_expect(p, "a@example.org", PS_CERT_UNUSABLE);
	assert_int_equal(unlink(kp_path(p, "certs/revoked.asc")), 0);
	kp_expect(p, "a@example.org", PS_CERT_FOUND);
	kp_save(p, "certs/again.pgp", kp_cert(p, 4, 1, "A <a@example.org>", 1));
	kp_expect(p, "a@example.org", PS_CERT_FOUND);
	assert_int_equal(
		ps_keydir_drop(p->d, p->a, r.fpr, &p->wait, &why), PS_OK);
	kp_expect(p, "a@example.org", PS_CERT_NONE);
	assert_int_equal(
		ps_keydir_drop(p->d, p->a, r.fpr, &p->wait, &why), PS_EPERM);
}

static void
a_bad_file_stops_nobody_and_is_listed(void **state)
{
	struct keys_place *p = *state;
	struct ps_key_list list;
	const char *why = "";

	kp_import(p, kp_cert(p, 4, 1, "A <a@example.org>", 1));
	kp_save(p, "certs/bad.asc", PS_LIT("no certificate\n"));
	kp_expect(p, "a@example.org", PS_CERT_FOUND);
	kp_expect(p, "b@example.org", PS_CERT_NONE);
	assert_int_equal(
		ps_keydir_list(p->d, p->a, NULL, &p->wait, &list, &why), PS_OK);
	assert_int_equal(list.n_line, 2);
	assert_string_equal(list.line[0].state, "usable");
	assert_string_equal(list.line[1].state, "bad-file");
	/* Once it is written to its end, it counts at once. */
	kp_save(p, "certs/bad.asc", kp_cert(p, 4, 2, "B <b@example.org>", 1));
	kp_expect(p, "b@example.org", PS_CERT_FOUND);
}

static void
a_certificate_on_which_the_engine_fails_stops_only_itself(void **state)
{
	struct keys_place *p = *state;

	kp_import(p, kp_cert(p, 4, 1, "A <a@example.org>", 1));
	p->engine.poison = "poison";
	kp_save(p, "certs/p.pgp",
		kp_cert(p, 4, 2, "poison <p@example.org>", 1));
	kp_expect(p, "a@example.org", PS_CERT_FOUND);
	kp_expect(p, "p@example.org", PS_CERT_UNUSABLE);
	kp_save(p, "certs/i.pgp",
		kp_cert(p, 4, 3, "[invalid] <i@example.org>", 1));
	kp_expect(p, "i@example.org", PS_CERT_UNUSABLE);
	kp_expect(p, "a@example.org", PS_CERT_FOUND);
}

static void
an_engine_that_fails_is_trouble_and_not_no_key(void **state)
{
	struct keys_place *p = *state;

	kp_import(p, kp_cert(p, 4, 1, "A <a@example.org>", 1));
	p->engine.fails = PS_ETEMP;
	kp_expect(p, "a@example.org", PS_CERT_FOUND);
	kp_save(p, "certs/b.pgp", kp_cert(p, 4, 2, "B <b@example.org>", 1));
	kp_expect(p, "b@example.org", PS_CERT_TROUBLE);
	p->engine.fails = PS_OK;
	kp_expect(p, "b@example.org", PS_CERT_FOUND);
}

static void
a_damaged_index_is_trouble_until_it_is_made_again(void **state)
{
	static const size_t at[] = {0, 100, 4096, 9000};
	struct keys_place *p = *state;

	kp_import(p, kp_cert(p, 4, 1, "A <a@example.org>", 1));
	for (size_t i = 0; i < sizeof(at) / sizeof(at[0]); i++) {
		FILE *f;

		kp_expect(p, "a@example.org", PS_CERT_FOUND);
		kp_reopen(p); /* the write-ahead log goes into the file */
		f = fopen(kp_path(p, "index.db"), "r+b");
		assert_non_null(f);
		assert_int_equal(fseek(f, (long)at[i], SEEK_SET), 0);
		for (int k = 0; k < 4000; k++)
			fputc(k * 7 + 1, f);
		assert_int_equal(fclose(f), 0);
		kp_expect(p, "a@example.org", PS_CERT_TROUBLE);
		kp_expect(p, "nobody@example.org", PS_CERT_TROUBLE);
		kp_refresh(p);
		kp_expect(p, "nobody@example.org", PS_CERT_NONE);
	}
	kp_expect(p, "a@example.org", PS_CERT_FOUND);
}

static void
damage_under_an_open_index_is_noticed(void **state)
{
	struct keys_place *p = *state;

	kp_import(p, kp_cert(p, 4, 1, "A <a@example.org>", 1));
	kp_reopen(p); /* the write-ahead log goes into the file */
	kp_expect(p, "a@example.org", PS_CERT_FOUND);
	kp_save(p, "index.db", PS_LIT("this is no database, but it is a file"));
	kp_expect(p, "nobody@example.org", PS_CERT_TROUBLE);
	kp_refresh(p);
	kp_expect(p, "a@example.org", PS_CERT_FOUND);
}

static void
an_index_that_is_removed_is_made_again(void **state)
{
	struct keys_place *p = *state;

	kp_import(p, kp_cert(p, 4, 1, "A <a@example.org>", 1));
	assert_int_equal(unlink(kp_path(p, "index.db")), 0);
	kp_expect(p, "a@example.org", PS_CERT_FOUND);
}

static void
a_missing_minimal_certificate_is_trouble_until_it_is_made_again(void **state)
{
	struct keys_place *p = *state;
	struct ps_cert_answer out;

	kp_import(p, kp_cert(p, 4, 1, "A <a@example.org>", 1));
	out = kp_ask(p, "a@example.org", true);
	assert_int_equal(unlink(out.cert[0].subkey[0].file), 0);
	kp_expect(p, "a@example.org", PS_CERT_TROUBLE);
	kp_refresh(p);
	kp_expect(p, "a@example.org", PS_CERT_FOUND);
}

static void
a_directory_that_is_gone_is_trouble(void **state)
{
	struct keys_place *p = *state;

	kp_import(p, kp_cert(p, 4, 1, "A <a@example.org>", 1));
	assert_int_equal(rename(kp_path(p, "certs"), kp_path(p, "moved")), 0);
	kp_expect(p, "a@example.org", PS_CERT_TROUBLE);
	assert_int_equal(rename(kp_path(p, "moved"), kp_path(p, "certs")), 0);
	kp_expect(p, "a@example.org", PS_CERT_FOUND);
}

static void
another_process_and_this_one_see_the_same(void **state)
{
	struct keys_place *p = *state;
	struct ps_keydir *first = p->d;
	struct ps_certs firsts = p->certs, seconds;

	kp_expect(p, "a@example.org", PS_CERT_NONE);
	p->d = NULL;
	kp_reopen(p);
	seconds = p->certs;
	kp_import(p, kp_cert(p, 4, 1, "A <a@example.org>", 1));
	p->certs = firsts;
	assert_int_equal(
		kp_ask(p, "a@example.org", false).state, PS_CERT_FOUND);
	p->certs = seconds;
	ps_keydir_free(first);
}

static void
many_certificates_come_in_batches(void **state)
{
	struct keys_place *p = *state;
	struct ps_buf b;

	ps_buf_init(&b, 1 << 24);
	for (unsigned i = 0; i < 1000; i++) {
		char uid[64];

		snprintf(uid, sizeof(uid), "U <u%u@example.org>", i);
		fk_put(&b, 4, i, uid, 2);
	}
	kp_import(p, ps_buf_bytes(&b));
	assert_int_equal(p->n_report, 1000);
	assert_int_equal(p->n_done, 1000);
	assert_int_equal(p->n_all, 1000);
	assert_true(p->n_progress > 5);
	assert_int_equal(p->engine.n_call, 5);
	for (unsigned i = 0; i < 1000; i += 37)
		kp_expect(p, ps_arena_printf(p->a, "u%u@example.org", i),
			PS_CERT_FOUND);
	ps_buf_free(&b);
}

struct asker {
	struct keys_place *p;
	struct ps_wait wait;
	struct ps_cert_answer worst;
	char text[200];
};

static void *
ask_often(void *arg)
{
	struct asker *k = arg;
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);
	const struct ps_addr addr = {.full = PS_LIT("a@example.org")};
	const struct ps_cert_query q = {.addr = &addr,
		.now_s = 1700000000,
		.max_certs = 4,
		.wait = &k->wait};
	struct ps_cert_answer out;

	for (int i = 0; i < 100; i++) {
		k->p->certs.find(k->p->certs.self, a, &q, &out);
		if (out.state != PS_CERT_FOUND) {
			k->worst.state = out.state;
			snprintf(k->text, sizeof(k->text), "%s", out.text);
		}
		ps_arena_reset(a);
	}
	ps_arena_free(a);
	return NULL;
}

static void
who_asks_meanwhile_gets_the_true_answer(void **state)
{
	struct keys_place *p = *state;
	struct asker asker[6];
	pthread_t thread[6];

	p->wait.clock = ps_clock_system();
	p->wait.deadline_ms = ps_mono_ms(p->wait.clock) + 60000;
	kp_import(p, kp_cert(p, 4, 1, "A <a@example.org>", 1));
	for (size_t i = 0; i < 6; i++) {
		asker[i] = (struct asker){.p = p, .wait = p->wait};
		assert_int_equal(
			pthread_create(&thread[i], NULL, ask_often, &asker[i]),
			0);
	}
	for (unsigned i = 2; i < 30; i++) {
		struct ps_bytes other =
			kp_cert(p, 4, i, "B <b@example.org>", 1);

		if (i % 2 == 0)
			kp_import(p, other);
		else
			kp_save(p, "certs/by hand.pgp", other);
	}
	for (size_t i = 0; i < 6; i++) {
		pthread_join(thread[i], NULL);
		if (asker[i].worst.state != PS_CERT_FOUND)
			fail_msg("%s: %s",
				ps_cert_state_name(asker[i].worst.state),
				asker[i].text);
	}
}

struct importer {
	struct keys_place *p;
	struct ps_clock clock;
	int64_t mono_ms;
	struct ps_keydir_dirs dirs;
	size_t n_progress;
};

static int64_t
runs_by_itself(void *self)
{
	struct importer *im = self;

	return im->mono_ms += 500;
}

static int64_t
now_of_place(void *self)
{
	struct importer *im = self;

	return ps_now_s(&im->p->clock);
}

/* The directory is brought up to date, and stays locked. */
static void
catch_up(void *self)
{
	struct importer *im = self;
	const char *why = "";

	if (im->n_progress++ == 0)
		assert_int_equal(ps_keydir_catch_up(im->p->d, im->p->a,
					 &im->dirs, &im->p->wait, &why),
			PS_OK);
}

static void
mail_goes_on_while_somebody_imports_for_hours(void **state)
{
	struct keys_place *p = *state;
	struct importer im = {.p = p};
	struct ps_wait patient = {.clock = &im.clock,
		.deadline_ms = 1000000,
		.stop_fd = -1,
		.self = &im,
		.progress = catch_up};
	const char *why = "";
	struct ps_cert_answer out;

	im.clock = (struct ps_clock){&im, now_of_place, runs_by_itself};
	kp_refresh(p);
	assert_int_equal(
		ps_keydir_lock(p->a, p->d->path, &p->wait, &im.dirs, &why),
		PS_OK);
	kp_save(p, "certs/new", kp_cert(p, 4, 1, "A <a@example.org>", 1));
	p->wait = patient;
	out = kp_ask(p, "a@example.org", true);
	assert_int_equal(out.state, PS_CERT_FOUND);
	assert_true(im.n_progress >= 1);
	ps_keydir_unlock(&im.dirs);
}

#define T(f) cmocka_unit_test_setup_teardown(f, kp_make, kp_clean)

static const struct CMUnitTest tests[] = {
	T(an_imported_certificate_is_found_by_its_exact_address),
	T(a_minimal_certificate_holds_one_key_and_one_user_id),
	T(importing_again_changes_nothing_and_merges_what_is_new),
	T(other_versions_are_unusable_and_never_absent),
	T(a_file_that_is_copied_in_is_found_and_one_that_is_removed_is_not),
	T(a_file_that_is_written_in_place_is_read_again),
	T(two_files_of_one_certificate_count_together),
	T(a_bad_file_stops_nobody_and_is_listed),
	T(a_certificate_on_which_the_engine_fails_stops_only_itself),
	T(an_engine_that_fails_is_trouble_and_not_no_key),
	T(a_damaged_index_is_trouble_until_it_is_made_again),
	T(damage_under_an_open_index_is_noticed),
	T(an_index_that_is_removed_is_made_again),
	T(a_missing_minimal_certificate_is_trouble_until_it_is_made_again),
	T(a_directory_that_is_gone_is_trouble),
	T(another_process_and_this_one_see_the_same),
	T(many_certificates_come_in_batches),
	T(mail_goes_on_while_somebody_imports_for_hours),
	T(who_asks_meanwhile_gets_the_true_answer),
};

PS_TESTS("keydir", tests)
