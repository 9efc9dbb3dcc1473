/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * The MIME scanner: where parts begin and end, octet for octet, and decoding.
 */
#include "tap.h"

#include "mail/entity.h"

#define N(a) (sizeof(a) / sizeof((a)[0]))

static enum ps_status
scan(struct ps_arena *a, struct ps_bytes raw, const struct ps_limits *limits,
	struct ps_entities *out, const char **why)
{
	struct ps_header h;
	struct ps_bytes body;

	assert_int_equal(ps_header_parse(a, raw, limits->max_header_fields, &h,
				 &body, why),
		PS_OK);
	return ps_entity_scan(a, &h, body, limits, out, why);
}

/* "DEPTH TYPE [BODY]" a part; of a multipart "[PREAMBLE[...]EPILOGUE]", with
 * "!" when it is not closed; parts end with a line end. */
static void
dump(const struct ps_entities *all, struct ps_buf *to)
{
	for (size_t i = 0; i < all->n_part; i++) {
		const struct ps_entity *e = &all->part[i];

		ps_buf_printf(to, "%zu ", e->depth);
		ps_buf_put(to, e->type.main);
		ps_buf_puts(to, " [");
		if (e->is_multipart) {
			ps_buf_put(to, e->preamble);
			ps_buf_printf(to, "[%zu]", e->n_child);
			ps_buf_put(to, e->epilogue);
		} else {
			ps_buf_put(to, e->body);
		}
		ps_buf_printf(
			to, "]%s\n", e->is_multipart && !e->closed ? "!" : "");
	}
	ps_buf_putc(to, '\0');
}

#define MIXED "Content-Type: multipart/mixed; boundary=b\r\n\r\n"

static const struct {
	const char *raw, *want;
} trees[] = {
	{"A: b\r\n\r\nx\r\n--b\r\n", "0 text/plain [x\r\n--b\r\n]\n"},
	{"Content-Type: text\r\n\r\nx", "0 text/plain [x]\n"},
	{"Content-Type: Text/HTML; x=1\r\n\r\nx", "0 text/html [x]\n"},
	{"\r\n", "0 text/plain []\n"},
	{MIXED "pre\r\n--b\r\nA: "
	       "1\r\n\r\none\r\n--b\r\n\r\ntwo\r\n--b--\r\npost",
		"0 multipart/mixed [pre[2]post]\n1 text/plain [one]\n"
		"1 text/plain [two]\n"},
	/* Bare LF, blanks behind the boundary, no line end at the end. */
	{MIXED "--b \t\n\none\n\n--b-- \n",
		"0 multipart/mixed [[1]]\n1 text/plain [one\n]\n"},
	{MIXED "--b\r\n\r\none\r\n--b--",
		"0 multipart/mixed [[1]]\n1 text/plain [one]\n"},
	/* Never closed, never opened, nothing at all. */
	{MIXED "--b\r\n\r\none\r\n",
		"0 multipart/mixed [[1]]!\n1 text/plain [one\r\n]\n"},
	{MIXED "just text\r\n", "0 multipart/mixed [just text\r\n[0]]!\n"},
	{MIXED, "0 multipart/mixed [[0]]!\n"},
	{"Content-Type: multipart/mixed\r\n\r\n--\r\nx\r\n----\r\n",
		"0 multipart/mixed [--\r\nx\r\n----\r\n[0]]!\n"},
	{MIXED "--b--\r\nx", "0 multipart/mixed [[0]x]\n"},
	/* Empty parts; a header without an empty line; no header. */
	{MIXED "--b\r\n--b\r\n\r\n--b--\r\n",
		"0 multipart/mixed [[2]]\n1 text/plain []\n1 text/plain []\n"},
	{MIXED "--b\r\nContent-Type: a/b\r\n--b--\r\n",
		"0 multipart/mixed [[1]]\n1 a/b []\n"},
	{MIXED "--b\r\nContent-Type: a/b",
		"0 multipart/mixed [[1]]!\n1 a/b []\n"},
	{MIXED "--b\r\nno header\r\nA: b\r\n\r\n--b--\r\n",
		"0 multipart/mixed [[1]]\n"
		"1 text/plain [no header\r\nA: b\r\n]\n"},
	{MIXED "--b\r\n A: b\r\n\r\n--b--\r\n",
		"0 multipart/mixed [[1]]\n1 text/plain [ A: b\r\n]\n"},
	/* What is no delimiter. */
	{MIXED "--b\r\n\r\n--bc\r\n-b\r\n x--b\r\n--b-\r\n--b --\r\n--B\r\n"
	       "--b---\r\n--b--x\r\n---b\r\n--b--",
		"0 multipart/mixed [[1]]\n1 text/plain [--bc\r\n-b\r\n "
		"x--b\r\n--b-\r\n--b --\r\n--B\r\n--b---\r\n--b--x\r\n---b]"
		"\n"},
	{"Content-Type: multipart/mixed; boundary=\"b \"\r\n\r\n"
	 "--b\r\n\r\nx\r\n--b--\r\n",
		"0 multipart/mixed [[1]]\n1 text/plain [x]\n"},
	/* A boundary with a colon looks like a field. */
	{"Content-Type: multipart/mixed; boundary=\"b:c\"\r\n\r\n"
	 "--b:c\r\nX: y\r\n--b:c\r\n\r\nx\r\n--b:c--\r\n",
		"0 multipart/mixed [[2]]\n1 text/plain []\n1 text/plain [x]\n"},
	{MIXED "--b\r\nContent-Type: multipart/x; boundary=i\r\n--i\r\n"
	       "\r\nx\r\n--b--\r\n",
		"0 multipart/mixed [[1]]\n1 multipart/x [[1]]!\n"
		"2 text/plain [x]\n"},
	{MIXED "--b\r\nContent-Type: multipart/x; boundary=i\r\n\r\n--i\r\n"
	       "--b\r\n\r\n--i\r\n--b--\r\n",
		"0 multipart/mixed [[2]]\n1 multipart/x [[1]]!\n"
		"2 text/plain []\n1 text/plain [--i]\n"},
	/* Nested; an inner one left open is ended by the outer. */
	{MIXED "--b\r\nContent-Type: multipart/alternative; boundary=i\r\n\r\n"
	       "--i\r\n\r\nx\r\n--i--\r\n\r\n--b\r\n\r\ny\r\n--b--\r\n",
		"0 multipart/mixed [[2]]\n1 multipart/alternative [[1]]\n"
		"2 text/plain [x]\n1 text/plain [y]\n"},
	{MIXED "--b\r\nContent-Type: multipart/alternative; boundary=i\r\n\r\n"
	       "--i\r\n\r\nx\r\n--b\r\n\r\n--i--\r\ny\r\n--b--\r\n",
		"0 multipart/mixed [[2]]\n1 multipart/alternative [[1]]!\n"
		"2 text/plain [x]\n1 text/plain [--i--\r\ny]\n"},
	/* The same boundary inside: the innermost that is not closed. */
	{MIXED "--b\r\n" MIXED
	       "--b\r\n\r\nx\r\n--b--\r\ne\r\n--b\r\n\r\ny\r\n--b--\r\n",
		"0 multipart/mixed [[2]]\n1 multipart/mixed [[1]e]\n"
		"2 text/plain [x]\n1 text/plain [y]\n"},
	/* One boundary is another's close delimiter. */
	{"Content-Type: multipart/mixed; boundary=\"b--\"\r\n\r\n--b--\r\n"
	 "Content-Type: multipart/mixed; boundary=b\r\n\r\n"
	 "--b\r\n\r\nx\r\n--b--\r\n\r\ny\r\n--b----\r\n",
		"0 multipart/mixed [[1]]\n1 multipart/mixed [[1]\r\ny]\n"
		"2 text/plain [x]\n"},
	{"Content-Type: multipart/digest; boundary=b\r\n\r\n--b\r\n\r\nx\r\n"
	 "--b\r\nContent-Type: text/plain\r\n\r\ny\r\n--b--\r\n",
		"0 multipart/digest [[2]]\n1 message/rfc822 [x]\n"
		"1 text/plain [y]\n"},
	/* A message inside is not opened. */
	{MIXED "--b\r\nContent-Type: message/rfc822\r\n\r\nContent-Type: "
	       "multipart/mixed; boundary=i\r\n\r\n--i\r\n--b--\r\n",
		"0 multipart/mixed [[1]]\n1 message/rfc822 [Content-Type: "
		"multipart/mixed; boundary=i\r\n\r\n--i]\n"},
	{"Content-Type: multipart/mixed;\r\n boundary*1=c; boundary*0=b\r\n"
	 "\r\n--bc\r\n\r\nx\r\n--bc--",
		"0 multipart/mixed [[1]]\n1 text/plain [x]\n"},
};

static void
a_message_is_taken_apart_octet_for_octet(void **state)
{
	const struct ps_limits limits = PS_LIMITS_DEFAULT;

	(void)state;
	for (size_t i = 0; i < N(trees); i++) {
		struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);
		struct ps_entities all;
		const char *why = NULL;
		struct ps_buf got;

		ps_buf_init(&got, 4096);
		assert_int_equal(
			scan(a, ps_bytes_of(trees[i].raw), &limits, &all, &why),
			PS_OK);
		dump(&all, &got);
		assert_string_equal(got.p, trees[i].want);
		ps_buf_free(&got);
		ps_arena_free(a);
	}
}

static void
a_part_knows_its_raw_octets_its_fields_and_its_parent(void **state)
{
	const struct ps_limits limits = PS_LIMITS_DEFAULT;
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);
	struct ps_entities all;
	const char *why = NULL;
	const struct ps_entity *e;

	(void)state;
	assert_int_equal(
		scan(a,
			PS_LIT(MIXED
				"--b\r\n\r\n--b\r\nContent-Type: multipart/x;"
				" boundary=i\r\n\r\n--i\r\n"
				"Content-Disposition: Attachment;\r\n"
				"\tfilename=x.asc\r\n"
				"Content-Transfer-Encoding: BASE64 (c)\r\n\r\n"
				"eA==\r\n\r\n--i--\r\n--b--\r\n"),
			&limits, &all, &why),
		PS_OK);
	assert_int_equal(all.n_part, 4);
	assert_int_equal(all.part[0].parent, 0);
	assert_bytes(all.part[0].encoding, "7bit");
	e = &all.part[3];
	assert_int_equal(e->parent, 2);
	assert_int_equal(e->header.n_field, 2);
	assert_bytes(e->raw, "Content-Disposition: Attachment;\r\n"
			     "\tfilename=x.asc\r\n"
			     "Content-Transfer-Encoding: BASE64 (c)\r\n\r\n"
			     "eA==\r\n");
	assert_bytes(e->disposition.main, "attachment");
	assert_bytes(
		ps_params_get(&e->disposition, PS_LIT("filename")), "x.asc");
	assert_bytes(e->encoding, "base64");
	assert_bytes(ps_entity_decode(a, e, 100), "x");
	assert_true(ps_bytes_starts(
		all.part[2].raw, PS_LIT("Content-Type: multipart/x;")));
	assert_true(ps_bytes_iends(all.part[2].raw, PS_LIT("\r\n--i--")));
	ps_arena_free(a);
}

static void
parts_and_depth_beyond_the_ceilings_are_a_limit(void **state)
{
	struct ps_limits limits = PS_LIMITS_DEFAULT;
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);
	struct ps_bytes raw = PS_LIT(
		MIXED "--b\r\n" MIXED "--b\r\n\r\n--b\r\nA: 1\r\nB: 2\r\n"
		      "C: 3\r\n\r\n");
	struct ps_entities all = {0};
	const char *why = NULL;

	(void)state;
	limits.max_mime_parts = 4;
	limits.max_mime_depth = 2;
	limits.max_header_fields = 3;
	assert_int_equal(scan(a, raw, &limits, &all, &why), PS_OK);
	assert_int_equal(all.n_part, 4);
	limits.max_mime_parts = 3;
	assert_int_equal(scan(a, raw, &limits, &all, &why), PS_ELIMIT);
	assert_string_equal(why, "too many MIME parts");
	limits.max_mime_parts = 4;
	limits.max_mime_depth = 1;
	assert_int_equal(scan(a, raw, &limits, &all, &why), PS_ELIMIT);
	assert_string_equal(why, "MIME parts nested too deeply");
	limits.max_mime_depth = 2;
	limits.max_header_fields = 2;
	assert_int_equal(scan(a, raw, &limits, &all, &why), PS_ELIMIT);
	assert_string_equal(why, "too many header fields");
	ps_arena_free(a);
}

static void
twenty_thousand_parts_in_five_thousand_levels_are_scanned(void **state)
{
	enum { DEPTH = 5000, PARTS = 20000 };
	struct ps_limits limits = PS_LIMITS_DEFAULT;
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);
	struct ps_entities all;
	const char *why = NULL;
	struct ps_buf b;

	(void)state;
	limits.max_mime_parts = PARTS + 1;
	limits.max_mime_depth = DEPTH;
	ps_buf_init(&b, 16 << 20);
	for (int i = 0; i < DEPTH; i++)
		ps_buf_printf(&b,
			"Content-Type: multipart/mixed; boundary=\"b%d\"\r\n"
			"\r\n--b%d\r\n",
			i, i);
	for (int i = 0; i < PARTS - DEPTH; i++)
		ps_buf_printf(&b, "\r\n--nothing\r\n--b%d\r\n", DEPTH - 1);
	for (int i = DEPTH; i-- > 0;)
		ps_buf_printf(&b, "\r\n--b%d--\r\n", i);
	assert_false(b.full);
	assert_int_equal(scan(a, ps_buf_bytes(&b), &limits, &all, &why), PS_OK);
	assert_int_equal(all.n_part, PARTS + 1);
	assert_int_equal(all.part[PARTS].depth, DEPTH);
	for (size_t i = 0; i < DEPTH; i++)
		assert_true(all.part[i].closed);
	ps_buf_free(&b);
	ps_arena_free(a);
}

static const struct {
	const char *encoding, *body, *want;
} decoded[] = {
	{"7bit", "a=3D\r\n", "a=3D\r\n"},
	{"x-unknown", "a", "a"},
	{"base64", "", ""},
	{"base64", "YWJj", "abc"},
	{"base64", "YWI=", "ab"},
	{"base64", "YQ==\r\n", "a"},
	{"base64", "Y W\r\nJ!j*Z", "abc"},
	{"base64", "YWJjZA", "abcd"},
	{"base64", "YQ==YmM=", "abc"},
	{"base64", "====", ""},
	{"base64", "-_+/", "\xfb"},
	{"quoted-printable", "a=3Db=3d", "a=b="},
	{"quoted-printable", "a=\r\nb=\nc=  \r\nd", "abcd"},
	{"quoted-printable", "a \t\r\nb ", "a\r\nb"},
	{"quoted-printable", "a=20\r\n", "a \r\n"},
	{"quoted-printable", "=4=G1=\r=", "=4=G1=\r"},
	{"quoted-printable", "=C3=A4\xc3\xa4", "\xc3\xa4\xc3\xa4"},
};

static void
a_body_is_decoded_as_tolerantly_as_mail_programs_do(void **state)
{
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);

	(void)state;
	for (size_t i = 0; i < N(decoded); i++) {
		struct ps_entity e = {
			.encoding = ps_bytes_of(decoded[i].encoding),
			.body = ps_bytes_of(decoded[i].body)};

		assert_bytes(ps_entity_decode(a, &e, 1000), decoded[i].want);
	}
	ps_arena_free(a);
}

static void
decoding_stops_at_its_ceiling(void **state)
{
	const char *const encodings[] = {"7bit", "base64", "quoted-printable"};
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);

	(void)state;
	for (size_t i = 0; i < N(encodings); i++)
		for (size_t max = 0; max < 9; max++) {
			struct ps_entity e = {
				.encoding = ps_bytes_of(encodings[i]),
				.body = PS_LIT("YWJjZGVmZ2hp")};

			assert_int_equal(ps_entity_decode(a, &e, max).len, max);
		}
	ps_arena_free(a);
}

static void
only_names_that_begin_with_content_are_the_bodys(void **state)
{
	(void)state;
	assert_true(ps_entity_is_content_field(PS_LIT("Content-Type")));
	assert_true(ps_entity_is_content_field(PS_LIT("CONTENT-x")));
	assert_false(ps_entity_is_content_field(PS_LIT("Content")));
	assert_false(ps_entity_is_content_field(PS_LIT("X-Content-Type")));
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(a_message_is_taken_apart_octet_for_octet),
	cmocka_unit_test(a_part_knows_its_raw_octets_its_fields_and_its_parent),
	cmocka_unit_test(parts_and_depth_beyond_the_ceilings_are_a_limit),
	cmocka_unit_test(
		twenty_thousand_parts_in_five_thousand_levels_are_scanned),
	cmocka_unit_test(a_body_is_decoded_as_tolerantly_as_mail_programs_do),
	cmocka_unit_test(decoding_stops_at_its_ceiling),
	cmocka_unit_test(only_names_that_begin_with_content_are_the_bodys),
};

PS_TESTS("entity", tests)
