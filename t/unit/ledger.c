/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * What the ledger remembers, who may send, and when it forgets.
 */
#include "ledger_world.h"

#include <pthread.h>

static void
what_was_never_intended_is_not_known(void **state)
{
	struct ledger_world *w = *state;
	struct ps_ledger_known known[2];

	look(w, w->db, 1, known);
	assert_int_equal(known[0].state, PS_LEDGER_NONE);
	assert_false(known[0].busy);
}

static void
a_copy_is_intended_then_acknowledged(void **state)
{
	struct ledger_world *w = *state;
	struct ps_ledger_claim *c = claim(w, w->db, 1, PS_OK);
	struct ps_ledger_known known[2];

	look(w, w->db, 1, known);
	assert_int_equal(known[0].state, PS_LEDGER_INTENDED);
	assert_true(known[0].busy);
	acknowledge(w, c, 0);
	look(w, w->db, 1, known);
	assert_int_equal(known[0].state, PS_LEDGER_ACKNOWLEDGED);
	assert_string_equal(known[0].reply, "Ok: queued");
	assert_int_equal(known[0].at_s, w->now_s);
	assert_int_equal(known[1].state, PS_LEDGER_INTENDED);
	w->ledger.finish(c, false, &w->wait);
	look(w, w->db, 1, known);
	assert_int_equal(known[0].state, PS_LEDGER_ACKNOWLEDGED);
	assert_int_equal(known[1].state, PS_LEDGER_INTENDED);
	assert_false(known[0].busy || known[1].busy);
}

static void
another_message_and_another_recipient_have_rows_of_their_own(void **state)
{
	struct ledger_world *w = *state;
	struct ps_ledger_claim *c = claim(w, w->db, 1, PS_OK), *d;
	struct ps_ledger_known known[2];
	struct ps_ledger_intent other = w->intent[1];
	const struct ps_bytes eve = PS_LIT("eve@c");
	const struct ps_ledger_group group = {.rcpt = &eve, .n_rcpt = 1};
	const char *why = "";

	look(w, w->db, 2, known);
	assert_int_equal(known[0].state, PS_LEDGER_NONE);
	d = claim(w, w->db, 2, PS_OK);
	w->ledger.finish(d, false, &w->wait);
	other.group = &group;
	other.n_group = 1;
	assert_int_equal(w->ledger.intend(w->ledger.self, w->a, &other,
				 &w->wait, &d, &why),
		PS_OK);
	w->ledger.finish(d, false, &w->wait);
	w->ledger.finish(c, false, &w->wait);
}

static void
only_one_may_send_a_message(void **state)
{
	struct ledger_world *w = *state;
	struct ps_ledger_db *other = another(w);
	struct ps_ledger_claim *c = claim(w, w->db, 1, PS_OK);

	claim(w, w->db, 1, PS_EBUSY);
	claim(w, other, 1, PS_EBUSY);
	acknowledge(w, c, 0);
	acknowledge(w, c, 1);
	w->ledger.finish(c, true, &w->wait);
	/* Sent meanwhile: who looked before must not send it again. */
	claim(w, w->db, 1, PS_EBUSY);
	claim(w, other, 1, PS_EBUSY);
	ps_ledger_db_free(other);
}

static void
what_was_not_acknowledged_may_be_tried_again(void **state)
{
	struct ledger_world *w = *state;
	struct ps_ledger_db *other = another(w);

	w->ledger.finish(claim(w, w->db, 1, PS_OK), false, &w->wait);
	w->ledger.finish(claim(w, other, 1, PS_OK), false, &w->wait);
	w->ledger.finish(claim(w, w->db, 1, PS_OK), false, &w->wait);
	ps_ledger_db_free(other);
}

static void
a_claim_ends_when_its_lease_does(void **state)
{
	struct ledger_world *w = *state;
	struct ps_ledger_db *other = another(w);
	struct ps_ledger_claim *c = claim(w, w->db, 1, PS_OK), *d;
	struct ps_ledger_known known[2];

	w->mono_ms += PS_LEDGER_LEASE_MS - 1;
	assert_true(w->ledger.holds(c));
	claim(w, other, 1, PS_EBUSY);
	w->mono_ms += 1;
	assert_false(w->ledger.holds(c));
	d = claim(w, other, 1, PS_OK);
	/* The first one's end is not the second one's. */
	w->ledger.finish(c, false, &w->wait);
	claim(w, w->db, 1, PS_EBUSY);
	w->ledger.finish(d, false, &w->wait);
	look(w, w->db, 1, known);
	assert_false(known[0].busy);
	ps_ledger_db_free(other);
}

static void
setting_the_clock_ends_no_claim_and_forgets_nothing(void **state)
{
	struct ledger_world *w = *state;
	struct ps_ledger_claim *c = claim(w, w->db, 1, PS_OK);
	struct ps_ledger_known known[2];

	acknowledge(w, c, 0);
	acknowledge(w, c, 1);
	w->ledger.finish(c, true, &w->wait);
	c = claim(w, w->db, 2, PS_OK);
	w->now_s += (int64_t)30 * 86400;
	claim(w, w->db, 2, PS_EBUSY);
	w->mono_ms += 120000; /* time to look for what is old */
	w->ledger.finish(c, false, &w->wait);
	look(w, w->db, 1, known);
	assert_int_equal(known[0].state, PS_LEDGER_ACKNOWLEDGED);
}

/* Both clocks, and somebody writes. */
static void
pass(struct ledger_world *w, int64_t s)
{
	w->now_s += s;
	w->mono_ms += s * 1000;
	w->ledger.finish(claim(w, w->db, 2, PS_OK), false, &w->wait);
}

static void
records_end_an_hour_after_the_last_reply_or_with_the_queue(void **state)
{
	struct ledger_world *w = *state;
	struct ps_ledger_claim *c = claim(w, w->db, 0, PS_OK);
	struct ps_ledger_known known[2];
	bool found;
	const char *why = "";

	acknowledge(w, c, 0);
	w->ledger.finish(c, false, &w->wait);
	c = claim(w, w->db, 1, PS_OK);
	acknowledge(w, c, 0);
	acknowledge(w, c, 1);
	w->ledger.finish(c, true, &w->wait);
	pass(w, 3590);
	look(w, w->db, 1, known);
	assert_int_equal(known[0].state, PS_LEDGER_ACKNOWLEDGED);
	pass(w, 80);
	look(w, w->db, 1, known);
	assert_int_equal(known[0].state, PS_LEDGER_NONE);
	look(w, w->db, 0, known);
	assert_int_equal(known[0].state, PS_LEDGER_ACKNOWLEDGED);
	assert_int_equal(w->ledger.find_copy(w->ledger.self, w->a,
				 &w->intent[1].group[0].copy, &found, &why),
		PS_OK);
	assert_false(found);
	pass(w, 6 * 86400);
	look(w, w->db, 0, known);
	assert_int_equal(known[0].state, PS_LEDGER_NONE);
}

static void
every_copy_is_known_again(void **state)
{
	struct ledger_world *w = *state;
	struct ps_ledger_claim *c = claim(w, w->db, 1, PS_OK);
	struct ps_digest strange = {{7}};
	const char *why = "";
	bool found = false;

	w->ledger.finish(c, false, &w->wait);
	for (size_t i = 0; i < 2; i++) {
		assert_int_equal(
			w->ledger.find_copy(w->ledger.self, w->a,
				&w->intent[1].group[i].copy, &found, &why),
			PS_OK);
		assert_true(found);
	}
	assert_int_equal(w->ledger.find_copy(
				 w->ledger.self, w->a, &strange, &found, &why),
		PS_OK);
	assert_false(found);
}

static void
a_list_shows_who_waits_for_what(void **state)
{
	struct ledger_world *w = *state;
	struct ps_ledger_claim *c = claim(w, w->db, 1, PS_OK);
	struct ps_ledger_entry *e;
	const char *why = "";
	size_t n;

	acknowledge(w, c, 1);
	assert_int_equal(
		w->ledger.list(w->ledger.self, w->a, &e, &n, &why), PS_OK);
	assert_int_equal(n, 2);
	assert_bytes(e[0].rcpt, "ann@a");
	assert_bytes(e[0].sender, "s@x");
	assert_bytes(e[0].queue_id, "4F1C0A7E5F6");
	assert_int_equal(e[0].group, 0);
	assert_int_equal(e[0].known.state, PS_LEDGER_INTENDED);
	assert_true(e[0].known.busy);
	assert_bytes(e[1].rcpt, "bob@b");
	assert_int_equal(e[1].known.state, PS_LEDGER_ACKNOWLEDGED);
	assert_int_equal(e[1].intended_s, w->now_s);
	assert_false(e[1].done);
	w->ledger.finish(c, false, &w->wait);
}

static void
accounts_add_up_over_processes(void **state)
{
	struct ledger_world *w = *state;
	struct ps_ledger_db *other = another(w);
	struct ps_ledger l = ps_ledger_db_adapter(other);
	const int64_t add[PS_ACCOUNT_N] = {
		[PS_ACCOUNT_RECIPIENTS] = 3, [PS_ACCOUNT_RELAYED] = 3};
	int64_t sum[PS_ACCOUNT_N];
	const char *why = "";

	w->ledger.count(w->ledger.self, add);
	l.count(l.self, add);
	w->ledger.count(w->ledger.self, add);
	ps_ledger_db_free(other);
	assert_int_equal(
		w->ledger.accounts(w->ledger.self, w->a, sum, &why), PS_OK);
	assert_int_equal(sum[PS_ACCOUNT_RECIPIENTS], 9);
	assert_int_equal(sum[PS_ACCOUNT_RELAYED], 9);
	assert_int_equal(sum[PS_ACCOUNT_REFUSED], 0);
	assert_string_equal(ps_account_name(PS_ACCOUNT_IN_PLACE), "in-place");
}

struct racer {
	struct ledger_world *w;
	struct ps_ledger ledger;
	enum ps_status got;
};

static void *
race(void *arg)
{
	struct racer *r = arg;
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);
	const char *why = "";
	struct ps_ledger_claim *c;

	r->got = r->ledger.intend(
		r->ledger.self, a, &r->w->intent[1], &r->w->wait, &c, &why);
	if (r->got == PS_OK) {
		r->ledger.acknowledge(c, 0, "Ok", &r->w->wait, &why);
		r->ledger.acknowledge(c, 1, "Ok", &r->w->wait, &why);
		r->ledger.finish(c, true, &r->w->wait);
	}
	ps_arena_free(a);
	return NULL;
}

static void
of_twenty_with_the_same_message_one_sends(void **state)
{
	struct ledger_world *w = *state;
	struct ps_ledger_db *other = another(w);
	struct racer r[20];
	pthread_t thread[20];
	int n_sent = 0;

	for (size_t i = 0; i < 20; i++) {
		r[i] = (struct racer){.w = w,
			.ledger = ps_ledger_db_adapter(
				i % 2 == 0 ? w->db : other)};
		assert_int_equal(
			pthread_create(&thread[i], NULL, race, &r[i]), 0);
	}
	for (size_t i = 0; i < 20; i++) {
		pthread_join(thread[i], NULL);
		n_sent += r[i].got == PS_OK;
		if (r[i].got != PS_OK)
			assert_int_equal(r[i].got, PS_EBUSY);
	}
	assert_int_equal(n_sent, 1);
	ps_ledger_db_free(other);
}

#define T(f) cmocka_unit_test_setup_teardown(f, ledger_make, ledger_clean)

static const struct CMUnitTest tests[] = {
	T(what_was_never_intended_is_not_known),
	T(a_copy_is_intended_then_acknowledged),
	T(another_message_and_another_recipient_have_rows_of_their_own),
	T(only_one_may_send_a_message),
	T(what_was_not_acknowledged_may_be_tried_again),
	T(a_claim_ends_when_its_lease_does),
	T(setting_the_clock_ends_no_claim_and_forgets_nothing),
	T(records_end_an_hour_after_the_last_reply_or_with_the_queue),
	T(every_copy_is_known_again),
	T(a_list_shows_who_waits_for_what),
	T(accounts_add_up_over_processes),
	T(of_twenty_with_the_same_message_one_sends),
};

PS_TESTS("ledger", tests)
