/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * What a message shows that policy may exempt.
 */
#include "tap.h"

#include <string.h>

#include "policy/decide.h"

#define N(array) (sizeof(array) / sizeof((array)[0]))

static const struct {
	const char *header, *body;
	unsigned exempt;
} messages[] = {
	{"Subject: plain\r\n", "text\r\n", 0},
	{"Content-Type: text/calendar; method=REQUEST; charset=utf-8\r\n",
		"BEGIN:VCALENDAR\r\n", PS_EXEMPT_CALENDAR},
	{"Content-Type: text/calendar; charset=utf-8\r\n",
		"BEGIN:VCALENDAR\r\n", 0},
	{"Content-Type: multipart/alternative; boundary=b\r\n",
		"--b\r\n\r\ntext\r\n--b\r\nContent-Type: TEXT/Calendar;\r\n "
		"METHOD=\"REPLY\"\r\n\r\nBEGIN:VCALENDAR\r\n--b--\r\n",
		PS_EXEMPT_CALENDAR},
	/* a forwarded invitation is no invitation */
	{"Content-Type: multipart/mixed; boundary=b\r\n",
		"--b\r\nContent-Type: message/rfc822\r\n\r\nContent-Type: "
		"text/calendar; method=REQUEST\r\n\r\nx\r\n--b--\r\n",
		0},
	{"Content-Type: multipart/report; report-type=delivery-status;\r\n"
	 " boundary=b\r\n",
		"--b\r\n\r\nx\r\n--b--\r\n", PS_EXEMPT_REPORT},
	{"Content-Type: multipart/mixed; boundary=b\r\n",
		"--b\r\nContent-Type: multipart/report; boundary=c\r\n\r\n"
		"--c\r\n\r\nx\r\n--c--\r\n--b--\r\n",
		0},
	{"Auto-Submitted: auto-replied (vacation)\r\n", "",
		PS_EXEMPT_AUTO_SUBMITTED},
	{"auto-submitted: Auto-Generated; x=y\r\n", "",
		PS_EXEMPT_AUTO_SUBMITTED},
	{"Auto-Submitted: (comment) no\r\n", "", 0},
	{"Auto-Submitted: NO\r\n", "", 0},
	{"Auto-Submitted:\r\n", "", 0},
	{"List-Id: <l.example.org>\r\n", "", PS_EXEMPT_LIST},
	{"List-Post: NO\r\n", "", PS_EXEMPT_LIST},
	{"List-Unsubscribe: <mailto:x@y>\r\n", "", 0},
	{"List-Id: <l>\r\nAuto-Submitted: auto-generated\r\n", "",
		PS_EXEMPT_LIST | PS_EXEMPT_AUTO_SUBMITTED},
};

static struct ps_content_facts
content(struct ps_arena *a, const char *header, const char *body,
	const struct ps_limits *limits)
{
	struct ps_message *m = ps_arena_alloc(a, sizeof(*m));
	struct ps_content_facts facts;
	const char *why = NULL;
	struct ps_bytes rest;

	assert_int_equal(ps_header_parse(a, ps_bytes_of(header), 100,
				 &m->header, &rest, &why),
		PS_OK);
	m->body = ps_bytes_of(body);
	m->body_fd = -1;
	ps_content_of(a, m, limits, &facts);
	return facts;
}

static void
what_may_be_exempt_is_seen(void **state)
{
	const struct ps_limits limits = PS_LIMITS_DEFAULT;

	(void)state;
	for (size_t i = 0; i < N(messages); i++) {
		struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);
		struct ps_content_facts f = content(
			a, messages[i].header, messages[i].body, &limits);

		if (f.exempt != messages[i].exempt)
			fail_msg("%s: wanted %u, got %u", messages[i].header,
				messages[i].exempt, f.exempt);
		ps_arena_free(a);
	}
}

static void
a_message_past_the_ceilings_is_exempt_from_nothing(void **state)
{
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);
	struct ps_limits limits = PS_LIMITS_DEFAULT;
	struct ps_content_facts f;

	(void)state;
	limits.max_mime_parts = 1;
	f = content(a, messages[3].header, messages[3].body, &limits);
	assert_int_equal(f.exempt, 0);
	ps_arena_free(a);
}

static void
the_subject_is_on_one_line_and_seals_are_inspected(void **state)
{
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);
	const struct ps_limits limits = PS_LIMITS_DEFAULT;
	struct ps_content_facts f;

	(void)state;
	f = content(a, "Subject: one\r\n two\r\nSubject: other\r\n", "x\r\n",
		&limits);
	assert_bytes(f.subject, "one two");
	assert_int_equal(f.inspection.sealed, PS_SEALED_NOT);
	assert_int_equal(f.header->n_field, 2);
	f = content(a, "", "x\r\n", &limits);
	assert_int_equal(f.subject.len, 0);
	ps_arena_free(a);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(what_may_be_exempt_is_seen),
	cmocka_unit_test(a_message_past_the_ceilings_is_exempt_from_nothing),
	cmocka_unit_test(the_subject_is_on_one_line_and_seals_are_inspected),
};

PS_TESTS("content", tests)
