/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * The field walker, unfolding, writing, and parameters.
 */
#include "tap.h"

#include <stdio.h>

#include "mail/message.h"

#define N(a) (sizeof(a) / sizeof((a)[0]))

/* Each input, and its fields as "name=value|" followed by what is left. */
static const struct {
	const char *raw, *want;
} splits[] = {
	{"", ""},
	{"A: b\r\n\r\nbody", "A= b|body"},
	{"A: b\n\nbody", "A= b|body"},
	{"A: b\r\n\r\n\r\nbody", "A= b|\r\nbody"},
	{"A: b", "A= b|"},
	{"A:", "A=|"},
	{"A:\r\nB:c\r\n", "A=|B=c|"},
	{"A : b\r\n", "A= b|"},
	{"A\t :b:c\r\n", "A=b:c|"},
	{"A: b\r\n c\r\n\td\r\n\r\n", "A= b\r\n c\r\n\td|"},
	{"A: b\n c\nB: d\n", "A= b\n c|B= d|"},
	{"A: b\r\n \r\n\r\nx", "A= b\r\n |x"},
	{" A: b\r\n\r\n", " A: b\r\n\r\n"},
	{"\r\nA: b\r\n", "A: b\r\n"},
	{"A: b\r\nno field\r\nB: c\r\n", "A= b|no field\r\nB: c\r\n"},
	{"A: b\r\nno field: c\r\n", "A= b|no field: c\r\n"},
	{"A: b\r\n: c\r\n", "A= b|: c\r\n"},
	{"A: b\r\nB\xc3\xa4: c\r\n", "A= b|B\xc3\xa4: c\r\n"},
	{"A\r\n : b\r\n", "A\r\n : b\r\n"},
	{"A: b\rB: c\r\n", "A= b\rB: c|"},
	{"From x@y Mon\r\nA: b\r\n", "From x@y Mon\r\nA: b\r\n"},
};

static void
a_header_is_split_into_fields_and_what_follows(void **state)
{
	(void)state;
	for (size_t i = 0; i < N(splits); i++) {
		struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);
		struct ps_header h;
		struct ps_bytes rest;
		const char *why = NULL;
		struct ps_buf got;

		ps_buf_init(&got, 4096);
		assert_int_equal(ps_header_parse(a, ps_bytes_of(splits[i].raw),
					 100, &h, &rest, &why),
			PS_OK);
		for (size_t f = 0; f < h.n_field; f++) {
			ps_buf_put(&got, h.field[f].name);
			ps_buf_putc(&got, '=');
			ps_buf_put(&got, h.field[f].value);
			ps_buf_putc(&got, '|');
		}
		ps_buf_put(&got, rest);
		assert_bytes(ps_buf_bytes(&got), splits[i].want);
		ps_buf_free(&got);
		ps_arena_free(a);
	}
}

static void
more_fields_than_the_ceiling_are_a_limit_and_as_many_are_not(void **state)
{
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);
	struct ps_header h = {0};
	struct ps_bytes rest, raw = PS_LIT("A: 1\r\nB: 2\r\nC: 3\r\n");
	const char *why = NULL;

	(void)state;
	assert_int_equal(
		ps_header_parse(a, raw, 2, &h, &rest, &why), PS_ELIMIT);
	assert_non_null(why);
	assert_null(h.field);
	assert_int_equal(ps_header_parse(a, raw, 3, &h, &rest, &why), PS_OK);
	assert_int_equal(h.n_field, 3);
	ps_arena_free(a);
}

static void
ten_thousand_fields_and_a_field_of_a_megabyte_are_split(void **state)
{
	enum { FIELDS = 10000, LINES = 15000 };
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);
	struct ps_bytes rest, line;
	const char *why = NULL;
	struct ps_header h;
	struct ps_buf b;

	(void)state;
	ps_buf_init(&b, 4 << 20);
	for (int i = 1; i < FIELDS; i++)
		ps_buf_puts(&b, "Received: x\r\n");
	ps_buf_puts(&b, "X:");
	for (int i = 0; i < LINES; i++)
		ps_buf_puts(&b, " 34567890123456789012345678901234567890"
				"12345678901234567890123456789012\r\n");
	ps_buf_puts(&b, "\r\nbody");
	assert_int_equal(
		ps_header_parse(a, ps_buf_bytes(&b), FIELDS, &h, &rest, &why),
		PS_OK);
	assert_int_equal(h.n_field, FIELDS);
	assert_bytes(rest, "body");
	line = ps_header_unfold(a, h.field[FIELDS - 1].value);
	assert_int_equal(line.len, LINES * 71 - 1);
	ps_buf_free(&b);
	ps_arena_free(a);
}

static void
fields_are_found_by_name_without_case_and_counted(void **state)
{
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);
	struct ps_header h;
	struct ps_bytes rest;
	const char *why = NULL;

	(void)state;
	ps_header_parse(
		a, PS_LIT("To: a\nFrom: x\nTO : b\n"), 10, &h, &rest, &why);
	assert_int_equal(ps_header_count(&h, PS_LIT("tO")), 2);
	assert_int_equal(ps_header_count(&h, PS_LIT("T")), 0);
	assert_bytes(ps_header_nth(&h, PS_LIT("to"), 1)->value, " b");
	assert_null(ps_header_nth(&h, PS_LIT("to"), 2));
	ps_arena_free(a);
}

static const struct {
	const char *value, *want;
} folded[] = {
	{" plain ", "plain"},
	{"", ""},
	{" a\r\n b", "a b"},
	{" a\n\tb\n  c", "a\tb  c"},
	{"\r\n a", "a"},
	{" a\nb", "a b"},
	{" a\r\nBcc: b", "a Bcc: b"},
	{" a\rb", "a b"},
	{" a\r\r\n b", "a  b"},
};

static void
a_value_is_unfolded_onto_one_line(void **state)
{
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);

	(void)state;
	for (size_t i = 0; i < N(folded); i++)
		assert_bytes(ps_header_unfold(a, ps_bytes_of(folded[i].value)),
			folded[i].want);
	ps_arena_free(a);
}

static const struct {
	const char *value, *want;
} written[] = {
	{" b", "A: b\r\n"},
	{"", "A:\r\n"},
	{" b\n c", "A: b\r\n c\r\n"},
	{" b\r\n c\n d", "A: b\r\n c\r\n d\r\n"},
	{" b\rc", "A: b\rc\r\n"},
};

static void
a_field_is_written_with_crlf_and_its_size_is_known_before(void **state)
{
	(void)state;
	for (size_t i = 0; i < N(written); i++) {
		struct ps_field f = {
			PS_LIT("A"), ps_bytes_of(written[i].value), 0};
		struct ps_message m = {.header = {&f, 1}, .body = PS_LIT("x")};
		struct ps_buf out;

		ps_buf_init(&out, 100);
		ps_header_put(&out, &f);
		assert_bytes(ps_buf_bytes(&out), written[i].want);
		assert_int_equal(ps_header_size(&f), out.len);
		assert_int_equal(ps_message_size(&m), out.len + 2 + 1);
		ps_buf_free(&out);
	}
}

/* main|name=value|..., with "!" at the end when broken. */
static const struct {
	const char *value, *want;
} params[] = {
	{" text/plain", "text/plain|"},
	{" Text / Plain ; CharSet=US-ASCII", "text/plain|charset=US-ASCII|"},
	{" multipart/mixed; boundary=\"a b\"", "multipart/mixed|boundary=a b|"},
	{" multipart/mixed;\r\n\tboundary=\"----=_x\"",
		"multipart/mixed|boundary=----=_x|"},
	{" multipart/mixed; boundary=----=_x:1?/\r\n",
		"multipart/mixed|boundary=----=_x:1?/|"},
	{" a/b; x=\"q\\\"\\\\\r\n r\"", "a/b|x=q\"\\ r|"},
	{" a/b; x=\"q\rr\"", "a/b|x=qr|"},
	{" a/b; x=\"\"; y=1", "a/b|x=|y=1|"},
	{" (c(d)) a/b (e;f=g) ; (h) x (i) = (j) 1 (k)", "a/b|x=1|"},
	{" attachment; filename*0=\"a\"; filename*1=b",
		"attachment|filename=ab|"},
	{" a; f*1*=b; f*0*=utf-8''%20; z=1", "a|z=1|f=utf-8''%20b|"},
	{" a; f*=utf-8''x%20y", "a|f=utf-8''x%20y|"},
	{" a; f*0=x; f*2=z", "a|f=x|!"},
	{" a; f*1=x", "a|!"},
	{" a; f*0=x; f*0=y", "a|f=x|!"},
	{" a; f*x=1", "a|f=1|!"},
	{" a/b x=1", "a/b|x=1|!"},
	{" a/b; x=1 y=2", "a/b|x=1|y=2|!"},
	{" a/b; x=1; x=2", "a/b|x=1|x=2|"},
	{" a/b;; ;x=1;", "a/b|x=1|"},
	{" a/b; x", "a/b|!"},
	{" a/b; =1; y=2", "a/b|y=2|!"},
	{" a/b; x=\"open", "a/b|x=open|!"},
	{" a/b; x=\"1\"2; y=3", "a/b|x=1|y=3|!"},
	{" a/b (open; x=1", "a/b|!"},
	{" charset=utf-8", "|charset=utf-8|!"},
	{"", "|!"},
	{" ; x=1", "|x=1|!"},
	{" base64", "base64|"},
	{" 7BIT (c)", "7bit|"},
};

static void
parameters_are_read_and_broken_ones_said_to_be_so(void **state)
{
	(void)state;
	for (size_t i = 0; i < N(params); i++) {
		struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);
		struct ps_params p;
		struct ps_buf got;

		ps_buf_init(&got, 4096);
		ps_header_params(a, ps_bytes_of(params[i].value), &p);
		ps_buf_put(&got, p.main);
		ps_buf_putc(&got, '|');
		for (size_t k = 0; k < p.n_param; k++) {
			ps_buf_put(&got, p.param[k].name);
			ps_buf_putc(&got, '=');
			ps_buf_put(&got, p.param[k].value);
			ps_buf_putc(&got, '|');
		}
		if (p.broken)
			ps_buf_putc(&got, '!');
		ps_buf_putc(&got, '\0');
		assert_string_equal(got.p, params[i].want);
		ps_buf_free(&got);
		ps_arena_free(a);
	}
}

static void
the_first_parameter_of_a_name_is_the_one(void **state)
{
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);
	struct ps_params p;

	(void)state;
	ps_header_params(a, PS_LIT(" a/b; X=1; x=2; y=\"\""), &p);
	assert_bytes(ps_params_get(&p, PS_LIT("x")), "1");
	assert_non_null(ps_params_get(&p, PS_LIT("Y")).p);
	assert_null(ps_params_get(&p, PS_LIT("z")).p);
	ps_arena_free(a);
}

static void
a_flood_of_parameters_is_cut_and_said_to_be_broken(void **state)
{
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);
	struct ps_params p;
	struct ps_buf b;

	(void)state;
	ps_buf_init(&b, 4 << 20);
	ps_buf_puts(&b, " a/b");
	for (int i = 0; i < 200000; i++)
		ps_buf_puts(&b, ";x*9=1");
	assert_false(b.full);
	ps_header_params(a, ps_buf_bytes(&b), &p);
	assert_true(p.broken);
	assert_int_equal(p.n_param, 0);
	ps_buf_free(&b);
	ps_arena_free(a);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(a_header_is_split_into_fields_and_what_follows),
	cmocka_unit_test(
		more_fields_than_the_ceiling_are_a_limit_and_as_many_are_not),
	cmocka_unit_test(
		ten_thousand_fields_and_a_field_of_a_megabyte_are_split),
	cmocka_unit_test(fields_are_found_by_name_without_case_and_counted),
	cmocka_unit_test(a_value_is_unfolded_onto_one_line),
	cmocka_unit_test(
		a_field_is_written_with_crlf_and_its_size_is_known_before),
	cmocka_unit_test(parameters_are_read_and_broken_ones_said_to_be_so),
	cmocka_unit_test(the_first_parameter_of_a_name_is_the_one),
	cmocka_unit_test(a_flood_of_parameters_is_cut_and_said_to_be_broken),
};

PS_TESTS("header", tests)
