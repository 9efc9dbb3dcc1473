/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * What the client says, and what the relay refuses before anything is sent:
 * then nothing leaves.
 */
#include "relay_world.h"

#include <stdlib.h>
#include <unistd.h>

static void
every_copy_goes_to_its_own_recipients(void **state)
{
	const struct smtp_setup setup = {.offer = ALL};
	struct run r;

	(void)state;
	begin(&r, &setup, NULL);
	assert_int_equal(open_batch(&r, three, 3), PS_OK);
	assert_int_equal(r.result.outcome, PS_RELAY_NONE);
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(send_copy(&r, i), PS_OK);
		assert_int_equal(r.result.outcome, PS_RELAY_ACKNOWLEDGED);
		assert_int_equal(r.result.code, 250);
		assert_string_equal(r.result.xcode, "2.0.0");
		assert_string_equal(r.result.text, "Ok: queued");
		assert_int_equal(r.result.copy, i);
	}
	close_batch(&r);
	assert_bytes(smtp_server_taken(r.server),
		"TO <ann@a> <amy@a>\nDATA\nSubject: s\r\n\r\nb\r\n\n"
		"TO <bob@b>\nDATA\nSubject: s\r\n\r\nb\r\n\n"
		"TO <eve@c>\nDATA\nSubject: s\r\n\r\nb\r\n\n");
	end(&r);
}

static void
a_session_says_what_rfc_and_postfix_want(void **state)
{
	static const struct ps_relay_rcpt rcpt[] = {{.path = OCTETS("<a@b>"),
		.notify = OCTETS("SUCCESS,DELAY"),
		.orcpt = OCTETS("rfc822;A+2B@b")}};
	static const struct ps_relay_copy copy = {.sender = OCTETS("<s@x>"),
		.ret = OCTETS("HDRS"),
		.envid = OCTETS("id"),
		.smtputf8 = true,
		.rcpt = rcpt,
		.n_rcpt = 1,
		.message = &eight};
	const struct smtp_setup setup = {.offer = ALL};
	struct run r;

	(void)state;
	begin(&r, &setup, NULL);
	assert_int_equal(open_batch(&r, &copy, 1), PS_OK);
	assert_false(r.result.without_dsn || r.result.without_xforward);
	assert_int_equal(send_copy(&r, 0), PS_OK);
	close_batch(&r);
	assert_bytes(smtp_server_commands(r.server),
		"EHLO gw.example\n"
		"XFORWARD NAME=mx+3D1.example ADDR=IPV6:2001:db8::1 "
		"PORT=[UNAVAILABLE] PROTO=SMTP HELO=he+20lo IDENT=4F1C0A7E5F6 "
		"SOURCE=REMOTE\n"
		"MAIL FROM:<s@x> SIZE=18 BODY=8BITMIME SMTPUTF8 RET=HDRS "
		"ENVID=id\n"
		"RCPT TO:<a@b> NOTIFY=SUCCESS,DELAY ORCPT=rfc822;A+2B@b\n"
		"DATA\nQUIT\n");
	end(&r);
}

/* What is refused when, and what is then known. */
static const struct {
	struct smtp_fault fault;
	enum ps_status status;
	enum ps_relay_outcome outcome;
	int code;
	size_t copy, rcpt;
	const char *verb;
} refusals[] = {
	{{"greeting", NULL, "554 no\r\n", SMTP_SAY_CLOSE}, PS_ETEMP,
		PS_RELAY_REFUSED, 554, PS_NOT_FOUND, PS_NOT_FOUND, "greeting"},
	{{"greeting", NULL, NULL, SMTP_CLOSE}, PS_ETEMP, PS_RELAY_FAILED, 0,
		PS_NOT_FOUND, PS_NOT_FOUND, NULL},
	{{"greeting", NULL, "220 a\n", SMTP_SAY}, PS_ETEMP, PS_RELAY_FAILED, 0,
		PS_NOT_FOUND, PS_NOT_FOUND, NULL},
	{{"EHLO", NULL, "421 bye\r\n", SMTP_SAY_CLOSE}, PS_ETEMP,
		PS_RELAY_REFUSED, 421, PS_NOT_FOUND, PS_NOT_FOUND, "EHLO"},
	{{"EHLO", NULL, NULL, SMTP_CLOSE}, PS_ETEMP, PS_RELAY_FAILED, 0,
		PS_NOT_FOUND, PS_NOT_FOUND, NULL},
	{{"XFORWARD", NULL, "421 bye\r\n", SMTP_SAY_CLOSE}, PS_ETEMP,
		PS_RELAY_REFUSED, 421, PS_NOT_FOUND, PS_NOT_FOUND, "XFORWARD"},
	{{"MAIL", "<>", "550 5.7.1 no\r\n", SMTP_SAY}, PS_EPERM,
		PS_RELAY_REFUSED, 550, 2, PS_NOT_FOUND, "MAIL"},
	{{"MAIL", "<>", "451 4.3.0 later\r\n", SMTP_SAY}, PS_ETEMP,
		PS_RELAY_REFUSED, 451, 2, PS_NOT_FOUND, "MAIL"},
	{{"MAIL", NULL, "530 5.7.0 log in\r\n", SMTP_SAY}, PS_ETEMP,
		PS_RELAY_REFUSED, 530, 0, PS_NOT_FOUND, "MAIL"},
	{{"MAIL", "<>", NULL, SMTP_CLOSE}, PS_ETEMP, PS_RELAY_FAILED, 0,
		PS_NOT_FOUND, PS_NOT_FOUND, NULL},
	{{"RCPT", "amy", "550 5.1.1 no\r\n", SMTP_SAY}, PS_EPERM,
		PS_RELAY_REFUSED, 550, 0, 1, "RCPT"},
	{{"RCPT", "eve", "450 4.2.0 grey\r\n", SMTP_SAY}, PS_ETEMP,
		PS_RELAY_REFUSED, 450, 2, 0, "RCPT"},
	{{"RCPT", "bob", "252 perhaps\r\n", SMTP_SAY}, PS_ETEMP,
		PS_RELAY_REFUSED, 252, 1, 0, "RCPT"},
	{{"RCPT", "bob", "354 go\r\n", SMTP_SAY}, PS_ETEMP, PS_RELAY_REFUSED,
		354, 1, 0, "RCPT"},
	{{"RCPT", "bob", NULL, SMTP_CLOSE}, PS_ETEMP, PS_RELAY_FAILED, 0,
		PS_NOT_FOUND, PS_NOT_FOUND, NULL},
	{{"RCPT", "eve", "421 4.3.2 bye\r\n", SMTP_SAY_CLOSE}, PS_ETEMP,
		PS_RELAY_REFUSED, 421, 2, 0, "RCPT"},
};

static void
check_refusal(size_t i, const char *offer)
{
	const struct smtp_setup setup = {
		.offer = offer, .fault = &refusals[i].fault, .n_fault = 1};
	struct run r;

	if (strcmp(offer, "") == 0 &&
		strcmp(refusals[i].fault.verb, "XFORWARD") == 0)
		return;
	begin(&r, &setup, NULL);
	assert_int_equal(open_batch(&r, three, 3), refusals[i].status);
	assert_int_equal(r.result.outcome, refusals[i].outcome);
	assert_int_equal(r.result.code, refusals[i].code);
	assert_int_equal(r.result.copy, refusals[i].copy);
	assert_int_equal(r.result.rcpt, refusals[i].rcpt);
	if (refusals[i].verb == NULL)
		assert_null(r.result.verb);
	else
		assert_string_equal(r.result.verb, refusals[i].verb);
	assert_non_null(r.why);
	assert_false(was_said(&r, "DATA"));
	assert_int_equal(smtp_server_n_taken(r.server), 0);
	end(&r);
}

static void
a_refusal_before_data_leaves_nothing_behind(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++) {
		check_refusal(i, ALL);
		check_refusal(i, ""); /* one command at a time */
	}
}

static void
a_refusal_for_good_is_preferred_and_the_first_of_them_counts(void **state)
{
	static const struct smtp_fault fault[] = {
		{"RCPT", "ann", "450 4.2.0 grey\r\n", SMTP_SAY},
		{"RCPT", "bob", "550 5.1.1 no bob\r\n", SMTP_SAY},
		{"MAIL", "<>", "550 5.7.1 no null\r\n", SMTP_SAY},
	};
	const struct smtp_setup setup = {
		.offer = ALL, .fault = fault, .n_fault = 3};
	struct run r;

	(void)state;
	begin(&r, &setup, NULL);
	assert_int_equal(open_batch(&r, three, 3), PS_EPERM);
	assert_int_equal(r.result.copy, 1);
	assert_int_equal(r.result.rcpt, 0);
	assert_string_equal(r.result.xcode, "5.1.1");
	assert_string_equal(r.result.text, "no bob");
	end(&r);
}

static void
what_the_relay_lacks_is_noticed_before_anything_is_sent(void **state)
{
	static const struct ps_relay_rcpt utf8_rcpt[] = {
		{.path = OCTETS("<\xc3\xa9@b>")}};
	static const struct ps_relay_rcpt inject[] = {
		{.path = OCTETS("<a@b> NOTIFY=NEVER")},
		{.path = OCTETS("<a@b>\r\nDATA")}};
	static const struct ps_relay_rcpt empty[] = {{.path = OCTETS("<>")}};
	const struct {
		struct ps_relay_copy copy;
		const char *offer;
		enum ps_status status;
		const char *why;
	} cases[] = {
		{{.rcpt = three[1].rcpt, .n_rcpt = 1, .message = &eight}, "",
			PS_ETEMP, "8BITMIME"},
		{{.rcpt = three[1].rcpt,
			 .n_rcpt = 1,
			 .smtputf8 = true,
			 .message = &plain},
			"", PS_ETEMP, "SMTPUTF8"},
		{{.rcpt = utf8_rcpt, .n_rcpt = 1, .message = &plain}, "",
			PS_ETEMP, "SMTPUTF8"},
		{{.rcpt = three[1].rcpt, .n_rcpt = 1, .message = &plain},
			"250-SIZE 15\r\n", PS_ELIMIT, "limit of 15"},
		{{.rcpt = inject, .n_rcpt = 1, .message = &plain}, ALL,
			PS_EPERM, "cannot carry"},
		{{.rcpt = inject + 1, .n_rcpt = 1, .message = &plain}, ALL,
			PS_EPERM, "cannot carry"},
		{{.rcpt = empty, .n_rcpt = 1, .message = &plain}, ALL, PS_EPERM,
			"cannot carry"},
		{{.rcpt = three[1].rcpt,
			 .n_rcpt = 1,
			 .envid = PS_LIT("a b"),
			 .message = &plain},
			ALL, PS_EPERM, "cannot carry"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct smtp_setup setup = {.offer = cases[i].offer};
		struct ps_relay_copy copy[2] = {three[1], cases[i].copy};
		struct run r;

		begin(&r, &setup, NULL);
		assert_int_equal(open_batch(&r, copy, 2), cases[i].status);
		assert_non_null(strstr(r.why, cases[i].why));
		assert_int_equal(r.result.outcome, PS_RELAY_FAILED);
		assert_false(was_said(&r, "DATA"));
		end(&r);
	}
}

static void
what_may_be_left_out_is_left_out_and_told(void **state)
{
	static const struct ps_relay_rcpt rcpt[] = {
		{.path = OCTETS("a@b"), .notify = OCTETS("NEVER")}};
	static const struct ps_relay_copy copy = {
		.rcpt = rcpt, .n_rcpt = 1, .message = &plain};
	static const struct smtp_fault old = {
		"EHLO", NULL, "502 5.5.2 what?\r\n", SMTP_SAY};
	const struct smtp_setup setup = {
		.offer = ALL, .fault = &old, .n_fault = 1};
	struct run r;

	(void)state;
	begin(&r, &setup, NULL);
	assert_int_equal(open_batch(&r, &copy, 1), PS_OK);
	assert_true(r.result.without_dsn && r.result.without_xforward);
	assert_int_equal(send_copy(&r, 0), PS_OK);
	close_batch(&r);
	assert_bytes(smtp_server_commands(r.server),
		"EHLO gw.example\nHELO gw.example\nMAIL FROM:<>\n"
		"RCPT TO:<a@b>\nDATA\nQUIT\n");
	end(&r);
}

static void
a_refused_xforward_does_not_stop_mail(void **state)
{
	static const struct smtp_fault fault = {
		"XFORWARD", NULL, "501 5.5.4 bad\r\n", SMTP_SAY};
	const struct smtp_setup setup = {
		.offer = ALL, .fault = &fault, .n_fault = 1};
	struct run r;

	(void)state;
	begin(&r, &setup, NULL);
	assert_int_equal(open_batch(&r, three, 1), PS_OK);
	assert_true(r.result.without_xforward);
	assert_int_equal(send_copy(&r, 0), PS_OK);
	end(&r);
}

/* Three copies on two connections: the third asks twice. */
static void
more_copies_than_connections_are_all_accepted_first(void **state)
{
	const struct ps_smtp_settings settings = {
		.hello = "gw", .per_message = 2, .at_once = 2};
	static const struct smtp_fault fault = {
		"RCPT", "eve", "550 5.1.1 no\r\n", SMTP_SAY};
	const char *offers[] = {"", "250-PIPELINING\r\n"};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		const struct smtp_setup good = {.offer = offers[i]};
		const struct smtp_setup bad = {
			.offer = offers[i], .fault = &fault, .n_fault = 1};
		struct run r;

		begin(&r, &good, &settings);
		assert_int_equal(open_batch(&r, three, 3), PS_OK);
		for (size_t n = 0; n < 3; n++)
			assert_int_equal(send_copy(&r, n), PS_OK);
		close_batch(&r);
		assert_bytes(smtp_server_commands(r.server),
			"EHLO gw\nMAIL FROM:<>\nRCPT TO:<eve@c>\nRSET\n"
			"MAIL FROM:<s@x>\nRCPT TO:<ann@a>\nRCPT TO:<amy@a>\n"
			"DATA\nMAIL FROM:<>\nRCPT TO:<eve@c>\nDATA\nQUIT\n"
			"EHLO gw\nMAIL FROM:<s@x>\nRCPT TO:<bob@b>\nDATA\n"
			"QUIT\n");
		end(&r);
		begin(&r, &bad, &settings);
		assert_int_equal(open_batch(&r, three, 3), PS_EPERM);
		assert_int_equal(r.result.copy, 2);
		assert_false(was_said(&r, "DATA"));
		end(&r);
	}
}

static void
hundreds_of_recipients_do_not_wait_for_each_other(void **state)
{
	const struct smtp_setup setup = {.offer = ALL};
	struct ps_relay_rcpt rcpt[1000];
	struct ps_relay_copy copy = {
		.rcpt = rcpt, .n_rcpt = 1000, .message = &plain};
	struct run r;

	(void)state;
	begin(&r, &setup, NULL);
	for (size_t i = 0; i < 1000; i++)
		rcpt[i] = (struct ps_relay_rcpt){
			.path = ps_bytes_of(ps_arena_printf(
				r.a, "<%0200zu@example.org>", i))};
	assert_int_equal(open_batch(&r, &copy, 1), PS_OK);
	assert_int_equal(send_copy(&r, 0), PS_OK);
	end(&r);
}

static void
login(struct run *r, const struct smtp_setup *setup, const char *text)
{
	char path[] = "/tmp/postseal-login-XXXXXX";
	const struct ps_smtp_settings s = {.hello = "gw", .login_file = path};
	int fd = mkstemp(path);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	close(fd);
	begin(r, setup, &s);
	unlink(path);
}

static void
a_login_is_given_or_nothing_is_sent(void **state)
{
	static const struct smtp_fault wrong = {
		"AUTH", NULL, "535 5.7.8 no\r\n", SMTP_SAY};
	const struct smtp_setup good = {.offer = ALL}, none = {.offer = ""},
				bad = {.offer = ALL,
					.fault = &wrong,
					.n_fault = 1};
	struct run r;

	(void)state;
	login(&r, &good, "user:pass:word\n");
	assert_int_equal(open_batch(&r, three, 1), PS_OK);
	close_batch(&r);
	assert_true(was_said(&r, "AUTH PLAIN AHVzZXIAcGFzczp3b3Jk\n"));
	end(&r);
	login(&r, &none, "user:password");
	assert_int_equal(open_batch(&r, three, 1), PS_ETEMP);
	assert_non_null(strstr(r.why, "AUTH PLAIN"));
	end(&r);
	login(&r, &bad, "user:password");
	assert_int_equal(open_batch(&r, three, 1), PS_ETEMP);
	assert_int_equal(r.result.code, 535);
	assert_null(strstr(r.why, "password"));
	end(&r);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(every_copy_goes_to_its_own_recipients),
	cmocka_unit_test(a_session_says_what_rfc_and_postfix_want),
	cmocka_unit_test(a_refusal_before_data_leaves_nothing_behind),
	cmocka_unit_test(
		a_refusal_for_good_is_preferred_and_the_first_of_them_counts),
	cmocka_unit_test(
		what_the_relay_lacks_is_noticed_before_anything_is_sent),
	cmocka_unit_test(what_may_be_left_out_is_left_out_and_told),
	cmocka_unit_test(a_refused_xforward_does_not_stop_mail),
	cmocka_unit_test(more_copies_than_connections_are_all_accepted_first),
	cmocka_unit_test(hundreds_of_recipients_do_not_wait_for_each_other),
	cmocka_unit_test(a_login_is_given_or_nothing_is_sent),
};

PS_TESTS("smtp_client", tests)
