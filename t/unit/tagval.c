/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Tag lists as RFC 6376 section 3.2 has them, and as strangers write them.
 */
#include "tap.h"

#include "base/buf.h"
#include "mail/tagval.h"

#define N(a) (sizeof(a) / sizeof((a)[0]))

static const struct {
	const char *list;
	const char *tags; /* "name=value|", one behind the other */
	bool broken, twice;
} lists[] = {
	{"v=1; a=rsa-sha256; d=example.org", "v=1|a=rsa-sha256|d=example.org|",
		false, false},
	{"v=1;a=b", "v=1|a=b|", false, false},
	{"v=1", "v=1|", false, false},
	{"", "", false, false},
	{"  \t\r\n ", "", false, false},
	/* one semicolon at the end, and no more */
	{"v=1; a=b;", "v=1|a=b|", false, false},
	{"v=1; a=b ; \r\n", "v=1|a=b|", false, false},
	{"v=1; a=b;;", "v=1|a=b|", true, false},
	{"v=1;; a=b", "v=1|a=b|", true, false},
	{"v=1; ; a=b", "v=1|a=b|", true, false},
	{";v=1", "v=1|", true, false},
	{";", "", true, false},
	{";;;", "", true, false},
	/* blanks and folding around everything */
	{" v \t=\r\n\t1 ;\r\n a\r\n =\r\n b ", "v=1|a=b|", false, false},
	{"h=from : to :\r\n subject; b=ab\r\n\tcd", NULL, false, false},
	/* values may be empty, and hold "=" */
	{"p=; n=", "p=|n=|", false, false},
	{"b=QQ==; c=a=b=c", "b=QQ==|c=a=b=c|", false, false},
	{"b==", "b==|", false, false},
	/* names are case-sensitive */
	{"a=1; A=2", "a=1|A=2|", false, false},
	{"a=1; b=2; a=3", "a=1|b=2|a=3|", false, true},
	{"a=1; a=1", "a=1|a=1|", false, true},
	{"a=1;\ta\t=1", "a=1|a=1|", false, true},
	/* tag-name = ALPHA *ALNUMPUNC */
	{"a_1=x; zZ9_=y", "a_1=x|zZ9_=y|", false, false},
	{"1a=x; b=y", "b=y|", true, false},
	{"_a=x; b=y", "b=y|", true, false},
	{"a-b=x; b=y", "b=y|", true, false},
	{"a b=x; b=y", "b=y|", true, false},
	{"=x; b=y", "b=y|", true, false},
	{"a\xc3\xbc=x; b=y", "b=y|", true, false},
	/* no tag at all */
	{"a; b=y", "b=y|", true, false},
	{"just text", "", true, false},
	{"(v=1); b=y", "b=y|", true, false},
	/* VALCHAR: neither controls nor DEL; U-labels are for others to judge
	 */
	{"a=x\x01; b=y", "b=y|", true, false},
	{"a=x\x7f; b=y", "b=y|", true, false},
	{"a=\x1b[2J; b=y", "b=y|", true, false},
	{"d=b\xc3\xbc"
	 "cher.example",
		"d=b\xc3\xbc"
		"cher.example|",
		false, false},
	{"a=~!:<z", "a=~!:<z|", false, false},
};

static void
join(const struct ps_tagval *t, struct ps_buf *out)
{
	for (size_t i = 0; i < t->n_tag; i++) {
		ps_buf_put(out, t->tag[i].name);
		ps_buf_putc(out, '=');
		ps_buf_put(out, t->tag[i].value);
		ps_buf_putc(out, '|');
	}
}

static void
a_list_is_read_tag_by_tag(void **state)
{
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);

	(void)state;
	for (size_t i = 0; i < N(lists); i++) {
		const char *want = lists[i].tags;
		struct ps_tagval t;
		struct ps_buf out;

		if (want == NULL)
			want = "h=from : to :\r\n subject|b=ab\r\n\tcd|";
		ps_buf_init(&out, 4096);
		ps_tagval_parse(a, ps_bytes_of(lists[i].list), 50, &t);
		join(&t, &out);
		assert_bytes(ps_buf_bytes(&out), want);
		if (t.broken != lists[i].broken || t.twice != lists[i].twice)
			fail_msg("%s: broken %d, twice %d", lists[i].list,
				t.broken, t.twice);
		ps_buf_free(&out);
	}
	ps_arena_free(a);
}

static void
a_nul_is_no_value(void **state)
{
	static const char list[] = "a=x\0y; b=y";
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);
	struct ps_tagval t;

	(void)state;
	ps_tagval_parse(a, PS_LIT(list), 50, &t);
	assert_true(t.broken);
	assert_int_equal(t.n_tag, 1);
	assert_bytes(t.tag[0].name, "b");
	ps_arena_free(a);
}

static void
more_tags_than_asked_for_are_broken(void **state)
{
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);
	struct ps_tagval t;
	struct ps_buf list;

	(void)state;
	ps_tagval_parse(a, PS_LIT("a=1; b=2; c=3"), 3, &t);
	assert_false(t.broken);
	assert_int_equal(t.n_tag, 3);
	ps_tagval_parse(a, PS_LIT("a=1; b=2; c=3;"), 3, &t);
	assert_false(t.broken);
	ps_tagval_parse(a, PS_LIT("a=1; b=2; c=3; d=4"), 3, &t);
	assert_true(t.broken);
	assert_int_equal(t.n_tag, 3);
	/* the rest is not even looked at */
	ps_buf_init(&list, 1 << 20);
	for (int i = 0; i < 100000; i++)
		ps_buf_puts(&list, "a=1;");
	ps_tagval_parse(a, ps_buf_bytes(&list), 50, &t);
	assert_true(t.broken && t.twice);
	assert_int_equal(t.n_tag, 50);
	ps_buf_free(&list);
	ps_arena_free(a);
}

static void
a_tag_is_found_by_its_exact_name(void **state)
{
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);
	struct ps_bytes value = PS_LIT("kept");
	struct ps_tagval t;

	(void)state;
	ps_tagval_parse(a, PS_LIT("bh=1; B=2; b=3; b=4; p="), 50, &t);
	assert_true(ps_tagval_get(&t, PS_LIT("b"), &value));
	assert_bytes(value, "3");
	assert_true(ps_tagval_get(&t, PS_LIT("p"), &value));
	assert_bytes(value, "");
	value = PS_LIT("kept");
	assert_false(ps_tagval_get(&t, PS_LIT("h"), &value));
	assert_false(ps_tagval_get(&t, PS_LIT(""), &value));
	assert_false(ps_tagval_get(&t, PS_LIT("bhh"), &value));
	assert_bytes(value, "kept");
	ps_arena_free(a);
}

static const char *const items[][2] = {
	{"from:to:subject", "[from][to][subject]"},
	{" from\t:\r\n to ", "[from][to]"},
	{"from", "[from]"},
	{"", ""},
	{" ", "[]"},
	{":", "[]"},
	{"a::b", "[a][][b]"},
	{"a:", "[a]"},
	{"::a", "[][][a]"},
};

static void
a_list_is_taken_apart_item_by_item(void **state)
{
	(void)state;
	for (size_t i = 0; i < N(items); i++) {
		struct ps_bytes rest = ps_bytes_of(items[i][0]), item;
		struct ps_buf out;

		ps_buf_init(&out, 4096);
		while (ps_tagval_item(&rest, ':', &item)) {
			ps_buf_putc(&out, '[');
			ps_buf_put(&out, item);
			ps_buf_putc(&out, ']');
		}
		assert_bytes(ps_buf_bytes(&out), items[i][1]);
		ps_buf_free(&out);
	}
}

static void
blanks_leave_a_value_whole(void **state)
{
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);

	(void)state;
	assert_bytes(
		ps_tagval_squeeze(a, PS_LIT(" a b\r\n\tc =\n= \r")), "abc==");
	assert_bytes(ps_tagval_squeeze(a, PS_LIT("")), "");
	assert_bytes(ps_tagval_squeeze(a, PS_LIT(" \r\n ")), "");
	ps_arena_free(a);
}

static const struct {
	const char *text;
	bool good;
	int64_t number;
} numbers[] = {
	{"0", true, 0}, {"1700000000", true, 1700000000}, {"000001", true, 1},
	{"999999999999999999", true, 999999999999999999},
	{"1000000000000000000", false, 0}, /* 19 digits */
	{"18446744073709551617", false, 0}, {"", false, 0}, {"-1", false, 0},
	{"+1", false, 0}, {" 1", false, 0}, {"1 ", false, 0}, {"1.5", false, 0},
	{"0x10", false, 0}, {"1e3", false, 0},
	{"\xd9\xa1", false, 0}, /* a digit of another script */
};

static void
a_number_is_digits_and_nothing_else(void **state)
{
	int64_t n;

	(void)state;
	for (size_t i = 0; i < N(numbers); i++) {
		bool good = ps_tagval_number(ps_bytes_of(numbers[i].text), &n);

		if (good != numbers[i].good)
			fail_msg("'%s'", numbers[i].text);
		if (good)
			assert_true(n == numbers[i].number);
	}
}

static const struct {
	const char *text, *octets; /* NULL: no base64 */
} base64[] = {
	{"", ""},
	{"QQ==", "A"},
	{"QUI=", "AB"},
	{"QUJD", "ABC"},
	{"QUJDRA==", "ABCD"},
	{" Q U\r\n\tJ D ", "ABC"},
	{"Q Q = =", "A"},
	{"QQ", "A"},
	{"QUI", "AB"},
	{"/+/+", "\xff\xef\xfe"},
	{"Q", NULL},
	{"QUJDR", NULL},
	{"QQ=", NULL},
	{"Q===", NULL},
	{"====", NULL},
	{"=", NULL},
	{"QQ==QQ==", NULL},
	{"Q=Q=", NULL},
	{"QUJD=", NULL},
	{"QUJ-", NULL},
	{"QUJ_", NULL},
	{"QUJ;", NULL},
	{"QUJ\x01", NULL},
	{"QU\xc3\xbc", NULL},
};

static void
base64_is_read_to_the_letter(void **state)
{
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);

	(void)state;
	for (size_t i = 0; i < N(base64); i++) {
		struct ps_bytes out;
		bool good =
			ps_tagval_base64(a, ps_bytes_of(base64[i].text), &out);

		if (good != (base64[i].octets != NULL))
			fail_msg("'%s'", base64[i].text);
		if (good)
			assert_bytes(out, base64[i].octets);
	}
	ps_arena_free(a);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(a_list_is_read_tag_by_tag),
	cmocka_unit_test(a_nul_is_no_value),
	cmocka_unit_test(more_tags_than_asked_for_are_broken),
	cmocka_unit_test(a_tag_is_found_by_its_exact_name),
	cmocka_unit_test(a_list_is_taken_apart_item_by_item),
	cmocka_unit_test(blanks_leave_a_value_whole),
	cmocka_unit_test(a_number_is_digits_and_nothing_else),
	cmocka_unit_test(base64_is_read_to_the_letter),
};

PS_TESTS("tagval", tests)
