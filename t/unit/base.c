/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Borrowed octets, arenas, buffers and the spool.
 */
#include "tap.h"

#include <fcntl.h>
#include <unistd.h>

#include "base/spool.h"
#include "base/str.h"

static void
a_line_keeps_its_ending_and_chomp_removes_it(void **state)
{
	struct ps_bytes rest = PS_LIT("a\r\n\nb"), line;

	(void)state;
	assert_true(ps_bytes_line(&rest, &line));
	assert_bytes(line, "a\r\n");
	assert_bytes(ps_bytes_chomp(line), "a");
	assert_true(ps_bytes_line(&rest, &line));
	assert_bytes(ps_bytes_chomp(line), "");
	assert_true(ps_bytes_line(&rest, &line));
	assert_bytes(line, "b");
	assert_false(ps_bytes_line(&rest, &line));
}

static void
an_array_grows_and_keeps_its_elements(void **state)
{
	struct ps_arena *a = ps_arena_new(PS_ARENA_SECRET);
	int *array = NULL;

	(void)state;
	for (int i = 0; i < 1000; i++) {
		PS_GROW(a, array, (size_t)i);
		array[i] = i;
	}
	for (int i = 0; i < 1000; i++)
		assert_int_equal(array[i], i);
	ps_arena_free(a);
}

static void
a_buffer_that_is_full_stays_full(void **state)
{
	struct ps_buf b;

	(void)state;
	ps_buf_init(&b, 4);
	ps_buf_puts(&b, "abc");
	assert_false(b.full);
	ps_buf_puts(&b, "de");
	assert_true(b.full);
	ps_buf_puts(&b, "f");
	assert_bytes(ps_buf_bytes(&b), "abc");
	ps_buf_free(&b);
}

static void
a_spool_gives_back_what_was_put_below_and_above_its_threshold(void **state)
{
	const size_t sizes[] = {0, 1, 99, 100, 101, 5000};

	(void)state;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		struct ps_spool_where where = {"/tmp", 100};
		struct ps_spool *s = ps_spool_new(where, 5000);
		const char *why = NULL;
		struct ps_bytes all;

		for (size_t n = 0; n < sizes[i]; n++) {
			char c = (char)(n % 251);

			assert_int_equal(
				ps_spool_put(s, ps_bytes(&c, 1), &why), PS_OK);
		}
		assert_int_equal(ps_spool_view(s, &all, &why), PS_OK);
		assert_int_equal(all.len, sizes[i]);
		for (size_t n = 0; n < all.len; n++)
			assert_int_equal(all.p[n], (char)(n % 251));
		ps_spool_free(s);
	}
}

static void
a_spool_refuses_more_than_its_ceiling(void **state)
{
	struct ps_spool_where where = {"/tmp", 100};
	struct ps_spool *s = ps_spool_new(where, 3);
	const char *why = NULL;

	(void)state;
	assert_int_equal(ps_spool_put(s, PS_LIT("abcd"), &why), PS_ELIMIT);
	assert_non_null(why);
	assert_int_equal(ps_spool_put(s, PS_LIT("abc"), &why), PS_OK);
	ps_spool_free(s);
}

static void
a_spool_without_its_directory_is_a_temporary_failure(void **state)
{
	struct ps_spool_where where = {"/nonexistent", 1};
	struct ps_spool *s = ps_spool_new(where, 100);
	const char *why = NULL;

	(void)state;
	assert_int_equal(ps_spool_put(s, PS_LIT("abcd"), &why), PS_ETEMP);
	assert_non_null(why);
	ps_spool_free(s);
}

static void
what_another_writer_put_into_the_descriptor_is_seen(void **state)
{
	struct ps_spool_where where = {"/tmp", 100};
	struct ps_spool *s = ps_spool_new(where, 6);
	const char *why = NULL;
	struct ps_bytes all;
	int fd;

	(void)state;
	assert_int_equal(ps_spool_fd(s, 10, &fd, &why), PS_OK);
	assert_int_equal(write(fd, "hello", 5), 5);
	assert_int_equal(ps_spool_view(s, &all, &why), PS_OK);
	assert_bytes(all, "hello");
	assert_int_equal(write(fd, "!!", 2), 2);
	assert_int_equal(ps_spool_view(s, &all, &why), PS_ELIMIT);
	ps_spool_free(s);
}

static void
hostile_octets_are_escaped_for_people(void **state)
{
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);

	(void)state;
	assert_string_equal(ps_str_printable(a, PS_LIT("a\r\n\"\x80"), 99),
		"a\\x0d\\x0a\\x22\\x80");
	assert_string_equal(ps_str_printable(a, PS_LIT("abcdef"), 3), "abc...");
	ps_arena_free(a);
}

static void
a_misspelt_word_is_near_its_right_spelling(void **state)
{
	(void)state;
	assert_int_equal(ps_str_distance("encrpyt", "encrypt"), 2);
	assert_int_equal(ps_str_distance("", "abc"), 3);
	assert_int_equal(ps_str_distance("same", "same"), 0);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(a_line_keeps_its_ending_and_chomp_removes_it),
	cmocka_unit_test(an_array_grows_and_keeps_its_elements),
	cmocka_unit_test(a_buffer_that_is_full_stays_full),
	cmocka_unit_test(
		a_spool_gives_back_what_was_put_below_and_above_its_threshold),
	cmocka_unit_test(a_spool_refuses_more_than_its_ceiling),
	cmocka_unit_test(a_spool_without_its_directory_is_a_temporary_failure),
	cmocka_unit_test(what_another_writer_put_into_the_descriptor_is_seen),
	cmocka_unit_test(hostile_octets_are_escaped_for_people),
	cmocka_unit_test(a_misspelt_word_is_near_its_right_spelling),
};

PS_TESTS("base", tests)
