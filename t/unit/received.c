/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * The trace field of copies, and what is added to submitted messages.
 */
#include "tap.h"

#include "mail/date.h"
#include "mail/received.h"
#include "mail/submission.h"

#define WHEN 1795525372 /* Tue, 24 Nov 2026 13:02:52 UTC */

static void
a_date_is_utc_in_english(void **state)
{
	static const struct {
		int64_t when;
		const char *text;
	} cases[] = {
		{WHEN, "Tue, 24 Nov 2026 13:02:52 +0000"},
		{0, "Thu, 1 Jan 1970 00:00:00 +0000"},
		{951827696, "Tue, 29 Feb 2000 12:34:56 +0000"},
		{INT64_MAX, "Thu, 1 Jan 1970 00:00:00 +0000"},
	};
	char out[PS_DATE_SIZE];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		ps_date_header(cases[i].when, out);
		assert_string_equal(out, cases[i].text);
	}
}

static void
a_date_field_is_read_in_every_usual_spelling(void **state)
{
	static const struct {
		const char *text;
		int64_t when; /* -1: no date */
	} cases[] = {
		{"Tue, 24 Nov 2026 13:02:52 +0000", WHEN},
		{" Tue, 24 Nov 2026 13:02:52 +0000 (UTC)\r\n", WHEN},
		{"24 nov 2026 14:02:52 +0100", WHEN},
		{"Mon, 23 Nov 2026 23:32:52 -1330", WHEN},
		{"Tue,24 Nov 26 13:02:52 GMT", WHEN},
		{"Tue, 24 Nov 126 13 : 02 : 52 UT", WHEN},
		{"(a (b)) Tue (c), 24 Nov 2026 13:02 Z", WHEN - 52},
		{"29 Feb 2000 12:34:56 +0000", 951827696},
		{"1 Jan 1970 00:00:00 +0000", 0},
		{"31 Dec 9999 23:59:60 +0000", 253402300800},
		{"29 Feb 2100 00:00:00 +0000", -1},
		{"29 Feb 2026 00:00:00 +0000", -1},
		{"31 Apr 2026 00:00:00 +0000", -1},
		{"0 Apr 2026 00:00:00 +0000", -1},
		{"24 Nov 1969 13:02:52 +0000", -1},
		{"24 Nov 2026 24:00:00 +0000", -1},
		{"24 Nov 2026 13:60:00 +0000", -1},
		{"24 Nov 2026 13:02:52", -1},
		{"24 Nov 2026 13:02:52 +00", -1},
		{"24 Nov 2026 13:02:52 CET", -1},
		{"24 Nov 2026 13:02:52 +0000 and more", -1},
		{"Tue 24 Nov 2026 13:02:52 +0000", -1},
		{"24 Nov 20260 13:02:52 +0000", -1},
		{"2026-11-24 13:02:52", -1},
		{"24 Nov 2026 13:02:52 +0000 (", -1},
		{"", -1},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int64_t got = -1;

		if (!ps_date_read(ps_bytes_of(cases[i].text), &got))
			got = -1;
		if (got != cases[i].when)
			fail_msg("%s: %lld", cases[i].text, (long long)got);
	}
}

static void
the_protocol_word_says_what_the_session_had(void **state)
{
	static const struct {
		const char *arg, *tls, *login, *word;
	} cases[] = {
		{NULL, "", "", "SMTP"},
		{"SIZE=1", "", "", "ESMTP"},
		{NULL, "TLSv1.3", "", "ESMTPS"},
		{NULL, "", "alice", "ESMTPA"},
		{"SIZE=1", "TLSv1.3", "alice", "ESMTPSA"},
		{"smtputf8", "", "", "UTF8SMTP"},
		{"SMTPUTF8", "TLSv1.2", "", "UTF8SMTPS"},
		{"SMTPUTF8", "", "alice", "UTF8SMTPA"},
		{"SMTPUTF8", "TLSv1.2", "alice", "UTF8SMTPSA"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct ps_bytes arg = ps_bytes_of(cases[i].arg);
		struct ps_session s = {
			.tls_version = ps_bytes_of(cases[i].tls)};
		struct ps_txn t = {.session = &s,
			.login = ps_bytes_of(cases[i].login),
			.mail_arg = &arg,
			.n_mail_arg = cases[i].arg != NULL};

		assert_string_equal(ps_received_protocol(&t), cases[i].word);
	}
}

static void
assert_received(const struct ps_txn *t, const char *by, const char *want)
{
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);
	struct ps_field f = ps_received_make(a, t, ps_bytes_of(by), WHEN);

	assert_bytes(f.name, "Received");
	assert_bytes(f.value, want);
	assert_int_equal(f.from, 0);
	ps_arena_free(a);
}

static void
the_field_names_client_transport_and_queue_id(void **state)
{
	struct ps_session s = {.client_name = PS_LIT("mx.example.net"),
		.client_ip = PS_LIT("2001:db8::1"),
		.helo = PS_LIT("mx"),
		.tls_version = PS_LIT("TLSv1.3"),
		.cipher = PS_LIT("TLS_AES_256_GCM_SHA384"),
		.cipher_bits = PS_LIT("256")};
	struct ps_txn t = {.session = &s, .queue_id = PS_LIT("4F1C0A7E5F6")};

	(void)state;
	assert_received(&t, "gw.example.org",
		" from mx (mx.example.net [IPv6:2001:db8::1])\r\n"
		"\t(using TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 "
		"(256 bits))\r\n"
		"\tby gw.example.org (postseal) with ESMTPS id 4F1C0A7E5F6;\r\n"
		"\tTue, 24 Nov 2026 13:02:52 +0000");
}

static void
a_local_submission_has_no_client(void **state)
{
	struct ps_session s = {.client_name = PS_LIT("localhost")};
	struct ps_txn t = {.session = &s,
		.is_local = true,
		.queue_id = PS_LIT("4F1C0A7E5F6")};

	(void)state;
	assert_received(&t, "gw.example.org",
		" by gw.example.org (postseal, submitted there)"
		" id 4F1C0A7E5F6;\r\n\tTue, 24 Nov 2026 13:02:52 +0000");
}

static void
a_client_cannot_write_into_the_field(void **state)
{
	struct ps_session s = {.client_name = PS_LIT("x)\r\nBcc: a@b"),
		.client_ip = PS_LIT("192.0.2.7"),
		.helo = PS_LIT("a\nby (evil);\\\xc3\xa9\0z")};
	struct ps_txn t = {.session = &s};

	(void)state;
	assert_received(&t, "gw",
		" from a?by??evil?????\?z (x???Bcc:?a?b [192.0.2.7])\r\n"
		"\tby gw (postseal) with SMTP;\r\n"
		"\tTue, 24 Nov 2026 13:02:52 +0000");
}

static void
hops_are_counted_by_name(void **state)
{
	struct ps_field f[] = {{.name = PS_LIT("Received")},
		{.name = PS_LIT("X-Received")}, {.name = PS_LIT("RECEIVED")}};

	(void)state;
	assert_int_equal(ps_received_count(&(struct ps_header){f, 3}), 2);
}

static void
only_what_is_missing_is_added(void **state)
{
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);
	struct ps_field f[] = {
		{.name = PS_LIT("Subject"), .value = PS_LIT(" a")},
		{.name = PS_LIT("MESSAGE-ID"), .value = PS_LIT("")}};
	struct ps_message m = {.header = {f, 2}, .body = PS_LIT("b")}, out;

	(void)state;
	out = ps_submission_complete(a, &m, WHEN, PS_LIT("l"), PS_LIT("r"));
	assert_int_equal(out.header.n_field, 3);
	assert_bytes(out.header.field[2].name, "Date");
	assert_bytes(
		out.header.field[2].value, " Tue, 24 Nov 2026 13:02:52 +0000");
	assert_int_equal(out.header.field[1].from, 2);
	assert_int_equal(m.header.n_field, 2);
	m.header.n_field = 1;
	out = ps_submission_complete(a, &m, WHEN, PS_LIT("l"), PS_LIT("r"));
	assert_bytes(out.header.field[2].value, " <l@r>");
	ps_arena_free(a);
}

static void
hidden_recipients_fields_are_taken_out(void **state)
{
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);
	struct ps_field f[] = {{.name = PS_LIT("bcc")}, {.name = PS_LIT("To")},
		{.name = PS_LIT("Resent-Bcc")}, {.name = PS_LIT("X-Bcc")}};
	struct ps_message m = {.header = {f, 4}}, out;

	(void)state;
	out = ps_message_keep(a, &m);
	ps_submission_hide_bcc(&out);
	assert_int_equal(out.header.n_field, 2);
	assert_bytes(out.header.field[0].name, "To");
	assert_bytes(out.header.field[1].name, "X-Bcc");
	assert_int_equal(out.header.field[1].from, 4);
	ps_arena_free(a);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(a_date_is_utc_in_english),
	cmocka_unit_test(a_date_field_is_read_in_every_usual_spelling),
	cmocka_unit_test(the_protocol_word_says_what_the_session_had),
	cmocka_unit_test(the_field_names_client_transport_and_queue_id),
	cmocka_unit_test(a_local_submission_has_no_client),
	cmocka_unit_test(a_client_cannot_write_into_the_field),
	cmocka_unit_test(hops_are_counted_by_name),
	cmocka_unit_test(only_what_is_missing_is_added),
	cmocka_unit_test(hidden_recipients_fields_are_taken_out),
};

PS_TESTS("received", tests)
