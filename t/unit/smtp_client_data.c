/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * From DATA on each outcome is told as it is, and only one is "unknown".
 */
#include "relay_world.h"

#include <unistd.h>

static const struct {
	struct smtp_fault fault; /* on bob's copy */
	enum ps_status status;
	enum ps_relay_outcome outcome;
	int code;
} ends[] = {
	{{"DATA", "bob", "451 4.3.0 later\r\n", SMTP_SAY}, PS_ETEMP,
		PS_RELAY_REFUSED, 451},
	{{"DATA", "bob", "554 5.0.0 no\r\n", SMTP_SAY}, PS_EPERM,
		PS_RELAY_REFUSED, 554},
	{{"DATA", "bob", "250 what\r\n", SMTP_SAY}, PS_ETEMP, PS_RELAY_REFUSED,
		250},
	{{"DATA", "bob", NULL, SMTP_CLOSE}, PS_ETEMP, PS_RELAY_FAILED, 0},
	{{"DATA", "bob", "354 go\r\n250 Ok\r\n", SMTP_SAY}, PS_ETEMP,
		PS_RELAY_FAILED, 0},
	{{".", "bob", "451 4.3.0 full\r\n", SMTP_SAY}, PS_ETEMP,
		PS_RELAY_REFUSED, 451},
	{{".", "bob", "552 5.3.4 too big\r\n", SMTP_SAY}, PS_EPERM,
		PS_RELAY_REFUSED, 552},
	{{".", "bob", "421 4.3.2 bye\r\n", SMTP_SAY_CLOSE}, PS_ETEMP,
		PS_RELAY_REFUSED, 421},
	{{".", "bob", NULL, SMTP_CLOSE}, PS_ETEMP, PS_RELAY_UNKNOWN, 0},
	{{".", "bob", "25", SMTP_SAY_CLOSE}, PS_ETEMP, PS_RELAY_UNKNOWN, 0},
	{{".", "bob", "250 Ok", SMTP_SAY_CLOSE}, PS_ETEMP, PS_RELAY_UNKNOWN, 0},
	{{".", "bob", "hm\r\n", SMTP_SAY_CLOSE}, PS_ETEMP, PS_RELAY_UNKNOWN, 0},
	{{".", "bob", "354 more\r\n", SMTP_SAY}, PS_ETEMP, PS_RELAY_UNKNOWN,
		354},
	{{".", "bob", "250 Ok\r\n", SMTP_SAY_CLOSE}, PS_OK,
		PS_RELAY_ACKNOWLEDGED, 250},
	{{".", "bob", "250-a\r\n250 b\r\n", SMTP_SAY}, PS_OK,
		PS_RELAY_ACKNOWLEDGED, 250},
};

static void
after_data_each_outcome_is_told_as_it_is(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		const struct smtp_setup setup = {
			.offer = ALL, .fault = &ends[i].fault, .n_fault = 1};
		struct run r;

		begin(&r, &setup, NULL);
		assert_int_equal(open_batch(&r, three, 3), PS_OK);
		assert_int_equal(send_copy(&r, 0), PS_OK);
		assert_int_equal(send_copy(&r, 1), ends[i].status);
		assert_int_equal(r.result.outcome, ends[i].outcome);
		assert_int_equal(r.result.code, ends[i].code);
		assert_int_equal(r.result.copy, 1);
		/* The others are not touched by it. */
		assert_int_equal(send_copy(&r, 2), PS_OK);
		close_batch(&r);
		assert_int_equal(smtp_server_n_taken(r.server), 2);
		end(&r);
	}
}

/* More than any socket holds, so that the other side is noticed. */
static struct ps_bytes
long_body(struct ps_arena *a)
{
	size_t len = (size_t)8 << 20;
	char *p = ps_arena_alloc(a, len);

	for (size_t i = 0; i < len; i += 64) {
		memset(p + i, 'x', 62);
		memcpy(p + i + 62, "\r\n", 2);
	}
	return ps_bytes(p, len);
}

static void
a_relay_that_stops_reading_in_the_middle_has_nothing(void **state)
{
	static const struct {
		struct smtp_fault fault;
		enum ps_relay_outcome outcome;
	} cases[] = {
		{{"body", NULL, NULL, SMTP_CLOSE}, PS_RELAY_FAILED},
		{{"body", NULL, "552 5.3.4 big\r\n", SMTP_SAY_CLOSE},
			PS_RELAY_REFUSED},
		{{"body", NULL, "250 Ok\r\n", SMTP_SAY}, PS_RELAY_FAILED},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct smtp_setup setup = {
			.offer = "", .fault = &cases[i].fault, .n_fault = 1};
		struct ps_message m = plain;
		struct ps_relay_copy copy = three[1];
		struct run r;

		begin(&r, &setup, NULL);
		m.body = long_body(r.a);
		copy.message = &m;
		assert_int_equal(open_batch(&r, &copy, 1), PS_OK);
		assert_int_not_equal(send_copy(&r, 0), PS_OK);
		assert_int_equal(r.result.outcome, cases[i].outcome);
		close_batch(&r);
		assert_int_equal(smtp_server_n_taken(r.server), 0);
		end(&r);
	}
}

static void
a_long_body_arrives_whole_and_its_dots_doubled(void **state)
{
	const struct smtp_setup setup = {.offer = ""};
	struct ps_message m = plain;
	struct ps_relay_copy copy = three[1];
	struct ps_bytes taken;
	struct run r;
	char *p;

	(void)state;
	begin(&r, &setup, NULL);
	m.body = long_body(r.a);
	p = ps_arena_cstr(r.a, m.body);
	p[64] = '.';
	p[6 << 20] = '.';
	m.body = ps_bytes(p, m.body.len);
	copy.message = &m;
	assert_int_equal(open_batch(&r, &copy, 1), PS_OK);
	assert_int_equal(send_copy(&r, 0), PS_OK);
	close_batch(&r);
	taken = smtp_server_taken(r.server);
	assert_int_equal(
		taken.len, strlen("TO <bob@b>\nDATA\nSubject: s\r\n\r\n\n") +
				   m.body.len + 2);
	end(&r);
}

static void
a_silent_relay_is_given_up_at_the_deadline(void **state)
{
	static const char *const verb[] = {
		"greeting", "EHLO", "MAIL", "RCPT", "DATA", "."};

	(void)state;
	for (size_t i = 0; i < 6; i++) {
		const struct smtp_fault fault = {
			verb[i], NULL, NULL, SMTP_SILENT};
		const struct smtp_setup setup = {
			.offer = ALL, .fault = &fault, .n_fault = 1};
		enum ps_status s;
		struct run r;

		begin(&r, &setup, NULL);
		/* long enough for a busy machine to get there */
		r.wait = ps_wait_within(&r.wait, 1000);
		s = open_batch(&r, three, 1);
		if (i < 4) {
			assert_int_equal(s, PS_ELATE);
		} else {
			assert_int_equal(s, PS_OK);
			assert_int_equal(send_copy(&r, 0), PS_ELATE);
		}
		assert_int_equal(r.result.outcome,
			i == 5 ? PS_RELAY_UNKNOWN : PS_RELAY_FAILED);
		end(&r);
	}
}

static void
stopping_ends_what_is_not_sent_and_not_what_is(void **state)
{
	const struct smtp_setup setup = {.offer = ALL};
	struct run r;
	int p[2];

	(void)state;
	assert_int_equal(pipe(p), 0);
	begin(&r, &setup, NULL);
	r.wait.stop_fd = p[0];
	assert_int_equal(open_batch(&r, three, 2), PS_OK);
	close(p[1]); /* we are stopping */
	assert_int_equal(send_copy(&r, 0), PS_OK);
	assert_int_equal(send_copy(&r, 1), PS_OK);
	r.relay.close(r.batch);
	r.batch = NULL;
	assert_int_equal(open_batch(&r, three, 2), PS_ESTOP);
	assert_int_equal(r.result.outcome, PS_RELAY_FAILED);
	close(p[0]);
	end(&r);
}

static void
a_relay_that_is_not_there_is_temporary(void **state)
{
	const struct smtp_setup setup = {.offer = ALL};
	struct run r;

	(void)state;
	begin(&r, &setup, NULL);
	smtp_server_stop(r.server);
	assert_int_equal(open_batch(&r, three, 3), PS_ETEMP);
	assert_int_equal(r.result.outcome, PS_RELAY_FAILED);
	assert_non_null(strstr(r.why, "refused"));
	end(&r);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(after_data_each_outcome_is_told_as_it_is),
	cmocka_unit_test(a_relay_that_stops_reading_in_the_middle_has_nothing),
	cmocka_unit_test(a_long_body_arrives_whole_and_its_dots_doubled),
	cmocka_unit_test(a_silent_relay_is_given_up_at_the_deadline),
	cmocka_unit_test(stopping_ends_what_is_not_sent_and_not_what_is),
	cmocka_unit_test(a_relay_that_is_not_there_is_temporary),
};

PS_TESTS("smtp_client_data", tests)
