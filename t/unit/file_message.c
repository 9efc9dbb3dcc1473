/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * A message file as an MTA would hand it over.
 */
#include "tap.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "../../milter/file_message.h"

static void
a_file_becomes_header_and_body_with_crlf(void **state)
{
	static const struct {
		const char *file, *body;
		size_t n_field;
		const char *first; /* value of the first field */
	} row[] = {
		{"Subject: x\nTo: a@b\n\nhello\n", "hello\r\n", 2, " x"},
		{"Subject: x\r\n\r\nhello\r\n", "hello\r\n", 1, " x"},
		{"Subject: x\n\nno end", "no end\r\n", 1, " x"},
		{"Subject: x\n\na\rb\n", "a\rb\r\n", 1, " x"},
		{"Subject: x\n\n", "", 1, " x"},
		{"Subject: x\n", "", 1, " x"},
		{"From : a@b\nTo: c\n\nx\n", "x\r\n", 2, " a@b"},
		{"From a@b Thu Jan  1 00:00:00 1970\nSubject: x\n\nFrom a\n",
			"From a\r\n", 1, " x"},
		{"From: a@b\n\nx\n", "x\r\n", 1, " a@b"},
		{"Subject: x\n\n\n\nx\n", "\r\n\r\nx\r\n", 1, " x"},
		{"Subject: x\n y\n\n", "", 1, " x\r\n y"},
		{"", "", 0, NULL},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);
		const char *why = NULL;
		struct ps_message m;

		assert_int_equal(ps_file_message_parse(
					 a, ps_bytes_of(row[i].file), &m, &why),
			PS_OK);
		assert_int_equal(m.header.n_field, row[i].n_field);
		assert_bytes(m.body, row[i].body);
		assert_int_equal(m.body_fd, -1);
		if (row[i].first != NULL)
			assert_bytes(m.header.field[0].value, row[i].first);
		ps_arena_free(a);
	}
}

static void
a_nul_in_a_file_is_an_octet_like_others(void **state)
{
	static const char octets[] = "Subject: x\n\na\0b\n";
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);
	const char *why = NULL;
	struct ps_message m;

	(void)state;
	assert_int_equal(
		ps_file_message_parse(
			a, ps_bytes(octets, sizeof(octets) - 1), &m, &why),
		PS_OK);
	assert_int_equal(m.body.len, 5);
	assert_memory_equal(m.body.p, "a\0b\r\n", 5);
	ps_arena_free(a);
}

static void
a_file_is_read_up_to_one_octet_over_the_limit(void **state)
{
	char name[] = "/tmp/postseal-file-XXXXXX";
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);
	int fd = mkstemp(name);
	const char *why = NULL;
	struct ps_bytes got;

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(write(fd, "0123456789", 10), 10);
	assert_int_equal(close(fd), 0);
	assert_int_equal(ps_file_message_read(a, name, 100, &got, &why), PS_OK);
	assert_bytes(got, "0123456789");
	assert_int_equal(ps_file_message_read(a, name, 4, &got, &why), PS_OK);
	assert_bytes(got, "01234");
	assert_int_equal(unlink(name), 0);
	assert_int_equal(
		ps_file_message_read(a, name, 4, &got, &why), PS_ETEMP);
	assert_non_null(strstr(why, name));
	ps_arena_free(a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_file_becomes_header_and_body_with_crlf),
		cmocka_unit_test(a_nul_in_a_file_is_an_octet_like_others),
		cmocka_unit_test(a_file_is_read_up_to_one_octet_over_the_limit),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("file_message", tests, NULL, NULL);
}
