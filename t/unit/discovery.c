/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Looking for keys without being in the way: who waits for whom, what is
 * remembered, and that trouble is never "no key".
 */
#include "tap.h"

#include <unistd.h>

#include "discovery_world.h"

static void
a_key_at_wkd_is_found_within_the_wait(void **state)
{
	struct dw *w = *state;
	struct ps_cert_answer out;

	dw_gives(&w->wkd, dw_cert(w, 1, "A <a@example.org>"));
	out = dw_ask(w, "A@example.org", DW_PATIENT);
	assert_int_equal(out.state, PS_CERT_FOUND);
	assert_string_equal(out.origin, "wkd");
	assert_string_equal(out.cert[0].fpr, dw_fpr(w, 1));
	assert_int_equal(access(out.cert[0].subkey[0].file, R_OK), 0);
	/* From now on without the network. */
	out = dw_ask(w, "a@example.org", DW_NO_LOOK);
	assert_int_equal(out.state, PS_CERT_FOUND);
	assert_int_equal(dw_fetches(&w->wkd), 1);
}

static void
a_slow_look_is_late_first_and_found_the_next_time(void **state)
{
	struct dw *w = *state;

	dw_gives(&w->wkd, dw_cert(w, 1, "A <a@example.org>"));
	dw_hold(&w->wkd, "*");
	dw_expect(w, "a@example.org", DW_BEGIN, PS_CERT_LATE);
	dw_wait_inside(&w->wkd, 1);
	dw_expect(w, "a@example.org", DW_BEGIN, PS_CERT_LATE);
	dw_let_go(&w->wkd);
	dw_expect(w, "a@example.org", DW_PATIENT, PS_CERT_FOUND);
	assert_int_equal(dw_fetches(&w->wkd), 1);
}

/* The clock goes on with every look at it that a patient wait makes. */
static void
pass_time(void *self)
{
	struct dw *w = self;

	w->mono_ms += DW_WAIT;
}

static void
a_message_waits_no_longer_than_it_may(void **state)
{
	struct dw *w = *state;
	struct ps_addr addr = {.local = PS_LIT("a"),
		.domain = PS_LIT("example.org"),
		.full = PS_LIT("a@example.org")};
	const struct ps_wait look = {
		.clock = &w->clock,
		.deadline_ms = ps_mono_ms(&w->clock) + DW_WAIT,
		.stop_fd = -1,
		.self = w,
		.blocking = pass_time,
	};
	const struct ps_cert_query q = {.addr = &addr,
		.now_s = DW_NOW,
		.max_certs = 1,
		.rules = &w->rules,
		.wait = &look,
		.look = &look};
	struct ps_cert_answer out;

	dw_hold(&w->wkd, "*");
	w->certs.find(w->certs.self, w->a, &q, &out);
	assert_int_equal(out.state, PS_CERT_LATE);
}

static void
mail_to_a_pin_that_is_there_waits_for_no_source(void **state)
{
	struct dw *w = *state;
	struct ps_addr addr = {.local = PS_LIT("a"),
		.domain = PS_LIT("example.org"),
		.full = PS_LIT("a@example.org")};
	const struct ps_wait look = {
		.clock = &w->clock,
		.deadline_ms = ps_mono_ms(&w->clock) + DW_WAIT,
		.stop_fd = -1,
		.self = w,
		.blocking = pass_time,
	};
	const char *pin = dw_fpr(w, 1);
	const struct ps_cert_query q = {.addr = &addr,
		.pin = &pin,
		.n_pin = 1,
		.now_s = DW_NOW,
		.max_certs = 1,
		.rules = &w->rules,
		.wait = &look,
		.look = &look};
	struct ps_cert_answer out;
	int64_t began_ms;

	dw_import_local(w, dw_cert(w, 1, "A <a@example.org>"));
	dw_hold(&w->wkd, "*");
	began_ms = w->mono_ms;
	w->certs.find(w->certs.self, w->a, &q, &out);
	assert_int_equal(out.state, PS_CERT_FOUND);
	assert_string_equal(out.origin, "pinned");
	assert_int_equal(w->mono_ms, began_ms);
	dw_wait_inside(&w->wkd, 1); /* asked behind it all the same */
	dw_let_go(&w->wkd);
}

struct asker {
	struct dw *w;
	struct ps_arena *a;
	pthread_t thread;
	struct ps_cert_answer out;
};

static void *
ask(void *self)
{
	struct asker *k = self;
	const struct dw_question q = {
		.address = "a@example.org", .patience = DW_PATIENT};

	k->out = dw_query(k->w, k->a, &q);
	return NULL;
}

#define N_ASKER 50

static void
begin_askers(struct dw *w, struct asker *k)
{
	for (size_t i = 0; i < N_ASKER; i++) {
		k[i].w = w;
		k[i].a = ps_arena_new(PS_ARENA_PLAIN);
		assert_int_equal(
			pthread_create(&k[i].thread, NULL, ask, &k[i]), 0);
	}
}

static void
end_askers(struct asker *k, enum ps_cert_state state)
{
	for (size_t i = 0; i < N_ASKER; i++) {
		assert_int_equal(pthread_join(k[i].thread, NULL), 0);
		assert_int_equal(k[i].out.state, state);
		ps_arena_free(k[i].a);
	}
}

static void
fifty_messages_for_one_address_wait_for_one_look(void **state)
{
	struct dw *w = *state;
	struct asker k[N_ASKER] = {0};

	dw_gives(&w->wkd, dw_cert(w, 1, "A <a@example.org>"));
	dw_hold(&w->wkd, "*");
	begin_askers(w, k);
	dw_wait_inside(&w->wkd, 1);
	dw_let_go(&w->wkd);
	end_askers(k, PS_CERT_FOUND);
	assert_int_equal(dw_fetches(&w->wkd), 1);
}

static void
who_waits_when_the_daemon_stops_is_told_trouble(void **state)
{
	struct dw *w = *state;
	struct asker k[N_ASKER] = {0};

	dw_gives(&w->wkd, dw_cert(w, 1, "A <a@example.org>"));
	dw_hold(&w->wkd, "*");
	begin_askers(w, k);
	dw_wait_inside(&w->wkd, 1);
	dw_stop(w);
	end_askers(k, PS_CERT_TROUBLE);
	ps_discovery_close(w->d);
	w->d = NULL;
	/* What was broken off says nothing of the source. */
	assert_int_equal(w->book.n_write, 0);
}

static void
a_slow_domain_delays_no_other(void **state)
{
	struct dw *w = *state;

	dw_hold(&w->wkd, "slow.example");
	for (int i = 0; i < 20; i++) {
		char *to = ps_arena_printf(w->a, "u%d@slow.example", i);

		dw_expect(w, to, DW_BEGIN, PS_CERT_LATE);
	}
	dw_wait_inside(&w->wkd, 1);
	dw_expect(w, "a@example.org", DW_PATIENT, PS_CERT_NONE);
	/* One of them had begun, and no second of its domain. */
	assert_int_equal(dw_fetches(&w->wkd), 2);
	dw_let_go(&w->wkd);
	dw_expect(w, "u19@slow.example", DW_PATIENT, PS_CERT_NONE);
}

static void
a_domain_that_answered_is_asked_by_two_at_once(void **state)
{
	struct dw *w = *state;

	dw_expect(w, "first@example.org", DW_PATIENT, PS_CERT_NONE);
	dw_hold(&w->wkd, "*");
	for (int i = 0; i < 8; i++) {
		char *to = ps_arena_printf(w->a, "u%d@example.org", i);

		dw_expect(w, to, DW_BEGIN, PS_CERT_LATE);
	}
	dw_wait_inside(&w->wkd, 2);
	dw_let_go(&w->wkd);
	for (int i = 0; i < 8; i++) {
		char *to = ps_arena_printf(w->a, "u%d@example.org", i);

		dw_expect(w, to, DW_PATIENT, PS_CERT_NONE);
	}
	assert_int_equal(w->wkd.most_inside, 2);
}

static void
a_dead_domain_costs_one_time_out_for_all_its_addresses(void **state)
{
	struct dw *w = *state;

	dw_says(&w->wkd, PS_LOOK_TROUBLE, NULL, false);
	w->wkd.takes_ms = 30000;
	for (int i = 0; i < 50; i++) {
		char *to = ps_arena_printf(w->a, "u%d@dead.example", i);
		const struct ps_key_look *look;

		/* The clock of the wait would run out too. */
		dw_ask(w, to, DW_BEGIN);
		fb_wait_writes(&w->book, (size_t)i + 1);
		look = fb_look(&w->book, to, PS_ORIGIN_WKD);
		assert_int_equal(look->outcome, PS_LOOK_TROUBLE);
		assert_string_equal(look->text, "no answer within the time");
	}
	assert_int_equal(dw_fetches(&w->wkd), 1);
	/* And is asked again after a while. */
	dw_later(w, 400);
	dw_ask(w, "new@dead.example", DW_BEGIN);
	fb_wait_writes(&w->book, 51);
	assert_int_equal(dw_fetches(&w->wkd), 2);
}

static void
a_source_that_speaks_for_no_address_is_not_asked_for_the_next(void **state)
{
	struct dw *w = *state;

	dw_says(&w->wkd, PS_LOOK_ABSENT, "no WKD", true);
	dw_expect(w, "a@example.org", DW_PATIENT, PS_CERT_NONE);
	dw_expect(w, "b@example.org", DW_PATIENT, PS_CERT_NONE);
	dw_expect(w, "b@example.net", DW_PATIENT, PS_CERT_NONE);
	assert_int_equal(dw_fetches(&w->wkd), 2);
}

static void
an_absence_holds_and_is_looked_at_again(void **state)
{
	struct dw *w = *state;
	struct ps_cert_answer out;

	dw_says(&w->wkd, PS_LOOK_ABSENT, "no such address", false);
	out = dw_ask(w, "a@example.org", DW_PATIENT);
	assert_int_equal(out.state, PS_CERT_NONE);
	assert_string_equal(out.text, "no key; wkd: no such address");
	dw_later(w, 3000);
	dw_expect(w, "a@example.org", DW_PATIENT, PS_CERT_NONE);
	assert_int_equal(dw_fetches(&w->wkd), 1);
	dw_gives(&w->wkd, dw_cert(w, 1, "A <a@example.org>"));
	dw_later(w, 601);
	dw_expect(w, "a@example.org", DW_PATIENT, PS_CERT_FOUND);
}

static void
a_stale_key_is_used_at_once_and_refreshed_behind(void **state)
{
	struct dw *w = *state;
	struct ps_cert_answer out;

	dw_gives(&w->wkd, dw_cert(w, 1, "A <a@example.org>"));
	dw_expect(w, "a@example.org", DW_PATIENT, PS_CERT_FOUND);
	dw_later(w, DW_DAY + 1);
	dw_hold(&w->wkd, "*");
	out = dw_ask(w, "a@example.org", DW_PATIENT);
	assert_int_equal(out.state, PS_CERT_FOUND);
	dw_wait_inside(&w->wkd, 1);
	dw_let_go(&w->wkd);
	fb_wait_writes(&w->book, 2);
	assert_true(fb_look(&w->book, "a@example.org", PS_ORIGIN_WKD)->at_s ==
		    DW_NOW + DW_DAY + 1);
}

static void
what_is_due_is_looked_for_without_any_mail(void **state)
{
	struct dw *w = *state;

	dw_gives(&w->wkd, dw_cert(w, 1, "A <a@example.org>"));
	dw_expect(w, "a@example.org", DW_PATIENT, PS_CERT_FOUND);
	ps_discovery_tend(w->d, w->a);
	assert_int_equal(dw_fetches(&w->wkd), 1);
	dw_later(w, DW_DAY + 1);
	dw_reopen(w); /* no flight is still coming down */
	ps_discovery_tend(w->d, w->a);
	fb_wait_writes(&w->book, 2);
	assert_int_equal(dw_fetches(&w->wkd), 2);
	assert_int_equal(w->book.n_forget, 2);
	/* Nobody writes to it any more. */
	dw_later(w, 31 * DW_DAY);
	ps_discovery_tend(w->d, w->a);
	assert_int_equal(w->book.n_forget, 3);
	assert_int_equal(
		w->book.forget_s, ps_now_s(&w->clock) - w->env.unused_s);
	ps_discovery_close(w->d);
	w->d = NULL;
	assert_int_equal(dw_fetches(&w->wkd), 2);
}

static void
what_no_rule_asks_for_any_longer_is_put_off(void **state)
{
	struct dw *w = *state;

	dw_expect(w, "a@example.org", DW_PATIENT, PS_CERT_NONE);
	dw_later(w, DW_DAY);
	w->rules.use[PS_ORIGIN_WKD] = PS_USE_OFF;
	dw_reopen(w);
	ps_discovery_tend(w->d, w->a);
	fb_wait_writes(&w->book, 2);
	assert_true(fb_look(&w->book, "a@example.org", PS_ORIGIN_WKD)->due_s >
		    DW_NOW + DW_DAY);
	assert_int_equal(dw_fetches(&w->wkd), 1);
}

static void
too_many_looks_are_late_and_never_no_key(void **state)
{
	struct dw *w = *state;

	w->env.max_waiting = 2;
	w->env.n_thread = 1;
	dw_reopen(w);
	dw_hold(&w->wkd, "*");
	dw_expect(w, "a@a.example", DW_BEGIN, PS_CERT_LATE);
	dw_wait_inside(&w->wkd, 1);
	dw_expect(w, "b@b.example", DW_BEGIN, PS_CERT_LATE);
	dw_expect(w, "c@c.example", DW_BEGIN, PS_CERT_LATE);
	dw_expect(w, "d@d.example", DW_BEGIN, PS_CERT_LATE);
	dw_expect(w, "d@d.example", DW_PATIENT, PS_CERT_LATE);
	w->env.n_thread = 0;
	dw_let_go(&w->wkd);
	dw_reopen(w);
	dw_expect(w, "e@e.example", DW_PATIENT, PS_CERT_LATE);
}

static void
broken_dns_is_not_no_key(void **state)
{
	struct dw *w = *state;
	struct ps_cert_answer out;

	dw_says(&w->wkd, PS_LOOK_DNS, "SERVFAIL", false);
	out = dw_ask(w, "a@example.org", DW_PATIENT);
	assert_int_equal(out.state, PS_CERT_DNS);
	assert_string_equal(out.text, "no key; wkd: SERVFAIL");
	dw_expect(w, "a@example.org", DW_NO_LOOK, PS_CERT_DNS);
}

static void
an_engine_that_fails_is_trouble_and_never_absence(void **state)
{
	struct dw *w = *state;

	dw_gives(&w->wkd, dw_cert(w, 1, "A <a@example.org>"));
	w->engine.fails = PS_ETEMP;
	dw_expect(w, "a@example.org", DW_PATIENT, PS_CERT_TROUBLE);
	dw_expect(w, "a@example.org", DW_PATIENT, PS_CERT_TROUBLE);
	assert_int_equal(w->book.n_write, 0);
	assert_int_equal(dw_fetches(&w->wkd), 1);
	w->engine.fails = PS_OK;
	dw_later(w, 31);
	dw_expect(w, "a@example.org", DW_PATIENT, PS_CERT_FOUND);
}

static void
a_book_that_fails_is_trouble(void **state)
{
	struct dw *w = *state;

	dw_gives(&w->wkd, dw_cert(w, 1, "A <a@example.org>"));
	w->book.fails = PS_ETEMP;
	dw_expect(w, "a@example.org", DW_PATIENT, PS_CERT_TROUBLE);
}

static void
a_page_that_changed_meanwhile_is_read_again(void **state)
{
	struct dw *w = *state;

	dw_gives(&w->wkd, dw_cert(w, 1, "A <a@example.org>"));
	w->book.busy = 3;
	dw_expect(w, "a@example.org", DW_PATIENT, PS_CERT_FOUND);
	assert_int_equal(w->book.n_busy_told, 3);
	w->book.busy = 1000;
	dw_expect(w, "b@example.org", DW_PATIENT, PS_CERT_TROUBLE);
}

#define T(f) cmocka_unit_test_setup_teardown(f, dw_make, dw_clean)

static const struct CMUnitTest tests[] = {
	T(a_key_at_wkd_is_found_within_the_wait),
	T(a_slow_look_is_late_first_and_found_the_next_time),
	T(a_message_waits_no_longer_than_it_may),
	T(mail_to_a_pin_that_is_there_waits_for_no_source),
	T(fifty_messages_for_one_address_wait_for_one_look),
	T(who_waits_when_the_daemon_stops_is_told_trouble),
	T(a_slow_domain_delays_no_other),
	T(a_domain_that_answered_is_asked_by_two_at_once),
	T(a_dead_domain_costs_one_time_out_for_all_its_addresses),
	T(a_source_that_speaks_for_no_address_is_not_asked_for_the_next),
	T(an_absence_holds_and_is_looked_at_again),
	T(a_stale_key_is_used_at_once_and_refreshed_behind),
	T(what_is_due_is_looked_for_without_any_mail),
	T(what_no_rule_asks_for_any_longer_is_put_off),
	T(too_many_looks_are_late_and_never_no_key),
	T(broken_dns_is_not_no_key),
	T(an_engine_that_fails_is_trouble_and_never_absence),
	T(a_book_that_fails_is_trouble),
	T(a_page_that_changed_meanwhile_is_read_again),
};

PS_TESTS("discovery", tests)
