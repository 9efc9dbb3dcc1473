/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Which certificates could have signed, and for whom they speak.
 */
#include "tap.h"

#include <string.h>

#include "data.h"
#include "discovery/trust.h"
#include "discovery_world.h"
#include "keys/cert_judge.h"
#include "keys_place.h"
#include "openpgp/cert_fpr.h"

#define ALICE "alice@example.org"

struct asked {
	struct ps_signer *signer;
	size_t n;
};

static struct asked
ask(struct dw *w, const uint64_t *id, size_t n_id, const char *from)
{
	const struct ps_wait wait = {
		.clock = &w->clock, .stop_fd = -1, .deadline_ms = INT64_MAX};
	struct ps_addr addr;
	struct ps_signer_query q = {.key_id = id,
		.n_key_id = n_id,
		.now_s = w->now_s,
		.fold_local = true,
		.wait = &wait,
		.rules = &w->rules};
	struct asked out = {0};
	const char *why = "";

	if (from != NULL) {
		assert_int_equal(
			ps_addr_path(w->a, ps_bytes_of(from), &addr, &why),
			PS_OK);
		q.addr = &addr;
	}
	assert_int_equal(w->certs.signers(w->certs.self, w->a, &q, &out.signer,
				 &out.n, &why),
		PS_OK);
	return out;
}

static uint64_t
id_of(struct dw *w, unsigned seed)
{
	return ps_cert_key_id(dw_fpr(w, seed));
}

/* One certificate is known by this key; does it speak for the address? */
static void
expect(struct dw *w, unsigned seed, const char *from, bool speaks)
{
	const uint64_t id = id_of(w, seed);
	struct asked got = ask(w, &id, 1, from);

	assert_int_equal(got.n, 1);
	assert_string_equal(got.signer[0].fpr, dw_fpr(w, seed));
	assert_true(got.signer[0].octets.len > 0);
	assert_int_equal(got.signer[0].speaks_for, speaks);
}

static void
order(struct dw *w, unsigned seed, enum ps_trust_order what)
{
	const struct ps_key_book *book = w->env.book;
	struct ps_key_page page;
	struct ps_key_change change;
	const char *why = "";

	assert_int_equal(
		book->read(book->self, w->a, PS_LIT(ALICE), &page, &why),
		PS_OK);
	assert_int_equal(
		ps_trust_order(w->a, &page, PS_LIT(ALICE), dw_fpr(w, seed),
			what, w->now_s, &change, &why),
		PS_OK);
	assert_int_equal(
		book->write(book->self, w->a, &change, page.serial, &why),
		PS_OK);
}

static void
a_local_certificate_speaks_for_its_own_addresses_only(void **state)
{
	struct dw *w = *state;

	dw_import_local(w, dw_cert(w, 1, "Alice <alice@example.org>"));
	expect(w, 1, ALICE, true);
	expect(w, 1, "Alice@Example.Org", true);
	expect(w, 1, "bob@example.org", false);
	expect(w, 1, "malice@example.org", false);
	expect(w, 1, "alice@example.org.evil.example", false);
	expect(w, 1, NULL, false);
}

static void
a_name_that_is_revoked_or_only_looks_like_the_address_does_not_speak(
	void **state)
{
	struct dw *w = *state;

	dw_import_local(w, dw_cert(w, 1,
				   "Alice [revoked] <alice@example.org>|B "
				   "<b@example.org>"));
	expect(w, 1, ALICE, false);
	dw_import_local(
		w, dw_cert(w, 2, "alice@example.org <mallory@evil.example>"));
	expect(w, 2, ALICE, false);
	dw_import_local(w, dw_cert(w, 3, "A <alice@example.org>|[keyrevoked]"));
	expect(w, 3, ALICE, false);
}

static void
an_unknown_key_is_nobodys_and_nothing_is_fetched(void **state)
{
	struct dw *w = *state;
	const uint64_t id[] = {id_of(w, 9), 0x1234};

	dw_gives(&w->wkd, dw_cert(w, 9, "Alice <alice@example.org>"));
	assert_int_equal(ask(w, id, 2, ALICE).n, 0);
	assert_int_equal(dw_fetches(&w->wkd), 0);
}

static void
a_certificate_that_was_found_speaks_while_its_trust_says_so(void **state)
{
	struct dw *w = *state;

	dw_gives(&w->wkd, dw_cert(w, 4, "Alice <alice@example.org>"));
	dw_expect(w, ALICE, DW_PATIENT, PS_CERT_FOUND);
	expect(w, 4, ALICE, true);
	w->rules.use[PS_ORIGIN_WKD] = PS_USE_PENDING;
	expect(w, 4, ALICE, false);
	w->rules.use[PS_ORIGIN_WKD] = PS_USE_OFF;
	expect(w, 4, ALICE, false);
	order(w, 4, PS_ORDER_TRUST);
	expect(w, 4, ALICE, true);
	order(w, 4, PS_ORDER_REJECT);
	expect(w, 4, ALICE, false);
}

static void
a_certificate_that_was_found_for_one_does_not_speak_for_another(void **state)
{
	struct dw *w = *state;

	dw_gives(&w->wkd, dw_cert(w, 4,
				  "Alice <alice@example.org>|Bob "
				  "<bob@example.org>"));
	dw_expect(w, ALICE, DW_PATIENT, PS_CERT_FOUND);
	expect(w, 4, "bob@example.org", false);
}

static void
a_pin_of_another_certificate_silences_everybody_else(void **state)
{
	struct dw *w = *state;

	dw_import_local(w, dw_cert(w, 1, "Alice <alice@example.org>"));
	dw_import_local(w, dw_cert(w, 2, "Alice <alice@example.org>"));
	expect(w, 1, ALICE, true);
	order(w, 2, PS_ORDER_PIN);
	expect(w, 1, ALICE, false);
	expect(w, 2, ALICE, true);
	order(w, 2, PS_ORDER_UNPIN);
	expect(w, 1, ALICE, true);
	order(w, 1, PS_ORDER_REJECT);
	expect(w, 1, ALICE, false);
}

static void
a_pinned_certificate_must_name_the_address_too(void **state)
{
	struct dw *w = *state;

	dw_import_local(w, dw_cert(w, 3, "Other <other@example.org>"));
	order(w, 3, PS_ORDER_PIN);
	expect(w, 3, ALICE, false);
}

static void
several_keys_of_one_certificate_are_one_signer(void **state)
{
	struct dw *w = *state;
	struct ps_cert_answer keys;
	uint64_t id[3];
	struct asked got;

	dw_import_local(w, dw_cert(w, 1, "Alice <alice@example.org>"));
	dw_import_local(w, dw_cert(w, 2, "Bob <bob@example.org>"));
	keys = dw_ask(w, ALICE, DW_NO_LOOK);
	assert_int_equal(keys.state, PS_CERT_FOUND);
	id[0] = keys.cert[0].subkey[0].key_id;
	id[1] = id_of(w, 1);
	id[2] = id_of(w, 2);
	assert_true(id[0] != id[1]);
	got = ask(w, id, 1, ALICE);
	assert_int_equal(got.n, 1);
	assert_true(got.signer[0].speaks_for);
	got = ask(w, id, 3, ALICE);
	assert_int_equal(got.n, 2);
	assert_int_equal(
		got.signer[0].speaks_for + got.signer[1].speaks_for, 1);
}

static void
no_more_signers_are_given_than_may_be_asked_for(void **state)
{
	struct dw *w = *state;
	uint64_t id[PS_SIGNERS_MAX + 2];

	for (unsigned i = 0; i < PS_SIGNERS_MAX + 2; i++) {
		dw_import_local(w, dw_cert(w, i + 1, "A <a@example.org>"));
		id[i] = id_of(w, i + 1);
	}
	assert_int_equal(ask(w, id, PS_SIGNERS_MAX + 2, "a@example.org").n,
		PS_SIGNERS_MAX);
	assert_int_equal(ask(w, id, 0, ALICE).n, 0);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, dw_make, dw_clean)
static const struct CMUnitTest tests[] = {
	TEST(a_local_certificate_speaks_for_its_own_addresses_only),
	TEST(a_name_that_is_revoked_or_only_looks_like_the_address_does_not_speak),
	TEST(an_unknown_key_is_nobodys_and_nothing_is_fetched),
	TEST(a_certificate_that_was_found_speaks_while_its_trust_says_so),
	TEST(a_certificate_that_was_found_for_one_does_not_speak_for_another),
	TEST(a_pin_of_another_certificate_silences_everybody_else),
	TEST(a_pinned_certificate_must_name_the_address_too),
	TEST(several_keys_of_one_certificate_are_one_signer),
	TEST(no_more_signers_are_given_than_may_be_asked_for),
};

PS_TESTS("signers", tests)
