/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * DMARC beyond the tables of t/suites: trouble, several authors, identities,
 * what DNSSEC proves, threads.
 */
#include "dmarc_world.h"

#include <pthread.h>

#include "auth/dmarc_record.h"

#define REJECT "TXT \"v=DMARC1; p=reject\"\n"

static void
expect(const char *zone, const char *header, const char *ids,
	enum ps_auth_result result, enum ps_dmarc_policy policy)
{
	struct ps_dmarc_result r;
	struct dns_world w;

	dns_world_open(&w, zone);
	r = dmarc_judge(&w, header, ids);
	if (r.result != result ||
		(result == PS_AUTH_FAIL && r.policy != policy))
		fail_msg("%s with %s: %s/%s", header, ids,
			ps_auth_result_name(r.result),
			ps_dmarc_policy_name(r.policy));
	dns_world_close(&w);
}

static void
trouble_where_the_record_might_stand_is_temperror(void **state)
{
	static const char *const zones[] = {
		"_dmarc.s.corp.example SERVFAIL\n_dmarc.corp.example " REJECT,
		"_dmarc.corp.example SERVFAIL\n",
		"_dmarc.corp.example BOGUS\n",
		"_dmarc.corp.example TIMEOUT TXT\n",
		"_dmarc.corp.example SERVFAIL\n_dmarc.example " REJECT,
		"_dmarc.example SERVFAIL\n_dmarc.corp.example " REJECT,
	};

	(void)state;
	for (size_t i = 0; i < N(zones); i++) {
		expect(zones[i], "From: a@s.corp.example\n", "",
			PS_AUTH_TEMPERROR, 0);
		expect(zones[i], "From: a@s.corp.example\n",
			"dkim/pass/s.corp.example", PS_AUTH_TEMPERROR, 0);
	}
}

static void
trouble_above_the_author_matters_only_where_alignment_needs_it(void **state)
{
	const char *zone = "_dmarc.s.corp.example " REJECT
			   "_dmarc.corp.example SERVFAIL\n";
	const char *from = "From: a@s.corp.example\n";

	(void)state;
	expect(zone, from, "", PS_AUTH_FAIL, PS_DMARC_POLICY_REJECT);
	expect(zone, from, "spf/pass/s.corp.example", PS_AUTH_PASS, 0);
	expect(zone, from, "dkim/pass/t.corp.example", PS_AUTH_TEMPERROR, 0);
	expect(zone, from, "dkim/pass/t.corp.example spf/pass/s.corp.example",
		PS_AUTH_PASS, 0);
	expect(zone, from, "dkim/pass/other.test", PS_AUTH_FAIL,
		PS_DMARC_POLICY_REJECT);
	/* "xexample" is no parent that they share. */
	expect(zone, from, "dkim/pass/t.corp.xexample", PS_AUTH_FAIL,
		PS_DMARC_POLICY_REJECT);
}

static void
trouble_on_the_way_up_from_an_identity_is_temperror(void **state)
{
	const char *zone = "_dmarc.corp.example " REJECT
			   "_dmarc.t.corp.example SERVFAIL\n";
	const char *from = "From: a@corp.example\n";

	(void)state;
	expect(zone, from, "dkim/pass/t.corp.example", PS_AUTH_TEMPERROR, 0);
	expect(zone, from, "dkim/pass/t.corp.example dkim/pass/u.corp.example",
		PS_AUTH_PASS, 0);
}

static void
an_aligned_method_that_did_not_finish_is_temperror(void **state)
{
	const char *zone = "_dmarc.corp.example " REJECT;
	const char *from = "From: a@corp.example\n";

	(void)state;
	expect(zone, from, "dkim/temp/corp.example", PS_AUTH_TEMPERROR, 0);
	expect(zone, from, "spf/temp/s.corp.example", PS_AUTH_TEMPERROR, 0);
	expect(zone, from, "spf/temp/other.example", PS_AUTH_FAIL,
		PS_DMARC_POLICY_REJECT);
	expect(zone, from, "dkim/temp/corp.example spf/pass/s.corp.example",
		PS_AUTH_PASS, 0);
}

static void
np_asks_whether_the_author_domain_exists_and_trouble_stays_trouble(void **state)
{
	static const char zone[] =
		"_dmarc.corp.example TXT \"v=DMARC1; p=none; sp=quarantine; "
		"np=reject\"\n"
		"a.corp.example A 192.0.2.1\n"
		"mail.corp.example MX 1 a.corp.example.\n"
		"x.ent.corp.example A 192.0.2.1\n"
		"_dmarc.text.corp.example TXT other\n";

	(void)state;
	expect(zone, "From: a@corp.example\n", "", PS_AUTH_FAIL,
		PS_DMARC_POLICY_NONE);
	expect(zone, "From: a@nx.corp.example\n", "", PS_AUTH_FAIL,
		PS_DMARC_POLICY_REJECT);
	expect(zone, "From: a@a.corp.example\n", "", PS_AUTH_FAIL,
		PS_DMARC_POLICY_QUARANTINE);
	expect(zone, "From: a@mail.corp.example\n", "", PS_AUTH_FAIL,
		PS_DMARC_POLICY_QUARANTINE);
	expect(zone, "From: a@ent.corp.example\n", "", PS_AUTH_FAIL,
		PS_DMARC_POLICY_QUARANTINE);
	expect(zone, "From: a@text.corp.example\n", "", PS_AUTH_FAIL,
		PS_DMARC_POLICY_QUARANTINE);
}

static void
a_name_of_which_nobody_knows_whether_it_exists_can_pass_but_not_fail(
	void **state)
{
	static const char zone[] =
		"_dmarc.corp.example TXT \"v=DMARC1; p=none; np=reject\"\n"
		"dead.corp.example SERVFAIL\n";

	(void)state;
	expect(zone, "From: a@dead.corp.example\n", "", PS_AUTH_TEMPERROR, 0);
	expect(zone, "From: a@dead.corp.example\n", "dkim/pass/corp.example",
		PS_AUTH_PASS, 0);
}

static const char authors[] =
	"_dmarc.rej.example " REJECT
	"_dmarc.qua.example TXT \"v=DMARC1; p=quarantine\"\n"
	"_dmarc.non.example TXT \"v=DMARC1; p=none\"\n"
	"_dmarc.tmp.example SERVFAIL\n"
	"_dmarc.mine.example " REJECT "_dmarc.own.example " REJECT;

static void
of_several_authors_the_strictest_outcome_wins_in_any_order(void **state)
{
	static const char *const order[] = {
		"rej", "qua", "tmp", "non", "nothing", "mine"};
	char header[100];

	(void)state;
	for (size_t i = 0; i < N(order); i++)
		for (size_t k = 0; k < N(order); k++) {
			struct ps_dmarc_result r;
			struct dns_world w;
			char want[20];

			sprintf(header,
				"From: a@%s.example, b@own.example, "
				"c@%s.example\n",
				order[i], order[k]);
			dns_world_open(&w, authors);
			r = dmarc_judge(&w, header,
				"dkim/pass/mine.example dkim/pass/own.example");
			sprintf(want, "%s.example", order[i < k ? i : k]);
			assert_int_equal(r.from, PS_DMARC_FROM_MANY);
			if (i + k == 2 * N(order) - 2)
				assert_int_equal(r.result, PS_AUTH_PASS);
			else
				assert_bytes(r.from_domain, want);
			dns_world_close(&w);
		}
}

static void
an_ambiguous_author_is_permerror_and_tells_what_the_owner_asks(void **state)
{
	static const struct {
		const char *from;
		enum ps_dmarc_policy policy;
	} row[] = {
		{"From: a@rej.example\nFrom: a@mine.example\n",
			PS_DMARC_POLICY_REJECT},
		{"From: g: a@mine.example, b@qua.example;\n",
			PS_DMARC_POLICY_QUARANTINE},
		{"From: a@rej.example.\n", PS_DMARC_POLICY_REJECT},
		{"From: a@mine.example.\n", PS_DMARC_POLICY_NONE},
		{"From: a@nothing.example.\n", PS_DMARC_POLICY_NONE},
		{"From: a@tmp.example.\n", PS_DMARC_POLICY_NONE},
		{"From: a@rej.example x\n", PS_DMARC_POLICY_REJECT},
		{"From: a@mine.example <b@rej.example\n",
			PS_DMARC_POLICY_REJECT},
		{"Subject: x\n", PS_DMARC_POLICY_NONE},
	};

	(void)state;
	for (size_t i = 0; i < N(row); i++) {
		struct ps_dmarc_result r;
		struct dns_world w;

		dns_world_open(&w, authors);
		r = dmarc_judge(&w, row[i].from, "dkim/pass/mine.example");
		assert_int_equal(r.result, PS_AUTH_PERMERROR);
		assert_int_equal(r.policy, row[i].policy);
		assert_false(r.by_dkim || r.by_spf);
		assert_int_equal(r.aligned.len, 0);
		dns_world_close(&w);
	}
}

static void
the_first_signature_that_made_it_pass_is_told_and_spf_where_none_did(
	void **state)
{
	static const struct {
		const char *ids, *aligned;
		bool by_dkim, by_spf;
	} row[] = {
		{"spf/pass/a.corp.example", "a.corp.example", false, true},
		{"spf/pass/a.corp.example dkim/pass/b.corp.example "
		 "dkim/pass/c.corp.example",
			"b.corp.example", true, true},
		{"dkim/pass/b.corp.example spf/pass/a.corp.example",
			"b.corp.example", true, true},
		{"dkim/pass/x.example dkim/temp/y.corp.example "
		 "spf/pass/A.Corp.Example.",
			"a.corp.example", false, true},
		{"dkim/pass/a@corp.example dkim/pass/ dkim/pass/..", "", false,
			false},
	};

	(void)state;
	for (size_t i = 0; i < N(row); i++) {
		struct ps_dmarc_result r;
		struct dns_world w;

		dns_world_open(&w, "_dmarc.corp.example " REJECT);
		r = dmarc_judge(&w, "From: a@corp.example\n", row[i].ids);
		assert_bytes(r.aligned, row[i].aligned);
		assert_int_equal(r.by_dkim, row[i].by_dkim);
		assert_int_equal(r.by_spf, row[i].by_spf);
		dns_world_close(&w);
	}
}

static void
secure_is_what_dnssec_proves_of_every_answer(void **state)
{
	static const struct {
		const char *zone, *ids;
		bool secure;
	} row[] = {
		{"$SECURE on\n_dmarc.s.corp.example " REJECT
		 "_dmarc.corp.example TXT other\n_dmarc.example TXT other\n",
			"", true},
		{"_dmarc.s.corp.example " REJECT "$SECURE on\n"
		 "_dmarc.corp.example TXT other\n_dmarc.example TXT other\n",
			"", false},
		{"$SECURE on\n_dmarc.s.corp.example " REJECT
		 "_dmarc.corp.example TXT other\n$SECURE off\n"
		 "_dmarc.example TXT other\n",
			"", false},
	};

	(void)state;
	for (size_t i = 0; i < N(row); i++) {
		struct ps_dmarc_result r;
		struct dns_world w;

		dns_world_open(&w, row[i].zone);
		r = dmarc_judge(&w, "From: a@s.corp.example\n", row[i].ids);
		assert_int_equal(r.secure, row[i].secure);
		dns_world_close(&w);
	}
}

static void
ten_thousand_records_at_a_name_are_looked_through(void **state)
{
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);
	size_t len = 0;
	char *zone = ps_arena_alloc(a, 1 << 20);

	(void)state;
	for (int i = 0; i < 10000; i++)
		len += (size_t)sprintf(
			zone + len, "_dmarc.corp.example TXT n%d\n", i);
	strcpy(zone + len, "_dmarc.corp.example " REJECT);
	expect(zone, "From: a@corp.example\n", "", PS_AUTH_FAIL,
		PS_DMARC_POLICY_REJECT);
	strcat(zone, "_dmarc.corp.example TXT \"v=DMARC1; p=none\"\n");
	expect(zone, "From: a@corp.example\n", "", PS_AUTH_NONE, 0);
	ps_arena_free(a);
}

static void
a_suffix_that_says_so_bounds_an_organisation_below_a_long_name(void **state)
{
	/* The walk jumps from 10 labels to 7: the suffix's child, of 8, is
	 * never asked, and is the organisation all the same. */
	const char *zone = "_dmarc.d.e.f.g.h.i.example TXT "
			   "\"v=DMARC1; p=reject; sp=quarantine; psd=y\"\n";
	struct ps_dmarc_result r;
	struct dns_world w;

	(void)state;
	dns_world_open(&w, zone);
	r = dmarc_judge(&w, "From: x@a.b.c.d.e.f.g.h.i.example\n",
		"dkim/pass/x.d.e.f.g.h.i.example");
	assert_int_equal(r.result, PS_AUTH_FAIL);
	assert_int_equal(r.policy, PS_DMARC_POLICY_QUARANTINE);
	assert_string_equal(r.which, "sp");
	assert_bytes(r.org_domain, "c.d.e.f.g.h.i.example");
	assert_bytes(r.policy_domain, "d.e.f.g.h.i.example");
	r = dmarc_judge(&w, "From: x@a.b.c.d.e.f.g.h.i.example\n",
		"dkim/pass/c.d.e.f.g.h.i.example");
	assert_int_equal(r.result, PS_AUTH_PASS);
	dns_world_close(&w);
}

#define N_THREAD    8
#define N_EVALUATED 500

/* How many verdicts were wrong; asserts belong to the first thread. */
static void *
evaluate_many(void *psl)
{
	struct dns_world w;
	size_t *n_wrong = calloc(1, sizeof(*n_wrong));

	dns_world_open(&w, "_dmarc.corp-a.com " REJECT);
	w.budget.max_query = (size_t)-1;
	for (int i = 0; i < N_EVALUATED; i++) {
		struct ps_header h = {&(struct ps_field){.name = PS_LIT("From"),
					      .value = PS_LIT("a@corp-a.com")},
			1};
		struct ps_dmarc_identity id = {
			.domain = i % 2 == 0 ? PS_LIT("s.corp-a.com")
					     : PS_LIT("x.com"),
			.dkim = i % 3 == 0};
		struct ps_dmarc_question q = {.header = &h,
			.identity = &id,
			.n_identity = 1,
			.discovery = PS_DMARC_BOTH,
			.psl = psl};
		struct ps_dmarc_result r;

		ps_dmarc_evaluate(w.arena, &q, &w.budget, &r);
		*n_wrong += r.result != (i % 2 == 0 ? PS_AUTH_PASS
						    : PS_AUTH_FAIL) ||
			    r.mismatch != NULL || r.differs != NULL;
	}
	dns_world_close(&w);
	return n_wrong;
}

static void
threads_share_the_list_and_the_second_opinion(void **state)
{
	const char *why = NULL;
	struct ps_orgdom *psl = ps_orgdom_new(NULL, &why);
	pthread_t thread[N_THREAD];

	(void)state;
	for (size_t i = 0; i < N_THREAD; i++)
		assert_int_equal(
			pthread_create(&thread[i], NULL, evaluate_many, psl),
			0);
	for (size_t i = 0; i < N_THREAD; i++) {
		void *n_wrong;

		assert_int_equal(pthread_join(thread[i], &n_wrong), 0);
		assert_int_equal(*(size_t *)n_wrong, 0);
		free(n_wrong);
	}
	ps_orgdom_free(psl);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(threads_share_the_list_and_the_second_opinion),
	cmocka_unit_test(trouble_where_the_record_might_stand_is_temperror),
	cmocka_unit_test(
		trouble_above_the_author_matters_only_where_alignment_needs_it),
	cmocka_unit_test(trouble_on_the_way_up_from_an_identity_is_temperror),
	cmocka_unit_test(an_aligned_method_that_did_not_finish_is_temperror),
	cmocka_unit_test(
		np_asks_whether_the_author_domain_exists_and_trouble_stays_trouble),
	cmocka_unit_test(
		a_name_of_which_nobody_knows_whether_it_exists_can_pass_but_not_fail),
	cmocka_unit_test(
		of_several_authors_the_strictest_outcome_wins_in_any_order),
	cmocka_unit_test(
		an_ambiguous_author_is_permerror_and_tells_what_the_owner_asks),
	cmocka_unit_test(
		the_first_signature_that_made_it_pass_is_told_and_spf_where_none_did),
	cmocka_unit_test(secure_is_what_dnssec_proves_of_every_answer),
	cmocka_unit_test(ten_thousand_records_at_a_name_are_looked_through),
	cmocka_unit_test(
		a_suffix_that_says_so_bounds_an_organisation_below_a_long_name),
};

PS_TESTS("dmarc", tests)
