/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Books that are damaged, locked, full or gone: trouble, and never an empty
 * page that would let another key in.
 */
#include "key_book_world.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "store/store.h"

static enum ps_status
put(struct key_book_world *w, const char *fpr, int64_t serial, const char **why)
{
	struct ps_key_bond bond = kb_bond("a@example.org", fpr, 1);
	const struct ps_key_change change = {
		.address = bond.address, .put = &bond, .n_put = 1};

	return w->book.write(w->book.self, w->a, &change, serial, why);
}

static void
assert_trouble(struct key_book_world *w, enum ps_status expected)
{
	struct ps_key_page page = {.serial = 77}, pages[2];
	struct ps_key_event *event;
	struct ps_key_bond *bond;
	struct ps_bytes *due;
	const char *why = "";
	size_t n;

	assert_int_equal(w->book.read(w->book.self, w->a,
				 PS_LIT("a@example.org"), &page, &why),
		expected);
	assert_non_null(strstr(why, w->path));
	assert_int_equal(page.serial, 77);
	assert_int_equal(put(w, "BB", 0, &why), expected);
	assert_non_null(strstr(why, w->path));
	assert_int_equal(
		w->book.due(w->book.self, w->a, KB_NOW, 0, 5, &due, &n, &why),
		expected);
	assert_int_equal(w->book.walk(w->book.self, w->a, PS_LIT(""), 2, pages,
				 &n, &why),
		expected);
	assert_int_equal(
		w->book.by_fpr(w->book.self, w->a, "AA", &bond, &n, &why),
		expected);
	assert_int_equal(w->book.history(w->book.self, w->a, PS_LIT(""), 5,
				 &event, &n, &why),
		expected);
}

static void
spoil(struct key_book_world *w, const char *text, long at)
{
	FILE *f;

	ps_key_book_db_free(w->db); /* the log goes into the file */
	f = fopen(w->path, "r+b");
	assert_non_null(f);
	assert_int_equal(fseek(f, at, SEEK_SET), 0);
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fclose(f), 0);
	w->db = NULL;
	kb_reopen(w);
}

static void
a_damaged_book_is_never_empty(void **state)
{
	static const long at[] = {0, 20, 60, 4096, 2 * 4096, 3 * 4096};
	struct key_book_world *w = *state;

	for (size_t i = 0; i < sizeof(at) / sizeof(at[0]); i++) {
		kb_put(w, kb_bond("a@example.org", "AA", 1));
		spoil(w, "garbage that is no database", at[i]);
		assert_trouble(w, PS_EPERM);
		/* Somebody takes the wreck away. */
		unlink(w->path);
		assert_int_equal(kb_page(w, "a@example.org").serial, 0);
	}
}

static void
a_book_without_content_is_damage_and_no_new_book(void **state)
{
	struct key_book_world *w = *state;

	kb_put(w, kb_bond("a@example.org", "AA", 1));
	ps_key_book_db_free(w->db);
	assert_int_equal(truncate(w->path, 0), 0);
	w->db = NULL;
	kb_reopen(w);
	assert_trouble(w, PS_EPERM);
}

static void
a_number_that_is_no_word_is_damage(void **state)
{
	static const struct ps_store_schema schema = {1, ""};
	struct key_book_world *w = *state;
	struct sqlite3 *vandal;
	struct ps_key_page page;
	const char *why = "";

	kb_put(w, kb_bond("a@example.org", "AA", 1));
	assert_int_equal(kb_page(w, "a@example.org").n_bond, 1);
	assert_int_equal(
		ps_store_open(w->a, w->path, &schema, &vandal, &why), PS_OK);
	assert_int_equal(ps_store_exec(w->a, vandal,
				 "PRAGMA ignore_check_constraints = ON;"
				 "UPDATE bond SET trust = 7",
				 &why),
		PS_OK);
	ps_store_close(vandal);
	assert_int_equal(w->book.read(w->book.self, w->a,
				 PS_LIT("a@example.org"), &page, &why),
		PS_EPERM);
}

static void
a_book_that_was_replaced_is_opened_anew(void **state)
{
	struct key_book_world *w = *state;
	struct ps_key_book_db *other;

	kb_put(w, kb_bond("a@example.org", "AA", 1));
	assert_int_equal(kb_page(w, "a@example.org").n_bond, 1);
	unlink(w->path); /* and leaves its log */
	assert_int_equal(kb_page(w, "a@example.org").n_bond, 0);
	kb_put(w, kb_bond("b@example.org", "BB", 1));
	other = w->db;
	w->db = NULL;
	kb_reopen(w);
	assert_int_equal(kb_page(w, "b@example.org").n_bond, 1);
	assert_int_equal(kb_page(w, "a@example.org").serial, 0);
	ps_key_book_db_free(other);
}

static void
a_folder_that_is_none_is_trouble(void **state)
{
	struct key_book_world *w = *state;
	char good[sizeof(w->path)];

	memcpy(good, w->path, sizeof(good));
	kb_put(w, kb_bond("a@example.org", "AA", 1));
	snprintf(w->path, sizeof(w->path), "%.60s/book.db/x", w->dir);
	kb_reopen(w);
	assert_trouble(w, PS_ETEMP);
	memcpy(w->path, good, sizeof(good));
}

static void
whoever_reads_waits_for_no_writer(void **state)
{
	static const struct ps_store_schema schema = {1, ""};
	struct key_book_world *w = *state;
	struct sqlite3 *thief;
	const char *why = "";

	kb_put(w, kb_bond("a@example.org", "AA", 1));
	assert_int_equal(
		ps_store_open(w->a, w->path, &schema, &thief, &why), PS_OK);
	assert_int_equal(
		ps_store_exec(w->a, thief, "BEGIN EXCLUSIVE", &why), PS_OK);
	assert_int_equal(put(w, "BB", 1, &why), PS_ETEMP);
	assert_int_equal(kb_page(w, "a@example.org").n_bond, 1);
	w->book.used(w->book.self, PS_LIT("a@example.org"), KB_NOW);
	ps_store_close(thief);
	assert_int_equal(put(w, "BB", 1, &why), PS_OK);
}

static void
a_full_disk_writes_all_or_nothing(void **state)
{
	struct key_book_world *w = *state;
	struct rlimit old, now;
	const char *why = "";

	signal(SIGXFSZ, SIG_IGN);
	kb_put(w, kb_bond("a@example.org", "AA", 1));
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
	now = old;
	now.rlim_cur = 100;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &now), 0);
	assert_int_equal(put(w, "BB", 1, &why), PS_ETEMP);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
	assert_int_equal(kb_page(w, "a@example.org").n_bond, 1);
	assert_int_equal(put(w, "BB", 1, &why), PS_OK); /* works again */
	assert_int_equal(kb_page(w, "a@example.org").n_bond, 2);
}

static void
a_killed_writer_leaves_whole_changes_only(void **state)
{
	struct key_book_world *w = *state;

	for (int i = 0; i < 10; i++) {
		struct ps_key_page page;
		int begun[2];
		pid_t child;
		char mark;

		assert_int_equal(pipe(begun), 0);
		child = fork();
		assert_true(child >= 0);
		if (child == 0) {
			w->db = NULL; /* the parent's */
			kb_reopen(w);
			for (int n = 0; write(begun[1], "x", 1) == 1; n++) {
				char fpr[32];
				struct ps_key_bond pair[2];
				const struct ps_key_change change = {
					.address = PS_LIT("a@example.org"),
					.put = pair,
					.n_put = 2};

				snprintf(fpr, sizeof(fpr), "A%d-%d", i, n);
				pair[0] = kb_bond("a@example.org", fpr, n);
				fpr[0] = 'B';
				pair[1] = kb_bond("a@example.org", fpr, n);
				kb_write(w, &change);
			}
			_exit(0);
		}
		close(begun[1]);
		for (int n = 0; n < 3 * i + 1; n++)
			assert_int_equal(read(begun[0], &mark, 1), 1);
		kill(child, SIGKILL);
		waitpid(child, NULL, 0);
		close(begun[0]);
		page = kb_page(w, "a@example.org");
		assert_int_equal(page.n_bond, 2 * page.serial);
	}
}

#define T(f) cmocka_unit_test_setup_teardown(f, kb_make, kb_clean)

static const struct CMUnitTest tests[] = {
	T(a_damaged_book_is_never_empty),
	T(a_book_without_content_is_damage_and_no_new_book),
	T(a_number_that_is_no_word_is_damage),
	T(a_book_that_was_replaced_is_opened_anew),
	T(a_folder_that_is_none_is_trouble),
	T(whoever_reads_waits_for_no_writer),
	T(a_full_disk_writes_all_or_nothing),
	T(a_killed_writer_leaves_whole_changes_only),
};

PS_TESTS("key_book_faults", tests)
