/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * What DMARC asks of the DNS, how often, and what ahead of time.
 */
#include "dmarc_world.h"

#define REJECT "TXT \"v=DMARC1; p=reject\"\n"

static void
a_walk_asks_at_most_eight_names_and_none_of_them_twice(void **state)
{
	struct dns_world w;

	(void)state;
	dns_world_open(&w, "_dmarc.corp.example " REJECT);
	dmarc_judge(&w, "From: a@a.b.c.d.e.f.g.h.i.j.k.l.corp.example\n", "");
	assert_int_equal(w.n_query, PS_DMARC_MAX_WALK);
	dns_world_close(&w);
	dns_world_open(&w, "_dmarc.corp.example " REJECT);
	dmarc_judge(&w, "From: a@corp.example, b@x.corp.example\n",
		"dkim/pass/s.corp.example dkim/pass/t.s.corp.example "
		"dkim/pass/t.s.corp.example spf/pass/t.s.corp.example");
	assert_int_equal(w.n_query, 5);
	dns_world_close(&w);
}

static void
strangers_and_strict_owners_cost_no_query(void **state)
{
	struct dns_world w;

	(void)state;
	dns_world_open(&w, "_dmarc.corp.example " REJECT);
	dmarc_judge(&w, "From: a@corp.example\n",
		"dkim/pass/a.other.example dkim/pass/b.other.example "
		"dkim/pass/xcorp.example dkim/pass/example");
	assert_int_equal(w.n_query, 2);
	dns_world_close(&w);
	dns_world_open(&w,
		"_dmarc.corp.example TXT \"v=DMARC1; p=reject; adkim=s\"\n");
	dmarc_judge(&w, "From: a@corp.example\n", "dkim/pass/a.corp.example");
	assert_int_equal(w.n_query, 2);
	dns_world_close(&w);
}

static void
existence_is_asked_only_where_it_makes_a_difference(void **state)
{
	static const struct {
		const char *zone, *header;
		size_t n;
	} row[] = {
		{"_dmarc.corp.example TXT \"v=DMARC1; p=none; np=reject\"\n",
			"From: a@s.corp.example\n", 4},
		{"_dmarc.corp.example TXT \"v=DMARC1; p=none; np=none\"\n",
			"From: a@s.corp.example\n", 3},
		{"_dmarc.corp.example TXT \"v=DMARC1; p=none; np=reject\"\n"
		 "_dmarc.s.corp.example TXT other\n",
			"From: a@s.corp.example\n", 3},
		{"_dmarc.corp.example TXT \"v=DMARC1; p=none; np=reject\"\n",
			"From: a@corp.example\n", 2},
		{"_dmarc.corp.example TXT \"v=DMARC1; p=reject\"\n",
			"From: a@s.corp.example\n", 3},
	};

	(void)state;
	for (size_t i = 0; i < N(row); i++) {
		struct dns_world w;

		dns_world_open(&w, row[i].zone);
		dmarc_judge(&w, row[i].header, "");
		assert_int_equal(w.n_query, row[i].n);
		dns_world_close(&w);
	}
}

static void
a_message_over_its_budget_is_temperror(void **state)
{
	struct ps_dmarc_result r;
	struct dns_world w;

	(void)state;
	dns_world_open(&w, "_dmarc.corp.example " REJECT);
	w.budget.max_query = 1;
	r = dmarc_judge(&w, "From: a@s.corp.example\n", "");
	assert_int_equal(r.result, PS_AUTH_TEMPERROR);
	assert_int_equal(w.n_query, 1);
	dns_world_close(&w);
}

static void
look_ups_start_ahead_for_the_author_and_its_parents(void **state)
{
	static const struct {
		const char *header;
		size_t n;
	} row[] = {
		{"From: a@a.b.corp.example\n", 3},
		{"From: a@corp.example\n", 1},
		{"From: a@localhost\n", 1},
		{"From: a@a.b.c.d.e.f.g.h.i.j.k.corp.example\n", 7},
		{"From: a@a.example, a@b.example, a@c.example\n", 2},
		{"Subject: x\n", 0},
	};

	(void)state;
	for (size_t i = 0; i < N(row); i++) {
		struct ps_header h;
		struct dns_world w;

		dns_world_open(&w, "");
		h = dmarc_header(w.arena, row[i].header);
		ps_dmarc_ahead(w.arena, &h, &w.budget);
		assert_int_equal(w.n_ahead, row[i].n);
		assert_int_equal(w.n_query, 0);
		dns_world_close(&w);
	}
}

static void
both_ways_are_compared_and_the_walk_decides(void **state)
{
	const char *zone =
		"_dmarc.s.corp-a.com " REJECT "_dmarc.corp-b.com " REJECT;
	const char *why = NULL;
	struct ps_orgdom *psl = ps_orgdom_new(NULL, &why);
	struct ps_dmarc_result r;
	struct dns_world w;

	(void)state;
	dns_world_open(&w, zone);
	r = dmarc_judge_by(&w, "From: a@s.corp-a.com\n", "dkim/pass/corp-a.com",
		PS_DMARC_BOTH, psl);
	assert_int_equal(r.result, PS_AUTH_FAIL);
	assert_string_equal(r.differs, "pass by the public suffix list");
	assert_int_equal(w.n_query, 3); /* the list needs no more */
	r = dmarc_judge_by(&w, "From: a@s.corp-a.com\n", "dkim/pass/corp-a.com",
		PS_DMARC_PSL, psl);
	assert_int_equal(r.result, PS_AUTH_PASS);
	assert_null(r.differs);
	r = dmarc_judge_by(&w, "From: a@s.corp-b.com\n", "dkim/pass/corp-b.com",
		PS_DMARC_BOTH, psl);
	assert_int_equal(r.result, PS_AUTH_PASS);
	assert_null(r.differs);
	dns_world_close(&w);
	ps_orgdom_free(psl);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(
		a_walk_asks_at_most_eight_names_and_none_of_them_twice),
	cmocka_unit_test(strangers_and_strict_owners_cost_no_query),
	cmocka_unit_test(existence_is_asked_only_where_it_makes_a_difference),
	cmocka_unit_test(a_message_over_its_budget_is_temperror),
	cmocka_unit_test(look_ups_start_ahead_for_the_author_and_its_parents),
	cmocka_unit_test(both_ways_are_compared_and_the_walk_decides),
};

PS_TESTS("dmarc_queries", tests)
