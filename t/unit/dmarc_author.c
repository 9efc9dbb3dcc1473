/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Author domains: a letter for what From is ("1" one, "n" many, "-" absent,
 * "!" ambiguous), then the domains.
 */
#include "dmarc_world.h"

#include "base/buf.h"

static const struct {
	const char *header, *want;
} froms[] = {
	{"From: a@b.example\n", "1 b.example"},
	{"from:a@b.example\n", "1 b.example"},
	{"FROM : A <a@B.Example>\n", "1 b.example"},
	{"From: \"a@evil.example\" <u@b.example>\n", "1 b.example"},
	{"From: =?utf-8?q?foo=40evil=2Eexample?= <a@b.example>\n",
		"1 b.example"},
	{"From: <\"a@evil.example\"@b.example>\n", "1 b.example"},
	{"From: <\"a>b\"@b.example>\n", "1 b.example"},
	{"From: <@evil.example:a@b.example>\n", "1 b.example"},
	{"From: o'brien@b.example\n", "1 b.example"},
	{"From: A <a@ b.example >\n", "1 b.example"},
	{"From: A <a@(c)b.example>\n", "1 b.example"},
	{"From: <a@b.example> (x <y@evil.example>)\n", "1 b.example"},
	{"From: (<x@evil.example>) a@b.example\n", "1 b.example"},
	{"From: a@b.example (c@evil.example)\n", "1 b.example"},
	{"From: \"x\" <\"q@evil.example\"@b.example>\n", "1 b.example"},
	{"From: \"x\\\" <y@evil.example>, \\\"\" <a@b.example>\n",
		"1 b.example"},
	{"From:\n a@b.example\n", "1 b.example"},
	{"From: a@b.example,\n b@B.EXAMPLE\n", "1 b.example"},
	{"From: a@b\xc3\xbc"
	 "cher.example\n",
		"1 xn--bcher-kva.example"},
	{"From: a@xn--bcher-kva.example, b@b\xc3\xbc"
	 "cher.example\n",
		"1 xn--bcher-kva.example"},
	{"From: a@\xe2\x84\x80.example\n", "!"},
	{"From: <a@b.example>, <b@c.example>\n", "n b.example c.example"},
	{"Resent-From: a@b.example\nFrom: a@c.example\n", "1 c.example"},
	{"Subject: x\n", "-"},
	{"From:\n", "-"},
	{"From: ,\n", "-"},
	{"From: (a@b.example)\n", "-"},
	{"From: <>\n", "!"},
	{"From: a@b.example\nFrom: a@b.example\n", "! b.example"},
	{"From: a@b.example\nX: y\nfRoM: c@d.example\n",
		"! b.example d.example"},
	{"From:\nFrom: a@b.example\n", "! b.example"},
	{"From: g: a@b.example, c@d.example;\n", "! b.example d.example"},
	{"From: undisclosed:;\n", "!"},
	{"From: <a@b.example> <c@d.example>\n", "! b.example d.example"},
	{"From: x <a@b.example> <c@d.example>\n", "! b.example d.example"},
	{"From: a@b.example <c@d.example>\n", "! d.example b.example"},
	{"From: a@b.example\tx\n", "! b.example"},
	{"From: <a@b.example\n", "! b.example"},
	{"From: a@b.example@c.example\n", "! b.example c.example"},
	{"From: a@b.example\xff <c@d.example>\n", "! d.example b.example"},
	{"From: a@b.example.\n", "! b.example"},
	{"From: root\n", "!"},
	{"From: a@[192.0.2.1]\n", "!"},
	{"From: a@[192.0.2.1], b@c.example\n", "! c.example"},
	{"From: a@" /* a label of 64 octets */
	 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	 ".example\n",
		"!"},
	{"From: a@b_c.example\n", "1 b_c.example"},
	{"From: a@localhost\n", "1 localhost"},
};

static void
say(const struct ps_dmarc_author *author, struct ps_buf *out)
{
	static const char kind[] = {[PS_DMARC_FROM_ONE] = '1',
		[PS_DMARC_FROM_MANY] = 'n',
		[PS_DMARC_FROM_ABSENT] = '-',
		[PS_DMARC_FROM_AMBIGUOUS] = '!'};

	ps_buf_putc(out, kind[author->from]);
	for (size_t i = 0; i < author->n_domain; i++) {
		ps_buf_putc(out, ' ');
		ps_buf_put(out, author->domain[i]);
	}
	ps_buf_putc(out, '\0');
}

static void
a_from_field_has_the_domains_that_its_readers_see(void **state)
{
	(void)state;
	for (size_t i = 0; i < N(froms); i++) {
		struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);
		struct ps_header h = dmarc_header(a, froms[i].header);
		struct ps_dmarc_author author;
		struct ps_buf got;

		ps_buf_init(&got, 1000);
		ps_dmarc_author(a, &h, &author);
		say(&author, &got);
		if (strcmp(got.p, froms[i].want) != 0)
			fail_msg("%s is \"%s\"", froms[i].header, got.p);
		assert_true((author.why != NULL) ==
			    (author.from == PS_DMARC_FROM_ABSENT ||
				    author.from == PS_DMARC_FROM_AMBIGUOUS));
		ps_buf_free(&got);
		ps_arena_free(a);
	}
}

static void
list_of(char *out, int n)
{
	size_t len = (size_t)sprintf(out, "From: a@d0.example");

	for (int i = 1; i < n; i++)
		len += (size_t)sprintf(out + len, ", a@d%d.example", i);
	strcpy(out + len, "\n");
}

static void
ten_domains_are_judged_and_eleven_are_ambiguous(void **state)
{
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);
	struct ps_dmarc_author author;
	struct ps_header h;
	char text[40000];

	(void)state;
	list_of(text, PS_DMARC_MAX_FROM);
	h = dmarc_header(a, text);
	ps_dmarc_author(a, &h, &author);
	assert_int_equal(author.from, PS_DMARC_FROM_MANY);
	assert_int_equal(author.n_domain, PS_DMARC_MAX_FROM);
	list_of(text, PS_DMARC_MAX_FROM + 1);
	h = dmarc_header(a, text);
	ps_dmarc_author(a, &h, &author);
	assert_int_equal(author.from, PS_DMARC_FROM_AMBIGUOUS);
	assert_int_equal(author.n_domain, PS_DMARC_MAX_FROM);
	assert_true(author.crowded);
	assert_int_equal(author.n_addr, PS_DMARC_MAX_FROM + 1);
	list_of(text, 1001);
	h = dmarc_header(a, text);
	ps_dmarc_author(a, &h, &author);
	assert_int_equal(author.from, PS_DMARC_FROM_AMBIGUOUS);
	ps_arena_free(a);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(a_from_field_has_the_domains_that_its_readers_see),
	cmocka_unit_test(ten_domains_are_judged_and_eleven_are_ambiguous),
};

PS_TESTS("dmarc_author", tests)
