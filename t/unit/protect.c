/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Protected header fields (RFC 9788): what stands inside the seal.
 */
#include "tap.h"

#include <stdio.h>

#include "openpgp/protect.h"

static void
assert_inner(const char *header, const char *wanted)
{
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);
	const char *why = NULL;
	struct ps_bytes rest;
	struct ps_header h;
	struct ps_buf b;

	assert_int_equal(
		ps_header_parse(a, ps_bytes_of(header), 100, &h, &rest, &why),
		PS_OK);
	ps_buf_init(&b, 100000);
	ps_protect_inner_header(a, &h, &b);
	assert_string_equal(ps_arena_cstr(a, ps_buf_bytes(&b)), wanted);
	ps_buf_free(&b);
	ps_arena_free(a);
}

#define HP1 "; hp=\"cipher\"; protected-headers=\"v1\""
#define HP  ";\r\n hp=\"cipher\"; protected-headers=\"v1\"\r\n"

/* The message of RFC 9788 C.3.1, but for the order of the structural fields. */
static void
fields_are_copied_and_their_outside_is_recorded(void **state)
{
	(void)state;
	assert_inner("MIME-Version: 1.0\n"
		     "Content-Transfer-Encoding: 7bit\n"
		     "Subject: smime-signed-enc-hp-baseline\n"
		     "Message-ID: <smime-signed-enc-hp-baseline@example>\n"
		     "From: Alice <alice@smime.example>\n"
		     "To: Bob <bob@smime.example>\n"
		     "Date: Sat, 20 Feb 2021 10:09:02 -0500\n"
		     "User-Agent: Sample MUA Version 1.0\n"
		     "Content-Type: text/plain; charset=\"utf-8\"\n",
		"Subject: smime-signed-enc-hp-baseline\r\n"
		"Message-ID: <smime-signed-enc-hp-baseline@example>\r\n"
		"From: Alice <alice@smime.example>\r\n"
		"To: Bob <bob@smime.example>\r\n"
		"Date: Sat, 20 Feb 2021 10:09:02 -0500\r\n"
		"User-Agent: Sample MUA Version 1.0\r\n"
		"HP-Outer: Subject: [...]\r\n"
		"HP-Outer: Message-ID: "
		"<smime-signed-enc-hp-baseline@example>\r\n"
		"HP-Outer: From: Alice <alice@smime.example>\r\n"
		"HP-Outer: To: Bob <bob@smime.example>\r\n"
		"HP-Outer: Date: Sat, 20 Feb 2021 10:09:02 -0500\r\n"
		"HP-Outer: User-Agent: Sample MUA Version 1.0\r\n"
		"Content-Transfer-Encoding: 7bit\r\n"
		"Content-Type: text/plain; charset=\"utf-8\"" HP "\r\n");
}

static void
what_is_not_outside_has_no_record(void **state)
{
	(void)state;
	assert_inner("Keywords: k\nComments: c\nThread-Topic: s\nSubject: s\n"
		     "To: a,\n b\nContent-Type: text/plain\n",
		"Keywords: k\r\nComments: c\r\nThread-Topic: s\r\n"
		"Subject: s\r\nTo: a,\r\n b\r\n"
		"HP-Outer: Subject: [...]\r\nHP-Outer: To: a,\r\n b\r\n"
		"Content-Type: text/plain" HP "\r\n");
}

static void
what_the_path_adds_is_not_protected(void **state)
{
	(void)state;
	assert_inner("Received: a\nReturn-Path: <a>\nDKIM-Signature: v=1\n"
		     "ARC-Seal: i=1\nAuthentication-Results: x\nBcc: c\n"
		     "List-Id: l\nResent-From: a\nX-Spam-Flag: no\n"
		     "X-Postseal: sealed\nX-Postseal-Trial: x\nreceived: b\n"
		     "HP-Outer: Subject: forged\nMIME-Version: 1.0\n",
		"Content-Type: text/plain; charset=us-ascii" HP "\r\n");
}

static void
names_that_only_look_alike_are_protected(void **state)
{
	(void)state;
	assert_inner("Bccc: 1\nReceived-By: 2\nContents: 3\nLists: 4\n"
		     "Content-Type: a/b\n",
		"Bccc: 1\r\nReceived-By: 2\r\nContents: 3\r\nLists: 4\r\n"
		"HP-Outer: Bccc: 1\r\nHP-Outer: Received-By: 2\r\n"
		"HP-Outer: Contents: 3\r\nHP-Outer: Lists: 4\r\n"
		"Content-Type: a/b" HP "\r\n");
}

static void
the_parameters_are_ours_alone_and_can_be_read(void **state)
{
	static const struct {
		const char *before, *after;
	} rows[] = {
		{" text/plain;", " text/plain"},
		{" text/plain; ; charset=x ; ", " text/plain; charset=x "},
		{" text/plain;\n\tcharset=x", " text/plain;\r\n\tcharset=x"},
		{" text/plain; hp=\"clear\"", " text/plain"},
		{" text/plain; HP = clear; a=b", " text/plain; a=b"},
		{" text/plain; hp*0=c; hp*1=l; a=b", " text/plain; a=b"},
		{" text/plain;(c) hp(c)=clear; a=b", " text/plain; a=b"},
		{" text/plain; protected-headers=\"v1\";\n a=b",
			" text/plain;\r\n a=b"},
		{" text/plain; hpx=1; a=\"hp=1; hp=2\"",
			" text/plain; hpx=1; a=\"hp=1; hp=2\""},
		{" text/plain (;)", " text/plain (;)"},
		{" text/plain; a=\"\\\";\"; hp=x", " text/plain; a=\"\\\";\""},
		{"", " text/plain"},
		{" ; charset=utf-8", " text/plain; charset=utf-8"},
		{"text/html", "text/html"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char before[200], after[200];

		snprintf(before, sizeof(before), "Content-Type:%s\n",
			rows[i].before);
		snprintf(after, sizeof(after), "Content-Type:%s%s\r\n",
			rows[i].after, HP);
		assert_inner(before, after);
	}
}

static void
a_value_that_would_hide_them_is_made_anew(void **state)
{
	static const struct {
		const char *before, *after;
	} rows[] = {
		{" text/plain; a=\"b", "text/plain" HP1 "; a=\"b\""},
		{" text/plain; a=\"b\\", "text/plain" HP1 "; a=\"b\\\\\""},
		{" Text/plain; a=b (c (d", "text/plain" HP1 "; a=\"b\""},
		{" text/plain; a=2\"; hp=clear",
			"text/plain" HP1 "; a=\"2\\\"\""},
		{" text/plain; a=b hp=clear", "text/plain" HP1 "; a=\"b\""},
		{" text/plain hp=clear", "text/plain" HP1},
		{" text/plain; \"; *0~=\"; hp*0x=clear", "text/plain" HP1},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);
		struct ps_field f = {.name = PS_LIT("Content-Type"),
			.value = ps_bytes_of(rows[i].before)};
		struct ps_header h = {.field = &f, .n_field = 1};
		const char *why;
		struct ps_bytes rest;
		struct ps_buf b;

		ps_buf_init(&b, 10000);
		ps_protect_inner_header(a, &h, &b);
		assert_int_equal(ps_header_parse(a, ps_buf_bytes(&b), 10, &h,
					 &rest, &why),
			PS_OK);
		assert_bytes(
			ps_header_unfold(a, h.field[0].value), rows[i].after);
		ps_buf_free(&b);
		ps_arena_free(a);
	}
}

static void
every_content_type_is_marked(void **state)
{
	(void)state;
	assert_inner("Content-Type: a/b\nContent-ID: <x>\ncontent-type: c/d\n",
		"Content-Type: a/b" HP "Content-ID: <x>\r\n"
		"content-type: c/d" HP "\r\n");
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(fields_are_copied_and_their_outside_is_recorded),
	cmocka_unit_test(what_is_not_outside_has_no_record),
	cmocka_unit_test(what_the_path_adds_is_not_protected),
	cmocka_unit_test(names_that_only_look_alike_are_protected),
	cmocka_unit_test(the_parameters_are_ours_alone_and_can_be_read),
	cmocka_unit_test(a_value_that_would_hide_them_is_made_anew),
	cmocka_unit_test(every_content_type_is_marked),
};

PS_TESTS("protect", tests)
