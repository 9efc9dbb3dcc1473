/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * What a sealed message looks like outside, and what is sealed.
 */
#include "tap.h"

#include <stdio.h>
#include <stdlib.h>

#include "openpgp/armor.h"
#include "openpgp/pgpmime.h"

#define BOUNDARY "=_postseal-0123456789abcdef0123456789abcdef"
#define BY	 "mx.example.org"

static const struct ps_bytes boundary = {BOUNDARY, sizeof(BOUNDARY) - 1};

static struct ps_message
message(struct ps_arena *a, const char *header)
{
	struct ps_message m = {.body = PS_LIT("hello\r\n"), .body_fd = -1};
	const char *why = NULL;
	struct ps_bytes rest;

	assert_int_equal(ps_header_parse(a, ps_bytes_of(header), 100, &m.header,
				 &rest, &why),
		PS_OK);
	return m;
}

static struct ps_message
wrap(struct ps_arena *a, const struct ps_message *m, const char *subject,
	struct ps_bytes sealed, struct ps_spool *body)
{
	struct ps_bytes s = ps_bytes_of(subject);
	struct ps_pgpmime_outer outer = {
		.boundary = boundary,
		.marker = PS_LIT("sealed; by=" BY "; end-to-end=no"),
		.marker_by = PS_LIT(BY),
		.subject = subject == NULL ? NULL : &s,
	};
	const char *why = NULL;
	struct ps_message out;

	assert_int_equal(
		ps_pgpmime_wrap(a, m, &outer, sealed, body, &out, &why), PS_OK);
	return out;
}

static struct ps_spool *
spool(void)
{
	return ps_spool_new(
		(struct ps_spool_where){.dir = "/tmp", .in_memory = 100000},
		(size_t)1 << 30);
}

/* "from|Name:value\n" for every field. */
static void
assert_fields(
	struct ps_arena *a, const struct ps_message *m, const char *wanted)
{
	struct ps_buf b;

	ps_buf_init(&b, 100000);
	for (size_t i = 0; i < m->header.n_field; i++) {
		const struct ps_field *f = &m->header.field[i];

		ps_buf_printf(&b, "%zu|%.*s:%.*s\n", f->from, PS_FMT(f->name),
			PS_FMT(f->value));
	}
	assert_string_equal(ps_arena_cstr(a, ps_buf_bytes(&b)), wanted);
	ps_buf_free(&b);
}

#define TYPE                                                                   \
	":"                                                                    \
	" multipart/encrypted;\n protocol=\"application/pgp-encrypted\";\n"    \
	" boundary=\"" BOUNDARY "\"\n"
#define MARKER "0|X-Postseal: sealed; by=" BY "; end-to-end=no\n"

static void
fields_stay_in_place_and_content_fields_go_inside(void **state)
{
	static const struct {
		const char *before, *after, *inner;
	} rows[] = {
		{"Received: x\nMIME-Version: 1.0\nContent-type: text/html;\n"
		 "\tcharset=utf-8\nFrom : a\n"
		 "Content-Transfer-Encoding: 8bit\nSubject: s\n",
			"1|Received: x\n2|MIME-Version: 1.0\n"
			"3|Content-type" TYPE
			"4|From: a\n6|Subject: s\n" MARKER,
			"Content-type: text/html;\r\n\tcharset=utf-8\r\n"
			"Content-Transfer-Encoding: 8bit\r\n\r\n"},
		{"From: a\n",
			"1|From: a\n0|MIME-Version: 1.0\n"
			"0|Content-Type" TYPE MARKER,
			"\r\n"},
		{"CONTENT-TYPE:text/plain\nContent-Type: text/html\n"
		 "Content-Foo:\nContents: x\nContent: y\n",
			"1|CONTENT-TYPE" TYPE "4|Contents: x\n5|Content: y\n"
			"0|MIME-Version: 1.0\n" MARKER,
			"CONTENT-TYPE:text/plain\r\nContent-Type: text/html\r\n"
			"Content-Foo:\r\n\r\n"},
		{"", "0|MIME-Version: 1.0\n0|Content-Type" TYPE MARKER, "\r\n"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);
		struct ps_message m = message(a, rows[i].before);
		struct ps_spool *body = spool();
		struct ps_message out = wrap(a, &m, NULL, PS_LIT("x"), body);
		struct ps_buf inner;

		assert_fields(a, &out, rows[i].after);
		ps_buf_init(&inner, 10000);
		ps_pgpmime_inner_header(&m.header, &inner);
		assert_bytes(ps_buf_bytes(&inner), rows[i].inner);
		ps_buf_free(&inner);
		ps_spool_free(body);
		ps_arena_free(a);
	}
}

static void
a_hidden_subject_is_hidden_everywhere(void **state)
{
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);
	struct ps_message m = message(a,
		"Subject: secret\nSUBJECT: secret\nThread-Topic: secret\n"
		"Keywords: k\nFrom: a\nComments: c\nThread-Index: AQ\n");
	struct ps_spool *body = spool();
	struct ps_message out = wrap(a, &m, "[...]", PS_LIT("x"), body);

	(void)state;
	assert_fields(a, &out,
		"1|Subject: [...]\n2|SUBJECT: [...]\n5|From: a\n"
		"7|Thread-Index: AQ\n0|MIME-Version: 1.0\n0|Content-Type" TYPE
			MARKER);
	ps_spool_free(body);
	ps_arena_free(a);
}

static void
an_older_marker_in_our_name_goes_and_others_stay(void **state)
{
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);
	struct ps_message m = message(a,
		"X-Postseal: sealed; by=" BY "\n"
		"x-postseal: sealed;\n BY=\"MX.example.org\" (c); x=y\n"
		"X-Postseal: sealed; by=other.example\n"
		"X-Postseal: sealed; by=(\n");
	struct ps_spool *body = spool();
	struct ps_message out = wrap(a, &m, NULL, PS_LIT("x"), body);

	(void)state;
	assert_fields(a, &out,
		"3|X-Postseal: sealed; by=other.example\n"
		"0|MIME-Version: 1.0\n0|Content-Type" TYPE MARKER);
	ps_spool_free(body);
	ps_arena_free(a);
}

static void
the_body_is_thunderbirds_to_the_octet(void **state)
{
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);
	struct ps_message m = message(a, "From: a\n");
	struct ps_spool *body = spool();
	struct ps_message out = wrap(a, &m, NULL, PS_LIT("123456789"), body);

	(void)state;
	assert_bytes(out.body,
		"This is an OpenPGP/MIME encrypted message (RFC 4880 and 3156)"
		"\r\n"
		"--" BOUNDARY "\r\n"
		"Content-Type: application/pgp-encrypted\r\n"
		"Content-Description: PGP/MIME version identification\r\n"
		"\r\n"
		"Version: 1\r\n"
		"\r\n"
		"--" BOUNDARY "\r\n"
		"Content-Type: application/octet-stream; "
		"name=\"encrypted.asc\"\r\n"
		"Content-Description: OpenPGP encrypted message\r\n"
		"Content-Disposition: inline; filename=\"encrypted.asc\"\r\n"
		"\r\n"
		"-----BEGIN PGP MESSAGE-----\r\n"
		"\r\n"
		"MTIzNDU2Nzg5\r\n"
		"=Ic8C\r\n"
		"-----END PGP MESSAGE-----\r\n"
		"\r\n"
		"--" BOUNDARY "--\r\n");
	ps_spool_free(body);
	ps_arena_free(a);
}

static void
the_size_of_the_body_is_known_before(void **state)
{
	const size_t piece = (size_t)PS_ARMOR_LINE * 512;
	const size_t sizes[] = {0, 1, 2, 3, 47, 48, 49, 96, 1000, piece - 1,
		piece, piece + 1, 3 * piece, 1000000};
	char *p = calloc(1, 1000000);

	(void)state;
	assert_non_null(p);
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);
		struct ps_message m = message(a, "From: a\n");
		struct ps_spool *body = spool();
		struct ps_message out =
			wrap(a, &m, NULL, ps_bytes(p, sizes[i]), body);
		struct ps_bytes rest = out.body, line, binary, whole;
		const char *why = NULL;

		assert_int_equal(out.body.len, ps_pgpmime_body_size(sizes[i]));
		while (ps_bytes_line(&rest, &line)) {
			struct ps_bytes text = ps_bytes_chomp(line);

			assert_true(text.len <= 76 && line.len == text.len + 2);
			for (size_t k = 0; k < text.len; k++)
				assert_in_range(text.p[k], ' ', '~');
		}
		assert_int_equal(ps_armor_read(a, out.body, PS_ARMOR_MESSAGE,
					 &binary, &whole, &why),
			PS_OK);
		assert_true(ps_bytes_eq(binary, ps_bytes(p, sizes[i])));
		ps_spool_free(body);
		ps_arena_free(a);
	}
	free(p);
}

static size_t
anonymous_kb(void)
{
	FILE *f = fopen("/proc/self/smaps_rollup", "r");
	size_t kb = 0;
	char line[200];

	assert_non_null(f);
	while (fgets(line, sizeof(line), f) != NULL)
		if (sscanf(line, "Anonymous: %zu kB", &kb) == 1)
			break;
	fclose(f);
	return kb;
}

static void
memory_does_not_grow_with_the_message(void **state)
{
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);
	struct ps_message m = message(a, "From: a\n");
	struct ps_spool *in = spool(), *out = spool();
	char piece[10000] = {1};
	const char *why = NULL;
	struct ps_bytes sealed;
	size_t before;

	(void)state;
#ifdef __SANITIZE_THREAD__
	print_message("# skipped: the sanitizer's shadow is memory too\n");
	ps_spool_free(in);
	ps_spool_free(out);
	ps_arena_free(a);
	skip();
#endif
	for (int i = 0; i < 1000; i++)
		assert_int_equal(
			ps_spool_put(in, ps_bytes(piece, 10000), &why), PS_OK);
	assert_int_equal(ps_spool_view(in, &sealed, &why), PS_OK);
	before = anonymous_kb();
	wrap(a, &m, NULL, sealed, out);
	assert_true(anonymous_kb() < before + 3000);
	ps_spool_free(in);
	ps_spool_free(out);
	ps_arena_free(a);
}

static void
trouble_of_the_spool_is_reported(void **state)
{
	struct ps_spool_where where = {.dir = "/nonexistent", .in_memory = 700};
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);
	struct ps_message m = message(a, "From: a\n"), out = {.body_fd = 77};
	struct ps_pgpmime_outer outer = {.boundary = boundary};
	char sealed[1000] = {0};
	const size_t max[] = {100, 700, 10000};
	const enum ps_status wanted[] = {PS_ELIMIT, PS_ELIMIT, PS_ETEMP};

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct ps_spool *body = ps_spool_new(where, max[i]);
		const char *why = NULL;

		assert_int_equal(ps_pgpmime_wrap(a, &m, &outer,
					 ps_bytes(sealed, sizeof(sealed)), body,
					 &out, &why),
			wanted[i]);
		assert_non_null(why);
		assert_int_equal(out.body_fd, 77);
		ps_spool_free(body);
	}
	ps_arena_free(a);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(fields_stay_in_place_and_content_fields_go_inside),
	cmocka_unit_test(a_hidden_subject_is_hidden_everywhere),
	cmocka_unit_test(an_older_marker_in_our_name_goes_and_others_stay),
	cmocka_unit_test(the_body_is_thunderbirds_to_the_octet),
	cmocka_unit_test(the_size_of_the_body_is_known_before),
	cmocka_unit_test(memory_does_not_grow_with_the_message),
	cmocka_unit_test(trouble_of_the_spool_is_reported),
};

PS_TESTS("pgpmime", tests)
