/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Replies: what is one, what never becomes one, and what it offers or says.
 */
#include "tap.h"

#include "base/buf.h"
#include "relay/smtp_reply.h"

static void
a_reply_is_whole_when_its_last_line_is(void **state)
{
	static const struct {
		const char *in;
		enum ps_smtp_parse parsed;
		int code;
		size_t len;
	} cases[] = {
		{"", PS_SMTP_MORE, 0, 0},
		{"2", PS_SMTP_MORE, 0, 0},
		{"250 ok\r", PS_SMTP_MORE, 0, 0},
		{"250 ok\r\n", PS_SMTP_WHOLE, 250, 8},
		{"250\r\n", PS_SMTP_WHOLE, 250, 5},
		{"250 ok\r\n354 go\r\n", PS_SMTP_WHOLE, 250, 8},
		{"250-a\r\n", PS_SMTP_MORE, 0, 0},
		{"250-a\r\n250 b\r\n", PS_SMTP_WHOLE, 250, 14},
		{"250-a\r\n250\r\n", PS_SMTP_WHOLE, 250, 12},
		{"250-a\r\n550 b\r\n", PS_SMTP_BAD, 0, 0},
		{"250 ok\n", PS_SMTP_BAD, 0, 0},
		{"250 o\rk\r\n", PS_SMTP_BAD, 0, 0},
		{"25 ok\r\n", PS_SMTP_BAD, 0, 0},
		{"2500 ok\r\n", PS_SMTP_BAD, 0, 0},
		{"199 ok\r\n", PS_SMTP_BAD, 0, 0},
		{"600 ok\r\n", PS_SMTP_BAD, 0, 0},
		{" 250 ok\r\n", PS_SMTP_BAD, 0, 0},
		{"\r\n", PS_SMTP_BAD, 0, 0},
		{"\n", PS_SMTP_BAD, 0, 0},
		{"hello\r\n", PS_SMTP_BAD, 0, 0},
		{"250_ok\r\n", PS_SMTP_BAD, 0, 0},
	};
	struct ps_smtp_reply r;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(
			ps_smtp_reply_parse(ps_bytes_of(cases[i].in), &r),
			cases[i].parsed);
		if (cases[i].parsed != PS_SMTP_WHOLE)
			continue;
		assert_int_equal(r.code, cases[i].code);
		assert_int_equal(r.raw.len, cases[i].len);
	}
}

static void
a_reply_without_end_is_bad_before_it_fills_memory(void **state)
{
	struct ps_smtp_reply r;
	struct ps_buf b;

	(void)state;
	ps_buf_init(&b, 1 << 20);
	for (size_t i = 0; i < PS_SMTP_LINES_MAX; i++)
		ps_buf_puts(&b, "250-x\r\n");
	assert_int_equal(
		ps_smtp_reply_parse(ps_buf_bytes(&b), &r), PS_SMTP_BAD);
	b.len -= 7;
	assert_int_equal(
		ps_smtp_reply_parse(ps_buf_bytes(&b), &r), PS_SMTP_MORE);
	ps_buf_puts(&b, "250 x\r\n");
	assert_int_equal(
		ps_smtp_reply_parse(ps_buf_bytes(&b), &r), PS_SMTP_WHOLE);
	b.len = 0;
	ps_buf_puts(&b, "250 ");
	for (size_t i = 0; i < PS_SMTP_LINE_MAX - 4; i++)
		ps_buf_putc(&b, 'x');
	assert_int_equal(
		ps_smtp_reply_parse(ps_buf_bytes(&b), &r), PS_SMTP_BAD);
	ps_buf_free(&b);
}

static void
many_long_lines_are_bad(void **state)
{
	struct ps_smtp_reply r;
	struct ps_buf b;

	(void)state;
	ps_buf_init(&b, 1 << 20);
	while (b.len < PS_SMTP_REPLY_MAX) {
		ps_buf_puts(&b, "250-");
		for (size_t i = 0; i < 900; i++)
			ps_buf_putc(&b, 'x');
		ps_buf_puts(&b, "\r\n");
	}
	assert_int_equal(
		ps_smtp_reply_parse(ps_buf_bytes(&b), &r), PS_SMTP_BAD);
	ps_buf_free(&b);
}

static void
text_is_one_line_without_codes(void **state)
{
	static const char *const cases[][3] = {
		{"550 5.1.1 no such user\r\n", "5.1.1", "no such user"},
		{"550-5.1.1 no such\r\n550 5.1.1 user\r\n", "5.1.1",
			"no such user"},
		{"550 no such user\r\n", NULL, "no such user"},
		{"550 4.1.1 odd\r\n", NULL, "4.1.1 odd"},
		{"550 5.1 odd\r\n", NULL, "5.1 odd"},
		{"550 5.1.1234 odd\r\n", NULL, "5.1.1234 odd"},
		{"550 5.1.1\r\n", "5.1.1", ""},
		{"550\r\n", NULL, ""},
		{"550 a\x01\xc3\xa9\r\n", NULL, "a\\x01\\xc3\\xa9"},
	};
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct ps_smtp_reply r;
		const char *xcode, *text;

		assert_int_equal(
			ps_smtp_reply_parse(ps_bytes_of(cases[i][0]), &r),
			PS_SMTP_WHOLE);
		ps_smtp_reply_say(a, &r, &xcode, &text);
		assert_string_equal(text, cases[i][2]);
		if (cases[i][1] == NULL)
			assert_null(xcode);
		else
			assert_string_equal(xcode, cases[i][1]);
	}
	ps_arena_free(a);
}

static void
what_is_offered_is_read_without_case(void **state)
{
	struct ps_smtp_reply r;
	struct ps_smtp_offer o;

	(void)state;
	ps_smtp_reply_parse(
		PS_LIT("250-DSN is my name\r\n250-pipelining\r\n"
		       "250-SIZE 10240000\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n"
		       "250-AUTH LOGIN plain\r\n"
		       "250 XFORWARD NAME ADDR  PROTO HELO SOURCE X\r\n"),
		&r);
	ps_smtp_offer_read(&r, &o);
	assert_true(o.pipelining && o.eight_bit && o.smtputf8 && o.auth_plain);
	assert_false(o.dsn);
	assert_int_equal(o.size, 10240000);
	assert_int_equal(o.xforward, PS_SMTP_NAME | PS_SMTP_ADDR |
					     PS_SMTP_PROTO | PS_SMTP_HELO |
					     PS_SMTP_SOURCE);
}

static void
a_size_that_is_none_is_no_limit(void **state)
{
	static const char *const cases[] = {"250-a\r\n250 SIZE\r\n",
		"250-a\r\n250 SIZE 0\r\n", "250-a\r\n250 SIZE 1x\r\n",
		"250-a\r\n250 SIZE 99999999999999999999999999\r\n"};
	struct ps_smtp_reply r;
	struct ps_smtp_offer o;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		ps_smtp_reply_parse(ps_bytes_of(cases[i]), &r);
		ps_smtp_offer_read(&r, &o);
		assert_int_equal(o.size, 0);
	}
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(a_reply_is_whole_when_its_last_line_is),
	cmocka_unit_test(a_reply_without_end_is_bad_before_it_fills_memory),
	cmocka_unit_test(many_long_lines_are_bad),
	cmocka_unit_test(text_is_one_line_without_codes),
	cmocka_unit_test(what_is_offered_is_read_without_case),
	cmocka_unit_test(a_size_that_is_none_is_no_limit),
};

PS_TESTS("smtp_reply", tests)
