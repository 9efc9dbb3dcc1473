/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Addresses: envelope paths, address lists, user ids, patterns.
 */
#include "tap.h"

#include "base/buf.h"
#include "mail/addr.h"

#define N(a) (sizeof(a) / sizeof((a)[0]))

/* full NULL: refused. */
static const struct {
	const char *path, *full, *local;
} paths[] = {
	{"<bob@dest.example>", "bob@dest.example", "bob"},
	{"bob@dest.example", "bob@dest.example", "bob"},
	{"<>", "", ""},
	{"", "", ""},
	{"postmaster", "postmaster", "postmaster"},
	{"<Bob@Dest.EXAMPLE>", "Bob@dest.example", "Bob"},
	/* Spellings that Postfix delivers to bob all the same. */
	{"<@relay.example:bob@dest.example>", "bob@dest.example", "bob"},
	{"<@a.example,@b.example:bob@dest.example>", "bob@dest.example", "bob"},
	{"<@[IPv6:::1]:bob@dest.example>", "bob@dest.example", "bob"},
	{"<\"bob\"@dest.example>", "bob@dest.example", "bob"},
	{"<\"b\\ob\"@dest.example>", "bob@dest.example", "bob"},
	{"<\"b\".ob@dest.example>", "b.ob@dest.example", "b.ob"},
	{"<bob@dest.example.>", "bob@dest.example", "bob"},
	{" < bob@dest.example > ", "bob@dest.example", "bob"},
	{"<@relay.example:\"bob\"@DEST.example.>", "bob@dest.example", "bob"},
	/* A quoted local part that needs its quotes. */
	{"<\"b b\"@d>", "\"b b\"@d", "b b"},
	{"<\"a@b\"@d>", "\"a@b\"@d", "a@b"},
	{"<\"x@legit.example\"@attack.example>",
		"\"x@legit.example\"@attack.example", "x@legit.example"},
	{"<\"a\\\"\\\\\"@d>", "\"a\\\"\\\\\"@d", "a\"\\"},
	{"<\"\"@d>", "\"\"@d", ""},
	{"<\".a\"@d>", "\".a\"@d", ".a"},
	{"<a..b@d>", "\"a..b\"@d", "a..b"},
	{"<\"a..b\"@d>", "\"a..b\"@d", "a..b"},
	{"<\"x;<>\"@d>", "\"x;<>\"@d", "x;<>"},
	{"<b%c@d>", "b%c@d", "b%c"},
	{"<a@[192.0.2.1]>", "a@[192.0.2.1]", "a"},
	{"<a@[IPv6:2001:DB8::1]>", "a@[ipv6:2001:db8::1]", "a"},
	{"<j\xc3\xb6@d>", "j\xc3\xb6@d", "j\xc3\xb6"},
	{"<a_b+c=d@x_y-z.example>", "a_b+c=d@x_y-z.example", "a_b+c=d"},
	{"<a@B\xc3\x9c"
	 "cher.example>",
		"a@xn--bcher-kva.example", "a"},
	{"<@r:a@bu\xcc\x88"
	 "cher.example.>",
		"a@xn--bcher-kva.example", "a"},
	{"<a@d\xe3\x80\x82"
	 "example>",
		"a@d.example", "a"},
	{"<a@\xef\xbd\x84.example>", "a@d.example", "a"},
	{"<a@b\xe2\x80\x8b.c>", "a@b.c", "a"}, /* ZWSP: UTS 46 drops it */
	/* No paths. */
	{"<a@b\xe2\x80\x80.c>", NULL, NULL},
	{"<a@b\xef\xbc\xa0"
	 "c.d>",
		NULL, NULL}, /* U+FF20 folds to "@" */
	{"<a@\xfc.example>", NULL, NULL},
	{"<a@b\xef\xbc\x8f"
	 "c.d>",
		NULL, NULL}, /* U+FF0F folds to "/" */
	{"<a@b", NULL, NULL},
	{"a@b>", NULL, NULL},
	{"<", NULL, NULL},
	{">", NULL, NULL},
	{"<<a@b>>", NULL, NULL},
	{"<a@b@c>", NULL, NULL},
	{"<a@>", NULL, NULL},
	{"<@b>", NULL, NULL},
	{"<@a:>", NULL, NULL},
	{"<@a:@b:c@d>", NULL, NULL},
	{"<@a,b@c>", NULL, NULL},
	{"<a b@c>", NULL, NULL},
	{"<\"a\"b@c>", NULL, NULL},
	{"<\"a@b>", NULL, NULL},
	{"<\"a\\\"@b>", NULL, NULL},
	{"<a\\b@c>", NULL, NULL},
	{"<(any@legit.example>", NULL, NULL},
	{"<a(c)@b>", NULL, NULL},
	{"<a@b>,<c@d>", NULL, NULL},
	{"<a@b>x", NULL, NULL},
	{"<a@b..c>", NULL, NULL},
	{"<a@.b>", NULL, NULL},
	{"<a@b..>", NULL, NULL},
	{"<a@b:25>", NULL, NULL},
	{"<a@b c>", NULL, NULL},
	{"<a@b!c>", NULL, NULL},
	{"<a@[1>", NULL, NULL},
	{"<a@[]>", NULL, NULL},
	{"<a@[[1]]>", NULL, NULL},
	{"<a@[1@2]>", NULL, NULL},
	{"<a@b\r\nc>", NULL, NULL},
	{"<a\t@b>", NULL, NULL},
	{"<\"a\x01\"@b>", NULL, NULL},
	{"<a@b\x7f>", NULL, NULL},
};

static void
an_envelope_path_is_brought_to_normal_form_or_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < N(paths); i++) {
		struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);
		const char *why = NULL;
		struct ps_addr addr;
		enum ps_status s = ps_addr_path(
			a, ps_bytes_of(paths[i].path), &addr, &why);

		if (paths[i].full == NULL) {
			if (s != PS_EPERM || why == NULL)
				fail_msg("accepted: %s", paths[i].path);
		} else {
			if (s != PS_OK)
				fail_msg("%s: %s", paths[i].path, why);
			assert_bytes(addr.full, paths[i].full);
			assert_bytes(addr.local, paths[i].local);
		}
		ps_arena_free(a);
	}
}

static void
a_path_with_nul_or_beyond_320_octets_is_refused(void **state)
{
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);
	const char *why = NULL;
	struct ps_addr addr;
	char big[400];

	(void)state;
	assert_int_equal(
		ps_addr_path(a, PS_LIT("<a@b\0c>"), &addr, &why), PS_EPERM);
	memset(big, 'x', sizeof(big));
	big[64] = '@';
	for (size_t i = 70; i < sizeof(big); i += 10)
		big[i] = '.';
	assert_int_equal(
		ps_addr_path(a, ps_bytes(big, 319), &addr, &why), PS_OK);
	assert_int_equal(
		ps_addr_path(a, ps_bytes(big, 322), &addr, &why), PS_EPERM);
	ps_arena_free(a);
}

/* What Postfix 3.7.11 said in {rcpt_addr} when ours.example was local. */
static const struct {
	const char *path, *resolved, *full;
} envelopes[] = {
	{"<bob%dest.example>", "bob@dest.example", "bob@dest.example"},
	{"<dest.example!bob>", "bob@dest.example", "bob@dest.example"},
	{"<bob%dest.example@ours.example>", "bob@dest.example",
		"bob@dest.example"},
	{"<\"bob@dest.example\"@ours.example>", "bob@dest.example",
		"bob@dest.example"},
	{"<\"bob@dest.example\">", "bob@dest.example", "bob@dest.example"},
	{"<bob>", "bob@mx.example.org", "bob@mx.example.org"},
	{"<bob%dest.example@else.example>", "bob%dest.example@else.example",
		"bob%dest.example@else.example"},
	{"<\"b b\"@dest.example>", "\"b b\"@dest.example",
		"\"b b\"@dest.example"},
	{"<Bob@Dest.Example.>", "bob@dest.example", "Bob@dest.example"},
	{"<bob@dest.example>", "", "bob@dest.example"},
	{"<bob@dest.example>", "bob", "bob@dest.example"}, /* Sendmail: local */
	{"<>", "", ""},
	{"<>", "MAILER-DAEMON@ours.example", ""},
	{"<postmaster>", "", "postmaster"},
	{"<bob%dest.example>", "", NULL},
	{"<dest.example!bob>", "", NULL},
	{"<\"bob@dest.example\">", "", NULL},
	{"<bob%dest.example>", "bob%dest.example", NULL},
	{"<bob@dest.example>", "bob@@", NULL},
	{"<b\\ob@dest.example>", "bob@dest.example", NULL},
};

static void
an_envelope_address_is_the_mailbox_that_the_mta_delivers_to(void **state)
{
	(void)state;
	for (size_t i = 0; i < N(envelopes); i++) {
		struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);
		const char *why = NULL;
		struct ps_addr addr;
		enum ps_status s = ps_addr_envelope(a,
			ps_bytes_of(envelopes[i].path),
			ps_bytes_of(envelopes[i].resolved), &addr, &why);

		if (envelopes[i].full == NULL) {
			if (s != PS_EPERM || why == NULL)
				fail_msg("accepted: %s", envelopes[i].path);
		} else {
			if (s != PS_OK)
				fail_msg("%s: %s", envelopes[i].path, why);
			assert_bytes(addr.full, envelopes[i].full);
		}
		ps_arena_free(a);
	}
}

static void
a_sender_that_cannot_be_read_is_whom_the_mta_read_or_no_address(void **state)
{
	static const struct {
		const char *path, *resolved, *local, *full;
	} row[] = {
		{"<a@b>", "a@b", "a", "a@b"},
		{"<>", "", "", ""},
		{"<(x)ceo@b>", "ceo@b", "ceo", "ceo@b"},
		{"<Foo <ceo@b>>", "ceo@b", "ceo", "ceo@b"},
		{"<\"a\tb\"@c>", "", "", "<\"a\tb\"@c>"},
		{"<\"a\tb\"@c>", "\"a\tb\"@c", "", "<\"a\tb\"@c>"},
	};
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);

	(void)state;
	for (size_t i = 0; i < N(row); i++) {
		struct ps_addr addr;

		ps_addr_sender(a, ps_bytes_of(row[i].path),
			ps_bytes_of(row[i].resolved), &addr);
		assert_bytes(addr.local, row[i].local);
		assert_bytes(addr.full, row[i].full);
	}
	ps_arena_free(a);
}

/* Addresses as "full|", then "g" for a group and "!" for broken. */
static const struct {
	const char *value, *want;
} lists[] = {
	{"", ""},
	{" a@b", "a@b|"},
	{" A <a@B>", "a@b|"},
	{" a@b, c@d", "a@b|c@d|"},
	{" \"x, y\" <a@b>,\r\n\t=?utf-8?q?z?= <c@d>", "a@b|c@d|"},
	{" John Q. Public <a@b>", "a@b|"},
	{" (c \\) (d)) a (e) @ (f) b (g) . c (h)", "a@b.c|"},
	{" a . b @ c . d", "a.b@c.d|"},
	{" \"a\" . b@c", "a.b@c|"},
	{" <a@b>", "a@b|"},
	{" < a@b >", "a@b|"},
	{" <@r1,@r2:a@b>", "a@b|"},
	{" <@r1 (c), , @r2 : a@b>", "a@b|"},
	{" ,, a@b, ,c@d,", "a@b|c@d|"},
	{" undisclosed-recipients:;", "g"},
	{" g: a@b, X <c@d>;, e@f", "a@b|c@d|e@f|g"},
	{" A Group (x):(y);", "g"},
	{" \"a@b\" <c@d>", "c@d|"},
	{" \"a\\\"<x@y>\" <c@d>", "c@d|"},
	{" a@[192.0.2.1]", "a@[192.0.2.1]|"},
	{" \"a b\"@c", "\"a b\"@c|"},
	{" J\xc3\xb6 <j\xc3\xb6@b>", "j\xc3\xb6@b|"},
	/* Broken in one part, and what could be read is there. */
	{" a@b <c@d>", "c@d|!"},
	{" [List] A <a@b>", "a@b|!"},
	{" a@b; c@d", "a@b|c@d|!"},
	{" root", "root|!"},
	{" a@b.", "a@b|!"},
	{" a@b c@d, e@f", "e@f|!"},
	{" John Doe, a@b", "a@b|!"},
	{" a b@c", "!"},
	{" a\\,b@c, d@e", "b@c|d@e|!"},
	{" a@b@c, d@e", "d@e|!"},
	{" <a@b, c@d", "c@d|!"},
	{" <a@b>> , c@d", "a@b|c@d|!"},
	{" A <a@b> junk, c@d", "a@b|c@d|!"},
	{" <>, a@b", "a@b|!"},
	{" @b, a@b", "a@b|!"},
	{" a@, b@c", "b@c|!"},
	{" a@b..c, d@e", "d@e|!"},
	{" a@b\xe2\x80\x80.c", "!"},
	{" a@b\xc3\xbc.c, d@e", "a@xn--b-eha.c|d@e|"},
	{" \"open <a@b>", "\"open <a@b>\"|!"},
	{" a@b (open", "a@b|!"},
	{" g: a@b", "a@b|g!"},
	{" g: h: a@b;, c@d", "c@d|g!"},
	{" :;", "g!"},
	{" ;", "!"},
	{" )", "!"},
	{" ((((((((((((((((x)))))))))))))))) a@b", "a@b|"},
	{" (((((((((((((((((x))))))))))))))))) a@b", "a@b|!"},
};

static void
an_address_list_gives_its_mailboxes_and_says_what_is_broken(void **state)
{
	(void)state;
	for (size_t i = 0; i < N(lists); i++) {
		struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);
		const char *why = NULL;
		struct ps_addr_list l;
		struct ps_buf got;

		ps_buf_init(&got, 4096);
		assert_int_equal(ps_addr_list(a, ps_bytes_of(lists[i].value),
					 100, &l, &why),
			PS_OK);
		for (size_t k = 0; k < l.n_addr; k++) {
			ps_buf_put(&got, l.addr[k].full);
			ps_buf_putc(&got, '|');
		}
		if (l.group)
			ps_buf_putc(&got, 'g');
		if (l.broken)
			ps_buf_putc(&got, '!');
		ps_buf_putc(&got, '\0');
		assert_string_equal(got.p, lists[i].want);
		ps_buf_free(&got);
		ps_arena_free(a);
	}
}

static void
more_mailboxes_than_the_ceiling_are_a_limit_and_as_many_are_not(void **state)
{
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);
	struct ps_addr_list l;
	const char *why = NULL;

	(void)state;
	assert_int_equal(
		ps_addr_list(a, PS_LIT(" a@b, c@d"), 1, &l, &why), PS_ELIMIT);
	assert_non_null(why);
	assert_int_equal(
		ps_addr_list(a, PS_LIT(" a@b, c@d"), 2, &l, &why), PS_OK);
	assert_int_equal(l.n_addr, 2);
	ps_arena_free(a);
}

static void
half_a_million_addresses_are_all_read(void **state)
{
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);
	struct ps_addr_list l;
	const char *why = NULL;
	struct ps_buf b;

	(void)state;
	ps_buf_init(&b, 16 << 20);
	for (int i = 0; i < 500000; i++)
		ps_buf_puts(&b, "N <a@b.example>,\r\n ");
	assert_int_equal(
		ps_addr_list(a, ps_buf_bytes(&b), 500000, &l, &why), PS_OK);
	assert_int_equal(l.n_addr, 500000);
	assert_false(l.broken);
	ps_buf_free(&b);
	ps_arena_free(a);
}

static const struct {
	const char *id, *full;
} ids[] = {
	{"Alice <alice@example.org>", "alice@example.org"},
	{"alice@example.org", "alice@example.org"},
	{"<alice@example.org>", "alice@example.org"},
	{"A (work, \"x) <Alice@Example.ORG>", "Alice@example.org"},
	{"manager@legit <eve@attack>", "eve@attack"},
	{" alice@example.org ", "alice@example.org"},
	{"\xc3\x84 <\xc3\xa4@example.org>", "\xc3\xa4@example.org"},
	{"Alice <alice@example.org> x", NULL},
	{"A <a@b> <c@d>", NULL},
	{"A <<a@b>>", NULL},
	{"A <a@b", NULL},
	{"A a@b>", NULL},
	{"A a@b", NULL},
	{"Alice", NULL},
	{"A <alice>", NULL},
	{"A <>", NULL},
	{"", NULL},
	{"A <@r:a@b>", NULL},
	{"A <a@b, c@d>", NULL},
	{"A <a@b@c>", NULL},
};

static void
a_user_id_has_its_whole_addr_spec_or_none(void **state)
{
	(void)state;
	for (size_t i = 0; i < N(ids); i++) {
		struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);
		const char *why = NULL;
		struct ps_addr addr;
		enum ps_status s =
			ps_addr_user_id(a, ps_bytes_of(ids[i].id), &addr, &why);

		if (ids[i].full == NULL) {
			if (s != PS_EPERM || why == NULL)
				fail_msg("accepted: %s", ids[i].id);
		} else {
			if (s != PS_OK)
				fail_msg("%s: %s", ids[i].id, why);
			assert_bytes(addr.full, ids[i].full);
		}
		ps_arena_free(a);
	}
}

static const struct {
	const char *pattern, *path;
	bool match;
} patterns[] = {
	{"bob@dest.example", "<bob@dest.example>", true},
	{"BOB@Dest.Example", "<@r:\"bOb\"@dest.example.>", true},
	{"bob@dest.example", "<bobb@dest.example>", false},
	{"bob@dest.example", "<evil-bob@dest.example>", false},
	{"bob@dest.example", "<bob@dest.example.org>", false},
	{"hr-*@example.org", "<hr-anna@example.org>", true},
	{"hr-*@example.org", "<\"hr-anna b\"@example.org>", true},
	{"hr-*@example.org", "<hr@example.org>", false},
	{"*@lists.debian.org", "<x@lists.debian.org>", true},
	{"*@lists.debian.org", "<x@debian.org>", false},
	{"*@*.example", "<x@a.b.example>", true},
	{"*@*.example", "<x@example>", false},
	{"*@bank.example", "<\"x@bank.example\"@attack.example>", false},
	{"x@*", "<\"x@y\"@z>", false},
	{"dest.example", "<bob@dest.example>", true},
	{"dest.example", "<bob@sub.dest.example>", false},
	{"*.dest.example", "<bob@sub.dest.example>", true},
	{"*", "<bob@dest.example>", true},
	{"*", "<>", true},
	{"*@*", "<>", true},
	{"*a*b*c@d", "<xaxbxbxc@d>", true},
	{"*a*b*c@d", "<xbxaxcxb@d>", false},
	{"**@d", "<a@d>", true},
	{"", "<a@d>", false},
};

static void
a_pattern_matches_the_whole_address_whatever_its_spelling(void **state)
{
	(void)state;
	for (size_t i = 0; i < N(patterns); i++) {
		struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);
		const char *why = NULL;
		struct ps_addr addr;

		assert_int_equal(ps_addr_path(a, ps_bytes_of(patterns[i].path),
					 &addr, &why),
			PS_OK);
		if (ps_addr_match(patterns[i].pattern, &addr, true) !=
			patterns[i].match)
			fail_msg("%s against %s", patterns[i].pattern,
				patterns[i].path);
		ps_arena_free(a);
	}
}

static void
local_parts_are_equal_without_case_only_when_asked(void **state)
{
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);
	const char *why = NULL;
	struct ps_addr x, y, z;

	(void)state;
	ps_addr_path(a, PS_LIT("Bob@dest.example"), &x, &why);
	ps_addr_path(a, PS_LIT("<\"bob\"@DEST.example.>"), &y, &why);
	ps_addr_path(a, PS_LIT("bob@other.example"), &z, &why);
	assert_true(ps_addr_eq(&x, &y, true));
	assert_false(ps_addr_eq(&x, &y, false));
	assert_false(ps_addr_eq(&y, &z, true));
	assert_true(ps_addr_match("B*@DEST.example", &x, false));
	assert_false(ps_addr_match("b*@dest.example", &x, false));
	ps_arena_free(a);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(an_envelope_path_is_brought_to_normal_form_or_refused),
	cmocka_unit_test(a_path_with_nul_or_beyond_320_octets_is_refused),
	cmocka_unit_test(
		an_envelope_address_is_the_mailbox_that_the_mta_delivers_to),
	cmocka_unit_test(
		a_sender_that_cannot_be_read_is_whom_the_mta_read_or_no_address),
	cmocka_unit_test(
		an_address_list_gives_its_mailboxes_and_says_what_is_broken),
	cmocka_unit_test(
		more_mailboxes_than_the_ceiling_are_a_limit_and_as_many_are_not),
	cmocka_unit_test(half_a_million_addresses_are_all_read),
	cmocka_unit_test(a_user_id_has_its_whole_addr_spec_or_none),
	cmocka_unit_test(
		a_pattern_matches_the_whole_address_whatever_its_spelling),
	cmocka_unit_test(local_parts_are_equal_without_case_only_when_asked),
};

PS_TESTS("addr", tests)
