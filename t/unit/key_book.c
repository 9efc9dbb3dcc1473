/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * What is written into the key book is what is read from it, and a change made
 * from an old page is not written at all.
 */
#include "key_book_world.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static void
all_of_a_page_comes_back_oldest_bond_first(void **state)
{
	struct key_book_world *w = *state;
	struct ps_key_bond bond[] = {
		kb_bond("a@example.org", "BB", 20),
		kb_bond("a@example.org", "AA", 10),
	};
	struct ps_key_look look = kb_look("a@example.org");
	const struct ps_key_change change = {.address = bond[0].address,
		.put = bond,
		.n_put = 2,
		.look = &look,
		.n_look = 1};
	struct ps_key_page page;

	bond[1].origin = PS_ORIGIN_AUTOCRYPT;
	bond[1].trust = PS_TRUST_REJECTED;
	bond[1].by_hand = bond[1].gone = true;
	bond[1].seen_s = 11;
	bond[1].dated_s = 12;
	look.outcome = PS_LOOK_REFUSED;
	look.text = "no self-signature";
	kb_write(w, &change);
	kb_reopen(w);
	page = kb_page(w, "a@example.org");
	assert_bytes(page.address, "a@example.org");
	assert_true(page.serial > 0);
	assert_int_equal(page.n_bond, 2);
	assert_string_equal(page.bond[0].fpr, "AA");
	assert_bytes(page.bond[0].address, "a@example.org");
	assert_int_equal(page.bond[0].origin, PS_ORIGIN_AUTOCRYPT);
	assert_int_equal(page.bond[0].trust, PS_TRUST_REJECTED);
	assert_true(page.bond[0].by_hand && page.bond[0].gone);
	assert_int_equal(page.bond[0].since_s, 10);
	assert_int_equal(page.bond[0].seen_s, 11);
	assert_int_equal(page.bond[0].dated_s, 12);
	assert_string_equal(page.bond[1].fpr, "BB");
	assert_false(page.bond[1].by_hand || page.bond[1].gone);
	assert_int_equal(page.n_look, 1);
	assert_int_equal(page.look[0].outcome, PS_LOOK_REFUSED);
	assert_int_equal(page.look[0].at_s, KB_NOW);
	assert_int_equal(page.look[0].due_s, KB_NOW + 3600);
	assert_int_equal(page.look[0].used_s, KB_NOW);
	assert_string_equal(page.look[0].text, "no self-signature");
	assert_int_equal(kb_page(w, "A@example.org").serial, 0);
	assert_int_equal(kb_page(w, "a@example.or").serial, 0);
}

static void
every_kind_of_trust_and_outcome_can_be_written(void **state)
{
	struct key_book_world *w = *state;
	struct ps_key_bond bond = kb_bond("a@example.org", "AA", 1);
	struct ps_key_look look = kb_look("a@example.org");

	for (int i = PS_TRUST_PENDING; i <= PS_TRUST_CHANGED; i++) {
		bond.trust = (enum ps_trust)i;
		kb_put(w, bond);
		assert_int_equal(kb_page(w, "a@example.org").bond[0].trust, i);
	}
	for (int i = PS_LOOK_FOUND; i <= PS_LOOK_UNUSABLE; i++) {
		look.outcome = (enum ps_look_outcome)i;
		kb_put_look(w, look);
		assert_int_equal(
			kb_page(w, "a@example.org").look[0].outcome, i);
	}
}

static void
a_book_that_is_not_there_is_empty_and_reading_makes_none(void **state)
{
	struct key_book_world *w = *state;
	struct ps_key_book *b = &w->book;
	struct ps_key_page page[2];
	struct ps_key_event *event;
	struct ps_key_bond *bond;
	struct ps_bytes *due;
	const char *why = "";
	size_t n = 9;

	assert_int_equal(kb_page(w, "a@example.org").serial, 0);
	b->used(b->self, PS_LIT("a@example.org"), KB_NOW);
	assert_int_equal(
		b->due(b->self, w->a, KB_NOW, 0, 5, &due, &n, &why), PS_OK);
	assert_int_equal(n, 0);
	assert_int_equal(
		b->walk(b->self, w->a, PS_LIT(""), 2, page, &n, &why), PS_OK);
	assert_int_equal(n, 0);
	assert_int_equal(
		b->by_fpr(b->self, w->a, "AA", &bond, &n, &why), PS_OK);
	assert_int_equal(n, 0);
	assert_int_equal(
		b->history(b->self, w->a, PS_LIT(""), 5, &event, &n, &why),
		PS_OK);
	assert_int_equal(n, 0);
	kb_reopen(w);
	assert_int_equal(access(w->path, F_OK), -1);
	kb_put(w, kb_bond("a@example.org", "AA", 1));
	assert_int_equal(kb_page(w, "a@example.org").n_bond, 1);
}

static void
a_change_of_an_old_page_is_busy_and_does_nothing(void **state)
{
	struct key_book_world *w = *state;
	struct ps_key_bond bond = kb_bond("a@example.org", "BB", 2);
	const char *const gone[] = {"AA"};
	const struct ps_key_event event = {.address = bond.address,
		.what = "changed",
		.fpr = "BB",
		.old_fpr = "AA",
		.by = "wkd",
		.text = ""};
	const struct ps_key_change change = {.address = bond.address,
		.put = &bond,
		.n_put = 1,
		.remove = gone,
		.n_remove = 1,
		.event = &event,
		.n_event = 1};
	struct ps_key_event *said;
	struct ps_key_page page;
	const char *why = "";
	size_t n;

	kb_put(w, kb_bond("a@example.org", "AA", 1));
	page = kb_page(w, "a@example.org");
	kb_put(w, kb_bond("b@example.org", "CC", 1));
	assert_int_equal(w->book.write(w->book.self, w->a, &change,
				 page.serial + 1, &why),
		PS_EBUSY);
	assert_int_equal(
		w->book.write(w->book.self, w->a, &change, 0, &why), PS_EBUSY);
	assert_string_equal(kb_page(w, "a@example.org").bond[0].fpr, "AA");
	assert_int_equal(
		w->book.write(w->book.self, w->a, &change, page.serial, &why),
		PS_OK);
	assert_int_equal(
		w->book.write(w->book.self, w->a, &change, page.serial, &why),
		PS_EBUSY);
	page = kb_page(w, "a@example.org");
	assert_int_equal(page.n_bond, 1);
	assert_string_equal(page.bond[0].fpr, "BB");
	assert_int_equal(w->book.history(w->book.self, w->a, bond.address, 9,
				 &said, &n, &why),
		PS_OK);
	assert_int_equal(n, 1);
}

static void
a_serial_never_begins_again(void **state)
{
	struct key_book_world *w = *state;
	const char *const gone[] = {"AA"};
	const struct ps_key_change change = {.address = PS_LIT("a@example.org"),
		.remove = gone,
		.n_remove = 1};
	struct ps_key_page page[2], last;
	const char *why = "";
	size_t n;

	kb_put(w, kb_bond("a@example.org", "AA", 1));
	kb_write(w, &change);
	last = kb_page(w, "a@example.org");
	assert_int_equal(last.n_bond, 0);
	kb_put(w, kb_bond("a@example.org", "AA", 1));
	assert_true(kb_page(w, "a@example.org").serial > last.serial);
	kb_write(w, &change);
	assert_int_equal(
		w->book.walk(w->book.self, w->a, PS_LIT(""), 2, page, &n, &why),
		PS_OK);
	assert_int_equal(n, 0);
}

static void
what_has_no_key_and_no_mail_asks_for_is_forgotten(void **state)
{
	static const struct {
		const char *address;
		int64_t used_s, at_s;
		bool bond, stays;
	} known[] = {
		{"absent@example.org", 50, 60, false, false},
		{"edge@example.org", 100, 100, false, false},
		{"asked@example.org", 101, 60, false, true},
		{"looked@example.org", 50, 101, false, true},
		{"keyed@example.org", 50, 60, true, true},
	};
	struct key_book_world *w = *state;
	struct ps_key_book *b = &w->book;
	int64_t serial = 0;
	const char *why = "";
	size_t n = 9;

	assert_int_equal(b->forget(b->self, w->a, 100, 9, &n, &why), PS_OK);
	assert_int_equal(n, 0);
	assert_int_equal(access(w->path, F_OK), -1);
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		struct ps_key_look look = kb_look(known[i].address);

		look.used_s = known[i].used_s;
		look.at_s = known[i].at_s;
		kb_put_look(w, look);
		kb_put_look(w, look);
		if (known[i].bond)
			kb_put(w, kb_bond(known[i].address, "AA", 1));
		if (!known[i].stays)
			serial = kb_page(w, known[i].address).serial;
	}
	assert_int_equal(b->forget(b->self, w->a, 100, 1, &n, &why), PS_OK);
	assert_int_equal(n, 1);
	assert_int_equal(b->forget(b->self, w->a, 100, 9, &n, &why), PS_OK);
	assert_int_equal(n, 1);
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		assert_int_equal(kb_page(w, known[i].address).n_look,
			known[i].stays ? 1 : 0);
	/* Who read the page before may not take the new one for it. */
	kb_put_look(w, kb_look("edge@example.org"));
	assert_true(kb_page(w, "edge@example.org").serial > serial);
}

/* Put bonds at one page until twenty of ours are in it. */
static void
write_twenty(const char *path, char letter)
{
	struct ps_key_book_db *db = ps_key_book_db_new(path);
	struct ps_key_book book = ps_key_book_db_adapter(db);
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);
	char fpr[8];

	for (int i = 0; i < 20; i++) {
		struct ps_key_bond bond;
		const struct ps_key_change change = {
			.address = PS_LIT("a@example.org"),
			.put = &bond,
			.n_put = 1};
		struct ps_key_page page;
		const char *why;

		snprintf(fpr, sizeof(fpr), "%c%d", letter, i);
		bond = kb_bond("a@example.org", fpr, i);
		while (book.read(book.self, a, change.address, &page, &why) !=
				PS_OK ||
			book.write(book.self, a, &change, page.serial, &why) !=
				PS_OK)
			ps_arena_reset(a);
	}
	ps_arena_free(a);
	ps_key_book_db_free(db);
}

static void *
write_d(void *path)
{
	write_twenty(path, 'D');
	return NULL;
}

static void
processes_and_threads_lose_no_change_of_each_other(void **state)
{
	struct key_book_world *w = *state;
	struct ps_key_page page;
	pthread_t thread;
	pid_t child[2];
	int status;

	for (int i = 0; i < 2; i++) {
		child[i] = fork();
		assert_true(child[i] >= 0);
		if (child[i] == 0) {
			write_twenty(w->path, (char)('A' + i));
			_exit(0);
		}
	}
	assert_int_equal(pthread_create(&thread, NULL, write_d, w->path), 0);
	write_twenty(w->path, 'C');
	pthread_join(thread, NULL);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(waitpid(child[i], &status, 0), child[i]);
		assert_int_equal(status, 0);
	}
	page = kb_page(w, "a@example.org");
	assert_int_equal(page.n_bond, 80);
	assert_int_equal(page.serial, 80);
}

static size_t
due(struct key_book_world *w, int64_t used_s, size_t max, struct ps_bytes **out)
{
	const char *why = "";
	size_t n = 0;

	if (w->book.due(w->book.self, w->a, KB_NOW, used_s, max, out, &n,
		    &why) != PS_OK)
		fail_msg("%s", why);
	return n;
}

static void
what_is_due_longest_and_in_use_comes_first(void **state)
{
	static const struct {
		const char *address;
		enum ps_key_origin origin;
		int64_t due_s, used_s;
	} look[] = {
		{"late@x", PS_ORIGIN_WKD, -50, -86400 * 3},
		{"later@x", PS_ORIGIN_WKD, -90, -1},
		{"later@x", PS_ORIGIN_DANE, -10, -1},
		{"latest@x", PS_ORIGIN_DANE, -99, -86400 * 40},
		{"just@x", PS_ORIGIN_WKD, 0, 0},
		{"not-yet@x", PS_ORIGIN_WKD, 1, 0},
		{"edge@x", PS_ORIGIN_WKD, -1000, -86400 * 30},
	};
	struct key_book_world *w = *state;
	const int64_t unused = KB_NOW - 86400 * 30;
	struct ps_bytes *out;

	for (size_t i = 0; i < sizeof(look) / sizeof(look[0]); i++) {
		struct ps_key_look l = kb_look(look[i].address);

		l.origin = look[i].origin;
		l.due_s = KB_NOW + look[i].due_s;
		l.used_s = KB_NOW + look[i].used_s;
		kb_put_look(w, l);
	}
	assert_int_equal(due(w, unused, 10, &out), 3);
	assert_bytes(out[0], "later@x");
	assert_bytes(out[1], "late@x");
	assert_bytes(out[2], "just@x");
	assert_int_equal(due(w, unused, 1, &out), 1);
	assert_bytes(out[0], "later@x");
	assert_int_equal(due(w, 0, 10, &out), 5);
	assert_bytes(out[0], "edge@x");
	w->book.used(w->book.self, PS_LIT("latest@x"), KB_NOW);
	assert_int_equal(due(w, unused, 10, &out), 4);
	assert_bytes(out[0], "latest@x");
}

static void
a_use_is_kept_and_never_goes_back(void **state)
{
	struct key_book_world *w = *state;
	struct ps_key_look look = kb_look("a@example.org");
	struct ps_key_page before;

	kb_put_look(w, look);
	before = kb_page(w, "a@example.org");
	w->book.used(w->book.self, PS_LIT("a@example.org"), KB_NOW + 50);
	w->book.used(w->book.self, PS_LIT("a@example.org"), KB_NOW + 40);
	w->book.used(w->book.self, PS_LIT("b@example.org"), KB_NOW + 40);
	kb_reopen(w);
	assert_int_equal(
		kb_page(w, "a@example.org").look[0].used_s, KB_NOW + 50);
	assert_int_equal(kb_page(w, "a@example.org").serial, before.serial);
	assert_int_equal(kb_page(w, "b@example.org").serial, 0);
	kb_put_look(w, look);
	assert_int_equal(
		kb_page(w, "a@example.org").look[0].used_s, KB_NOW + 50);
}

static void
uses_of_many_addresses_are_written_and_bounded(void **state)
{
	struct key_book_world *w = *state;
	char address[32];

	kb_put_look(w, kb_look("n0@example.org"));
	kb_put_look(w, kb_look("n19999@example.org"));
	for (int i = 0; i < 20000; i++) {
		int len = snprintf(
			address, sizeof(address), "n%d@example.org", i);

		w->book.used(w->book.self, ps_bytes(address, (size_t)len),
			KB_NOW + 7);
	}
	/* Written because there were too many, then at the end. */
	assert_int_equal(
		kb_page(w, "n0@example.org").look[0].used_s, KB_NOW + 7);
	assert_int_equal(
		kb_page(w, "n19999@example.org").look[0].used_s, KB_NOW);
	kb_reopen(w);
	assert_int_equal(
		kb_page(w, "n19999@example.org").look[0].used_s, KB_NOW + 7);
}

#define T(f) cmocka_unit_test_setup_teardown(f, kb_make, kb_clean)

static const struct CMUnitTest tests[] = {
	T(all_of_a_page_comes_back_oldest_bond_first),
	T(every_kind_of_trust_and_outcome_can_be_written),
	T(a_book_that_is_not_there_is_empty_and_reading_makes_none),
	T(a_change_of_an_old_page_is_busy_and_does_nothing),
	T(a_serial_never_begins_again),
	T(what_has_no_key_and_no_mail_asks_for_is_forgotten),
	T(processes_and_threads_lose_no_change_of_each_other),
	T(what_is_due_longest_and_in_use_comes_first),
	T(a_use_is_kept_and_never_goes_back),
	T(uses_of_many_addresses_are_written_and_bounded),
};

PS_TESTS("key_book", tests)
