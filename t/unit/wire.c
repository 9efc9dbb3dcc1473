/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * A message between DATA and the final dot: no line of it can end the data
 * early, and no field of it can become another one.
 */
#include "tap.h"

#include <stdio.h>

#include "mail/wire.h"

#define BOTH(body) body, body

static const struct {
	const char *body, *plain, *stuffed;
} bodies[] = {
	{"", BOTH("")},
	{"a\r\n", BOTH("a\r\n")},
	{"a", BOTH("a\r\n")},
	{"a\nb\n", BOTH("a\r\nb\r\n")},
	{"a\rb", BOTH("a\r\nb\r\n")},
	{"a\r\r\nb\r\n", BOTH("a\r\n\r\nb\r\n")},
	{"a\n\rb", BOTH("a\r\n\r\nb\r\n")},
	{"\r\n\r\n", BOTH("\r\n\r\n")},
	{"a\r", BOTH("a\r\n")},
	{"a.b\r\n.\r\nc\r\n", "a.b\r\n.\r\nc\r\n", "a.b\r\n..\r\nc\r\n"},
	{".\r\n", ".\r\n", "..\r\n"},
	{".", ".\r\n", "..\r\n"},
	{"..\r\n.a", "..\r\n.a\r\n", "...\r\n..a\r\n"},
	/* Ends of data for lax readers (SMTP smuggling). */
	{"a\n.\nb", "a\r\n.\r\nb\r\n", "a\r\n..\r\nb\r\n"},
	{"a\n.\r\nb", "a\r\n.\r\nb\r\n", "a\r\n..\r\nb\r\n"},
	{"a\r.\rb", "a\r\n.\r\nb\r\n", "a\r\n..\r\nb\r\n"},
	{"a\r\n.\rb", "a\r\n.\r\nb\r\n", "a\r\n..\r\nb\r\n"},
	{"a\r\n\n.\r\nb", "a\r\n\r\n.\r\nb\r\n", "a\r\n\r\n..\r\nb\r\n"},
};

static struct ps_buf
wire(const struct ps_message *m, bool stuffed)
{
	struct ps_buf out;
	struct ps_bytes piece;
	struct ps_wire w;

	ps_buf_init(&out, 1 << 20);
	ps_wire_begin(&w, m, stuffed);
	while (ps_wire_next(&w, &piece)) {
		assert_true(piece.len > 0);
		ps_buf_put(&out, piece);
	}
	assert_true(ps_wire_end(&w));
	return out;
}

static void
assert_wire(const struct ps_message *m, bool stuffed, const char *want)
{
	struct ps_buf got = wire(m, stuffed);

	assert_bytes(ps_buf_bytes(&got), want);
	ps_buf_free(&got);
}

static void
a_body_is_lines_in_crlf_whose_dots_are_doubled(void **state)
{
	char want[256];

	(void)state;
	for (size_t i = 0; i < sizeof(bodies) / sizeof(bodies[0]); i++) {
		struct ps_message m = {.body = ps_bytes_of(bodies[i].body)};

		snprintf(want, sizeof(want), "\r\n%s", bodies[i].plain);
		assert_wire(&m, false, want);
		snprintf(want, sizeof(want), "\r\n%s", bodies[i].stuffed);
		assert_wire(&m, true, want);
	}
}

static void
what_went_over_the_wire_goes_over_it_unchanged(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(bodies) / sizeof(bodies[0]); i++) {
		struct ps_message m = {.body = ps_bytes_of(bodies[i].plain)};
		struct ps_message again = m;
		struct ps_buf once = wire(&m, false), twice;

		again.body = ps_bytes_from(ps_buf_bytes(&once), 2);
		twice = wire(&again, false);
		assert_true(
			ps_bytes_eq(ps_buf_bytes(&once), ps_buf_bytes(&twice)));
		ps_buf_free(&once);
		ps_buf_free(&twice);
	}
}

static void
a_value_cannot_become_another_field(void **state)
{
	static const char *const cases[][2] = {
		{" a\n b", "S: a\r\n b\r\n\r\n"},
		{" a\r\n\tb", "S: a\r\n\tb\r\n\r\n"},
		{" a\nBcc: b", "S: a Bcc: b\r\n\r\n"},
		{" a\r\nBcc: b", "S: a Bcc: b\r\n\r\n"},
		{" a\rBcc: b", "S: a Bcc: b\r\n\r\n"},
		{" a\r\n\r\nbody", "S: a  body\r\n\r\n"},
		{" a\r\n", "S: a \r\n\r\n"},
		{" a\r b", "S: a\r\n b\r\n\r\n"},
		{"", "S:\r\n\r\n"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct ps_field f = {
			.name = PS_LIT("S"), .value = ps_bytes_of(cases[i][0])};
		struct ps_message m = {.header = {&f, 1}};

		assert_wire(&m, true, cases[i][1]);
	}
}

static void
a_field_name_that_begins_with_a_dot_is_doubled_too(void **state)
{
	struct ps_field f = {.name = PS_LIT("."), .value = PS_LIT("")};
	struct ps_message m = {.header = {&f, 1}};

	(void)state;
	assert_wire(&m, true, "..:\r\n\r\n");
	assert_wire(&m, false, ".:\r\n\r\n");
}

static void
eight_bits_are_seen_in_names_values_and_bodies(void **state)
{
	struct ps_field f = {.name = PS_LIT("S"), .value = PS_LIT("a")};
	struct ps_message m = {.header = {&f, 1}, .body = PS_LIT("b")};

	(void)state;
	assert_false(ps_wire_is_8bit(&m));
	m.body = PS_LIT("b\xc3\xa9");
	assert_true(ps_wire_is_8bit(&m));
	m.body = PS_LIT("");
	f.value = PS_LIT("\xff");
	assert_true(ps_wire_is_8bit(&m));
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(a_body_is_lines_in_crlf_whose_dots_are_doubled),
	cmocka_unit_test(what_went_over_the_wire_goes_over_it_unchanged),
	cmocka_unit_test(a_value_cannot_become_another_field),
	cmocka_unit_test(a_field_name_that_begins_with_a_dot_is_doubled_too),
	cmocka_unit_test(eight_bits_are_seen_in_names_values_and_bodies),
};

PS_TESTS("wire", tests)
