/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * The index itself: what is put is found, exactly, by everyone, or the call
 * says that it cannot know.
 */
#include "tap.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "store/key_index.h"

struct place {
	char dir[64], path[80];
	struct ps_arena *a;
	struct ps_key_index *ix;
};

static int
make(void **state)
{
	struct place *p = calloc(1, sizeof(*p));

	snprintf(p->dir, sizeof(p->dir), "%s/postseal-index-XXXXXX",
		access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
	assert_non_null(mkdtemp(p->dir));
	snprintf(p->path, sizeof(p->path), "%s/index.db", p->dir);
	p->a = ps_arena_new(PS_ARENA_PLAIN);
	p->ix = ps_key_index_new(p->path);
	*state = p;
	return 0;
}

static int
clean(void **state)
{
	struct place *p = *state;
	const char *why;

	ps_key_index_erase(p->ix, p->a, &why);
	ps_key_index_free(p->ix);
	rmdir(p->dir);
	ps_arena_free(p->a);
	free(p);
	return 0;
}

/* A certificate with one user id, read from a file. */
static void
put(struct place *p, const char *fpr, const char *address, const char *file)
{
	struct ps_key_file f = {.name = file, .stamp = {1, 2, 3, 4}};
	struct ps_key_uid uid = {.text = ps_bytes_of("x"),
		.address = ps_bytes_of(address),
		.expires_s = 5,
		.revoked = true};
	struct ps_key_subkey sub = {.fpr = "5B",
		.key_id = 0xf000000000000001,
		.created_s = 6,
		.expires_s = 7,
		.can_encrypt = true,
		.file_size = 8};
	struct ps_key_record r = {.version = 4,
		.created_s = 9,
		.note = "note",
		.subkey = &sub,
		.n_subkey = 1,
		.uid = &uid,
		.n_uid = 1,
		.file = &f,
		.n_file = 1};
	struct ps_key_writer *w;
	const char *why = "";

	snprintf(r.fpr, sizeof(r.fpr), "%s", fpr);
	assert_int_equal(ps_key_index_begin(p->ix, p->a, &w, &why), PS_OK);
	assert_int_equal(ps_key_index_put_file(w, &f, &why), PS_OK);
	assert_int_equal(ps_key_index_put(w, &r, &why), PS_OK);
	assert_int_equal(ps_key_index_commit(w, &why), PS_OK);
}

static size_t
count(struct place *p, const char *address, bool fold)
{
	const struct ps_key_lookup q = {
		.address = ps_bytes_of(address), .fold_local = fold};
	struct ps_key_found found;
	const char *why = "";

	if (ps_key_index_find(p->ix, p->a, &q, &found, &why) != PS_OK)
		fail_msg("%s", why);
	return found.n_record;
}

static void
an_address_is_matched_whole(void **state)
{
	struct place *p = *state;

	put(p, "AA", "Alice@example.org", "a");
	put(p, "BB", "evil-alice@example.org", "b");
	assert_int_equal(count(p, "Alice@example.org", false), 1);
	assert_int_equal(count(p, "alice@example.org", false), 0);
	assert_int_equal(count(p, "aLICE@example.org", true), 1);
	assert_int_equal(count(p, "lice@example.org", true), 0);
	assert_int_equal(count(p, "Alice@example.or", true), 0);
	assert_int_equal(count(p, "%@example.org", true), 0);
	assert_int_equal(count(p, "", true), 0);
}

static void
all_that_is_put_comes_back(void **state)
{
	static const char *const fpr[] = {"AA", "AA"};
	const struct ps_key_lookup q = {.fpr = fpr, .n_fpr = 2};
	struct place *p = *state;
	struct ps_key_found found;
	const char *why = "";
	struct ps_key_record *r;

	put(p, "AA", "a@example.org", "a");
	assert_int_equal(
		ps_key_index_find(p->ix, p->a, &q, &found, &why), PS_OK);
	assert_int_equal(found.n_record, 1);
	r = &found.record[0];
	assert_string_equal(r->note, "note");
	assert_int_equal(r->created_s, 9);
	assert_int_equal(r->n_uid, 1);
	assert_bytes(r->uid[0].address, "a@example.org");
	assert_int_equal(r->uid[0].expires_s, 5);
	assert_true(r->uid[0].revoked && !r->uid[0].invalid);
	assert_int_equal(r->n_subkey, 1);
	assert_true(r->subkey[0].key_id == 0xf000000000000001);
	assert_int_equal(r->subkey[0].file_size, 8);
	assert_true(r->subkey[0].can_encrypt && !r->subkey[0].revoked);
	assert_int_equal(r->n_file, 1);
	assert_string_equal(r->file[0].name, "a");
	assert_int_equal(r->file[0].stamp.ino, 4);
}

static void
putting_again_replaces_and_forgetting_names_the_siblings(void **state)
{
	struct place *p = *state;
	struct ps_key_writer *w;
	const char **sibling, *why = "";
	size_t n;

	put(p, "AA", "old@example.org", "a");
	put(p, "AA", "new@example.org", "a");
	assert_int_equal(count(p, "old@example.org", true), 0);
	assert_int_equal(count(p, "new@example.org", true), 1);
	assert_int_equal(ps_key_index_begin(p->ix, p->a, &w, &why), PS_OK);
	assert_int_equal(
		ps_key_index_forget(w, "a", &sibling, &n, &why), PS_OK);
	assert_int_equal(n, 0);
	ps_key_index_abort(w);
	assert_int_equal(count(p, "new@example.org", true), 1);
	assert_int_equal(ps_key_index_begin(p->ix, p->a, &w, &why), PS_OK);
	assert_int_equal(
		ps_key_index_forget(w, "a", &sibling, &n, &why), PS_OK);
	assert_int_equal(ps_key_index_commit(w, &why), PS_OK);
	assert_int_equal(count(p, "new@example.org", true), 0);
}

static void
a_stamp_is_kept_until_it_is_taken_back(void **state)
{
	const struct ps_key_lookup q = {.address = PS_LIT("@")};
	const struct ps_file_stamp stamp = {0, 11, 12, 13};
	struct place *p = *state;
	struct ps_key_found found;
	struct ps_key_writer *w;
	const char *why = "";

	for (int i = 0; i < 2; i++) {
		assert_int_equal(
			ps_key_index_begin(p->ix, p->a, &w, &why), PS_OK);
		assert_int_equal(
			ps_key_index_set_dir(w, i == 0 ? &stamp : NULL, &why),
			PS_OK);
		assert_int_equal(ps_key_index_commit(w, &why), PS_OK);
		assert_int_equal(
			ps_key_index_find(p->ix, p->a, &q, &found, &why),
			PS_OK);
		assert_int_equal(found.dir.mtime_ns, i == 0 ? 11 : 0);
		assert_int_equal(found.dir.ino, i == 0 ? 13 : 0);
	}
}

static void
spoil(struct place *p, const char *text, long at)
{
	FILE *f;

	ps_key_index_free(p->ix); /* the write-ahead log goes into the file */
	f = fopen(p->path, at == 0 ? "wb" : "r+b");
	assert_non_null(f);
	assert_int_equal(fseek(f, at, SEEK_SET), 0);
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fclose(f), 0);
	p->ix = ps_key_index_new(p->path);
}

static void
damage_is_never_an_empty_answer(void **state)
{
	const struct ps_key_lookup q = {.address = PS_LIT("a@example.org")};
	/* Into the header, the schema, and a certificate's own row. */
	static const long at[] = {0, 20, 60};
	struct place *p = *state;
	struct ps_key_found found;
	const char *why = "";

	for (size_t i = 0; i < sizeof(at) / sizeof(at[0]); i++) {
		put(p, "AA", "a@example.org", "a");
		spoil(p, "garbage that is no database", at[i]);
		assert_int_not_equal(
			ps_key_index_find(p->ix, p->a, &q, &found, &why),
			PS_OK);
		assert_int_equal(ps_key_index_erase(p->ix, p->a, &why), PS_OK);
		assert_int_equal(count(p, "a@example.org", true), 0);
	}
}

static void
an_index_of_another_version_is_not_believed(void **state)
{
	const struct ps_key_lookup q = {.address = PS_LIT("a@example.org")};
	struct place *p = *state;
	struct ps_key_found found;
	const char *why = "";

	put(p, "AA", "a@example.org", "a");
	spoil(p, "\x7f", 60 + 3); /* the last octet of user_version */
	assert_int_equal(
		ps_key_index_find(p->ix, p->a, &q, &found, &why), PS_EPERM);
	assert_non_null(strstr(why, "version 127"));
}

static void
what_cannot_be_opened_is_trouble(void **state)
{
	const struct ps_key_lookup q = {.address = PS_LIT("a@example.org")};
	struct place *p = *state;
	struct ps_key_index *ix = ps_key_index_new("/nonexistent/index.db");
	struct ps_key_found found;
	const char *why = "";

	assert_int_equal(
		ps_key_index_find(ix, p->a, &q, &found, &why), PS_ETEMP);
	assert_string_not_equal(why, "");
	ps_key_index_free(ix);
}

struct reader {
	struct place *p;
	size_t n_wrong;
};

static void *
read_often(void *arg)
{
	struct reader *r = arg;
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);
	const struct ps_key_lookup q = {.address = PS_LIT("a@example.org")};
	struct ps_key_found found;
	const char *why = "";

	for (int i = 0; i < 200; i++) {
		if (ps_key_index_find(r->p->ix, a, &q, &found, &why) != PS_OK ||
			found.n_record != 1 || found.record[0].n_uid != 1)
			r->n_wrong++;
		ps_arena_reset(a);
	}
	ps_arena_free(a);
	return NULL;
}

/* More threads than connections; the certificate is replaced meanwhile. */
static void
readers_never_see_half_a_change(void **state)
{
	struct place *p = *state;
	struct reader reader[12];
	pthread_t thread[12];

	put(p, "AA", "a@example.org", "a");
	for (size_t i = 0; i < 12; i++) {
		reader[i] = (struct reader){.p = p};
		assert_int_equal(pthread_create(&thread[i], NULL, read_often,
					 &reader[i]),
			0);
	}
	for (int i = 0; i < 100; i++)
		put(p, "AA", "a@example.org", "a");
	for (size_t i = 0; i < 12; i++) {
		pthread_join(thread[i], NULL);
		assert_int_equal(reader[i].n_wrong, 0);
	}
}

static void
put_ending(
	struct place *p, const char *fpr, const char *address, int64_t ends_s)
{
	struct ps_key_uid uid = {.text = ps_bytes_of("x"),
		.address = ps_bytes_of(address),
		.ends_s = ends_s};
	struct ps_key_record r = {.version = 4, .uid = &uid, .n_uid = 1};
	struct ps_key_writer *w;
	const char *why = "";

	snprintf(r.fpr, sizeof(r.fpr), "%s", fpr);
	assert_int_equal(ps_key_index_begin(p->ix, p->a, &w, &why), PS_OK);
	assert_int_equal(ps_key_index_put(w, &r, &why), PS_OK);
	assert_int_equal(ps_key_index_commit(w, &why), PS_OK);
}

static void
who_loses_the_last_certificate_is_told_and_nobody_else(void **state)
{
	struct place *p = *state;
	struct ps_key_ending *out;
	const char *why = "";
	int64_t ends_s;
	size_t n;

	put_ending(p, "A1", "early@example.org", 110);
	put_ending(p, "A2", "Early@example.org", 120); /* lasts longer */
	put_ending(p, "B1", "saved@example.org", 115);
	put_ending(p, "B2", "saved@example.org", PS_KEY_NEVER_ENDS);
	put_ending(p, "C1", "edge@example.org", 100);
	put_ending(p, "D1", "until@example.org", 200);
	put_ending(p, "D2", "until@example.org", 200);
	put_ending(p, "E1", "later@example.org", 201);
	put_ending(p, "F1", "broken@example.org", 150);
	put_ending(p, "F2", "broken@example.org", 0);
	put_ending(p, "G1", "", 150); /* names no address */
	assert_int_equal(
		ps_key_index_ending(p->ix, p->a, 100, 200, 10, &out, &n, &why),
		PS_OK);
	assert_int_equal(n, 3);
	assert_bytes(out[0].address, "Early@example.org");
	assert_string_equal(out[0].fpr, "A2");
	assert_int_equal(out[0].ends_s, 120);
	assert_bytes(out[1].address, "broken@example.org");
	assert_bytes(out[2].address, "until@example.org");
	assert_int_equal(
		ps_key_index_ending(p->ix, p->a, 100, 200, 1, &out, &n, &why),
		PS_OK);
	assert_int_equal(n, 1);
	assert_int_equal(ps_key_index_lasts(p->ix, p->a,
				 PS_LIT("EARLY@example.org"), &ends_s, &why),
		PS_OK);
	assert_int_equal(ends_s, 120);
	assert_int_equal(ps_key_index_lasts(p->ix, p->a,
				 PS_LIT("nobody@example.org"), &ends_s, &why),
		PS_OK);
	assert_int_equal(ends_s, 0);
}

#define T(f) cmocka_unit_test_setup_teardown(f, make, clean)

static const struct CMUnitTest tests[] = {
	T(an_address_is_matched_whole),
	T(all_that_is_put_comes_back),
	T(putting_again_replaces_and_forgetting_names_the_siblings),
	T(a_stamp_is_kept_until_it_is_taken_back),
	T(damage_is_never_an_empty_answer),
	T(an_index_of_another_version_is_not_believed),
	T(what_cannot_be_opened_is_trouble),
	T(readers_never_see_half_a_change),
	T(who_loses_the_last_certificate_is_told_and_nobody_else),
};

PS_TESTS("key_index", tests)
