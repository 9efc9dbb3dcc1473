/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * What an SPF check may cost: the limits of RFC 7208 4.6.4 over the whole
 * check, records made to be dear, and the message's own budget.
 */
#include "spf_world.h"

/* Two includes with four terms each make ten; one more is the eleventh. */
#define FOUR "\"v=spf1 a a a a\"\n"
static const struct {
	const char *zone;
	enum ps_auth_result result;
	size_t n_query;
} limits[] = {
	{"@ TXT \"v=spf1 include:i include:j ?all\"", PS_AUTH_PERMERROR, 1},
	{"@ TXT \"v=spf1 include:i.e.com include:j.e.com ?all\"",
		PS_AUTH_NEUTRAL, 11},
	{"@ TXT \"v=spf1 include:i.e.com include:j.e.com a ?all\"",
		PS_AUTH_PERMERROR, 11},
	{"@ TXT \"v=spf1 include:i.e.com include:j.e.com redirect=i.e.com\"",
		PS_AUTH_PERMERROR, 11},
	{"@ TXT \"v=spf1 redirect=e.com\"", PS_AUTH_PERMERROR, 11},
	{"@ TXT \"v=spf1 include:e.com ?all\"", PS_AUTH_PERMERROR, 11},
	{"@ TXT \"v=spf1 a:v1.e.com a:v2.e.com ?all\"", PS_AUTH_NEUTRAL, 3},
	{"@ TXT \"v=spf1 a:v1.e.com a:v2.e.com exists:v3.e.com ?all\"",
		PS_AUTH_PERMERROR, 4},
	{"@ TXT \"v=spf1 include:v.e.com a:v3.e.com ?all\"", PS_AUTH_PERMERROR,
		5},
	/* NODATA is as void as NXDOMAIN. */
	{"@ TXT \"v=spf1 mx:i.e.com mx:i.e.com mx:i.e.com ?all\"",
		PS_AUTH_PERMERROR, 4},
	/* A name that cannot be asked is no look-up. */
	{"@ TXT \"v=spf1 a:a..com a:a..com a:a..com a:a..com ?all\"",
		PS_AUTH_NEUTRAL, 1},
	/* The client's PTR is not the policy's fault. */
	{"@ TXT \"v=spf1 ptr a:v1.e.com a:v2.e.com ptr ?all\"", PS_AUTH_NEUTRAL,
		4},
	{"@ TXT \"v=spf1 mx:m11.e.com +all\"", PS_AUTH_PERMERROR, 2},
};

static void
the_limits_hold_over_the_whole_check(void **state)
{
	static const char rest[] =
		"\ne.com A 192.0.2.1\n"
		"i.e.com TXT " FOUR "i.e.com A 192.0.2.1\n"
		"j.e.com TXT " FOUR "j.e.com A 192.0.2.1\n"
		"v.e.com TXT \"v=spf1 a:v1.e.com a:v2.e.com\"\n"
		"m11.e.com MX 0 e.com\n";
	(void)state;
	for (size_t i = 0; i < N(limits); i++) {
		struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);
		struct ps_spf_result r;
		struct dns_world w;
		char *zone = ps_arena_printf(a, "e.com %s%s%s%s%s%s",
			limits[i].zone + 2, rest,
			"m11.e.com MX 1 a.\nm11.e.com MX 2 b.\n"
			"m11.e.com MX 3 c.\nm11.e.com MX 4 d.\n",
			"m11.e.com MX 5 e.\nm11.e.com MX 6 f.\n",
			"m11.e.com MX 7 g.\nm11.e.com MX 8 h.\n",
			"m11.e.com MX 9 i.\nm11.e.com MX 10 j.\n");

		dns_world_open(&w, zone);
		r = spf_check(&w, "192.0.2.77", "user", "e.com");
		if (r.result != limits[i].result ||
			r.n_query != limits[i].n_query)
			fail_msg("%s: %s (%s), %zu queries", limits[i].zone,
				ps_auth_result_name(r.result), r.why,
				r.n_query);
		dns_world_close(&w);
		ps_arena_free(a);
	}
}

/* Every record includes nine others: 1, 10, 91, 821 queries if not counted. */
static void
a_tree_of_includes_costs_11_queries_and_not_821(void **state)
{
	struct ps_spf_result r;
	struct dns_world w;
	struct ps_buf b;

	(void)state;
	ps_buf_init(&b, 1 << 20);
	for (int depth = 0; depth < 4; depth++) {
		ps_buf_printf(&b, "*.d%d.example TXT \"v=spf1", depth);
		for (int i = 0; i < 9 && depth < 3; i++)
			ps_buf_printf(&b, " include:n%d.%%{d}.d%d.example", i,
				depth + 1);
		ps_buf_puts(&b, " ?all\"\n");
	}
	ps_buf_putc(&b, '\0');
	dns_world_open(&w, b.p);
	r = spf_check(&w, "192.0.2.77", "user", "x.d0.example");
	assert_int_equal(r.result, PS_AUTH_PERMERROR);
	assert_int_equal(r.n_query, 11);
	assert_string_equal(r.why, "more than 10 terms that look something up");
	dns_world_close(&w);
	ps_buf_free(&b);
}

/* Ten mx of ten hosts each, %{p} over ten names, and an explanation. */
static void
the_dearest_legal_policy_costs_what_the_rfc_allows(void **state)
{
	struct ps_spf_result r;
	struct dns_world w;
	struct ps_buf b;

	(void)state;
	ps_buf_init(&b, 1 << 20);
	ps_buf_puts(&b, "e.com TXT \"v=spf1 mx:%{p}.e.com");
	for (int i = 1; i < 10; i++)
		ps_buf_puts(&b, " mx:m.e.com");
	ps_buf_puts(&b, " -all exp=x.e.com\"\nx.e.com TXT \"hello %{p}\"\n"
			"unknown.e.com CNAME m.e.com\n");
	for (int i = 0; i < 12; i++) {
		if (i < 10)
			ps_buf_printf(&b, "m.e.com MX %d h%d.e.com\n", i, i);
		ps_buf_printf(&b, "h%d.e.com A 192.0.2.1\n", i);
		ps_buf_printf(&b, "77.2.0.192.in-addr.arpa PTR h%d.e.com\n", i);
	}
	ps_buf_putc(&b, '\0');
	dns_world_open(&w, b.p);
	r = spf_check(&w, "192.0.2.77", "user", "e.com");
	assert_int_equal(r.result, PS_AUTH_FAIL);
	assert_int_equal(r.n_query, PS_SPF_MAX_QUERY);
	assert_int_equal(r.n_term, 10);
	assert_bytes(r.explanation, "hello unknown");
	dns_world_close(&w);
	ps_buf_free(&b);
}

static void
thousands_of_terms_and_of_macros_neither_crash_nor_stall(void **state)
{
	static const char *const unit[] = {
		" ip4:192.0.2.1", " exists:%{l}", "%{l}", "%{lr-}%{s}%{ir}"};
	static const enum ps_auth_result result[] = {
		PS_AUTH_PASS, PS_AUTH_PERMERROR, PS_AUTH_PASS, PS_AUTH_PASS};

	(void)state;
	for (size_t i = 0; i < N(unit); i++) {
		struct ps_spf_result r;
		struct dns_world w;
		struct ps_buf b;

		ps_buf_init(&b, 1 << 20);
		ps_buf_puts(&b, "v=spf1");
		if (i >= 2)
			ps_buf_puts(&b, " exists:");
		for (int n = 0; n < 3000; n++)
			ps_buf_puts(&b, unit[i]);
		ps_buf_puts(&b, " +all");
		ps_buf_putc(&b, '\0');
		r = spf_judge(&w, "192.0.2.77", b.p);
		if (r.result != result[i])
			fail_msg("%s: %s (%s)", unit[i],
				ps_auth_result_name(r.result), r.why);
		dns_world_close(&w);
		ps_buf_free(&b);
	}
}

static void
a_message_out_of_time_or_queries_is_temperror(void **state)
{
	struct ps_spf_result r;
	struct dns_world w;

	(void)state;
	dns_world_open(&w, "e.com TXT \"v=spf1 a +all\"\ne.com A 192.0.2.1\n");
	w.budget.max_query = 1;
	r = spf_check(&w, "192.0.2.77", "user", "e.com");
	assert_int_equal(r.result, PS_AUTH_TEMPERROR);
	w.budget.max_query = 100;
	w.wait.deadline_ms = ps_mono_ms(w.wait.clock);
	w.n_query = 0;
	r = spf_check(&w, "192.0.2.77", "user", "e.com");
	assert_int_equal(r.result, PS_AUTH_TEMPERROR);
	assert_int_equal(r.n_query, 0);
	dns_world_close(&w);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(the_limits_hold_over_the_whole_check),
	cmocka_unit_test(a_tree_of_includes_costs_11_queries_and_not_821),
	cmocka_unit_test(the_dearest_legal_policy_costs_what_the_rfc_allows),
	cmocka_unit_test(
		thousands_of_terms_and_of_macros_neither_crash_nor_stall),
	cmocka_unit_test(a_message_out_of_time_or_queries_is_temperror),
};

PS_TESTS("spf_limits", tests)
