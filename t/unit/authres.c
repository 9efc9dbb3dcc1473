/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Authentication-Results: what is written, and what is read of what others
 * wrote.  t/data/authres/samples has fields as found in mail.
 */
#include "tap.h"

#include "auth/authres.h"
#include "data.h"

#define N(a) (sizeof(a) / sizeof((a)[0]))
#define B(s)                                                                   \
	{                                                                      \
		(s), sizeof(s) - 1                                             \
	} /* a constant, unlike PS_LIT */

static struct ps_authres_prop
prop(const char *type, const char *name, struct ps_bytes value)
{
	return (struct ps_authres_prop){type, name, value};
}

static struct ps_bytes
written(struct ps_arena *a, const struct ps_authres_item *item, size_t n,
	bool fold)
{
	struct ps_buf out;
	struct ps_bytes b;

	ps_buf_init(&out, 1 << 20);
	ps_authres_write("mx.example.org", item, n, fold, &out);
	b = ps_arena_copy(a, ps_buf_bytes(&out));
	ps_buf_free(&out);
	return b;
}

static const struct {
	struct ps_bytes value;
	const char *want;
} values[] = {
	{B("example.org"), "example.org"},
	{B("a@example.org"), "a@example.org"},
	{B("@example.org"), "@example.org"},
	{B("bounce+u=x.net@example.org"), "bounce+u=x.net@example.org"},
	{B("o'neil@example.org"), "o'neil@example.org"},
	{B(""), "\"\""},
	{B("@"), "\"@\""},
	{B("a b"), "\"a b\""},
	{B("2001:db8::1"), "\"2001:db8::1\""},
	{B("192.0.2.1"), "192.0.2.1"},
	{B("aB/+="), "\"aB/+=\""},
	{B("a;dkim=pass"), "\"a;dkim=pass\""},
	{B("a b@example.org"), "\"a b\"@example.org"},
	{B("a..b@example.org"), "\"a..b\"@example.org"},
	{B("\"; dkim=pass @example.org"), "\"\\\"; dkim=pass \"@example.org"},
	{B("x@victim.example@example.org"), "\"x@victim.example\"@example.org"},
	{B("a@[192.0.2.1]"), "\"a@[192.0.2.1]\""},
	{B("a@b;c"), "\"a@b;c\""},
	{B("a@b."), "\"a@b.\""},
	{B("a)(\\\""), "\"a)(\\\\\\\"\""},
	{B("a\r\nBcc: b"), "\"a??Bcc: b\""},
	{B("a\0b"), "\"a?b\""},
	{B("a\tb\x7f"), "\"a?b?\""},
	{B("b\xc3\xbc"
	   "cher.example"),
		"\"b\xc3\xbc"
		"cher.example\""},
	{B("\xff\xfe\xc3"), "\"???\""},
	{B("\xc0\x80\xed\xa0\x80\xf4\x90\x80\x80"), "\"?????????\""},
	{B("a\xe2\x80\xae"
	   "b\xc2\x85\xef\xbb\xbf"),
		"\"a?b??\""},
	{B("\xf0\x9f\x93\xa7"), "\"\xf0\x9f\x93\xa7\""},
};

static void
a_value_stays_within_itself(void **state)
{
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);

	(void)state;
	for (size_t i = 0; i < N(values); i++) {
		struct ps_authres_item item = {.method = "spf",
			.result = PS_AUTH_PASS,
			.prop = {prop("smtp", "helo", values[i].value)},
			.n_prop = 1};

		assert_bytes(written(a, &item, 1, false),
			ps_arena_printf(a,
				" mx.example.org; spf=pass smtp.helo=%s",
				values[i].want));
	}
	ps_arena_free(a);
}

static void
a_long_value_keeps_the_end_that_says_whose_it_is(void **state)
{
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);
	static char big[10000];
	struct ps_authres_item item = {.method = "spf",
		.prop = {prop("smtp", "mailfrom", ps_bytes(big, sizeof(big)))},
		.n_prop = 1};
	struct ps_bytes b;

	(void)state;
	memset(big, 'x', sizeof(big));
	memcpy(big, "a@victim.example", 16);
	memcpy(big + sizeof(big) - 13, "@evil.example", 13);
	b = written(a, &item, 1, false);
	assert_true(b.len < 400);
	assert_true(ps_bytes_iends(b, PS_LIT("xx\"@evil.example")));
	assert_int_equal(ps_bytes_find(b, PS_LIT("victim")), PS_NOT_FOUND);
	assert_int_not_equal(
		ps_bytes_find(b, PS_LIT("mailfrom=\"...xx")), PS_NOT_FOUND);
	/* a character is not cut in two */
	for (size_t i = 0; i + 1 < sizeof(big); i += 2)
		memcpy(big + i, "\xc3\xbc", 2);
	b = written(a, &item, 1, false);
	assert_int_equal(ps_bytes_chr(b, '?'), PS_NOT_FOUND);
	ps_arena_free(a);
}

static const struct {
	const char *comment, *want;
} comments[] = {
	{"2048-bit key", " (2048-bit key)"},
	{"a) dkim=pass (b", " (a] dkim:pass [b)"},
	{"x; y\\", " (x, y/)"},
	{"say \"no\"", " (say 'no')"},
	{"p=reject dis=none", " (p=reject dis=none)"},
	{"a\r\n b\xc3\xbc", " (a?? b?"
			    "?)"},
	{"", ""},
	{NULL, ""},
};

static void
a_comment_ends_where_we_end_it(void **state)
{
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);
	static char big[5000];
	struct ps_authres_item item = {.method = "dkim"};

	(void)state;
	for (size_t i = 0; i < N(comments); i++) {
		item.comment = comments[i].comment;
		assert_bytes(written(a, &item, 1, false),
			ps_arena_printf(a, " mx.example.org; dkim=none%s",
				comments[i].want));
	}
	memset(big, 'c', sizeof(big) - 1);
	item.comment = big;
	item.reason = big;
	assert_true(written(a, &item, 1, false).len < 600);
	ps_arena_free(a);
}

static void
statements_stand_a_line_each_and_long_ones_are_folded(void **state)
{
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);
	static char d[250];
	struct ps_authres_item item[2] = {{.method = "x-tls",
						  .result = PS_AUTH_PASS,
						  .comment = "why",
						  .reason = "not so good"},
		{.method = "dkim",
			.result = PS_AUTH_TEMPERROR,
			.prop = {prop("header", "d", ps_bytes(d, 60)),
				prop("header", "i", ps_bytes(d, 250)),
				prop("header", "s", PS_LIT("s")),
				prop("header", "b", PS_LIT("b"))},
			.n_prop = 4}};
	const char *want;

	(void)state;
	memset(d, 'd', sizeof(d));
	assert_bytes(written(a, NULL, 0, false), " mx.example.org; none");
	assert_bytes(written(a, item, 1, true),
		" mx.example.org;\r\n\tx-tls=pass (why) "
		"reason=\"not so good\"");
	want = ps_arena_printf(a,
		" mx.example.org;\r\n\tx-tls=pass (why) "
		"reason=\"not so good\";\r\n\tdkim=temperror\r\n\t"
		"header.d=%.60s\r\n\theader.i=%.250s\r\n\t"
		"header.s=s header.b=b",
		d, d);
	assert_bytes(written(a, item, 2, true), want);
	ps_arena_free(a);
}

/* "id|method=result type.name=<value>|..." */
static const char *
shown(struct ps_arena *a, struct ps_bytes value)
{
	struct ps_authres r;
	struct ps_buf b;
	const char *s;

	if (!ps_authres_read(a, value, &r))
		return "unreadable";
	ps_buf_init(&b, 1 << 20);
	ps_buf_put(&b, r.authserv_id);
	for (size_t i = 0; i < r.n_item; i++) {
		const struct ps_authres_read_item *it = &r.item[i];

		ps_buf_putc(&b, '|');
		ps_buf_put(&b, it->method);
		ps_buf_puts(&b, it->known ? "=" : "~");
		if (it->known)
			ps_buf_puts(&b, ps_auth_result_name(it->result));
		else
			ps_buf_put(&b, it->word);
		for (size_t k = 0; k < it->n_prop; k++) {
			ps_buf_putc(&b, ' ');
			ps_buf_put(&b, it->prop[k].type);
			ps_buf_putc(&b, '.');
			ps_buf_put(&b, it->prop[k].name);
			ps_buf_puts(&b, "=<");
			ps_buf_put(&b, it->prop[k].value);
			ps_buf_putc(&b, '>');
		}
	}
	s = ps_arena_cstr(a, ps_buf_bytes(&b));
	ps_buf_free(&b);
	return s;
}

static const struct {
	const char *value, *want;
} reads[] = {
	{" Example.ORG; none", "example.org"},
	{"example.org.; spf=Pass", "example.org|spf=pass"},
	{" \"Example.org\" 1 ;spf=pass", "example.org|spf=pass"},
	{" (c (d)) example.org (e) 1; spf = pass (f; g=h) smtp . mailfrom = a",
		"example.org|spf=pass smtp.mailfrom=<a>"},
	{" b\xc3\xbc"
	 "cher.example; dkim/1=fail",
		"xn--bcher-kva.example|dkim=fail"},
	{" id; dkim=pass header.i=\"a b\"@c.d header.b=\"x\\\"y\"",
		"id|dkim=pass header.i=<\"a b\"@c.d> header.b=<x\"y>"},
	{" id; dkim=pass header.b=a/b+c==; spf=hardfail",
		"id|dkim=pass header.b=<a/b+c==>|spf=fail"},
	{" id; dmarc=bestguesspass action=none header.from=a;",
		"id|dmarc~bestguesspass header.from=<a>"},
	{" id; dkim=pass(ok)header.d=a", "id|dkim=pass header.d=<a>"},
	{" id; dkim=pass\r\n\theader.d=a\r\n", "id|dkim=pass header.d=<a>"},
	{" id; dkim=pass reason=\"a;b\" header.d=\"a;spf=pass\"",
		"id|dkim=pass header.d=<a;spf=pass>"},
	{" id; spf=pass smtp.helo=a;dkim=pass",
		"id|spf=pass smtp.helo=<a>|dkim=pass"},
	{" id; spf=pass smtp.remote-ip=2001:db8::1",
		"id|spf=pass smtp.remote-ip=<2001:db8::1>"},
	{" id; spf=pass smtp.mailfrom=<>", "id|spf=pass smtp.mailfrom=<<>>"},
	{" id; spf= smtp.mailfrom=a", "id|spf~smtp.mailfrom=a"},
	{" id; =pass; spf=pass", "id|spf=pass"},
	{" id; spf=pass header.a=1; header.d=2",
		"id|spf=pass header.a=<1> header.d=<2>"},
	{" header.d=2; spf=pass", "|spf=pass"},
	{" id;;; ) / \" \" ; spf=pass", "id|spf=pass"},
	{" id", "id"},
	{"", "unreadable"},
	{" ", "unreadable"},
	{" ;", "unreadable"},
	{" (only a comment)", "unreadable"},
	{" id; spf=pass (open", "unreadable"},
	{" id; spf=pass smtp.helo=\"open", "unreadable"},
	{" ((((((((((((((((((((x)))))))))))))))))))) id; spf=pass",
		"unreadable"},
};

static void
a_field_is_read_tolerantly(void **state)
{
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);

	(void)state;
	for (size_t i = 0; i < N(reads); i++)
		assert_string_equal(
			shown(a, ps_bytes_of(reads[i].value)), reads[i].want);
	assert_string_equal(
		shown(a, PS_LIT(" id; spf=pass\0; dkim=pass")), "unreadable");
	ps_arena_free(a);
}

/* A sample a paragraph: the value as received, then "=" and what is read. */
static void
fields_found_in_mail_are_read(void **state)
{
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);
	struct ps_bytes all = data_own(a, "authres/samples"), line;
	const char *start = all.p;
	size_t n = 0;

	(void)state;
	while (ps_bytes_line(&all, &line)) {
		if (ps_bytes_starts(line, PS_LIT("#")) || line.len == 1) {
			start = line.p + line.len;
			continue;
		}
		if (!ps_bytes_starts(line, PS_LIT("= ")))
			continue;
		assert_string_equal(
			shown(a, ps_bytes(start, (size_t)(line.p - start))),
			ps_arena_cstr(
				a, ps_bytes_chomp(ps_bytes_from(line, 2))));
		start = line.p + line.len;
		n++;
	}
	printf("# %zu samples\n", n);
	assert_true(n >= 15);
	ps_arena_free(a);
}

static void
a_flood_is_refused_or_cut(void **state)
{
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);
	struct ps_authres r;
	struct ps_buf b;

	(void)state;
	ps_buf_init(&b, 1 << 20);
	ps_buf_puts(&b, "id");
	for (int i = 0; i < 201; i++)
		ps_buf_puts(&b, "; a=pass");
	assert_false(ps_authres_read(a, ps_buf_bytes(&b), &r));
	b.len = 2;
	ps_buf_puts(&b, "; a=pass");
	for (int i = 0; i < 5000; i++)
		ps_buf_puts(&b, " h.d=x");
	assert_true(ps_authres_read(a, ps_buf_bytes(&b), &r));
	assert_int_equal(r.item[0].n_prop, 32);
	while (b.len <= 64 << 10)
		ps_buf_puts(&b, " h.d=x");
	assert_false(ps_authres_read(a, ps_buf_bytes(&b), &r));
	ps_buf_free(&b);
	ps_arena_free(a);
}

static void
a_property_is_found_by_type_and_name(void **state)
{
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);
	struct ps_authres r;

	(void)state;
	assert_true(ps_authres_read(a,
		PS_LIT("id; dkim=pass Header.D=a header.d=b header.s=\"\""),
		&r));
	assert_bytes(ps_authres_prop(&r.item[0], PS_LIT("header"), PS_LIT("d")),
		"a");
	assert_non_null(
		ps_authres_prop(&r.item[0], PS_LIT("header"), PS_LIT("s")).p);
	assert_null(ps_authres_prop(&r.item[0], PS_LIT("smtp"), PS_LIT("d")).p);
	ps_arena_free(a);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(a_value_stays_within_itself),
	cmocka_unit_test(a_long_value_keeps_the_end_that_says_whose_it_is),
	cmocka_unit_test(a_comment_ends_where_we_end_it),
	cmocka_unit_test(statements_stand_a_line_each_and_long_ones_are_folded),
	cmocka_unit_test(a_field_is_read_tolerantly),
	cmocka_unit_test(fields_found_in_mail_are_read),
	cmocka_unit_test(a_flood_is_refused_or_cut),
	cmocka_unit_test(a_property_is_found_by_type_and_name),
};

PS_TESTS("authres", tests)
