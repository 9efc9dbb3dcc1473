/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * The static zone file, and the budget that stands before every adapter.
 */
#include "tap.h"

#include "dns/dns_rdata.h"
#include "dns_world.h"

#define N(a) (sizeof(a) / sizeof((a)[0]))

static const char zone[] = "$ORIGIN example.com.\n"
			   "$TTL 3600\n"
			   "@      IN SOA ns hostmaster 1 2 3 4 5\n"
			   "       A 192.0.2.1\n"
			   "       MX 10 mail ; the first\n"
			   "       3600 IN MX 20 mail.example.net.\n"
			   "mail   A 192.0.2.2\n"
			   "mail   AAAA 2001:db8::2\n"
			   "nomail MX 0 .\n"
			   "www    CNAME mail\n"
			   "far    CNAME there.example.net.\n"
			   "lost   CNAME nowhere\n"
			   "loop   CNAME loop2\n"
			   "loop2  CNAME loop\n"
			   "a.ent  TXT \"below\"\n"
			   "*.wild TXT \"wild\"\n"
			   "in.wild A 192.0.2.3\n"
			   "key    TXT ( \"v=DKIM1; \"  ; two strings\n"
			   "             \"p=abc\" )\n"
			   "odd\\032name TXT plain\n"
			   "quote  TXT \"a\\\"b\\\\c\\001\"\n"
			   "none   TXT\n"
			   "dead   SERVFAIL\n"
			   "dead   A 192.0.2.4\n"
			   "slow   TIMEOUT TXT\n"
			   "slow   A 192.0.2.5\n"
			   "lies   BOGUS\n"
			   "$SECURE on\n"
			   "safe   A 192.0.2.6\n"
			   "via    CNAME mail\n"
			   "$SECURE off\n"
			   "2.2.0.192.in-addr.arpa. PTR mail\n";

static const struct {
	const char *name;
	enum ps_dns_type type;
	enum ps_dns_status status;
	size_t n_rr;
} questions[] = {
	{"example.com", PS_DNS_A, PS_DNS_FOUND, 1},
	{"EXAMPLE.com.", PS_DNS_MX, PS_DNS_FOUND, 2},
	{"example.com", PS_DNS_TXT, PS_DNS_NODATA, 0},
	{"mail.example.com", PS_DNS_AAAA, PS_DNS_FOUND, 1},
	{"nomail.example.com", PS_DNS_MX, PS_DNS_FOUND, 1},
	{"www.example.com", PS_DNS_A, PS_DNS_FOUND, 1},
	{"www.example.com", PS_DNS_TXT, PS_DNS_NODATA, 0},
	{"www.example.com", PS_DNS_CNAME, PS_DNS_FOUND, 1},
	{"far.example.com", PS_DNS_A, PS_DNS_NXDOMAIN, 0},
	{"lost.example.com", PS_DNS_A, PS_DNS_NXDOMAIN, 0},
	{"loop.example.com", PS_DNS_A, PS_DNS_TROUBLE, 0},
	{"ent.example.com", PS_DNS_TXT, PS_DNS_NODATA, 0},
	{"x.ent.example.com", PS_DNS_TXT, PS_DNS_NXDOMAIN, 0},
	{"a.b.wild.example.com", PS_DNS_TXT, PS_DNS_FOUND, 1},
	{"x.wild.example.com", PS_DNS_A, PS_DNS_NODATA, 0},
	{"in.wild.example.com", PS_DNS_TXT, PS_DNS_NODATA, 0},
	{"x.in.wild.example.com", PS_DNS_TXT, PS_DNS_NXDOMAIN, 0},
	{"odd name.example.com", PS_DNS_TXT, PS_DNS_FOUND, 1},
	{"none.example.com", PS_DNS_TXT, PS_DNS_FOUND, 1},
	{"dead.example.com", PS_DNS_A, PS_DNS_FOUND, 1},
	{"dead.example.com", PS_DNS_TXT, PS_DNS_TROUBLE, 0},
	{"slow.example.com", PS_DNS_TXT, PS_DNS_TROUBLE, 0},
	{"slow.example.com", PS_DNS_MX, PS_DNS_NODATA, 0},
	{"lies.example.com", PS_DNS_TXT, PS_DNS_TROUBLE, 0},
	{"nowhere.example.org", PS_DNS_TXT, PS_DNS_NXDOMAIN, 0},
	{"com", PS_DNS_A, PS_DNS_NODATA, 0},
	{"xample.com", PS_DNS_A, PS_DNS_NXDOMAIN, 0},
	{"2.2.0.192.in-addr.arpa", PS_DNS_PTR, PS_DNS_FOUND, 1},
	{"a..example.com", PS_DNS_A, PS_DNS_NXDOMAIN, 0},
};

static void
every_question_has_one_of_three_answers(void **state)
{
	struct dns_world w;
	struct ps_dns_answer out;

	(void)state;
	dns_world_open(&w, zone);
	for (size_t i = 0; i < N(questions); i++) {
		ps_dns_ask(w.arena, ps_bytes_of(questions[i].name),
			questions[i].type, &w.budget, &out);
		if (out.status != questions[i].status ||
			out.n_rr != questions[i].n_rr)
			fail_msg("%s %d: status %d, %zu records",
				questions[i].name, questions[i].type,
				out.status, out.n_rr);
		assert_int_equal(out.status == PS_DNS_TROUBLE,
			out.why != NULL && i + 1 < N(questions));
	}
	dns_world_close(&w);
}

static struct ps_dns_answer
ask(struct dns_world *w, const char *name, enum ps_dns_type type)
{
	struct ps_dns_answer out;

	ps_dns_ask(w->arena, ps_bytes_of(name), type, &w->budget, &out);
	return out;
}

static void
record_data_come_in_wire_form_and_in_the_files_order(void **state)
{
	struct ps_dns_answer out;
	struct ps_bytes text;
	struct dns_world w;
	uint16_t preference;

	(void)state;
	dns_world_open(&w, zone);
	out = ask(&w, "example.com", PS_DNS_MX);
	assert_true(ps_dns_rdata_mx(w.arena, out.rr[0], &preference, &text));
	assert_int_equal(preference, 10);
	assert_bytes(text, "mail.example.com");
	assert_true(ps_dns_rdata_mx(w.arena, out.rr[1], &preference, &text));
	assert_bytes(text, "mail.example.net");
	out = ask(&w, "key.example.com", PS_DNS_TXT);
	assert_true(ps_dns_rdata_txt(w.arena, out.rr[0], &text));
	assert_bytes(text, "v=DKIM1; p=abc");
	out = ask(&w, "quote.example.com", PS_DNS_TXT);
	assert_true(ps_dns_rdata_txt(w.arena, out.rr[0], &text));
	assert_bytes(text, "a\"b\\c\x01");
	out = ask(&w, "nomail.example.com", PS_DNS_MX);
	assert_true(ps_dns_rdata_mx(w.arena, out.rr[0], &preference, &text));
	assert_bytes(text, "");
	dns_world_close(&w);
}

static void
secure_holds_only_where_the_whole_chain_is(void **state)
{
	struct dns_world w;

	(void)state;
	dns_world_open(&w, zone);
	assert_true(ask(&w, "safe.example.com", PS_DNS_A).secure);
	assert_true(ask(&w, "safe.example.com", PS_DNS_TXT).secure);
	assert_true(ask(&w, "x.safe.example.com", PS_DNS_TXT).secure);
	assert_false(ask(&w, "via.example.com", PS_DNS_A).secure);
	assert_false(ask(&w, "mail.example.com", PS_DNS_A).secure);
	assert_false(ask(&w, "nowhere.example.com", PS_DNS_A).secure);
	assert_true(ask(&w, "lies.example.com", PS_DNS_A).bogus);
	assert_false(ask(&w, "dead.example.com", PS_DNS_TXT).bogus);
	dns_world_close(&w);
}

static const struct {
	const char *text, *why;
} bad[] = {
	{"x A 192.0.2.300\n", "z:1: no IPv4 address"},
	{"x TXT a\n\nx AAAA 192.0.2.3\n", "z:3: no IPv6 address"},
	{"x MX mail\n", "z:1: wrong number of fields in the record"},
	{"x MX 65536 mail\n", "z:1: an MX preference is a number up to 65535"},
	{"x MX -1 mail\n", "z:1: an MX preference is a number up to 65535"},
	{"x FOO bar\n", "z:1: unknown record type \"FOO\""},
	{"x\n", "z:1: the record has no type"},
	{" A 192.0.2.1\n", "z:1: the record has no name"},
	{"x..y A 192.0.2.1\n", "z:1: the name has an empty label"},
	{"x\\.y A 192.0.2.1\n", "z:1: a label with a dot in it"},
	{"x TXT \"abc\n", "z:1: a string is not closed"},
	{"x TXT \"abc", "z:1: a string is not closed"},
	{"x TXT ( a\n", "z:1: a parenthesis is not closed"},
	{"x TXT a )\n", "z:1: parentheses do not match"},
	{"x TXT \\999\n", "z:1: a backslash with nothing to escape"},
	{"x TXT \\", "z:1: a backslash with nothing to escape"},
	{"x SERVFAIL nonsense\n", "z:1: a failure is followed by record types"},
	{"$SECURE maybe\n", "z:1: $SECURE is on or off"},
	{"$INCLUDE x\n", "z:1: unknown directive"},
	{"$ORIGIN\n", "z:1: the directive wants one value"},
};

static void
what_is_no_zone_is_refused_with_its_line(void **state)
{
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);

	(void)state;
	for (size_t i = 0; i < N(bad); i++) {
		const char *why = NULL;
		struct ps_dns out;

		assert_int_equal(ps_dns_zone_parse(a, "z",
					 ps_bytes_of(bad[i].text), &out, &why),
			PS_EPERM);
		assert_string_equal(why, bad[i].why);
	}
	ps_arena_free(a);
}

static void
a_file_that_is_not_there_is_refused(void **state)
{
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);
	const char *why = NULL;
	struct ps_dns out;

	(void)state;
	assert_int_equal(
		ps_dns_zone_load(a, "/nonexistent/zone", &out, &why), PS_EPERM);
	assert_string_equal(why,
		"cannot open /nonexistent/zone: No such file or directory");
	ps_arena_free(a);
}

static void
a_message_over_its_budget_of_queries_has_trouble_and_asks_no_more(void **state)
{
	struct dns_world w;

	(void)state;
	dns_world_open(&w, zone);
	w.budget.max_query = 2;
	assert_int_equal(
		ask(&w, "mail.example.com", PS_DNS_A).status, PS_DNS_FOUND);
	assert_int_equal(ask(&w, "a..b", PS_DNS_A).status, PS_DNS_NXDOMAIN);
	assert_int_equal(
		ask(&w, "mail.example.com", PS_DNS_A).status, PS_DNS_FOUND);
	assert_int_equal(
		ask(&w, "mail.example.com", PS_DNS_A).status, PS_DNS_TROUBLE);
	assert_int_equal(w.n_query, 2);
	for (size_t i = 0; i < 5; i++)
		ps_dns_ahead(PS_LIT("mail.example.com"), PS_DNS_A, &w.budget);
	assert_int_equal(w.n_ahead, 2);
	dns_world_close(&w);
}

static void
a_message_over_its_time_has_trouble_and_asks_no_more(void **state)
{
	struct dns_world w;

	(void)state;
	dns_world_open(&w, zone);
	w.wait.deadline_ms = ps_mono_ms(w.wait.clock);
	assert_int_equal(
		ask(&w, "mail.example.com", PS_DNS_A).status, PS_DNS_TROUBLE);
	ps_dns_ahead(PS_LIT("mail.example.com"), PS_DNS_A, &w.budget);
	assert_int_equal(w.n_query + w.n_ahead, 0);
	dns_world_close(&w);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(every_question_has_one_of_three_answers),
	cmocka_unit_test(record_data_come_in_wire_form_and_in_the_files_order),
	cmocka_unit_test(secure_holds_only_where_the_whole_chain_is),
	cmocka_unit_test(what_is_no_zone_is_refused_with_its_line),
	cmocka_unit_test(a_file_that_is_not_there_is_refused),
	cmocka_unit_test(
		a_message_over_its_budget_of_queries_has_trouble_and_asks_no_more),
	cmocka_unit_test(a_message_over_its_time_has_trouble_and_asks_no_more),
};

PS_TESTS("dns_zone", tests)
