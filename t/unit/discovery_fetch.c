/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Which source is asked, and when: by the rules, or because a person wants it.
 */
#include "tap.h"

#include "discovery_world.h"

static void
sources_are_asked_in_the_order_of_the_rules(void **state)
{
	struct dw *w = *state;
	struct ps_cert_answer out;

	w->rules.order[2] = PS_ORIGIN_DANE;
	w->rules.n_order = 3;
	dw_gives(&w->dane, dw_cert(w, 2, "A <a@example.org>"));
	out = dw_ask(w, "a@example.org", DW_PATIENT);
	assert_string_equal(out.origin, "dane");
	assert_int_equal(dw_fetches(&w->wkd), 1);
	dw_gives(&w->wkd, dw_cert(w, 1, "B <b@example.org>"));
	dw_gives(&w->dane, dw_cert(w, 2, "B <b@example.org>"));
	out = dw_ask(w, "b@example.org", DW_PATIENT);
	assert_string_equal(out.origin, "wkd");
	assert_int_equal(dw_fetches(&w->dane), 1);
	/* The absence at WKD is stale: the key of DANE is used meanwhile. */
	dw_later(w, 3700);
	dw_hold(&w->wkd, "*");
	out = dw_ask(w, "a@example.org", DW_PATIENT);
	assert_string_equal(out.origin, "dane");
	dw_wait_inside(&w->wkd, 1);
	dw_let_go(&w->wkd);
}

static void
the_key_directory_alone_needs_no_network(void **state)
{
	struct dw *w = *state;
	struct ps_cert_answer out;

	dw_import_local(w, dw_cert(w, 1, "A <a@example.org>"));
	out = dw_ask(w, "a@example.org", DW_PATIENT);
	assert_int_equal(out.state, PS_CERT_FOUND);
	assert_string_equal(out.origin, "local");
	assert_int_equal(dw_fetches(&w->wkd), 0);
}

static void
a_fetch_for_people_heeds_no_dates_and_says_what_came(void **state)
{
	struct dw *w = *state;
	struct ps_addr addr;
	const struct ps_wait wait = {.clock = &w->clock,
		.deadline_ms = ps_mono_ms(&w->clock) + DW_WAIT,
		.stop_fd = -1};
	struct ps_fetched *got;
	size_t n;
	const char *why = "";

	assert_int_equal(
		ps_addr_path(w->a, PS_LIT("a@example.org"), &addr, &why),
		PS_OK);
	dw_expect(w, "a@example.org", DW_PATIENT, PS_CERT_NONE);
	dw_gives(&w->wkd, dw_cert(w, 1, "A <a@example.org>"));
	assert_int_equal(ps_discovery_fetch(w->d, w->a, &addr, PS_ORIGIN_N,
				 &w->rules, &wait, &got, &n, &why),
		PS_OK);
	assert_int_equal(n, 1);
	assert_int_equal(got[0].origin, PS_ORIGIN_WKD);
	assert_int_equal(got[0].look.outcome, PS_LOOK_FOUND);
	assert_int_equal(got[0].n_event, 1);
	assert_string_equal(got[0].event[0].what, "found");
	w->engine.fails = PS_ETEMP;
	assert_int_equal(ps_discovery_fetch(w->d, w->a, &addr, PS_ORIGIN_WKD,
				 &w->rules, &wait, &got, &n, &why),
		PS_ETEMP);
	w->rules.use[PS_ORIGIN_WKD] = PS_USE_OFF;
	assert_int_equal(ps_discovery_fetch(w->d, w->a, &addr, PS_ORIGIN_N,
				 &w->rules, &wait, &got, &n, &why),
		PS_EPERM);
}

#define T(f) cmocka_unit_test_setup_teardown(f, dw_make, dw_clean)

static const struct CMUnitTest tests[] = {
	T(sources_are_asked_in_the_order_of_the_rules),
	T(the_key_directory_alone_needs_no_network),
	T(a_fetch_for_people_heeds_no_dates_and_says_what_came),
};

PS_TESTS("discovery_fetch", tests)
