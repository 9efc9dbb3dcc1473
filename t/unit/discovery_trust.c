/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * From what a source gives to what seals mail: changes, pins, revocations,
 * rubbish, Autocrypt.
 */
#include "tap.h"

#include "discovery_world.h"

#define A "A <a@example.org>"

/* The key with seed 1 is there and in use; a day goes by. */
static void
know_first(struct dw *w)
{
	dw_gives(&w->wkd, dw_cert(w, 1, A));
	dw_expect(w, "a@example.org", DW_PATIENT, PS_CERT_FOUND);
	dw_later(w, DW_DAY + 1);
}

/* What is due is looked for; n writes so far in all. */
static void
refresh(struct dw *w, size_t n)
{
	dw_reopen(w); /* no flight is still coming down */
	ps_discovery_tend(w->d, w->a);
	fb_wait_writes(&w->book, n);
}

static void
expect_key(struct dw *w, unsigned seed)
{
	struct ps_cert_answer out = dw_ask(w, "a@example.org", DW_NO_LOOK);

	if (out.state != PS_CERT_FOUND)
		fail_msg("%s: %s", ps_cert_state_name(out.state), out.text);
	assert_int_equal(out.n_cert, 1);
	assert_string_equal(out.cert[0].fpr, dw_fpr(w, seed));
}

static void
bond(struct dw *w, unsigned seed, enum ps_trust trust)
{
	struct ps_key_bond b = {
		.address = PS_LIT("a@example.org"),
		.origin = PS_ORIGIN_LOCAL,
		.trust = trust,
		.by_hand = true,
		.since_s = DW_NOW,
		.seen_s = DW_NOW,
	};
	const struct ps_key_change c = {
		.address = b.address, .put = &b, .n_put = 1};

	memccpy(b.fpr, dw_fpr(w, seed), '\0', sizeof(b.fpr));
	fb_set(&w->book, &c);
}

static void
a_changed_key_waits_and_the_old_one_seals(void **state)
{
	struct dw *w = *state;
	const struct ps_key_event *e;

	know_first(w);
	dw_gives(&w->wkd, dw_cert(w, 2, A));
	refresh(w, 2);
	expect_key(w, 1);
	e = fb_event(&w->book, "changed");
	assert_string_equal(e->fpr, dw_fpr(w, 2));
	assert_string_equal(e->old_fpr, dw_fpr(w, 1));
	assert_string_equal(e->by, "wkd");
}

static void
a_changed_key_is_used_where_changes_are_accepted(void **state)
{
	struct dw *w = *state;

	w->rules.on_change = PS_CHANGE_ACCEPT;
	know_first(w);
	dw_gives(&w->wkd, dw_cert(w, 2, A));
	refresh(w, 2);
	expect_key(w, 2);
}

static void
mail_waits_with_a_changed_key_where_it_is_told_to(void **state)
{
	struct dw *w = *state;

	w->rules.on_change = PS_CHANGE_TEMPFAIL;
	know_first(w);
	dw_gives(&w->wkd, dw_cert(w, 2, A));
	refresh(w, 2);
	dw_expect(w, "a@example.org", DW_PATIENT, PS_CERT_CHANGED);
}

static void
another_key_than_the_administrators_is_a_change(void **state)
{
	struct dw *w = *state;
	struct ps_cert_answer out;

	dw_import_local(
		w, dw_cert(w, 3, "A [until 1600000009] <a@example.org>"));
	dw_gives(&w->wkd, dw_cert(w, 2, A));
	out = dw_ask(w, "a@example.org", DW_PATIENT);
	assert_int_equal(out.state, PS_CERT_UNUSABLE);
	assert_string_equal(out.reason, "expired");
	assert_non_null(fb_event(&w->book, "changed"));
}

static void
a_key_that_waits_for_approval_is_none_and_says_so(void **state)
{
	struct dw *w = *state;
	struct ps_cert_answer out;

	w->rules.use[PS_ORIGIN_WKD] = PS_USE_PENDING;
	dw_gives(&w->wkd, dw_cert(w, 1, A));
	out = dw_ask(w, "a@example.org", DW_PATIENT);
	assert_int_equal(out.state, PS_CERT_NONE);
	assert_non_null(strstr(out.text, "waits for approval"));
	bond(w, 1, PS_TRUST_TRUSTED);
	expect_key(w, 1);
}

static void
a_substituted_key_does_not_touch_a_pinned_one(void **state)
{
	struct dw *w = *state;

	w->rules.on_change = PS_CHANGE_ACCEPT;
	know_first(w);
	bond(w, 1, PS_TRUST_PINNED);
	dw_gives(&w->wkd, dw_cert(w, 2, A));
	refresh(w, 3);
	expect_key(w, 1);
	assert_string_equal(
		dw_ask(w, "a@example.org", DW_NO_LOOK).origin, "pinned");
}

static void
a_key_that_cannot_be_used_is_no_missing_one_while_others_are_late(void **state)
{
	struct dw *w = *state;
	struct ps_cert_answer out;

	dw_import_local(w, dw_cert(w, 1, "A [keyrevoked] <a@example.org>"));
	dw_hold(&w->wkd, "*");
	out = dw_ask(w, "a@example.org", DW_BEGIN);
	assert_int_equal(out.state, PS_CERT_LATE);
	assert_string_equal(out.reason, "revoked");
	dw_says(&w->wkd, PS_LOOK_DNS, "SERVFAIL", false);
	dw_let_go(&w->wkd);
	out = dw_ask(w, "a@example.org", DW_PATIENT);
	assert_int_equal(out.state, PS_CERT_DNS);
	assert_string_equal(out.reason, "revoked");
}

static void
a_pin_of_policy_is_found_and_nothing_else_is_used(void **state)
{
	struct dw *w = *state;
	const char *pin = dw_fpr(w, 1);
	const struct dw_question q = {.address = "a@example.org",
		.patience = DW_PATIENT,
		.pin = &pin,
		.n_pin = 1};
	struct ps_cert_answer out;

	dw_gives(&w->wkd, dw_cert(w, 2, A));
	out = dw_query(w, w->a, &q);
	assert_int_equal(out.state, PS_CERT_NONE);
	dw_later(w, DW_DAY + 1);
	dw_gives(&w->wkd, dw_cert(w, 1, A));
	out = dw_query(w, w->a, &q);
	assert_int_equal(out.state, PS_CERT_FOUND);
	assert_string_equal(out.origin, "pinned");
	assert_string_equal(out.cert[0].fpr, pin);
}

static void
what_the_book_does_not_name_is_never_used(void **state)
{
	struct dw *w = *state;
	const struct ps_key_change gone = {
		.address = PS_LIT("a@example.org"),
		.remove = (const char *const[]){dw_fpr(w, 1)},
		.n_remove = 1,
	};

	know_first(w);
	fb_set(&w->book, &gone);
	dw_expect(w, "a@example.org", DW_NO_LOOK, PS_CERT_NONE);
}

static void
rubbish_keeps_the_last_good_key(void **state)
{
	static const char *const rubbish[] = {
		"no key at all",
		"B <b@example.org>",
		"[invalid] <a@example.org>",
		"A [until 1600000009] <a@example.org>",
		"[revoked] <a@example.org>",
	};
	struct dw *w = *state;

	know_first(w);
	for (unsigned i = 0; i < 5; i++) {
		struct ps_bytes octets =
			i == 0 ? ps_bytes_of(rubbish[i])
			       : dw_cert(w, 20 + i, rubbish[i]);
		const struct ps_key_look *look;

		dw_gives(&w->wkd, octets);
		refresh(w, 2 + i);
		expect_key(w, 1);
		look = fb_look(&w->book, "a@example.org", PS_ORIGIN_WKD);
		assert_int_equal(look->outcome,
			i < 3 ? PS_LOOK_REFUSED : PS_LOOK_UNUSABLE);
		assert_true(strlen(look->text) > 0);
		assert_null(
			fb_bond(&w->book, "a@example.org", dw_fpr(w, 20 + i)));
		dw_later(w, 3601);
	}
}

static void
a_key_that_cannot_be_used_is_not_no_key(void **state)
{
	struct dw *w = *state;
	struct ps_cert_answer out;

	dw_gives(
		&w->wkd, dw_cert(w, 1, "A [until 1600000009] <a@example.org>"));
	out = dw_ask(w, "a@example.org", DW_PATIENT);
	assert_int_equal(out.state, PS_CERT_UNUSABLE);
	assert_non_null(strstr(out.text, "expired"));
}

static void
only_the_user_id_of_the_address_is_believed(void **state)
{
	struct dw *w = *state;
	const struct ps_wait wait = {.clock = &w->clock,
		.deadline_ms = ps_mono_ms(&w->clock) + DW_WAIT,
		.stop_fd = -1};
	struct ps_key_list list;
	const char *why = "";

	dw_gives(&w->wkd, dw_cert(w, 1, A "|Boss <boss@example.org>"));
	dw_expect(w, "a@example.org", DW_PATIENT, PS_CERT_FOUND);
	assert_int_equal(
		ps_keydir_list(w->env.found, w->a, NULL, &wait, &list, &why),
		PS_OK);
	assert_int_equal(list.n_line, 1);
	assert_string_equal(list.line[0].user_ids, A);
	bond(w, 1, PS_TRUST_TRUSTED);
	dw_says(&w->wkd, PS_LOOK_ABSENT, "no such address", false);
	dw_expect(w, "boss@example.org", DW_PATIENT, PS_CERT_NONE);
}

static void
a_revocation_takes_effect_at_the_next_refresh(void **state)
{
	struct dw *w = *state;
	struct ps_cert_answer out;

	know_first(w);
	dw_gives(&w->wkd, dw_cert(w, 1, "A [keyrevoked] <a@example.org>"));
	refresh(w, 2);
	out = dw_ask(w, "a@example.org", DW_NO_LOOK);
	assert_int_equal(out.state, PS_CERT_UNUSABLE);
	assert_string_equal(out.reason, "revoked");
}

static void
a_revocation_that_the_administrator_imported_takes_effect_at_once(void **state)
{
	struct dw *w = *state;

	know_first(w);
	dw_import_local(w, dw_cert(w, 1, "A [keyrevoked] <a@example.org>"));
	dw_expect(w, "a@example.org", DW_NO_LOOK, PS_CERT_UNUSABLE);
	/* And the source, which has not heard of it, cannot undo it. */
	refresh(w, 2);
	dw_expect(w, "a@example.org", DW_NO_LOOK, PS_CERT_UNUSABLE);
}

static void
a_local_key_gets_what_the_network_knows_of_it(void **state)
{
	struct dw *w = *state;

	dw_import_local(w, dw_cert(w, 1, A));
	dw_gives(&w->wkd, dw_cert(w, 1, "A [keyrevoked] <a@example.org>"));
	w->rules.order[0] = PS_ORIGIN_WKD;
	w->rules.order[1] = PS_ORIGIN_LOCAL;
	dw_expect(w, "a@example.org", DW_PATIENT, PS_CERT_UNUSABLE);
}

static void
a_key_that_ends_soon_is_looked_for_sooner(void **state)
{
	struct dw *w = *state;
	int64_t due_s;

	dw_gives(
		&w->wkd, dw_cert(w, 1, "A [until 1700040000] <a@example.org>"));
	dw_expect(w, "a@example.org", DW_PATIENT, PS_CERT_FOUND);
	due_s = fb_look(&w->book, "a@example.org", PS_ORIGIN_WKD)->due_s;
	assert_in_range(due_s, DW_NOW + 9000, DW_NOW + 10000);
	dw_gives(
		&w->wkd, dw_cert(w, 2, "B [until 1700001000] <b@example.org>"));
	dw_expect(w, "b@example.org", DW_PATIENT, PS_CERT_FOUND);
	due_s = fb_look(&w->book, "b@example.org", PS_ORIGIN_WKD)->due_s;
	assert_in_range(due_s, DW_NOW + 3300, DW_NOW + 3600);
}

static void
a_local_key_that_ends_soon_is_looked_for_without_any_mail(void **state)
{
	struct dw *w = *state;
	struct ps_cert_answer out;

	dw_import_local(
		w, dw_cert(w, 1, "A [until 1701000000] <a@example.org>"));
	dw_import_local(w, dw_cert(w, 2, "B <b@example.org>"));
	dw_gives(&w->wkd, dw_cert(w, 3, A));
	refresh(w, 1);
	assert_non_null(fb_event(&w->book, "changed"));
	assert_null(fb_look(&w->book, "b@example.org", PS_ORIGIN_WKD));
	/* Not again before the look is due. */
	dw_later(w, 3600);
	dw_reopen(w);
	ps_discovery_tend(w->d, w->a);
	assert_int_equal(dw_fetches(&w->wkd), 1);
	out = dw_ask(w, "a@example.org", DW_NO_LOOK);
	assert_string_equal(out.origin, "local");
}

static void
offer(struct dw *w, const char *address, struct ps_bytes keydata,
	int64_t dated_s)
{
	const struct ps_harvest h = ps_discovery_harvest(w->d);
	struct ps_addr addr;
	const char *why;

	assert_int_equal(
		ps_addr_path(w->a, ps_bytes_of(address), &addr, &why), PS_OK);
	h.offer(h.self, &addr, keydata, dated_s);
}

static void
an_autocrypt_key_waits_or_is_used_as_the_rules_say(void **state)
{
	struct dw *w = *state;

	w->rules.order[1] = PS_ORIGIN_AUTOCRYPT;
	offer(w, "a@example.org", dw_cert(w, 1, A), DW_NOW - 10);
	fb_wait_writes(&w->book, 1);
	dw_expect(w, "a@example.org", DW_PATIENT, PS_CERT_NONE);
	w->rules.use[PS_ORIGIN_AUTOCRYPT] = PS_USE_USE;
	expect_key(w, 1);
	assert_int_equal(dw_fetches(&w->wkd), 0);
}

/* Offers are read one after another where there are two threads. */
static void
an_autocrypt_key_that_is_known_is_not_read_again(void **state)
{
	struct dw *w = *state;
	size_t n_call;

	w->rules.order[1] = PS_ORIGIN_AUTOCRYPT;
	w->env.n_thread = 2;
	dw_reopen(w);
	offer(w, "a@example.org", dw_cert(w, 1, A), DW_NOW - 10);
	fb_wait_writes(&w->book, 1);
	n_call = w->engine.n_call;
	assert_true(n_call > 0);
	offer(w, "a@example.org", dw_cert(w, 1, A), DW_NOW - 9);
	offer(w, "r@example.org", PS_LIT("rubbish"), DW_NOW - 8);
	offer(w, "b@example.org", dw_cert(w, 2, "<b@example.org>"), DW_NOW);
	fb_wait_writes(&w->book, 2);
	assert_int_equal(w->engine.n_call, 2 * n_call);
	dw_later(w, DW_DAY + 1);
	offer(w, "a@example.org", dw_cert(w, 1, A), DW_NOW + DW_DAY);
	fb_wait_writes(&w->book, 3);
	assert_true(w->engine.n_call > 2 * n_call);
}

static void
an_autocrypt_offer_is_dropped_where_the_rules_are_off(void **state)
{
	struct dw *w = *state;

	w->env.n_thread = 2;
	dw_reopen(w);
	w->off = "off.example";
	offer(w, "a@off.example", dw_cert(w, 1, "<a@off.example>"), DW_NOW);
	offer(w, "b@example.org", dw_cert(w, 2, "<b@example.org>"), DW_NOW);
	fb_wait_writes(&w->book, 1);
	assert_null(fb_look(&w->book, "a@off.example", PS_ORIGIN_AUTOCRYPT));
	assert_non_null(
		fb_look(&w->book, "b@example.org", PS_ORIGIN_AUTOCRYPT));
}

#define T(f) cmocka_unit_test_setup_teardown(f, dw_make, dw_clean)

static const struct CMUnitTest tests[] = {
	T(a_changed_key_waits_and_the_old_one_seals),
	T(a_changed_key_is_used_where_changes_are_accepted),
	T(mail_waits_with_a_changed_key_where_it_is_told_to),
	T(another_key_than_the_administrators_is_a_change),
	T(a_key_that_waits_for_approval_is_none_and_says_so),
	T(a_substituted_key_does_not_touch_a_pinned_one),
	T(a_key_that_cannot_be_used_is_no_missing_one_while_others_are_late),
	T(a_pin_of_policy_is_found_and_nothing_else_is_used),
	T(what_the_book_does_not_name_is_never_used),
	T(rubbish_keeps_the_last_good_key),
	T(a_key_that_cannot_be_used_is_not_no_key),
	T(only_the_user_id_of_the_address_is_believed),
	T(a_revocation_takes_effect_at_the_next_refresh),
	T(a_revocation_that_the_administrator_imported_takes_effect_at_once),
	T(a_local_key_gets_what_the_network_knows_of_it),
	T(a_key_that_ends_soon_is_looked_for_sooner),
	T(a_local_key_that_ends_soon_is_looked_for_without_any_mail),
	T(an_autocrypt_key_waits_or_is_used_as_the_rules_say),
	T(an_autocrypt_key_that_is_known_is_not_read_again),
	T(an_autocrypt_offer_is_dropped_where_the_rules_are_off),
};

PS_TESTS("discovery_trust", tests)
