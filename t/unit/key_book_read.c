/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Looking through the key book: page by page, by certificate, by history.
 */
#include "key_book_world.h"

#include <stdio.h>
#include <string.h>

static size_t
history(struct key_book_world *w, const char *address, size_t max,
	struct ps_key_event **out)
{
	const char *why = "";
	size_t n = 0;

	if (w->book.history(w->book.self, w->a, ps_bytes_of(address), max, out,
		    &n, &why) != PS_OK)
		fail_msg("%s", why);
	return n;
}

static void
say(struct key_book_world *w, const char *address, int64_t at_s)
{
	const struct ps_key_event event = {.at_s = at_s,
		.address = ps_bytes_of(address),
		.what = "found",
		.fpr = "BB",
		.old_fpr = "AA",
		.by = "wkd",
		.text = "text"};
	const struct ps_key_change change = {
		.address = ps_bytes_of(address), .event = &event, .n_event = 1};

	kb_write(w, &change);
}

static void
a_walk_meets_every_page_once_in_order(void **state)
{
	struct key_book_world *w = *state;
	struct ps_bytes after = PS_LIT("");
	char address[32], last[32] = "";
	struct ps_key_page page[7];
	const char *why = "";
	size_t n, all = 0;

	for (int i = 0; i < 30; i++) {
		snprintf(address, sizeof(address), "n%d@example.org", i * 7);
		kb_put(w, kb_bond(address, "AA", i));
	}
	kb_put_look(w, kb_look("only-looked-for@example.org"));
	do {
		assert_int_equal(w->book.walk(w->book.self, w->a, after, 7,
					 page, &n, &why),
			PS_OK);
		for (size_t i = 0; i < n; i++) {
			snprintf(address, sizeof(address), "%.*s",
				PS_FMT(page[i].address));
			assert_true(strcmp(last, address) < 0);
			memcpy(last, address, sizeof(last));
			assert_int_equal(page[i].n_bond + page[i].n_look, 1);
			after = page[i].address;
		}
		all += n;
	} while (n > 0);
	assert_int_equal(all, 31);
}

static void
a_certificate_is_found_with_all_its_addresses(void **state)
{
	struct key_book_world *w = *state;
	struct ps_key_bond *bond;
	const char *why = "";
	size_t n;

	kb_put(w, kb_bond("b@example.org", "AA", 2));
	kb_put(w, kb_bond("a@example.org", "AA", 1));
	kb_put(w, kb_bond("a@example.org", "AAA", 1));
	assert_int_equal(
		w->book.by_fpr(w->book.self, w->a, "AA", &bond, &n, &why),
		PS_OK);
	assert_int_equal(n, 2);
	assert_bytes(bond[0].address, "a@example.org");
	assert_bytes(bond[1].address, "b@example.org");
	assert_string_equal(bond[1].fpr, "AA");
}

static void
history_is_latest_first_and_only_the_oldest_of_an_address_go(void **state)
{
	struct key_book_world *w = *state;
	struct ps_key_event *event;

	say(w, "b@example.org", 1);
	say(w, "", 2);
	for (int i = 0; i < PS_KEY_BOOK_HISTORY + 5; i++)
		say(w, "a@example.org", 10 + i);
	assert_int_equal(
		history(w, "a@example.org", 1000, &event), PS_KEY_BOOK_HISTORY);
	assert_int_equal(event[0].at_s, 10 + PS_KEY_BOOK_HISTORY + 4);
	assert_int_equal(event[PS_KEY_BOOK_HISTORY - 1].at_s, 15);
	assert_int_equal(history(w, "", 1000, &event), PS_KEY_BOOK_HISTORY + 2);
	assert_int_equal(event[PS_KEY_BOOK_HISTORY].at_s, 2);
	assert_int_equal(event[PS_KEY_BOOK_HISTORY].address.len, 0);
	assert_int_equal(history(w, "b@example.org", 3, &event), 1);
	assert_string_equal(event[0].what, "found");
	assert_string_equal(event[0].fpr, "BB");
	assert_string_equal(event[0].old_fpr, "AA");
	assert_string_equal(event[0].by, "wkd");
	assert_string_equal(event[0].text, "text");
	assert_int_equal(history(w, "a@example.org", 3, &event), 3);
}

#define T(f) cmocka_unit_test_setup_teardown(f, kb_make, kb_clean)

static const struct CMUnitTest tests[] = {
	T(a_walk_meets_every_page_once_in_order),
	T(a_certificate_is_found_with_all_its_addresses),
	T(history_is_latest_first_and_only_the_oldest_of_an_address_go),
};

PS_TESTS("key_book_read", tests)
