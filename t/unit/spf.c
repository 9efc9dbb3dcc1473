/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * SPF beyond the public suites: grammar, addresses, identities, explanations,
 * reasons.
 */
#include "spf_world.h"

static const struct {
	const char *record;
	enum ps_auth_result result;
} records[] = {
	{"v=spf1", PS_AUTH_NEUTRAL},
	{"v=spf1 ", PS_AUTH_NEUTRAL},
	{"V=SPF1 +ALL", PS_AUTH_PASS},
	{"v=spf10 +all", PS_AUTH_NONE},
	{"v=spf1\t+all", PS_AUTH_NONE},
	{" v=spf1 +all", PS_AUTH_NONE},
	{"v=spf1  ip4:192.0.2.77   -all  ", PS_AUTH_PASS},
	{"v=spf1 ip4:192.0.2.0/24 -all", PS_AUTH_PASS},
	{"v=spf1 ip4:192.0.2.78/31 -all", PS_AUTH_FAIL},
	{"v=spf1 ip4:192.0.2.76/31 -all", PS_AUTH_PASS},
	{"v=spf1 ip4:128.0.0.0/1 ~all", PS_AUTH_PASS},
	{"v=spf1 ip4:64.0.0.0/1 ~all", PS_AUTH_SOFTFAIL},
	{"v=spf1 ip4:1.2.3.4/0 -all", PS_AUTH_PASS},
	{"v=spf1 ip4:192.0.2.77/00 -all", PS_AUTH_PERMERROR},
	{"v=spf1 ip4:192.0.2.77/ -all", PS_AUTH_PERMERROR},
	{"v=spf1 ip4:192.0.2.077 -all", PS_AUTH_PERMERROR},
	{"v=spf1 ip4: -all", PS_AUTH_PERMERROR},
	{"v=spf1 ip4/24 -all", PS_AUTH_PERMERROR},
	{"v=spf1 ip4:192.0.2.77\\000 -all", PS_AUTH_PERMERROR},
	{"v=spf1 ip6:::ffff:192.0.2.77 -all", PS_AUTH_FAIL},
	{"v=spf1 ip6:::/0 -all", PS_AUTH_FAIL},
	{"v=spf1 a:a77.example.com -all", PS_AUTH_PASS},
	{"v=spf1 a:A77.EXAMPLE.COM. -all", PS_AUTH_PASS},
	{"v=spf1 a:six.example.com/0 -all", PS_AUTH_FAIL},
	{"v=spf1 a:a77.example.com/0//0 -all", PS_AUTH_PASS},
	{"v=spf1 a:a77.example.com//0/0 -all", PS_AUTH_PERMERROR},
	{"v=spf1 a:a77.example.com/24/ -all", PS_AUTH_PERMERROR},
	{"v=spf1 a:/24 -all", PS_AUTH_PERMERROR},
	{"v=spf1 mx:mail.example.com -all", PS_AUTH_PASS},
	{"v=spf1 mx:none.example.com -all", PS_AUTH_FAIL},
	{"v=spf1 a:dead.example.com +all", PS_AUTH_TEMPERROR},
	{"v=spf1 mx:dead.example.com +all", PS_AUTH_TEMPERROR},
	{"v=spf1 exists:dead.example.com +all", PS_AUTH_TEMPERROR},
	{"v=spf1 include:dead.example.com +all", PS_AUTH_TEMPERROR},
	{"v=spf1 redirect=dead.example.com", PS_AUTH_TEMPERROR},
	{"v=spf1 ptr -all", PS_AUTH_PASS},
	{"v=spf1 ptr:77.example.com -all", PS_AUTH_FAIL},
	{"v=spf1 ptr:com. -all", PS_AUTH_PERMERROR},
	{"v=spf1 exists:%{ir}.in-addr.arpa -all", PS_AUTH_FAIL},
	{"v=spf1 exists:%{p} -all", PS_AUTH_PASS},
	{"v=spf1 include:ok.example.com -all", PS_AUTH_PASS},
	{"v=spf1 -include:ok.example.com +all", PS_AUTH_FAIL},
	{"v=spf1 include:no.example.com ?all", PS_AUTH_NEUTRAL},
	{"v=spf1 include:empty.example.com ?all", PS_AUTH_PERMERROR},
	{"v=spf1 include:two.example.com ?all", PS_AUTH_PERMERROR},
	{"v=spf1 include:a..b.example.com ?all", PS_AUTH_PERMERROR},
	{"v=spf1 redirect=ok.example.com", PS_AUTH_PASS},
	{"v=spf1 redirect=no.example.com", PS_AUTH_FAIL},
	{"v=spf1 redirect=no.example.com ?all", PS_AUTH_NEUTRAL},
	{"v=spf1 redirect=empty.example.com", PS_AUTH_PERMERROR},
	{"v=spf1 redirect=a..b.example.com", PS_AUTH_PERMERROR},
	{"v=spf1 +all foo:bar", PS_AUTH_PERMERROR},
	{"v=spf1 +all ++all", PS_AUTH_PERMERROR},
	{"v=spf1 +all +", PS_AUTH_PERMERROR},
	{"v=spf1 +all -exp=no.example.com", PS_AUTH_PERMERROR},
	{"v=spf1 +all a:foo%", PS_AUTH_PERMERROR},
	{"v=spf1 +all a:%{d0}", PS_AUTH_PERMERROR},
	{"v=spf1 +all a:%{d}x", PS_AUTH_PERMERROR},
	{"v=spf1 +all a:%{d", PS_AUTH_PERMERROR},
	{"v=spf1 +all a:%{}", PS_AUTH_PERMERROR},
	{"v=spf1 +all a:%{c}", PS_AUTH_PERMERROR},
	{"v=spf1 +all x=%{c}", PS_AUTH_PASS},
	{"v=spf1 +all x=", PS_AUTH_PASS},
	{"v=spf1 +all x=\\200", PS_AUTH_PERMERROR},
	{"v=spf1 +all \\012", PS_AUTH_PERMERROR},
	{"v=spf1 a:%{d99999999999999999999}/0 -all", PS_AUTH_FAIL},
	{"v=spf1 exists:a77.%{d2r} ~exists:a77.%{d3} -all", PS_AUTH_SOFTFAIL},
};

static void
a_record_means_what_its_grammar_says(void **state)
{
	(void)state;
	for (size_t i = 0; i < N(records); i++) {
		struct dns_world w;
		struct ps_spf_result r =
			spf_judge(&w, "192.0.2.77", records[i].record);

		if (r.result != records[i].result)
			fail_msg("%s: %s (%s)", records[i].record,
				ps_auth_result_name(r.result), r.why);
		dns_world_close(&w);
	}
}

static const struct {
	const char *ip, *record;
	enum ps_auth_result result;
} clients[] = {
	{"::ffff:192.0.2.77", "v=spf1 ip4:192.0.2.77 -all", PS_AUTH_PASS},
	{"::ffff:192.0.2.77", "v=spf1 ip6:::/0 -all", PS_AUTH_FAIL},
	{"::ffff:192.0.2.77", "v=spf1 ptr -all", PS_AUTH_PASS},
	{"2001:db8::77", "v=spf1 ip4:0.0.0.0/0 -all", PS_AUTH_FAIL},
	{"2001:db8::77", "v=spf1 ip6:2001:db8::/32 -all", PS_AUTH_PASS},
	{"2001:db8::77", "v=spf1 a:six.example.com -all", PS_AUTH_PASS},
	{"2001:db8::78", "v=spf1 a:six.example.com//64 -all", PS_AUTH_PASS},
	{"2001:db8::78", "v=spf1 a:a77.example.com/0 -all", PS_AUTH_FAIL},
	{"127.0.0.1", "v=spf1 -all", PS_AUTH_FAIL},
	{"::1", "v=spf1 -all", PS_AUTH_FAIL},
	{"none", "v=spf1 +all", PS_AUTH_NONE},
};

static void
addresses_of_both_kinds_and_mapped_ones_are_judged(void **state)
{
	(void)state;
	for (size_t i = 0; i < N(clients); i++) {
		struct dns_world w;
		struct ps_spf_result r =
			spf_judge(&w, clients[i].ip, clients[i].record);

		if (r.result != clients[i].result)
			fail_msg("%s %s: %s (%s)", clients[i].ip,
				clients[i].record,
				ps_auth_result_name(r.result), r.why);
		dns_world_close(&w);
	}
}

static void
an_explanation_is_expanded_and_printable(void **state)
{
	struct ps_spf_result r;
	struct dns_world w;

	(void)state;
	r = spf_judge(&w, "192.0.2.77", "v=spf1 -all exp=exp.example.com");
	assert_bytes(r.explanation,
		"192.0.2.77 of user@example.com at mx.example.org, 1700000000");
	dns_world_close(&w);
	r = spf_judge(&w, "192.0.2.77", "v=spf1 -all exp=bad.example.com");
	assert_bytes(r.explanation, "");
	dns_world_close(&w);
	r = spf_judge(&w, "192.0.2.77", "v=spf1 -all exp=dead.example.com");
	assert_int_equal(r.result, PS_AUTH_FAIL);
	assert_bytes(r.explanation, "");
	dns_world_close(&w);
	r = spf_judge(&w, "192.0.2.77", "v=spf1 ~all exp=exp.example.com");
	assert_bytes(r.explanation, "");
	w.n_query = 0;
	r = spf_check(&w, "192.0.2.77", "a\r\nX: y\x01", "example.com");
	assert_bytes(r.explanation, "");
	dns_world_close(&w);
	dns_world_open(&w, "e.com TXT \"v=spf1 -all exp=u.e.com\"\n"
			   "u.e.com TXT \"hello %{l}\"\n");
	r = spf_check(&w, "192.0.2.77", "a\r\nX: y\x01", "e.com");
	assert_bytes(r.explanation, "hello a??X: y?");
	dns_world_close(&w);
}

/* RFC 8616 section 4. */
static void
a_local_part_that_is_not_ascii_matches_no_term_that_names_it(void **state)
{
	struct ps_spf_result r;
	struct dns_world w;

	(void)state;
	dns_world_open(&w, "*.e.com A 192.0.2.1\n"
			   "e.com TXT \"v=spf1 exists:%{l}.e.com ~all\"\n");
	r = spf_check(&w, "192.0.2.77", "j\xc3\xb6rg", "e.com");
	assert_int_equal(r.result, PS_AUTH_SOFTFAIL);
	w.n_query = 0;
	r = spf_check(&w, "192.0.2.77", "jorg", "e.com");
	assert_int_equal(r.result, PS_AUTH_PASS);
	dns_world_close(&w);
}

static const struct {
	const char *domain;
	enum ps_auth_result result;
} domains[] = {
	{"E.com", PS_AUTH_PASS},
	{"e.com.", PS_AUTH_PASS},
	{"b\xc3\xbc"
	 "cher.e.com",
		PS_AUTH_FAIL},
	{"localhost", PS_AUTH_NONE},
	{"[192.0.2.77]", PS_AUTH_NONE},
	{"e..com", PS_AUTH_NONE},
	{"e.com\r\n", PS_AUTH_NONE},
	{"x@e.com", PS_AUTH_NONE},
	{"", PS_AUTH_NONE},
	{"nothing.e.com", PS_AUTH_NONE},
};

static void
only_a_fully_qualified_domain_is_asked_for_a_policy(void **state)
{
	(void)state;
	for (size_t i = 0; i < N(domains); i++) {
		struct ps_spf_result r;
		struct dns_world w;

		dns_world_open(&w, "e.com TXT \"v=spf1 +all\"\n"
				   "localhost TXT \"v=spf1 +all\"\n"
				   "xn--bcher-kva.e.com TXT \"v=spf1 -all\"\n");
		r = spf_check(&w, "192.0.2.77", "user", domains[i].domain);
		if (r.result != domains[i].result)
			fail_msg("%s: %s (%s)", domains[i].domain,
				ps_auth_result_name(r.result), r.why);
		dns_world_close(&w);
	}
}

static void
the_null_sender_and_helo_are_postmaster_at_the_helo_name(void **state)
{
	struct sockaddr_storage from = spf_client("192.0.2.77");
	struct ps_spf_sender s = {.client = &from,
		.helo = PS_LIT("MX.example.net"),
		.local = PS_LIT("user"),
		.domain = PS_LIT("e.com")};
	struct ps_spf_result r;
	struct dns_world w;

	(void)state;
	dns_world_open(&w,
		"mx.example.net TXT \"v=spf1 exists:%{l}.%{o}.%{h} -all\"\n"
		"postmaster.mx.example.net.mx.example.net A 192.0.2.1\n"
		"e.com TXT \"v=spf1 ~all\"\n");
	ps_spf_helo(w.arena, &s, &w.budget, &r);
	assert_int_equal(r.result, PS_AUTH_PASS);
	assert_bytes(r.domain, "mx.example.net");
	ps_spf_mail_from(w.arena, &s, &w.budget, &r);
	assert_int_equal(r.result, PS_AUTH_SOFTFAIL);
	assert_bytes(r.domain, "e.com");
	s.local = s.domain = PS_LIT("");
	ps_spf_mail_from(w.arena, &s, &w.budget, &r);
	assert_int_equal(r.result, PS_AUTH_PASS);
	assert_bytes(r.domain, "mx.example.net");
	dns_world_close(&w);
}

static void
the_reason_names_the_term_and_the_domain(void **state)
{
	static const struct {
		const char *record, *why;
	} why[] = {
		{"v=spf1 -all", "\"-all\" of example.com matches"},
		{"v=spf1 include:ok.example.com",
			"\"include:ok.example.com\" of example.com matches"},
		{"v=spf1 redirect=no.example.com",
			"\"-all\" of no.example.com matches"},
		{"v=spf1", "no term of example.com matches"},
		{"other", "no SPF record"},
		{"v=spf1 fo\\001o", "syntax: \"fo\\x01o\": no such mechanism"},
		{"v=spf1 include:two.example.com", "more than one SPF record"},
		{"v=spf1 a:dead.example.com",
			"DNS: the name server failed (SERVFAIL)"},
		{"v=spf1 include:empty.example.com",
			"include: leads to a domain without SPF record"},
	};

	(void)state;
	for (size_t i = 0; i < N(why); i++) {
		struct dns_world w;
		struct ps_spf_result r =
			spf_judge(&w, "192.0.2.77", why[i].record);

		assert_string_equal(r.why, why[i].why);
		dns_world_close(&w);
	}
}

static void
a_check_is_secure_only_when_every_answer_was(void **state)
{
	struct dns_world w;

	(void)state;
	dns_world_open(&w, "$SECURE on\n"
			   "s.com TXT \"v=spf1 a:h.s.com -all\"\n"
			   "h.s.com A 192.0.2.77\n"
			   "m.com TXT \"v=spf1 a:u.com -all\"\n"
			   "$SECURE off\n"
			   "u.com A 192.0.2.77\n");
	assert_true(spf_check(&w, "192.0.2.77", "user", "s.com").secure);
	w.n_query = 0;
	assert_false(spf_check(&w, "192.0.2.77", "user", "m.com").secure);
	dns_world_close(&w);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(a_record_means_what_its_grammar_says),
	cmocka_unit_test(addresses_of_both_kinds_and_mapped_ones_are_judged),
	cmocka_unit_test(an_explanation_is_expanded_and_printable),
	cmocka_unit_test(
		a_local_part_that_is_not_ascii_matches_no_term_that_names_it),
	cmocka_unit_test(only_a_fully_qualified_domain_is_asked_for_a_policy),
	cmocka_unit_test(
		the_null_sender_and_helo_are_postmaster_at_the_helo_name),
	cmocka_unit_test(the_reason_names_the_term_and_the_domain),
	cmocka_unit_test(a_check_is_secure_only_when_every_answer_was),
};

PS_TESTS("spf", tests)
