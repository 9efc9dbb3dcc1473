/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * DKIM verification of one signed message and what becomes of it; the many
 * forms of signatures and keys are t/suites/dkim_table.py's.
 */
#include "tap.h"

#include "auth/dkim_parts.h"
#include "dkim_world.h"

#define N(a) (sizeof(a) / sizeof((a)[0]))

static const struct {
	const char *from, *to;
	enum ps_auth_result rsa, ed25519;
	const char *why; /* of the first */
} changes[] = {
	{"", "", PS_AUTH_PASS, PS_AUTH_PASS, NULL},
	{"Subject: A letter", "Subject: B letter", PS_AUTH_FAIL, PS_AUTH_FAIL,
		"the signature does not fit"},
	{"some  4 kB", "some 4 kB", PS_AUTH_PASS, PS_AUTH_PASS, NULL},
	{"\r\n\r\n", "\r\n\r\nAh ", PS_AUTH_FAIL, PS_AUTH_FAIL,
		"the body has changed"},
	{"Received: from", "Received: by", PS_AUTH_PASS, PS_AUTH_PASS, NULL},
	{"Received:", "Subject: Hi\r\nReceived:", PS_AUTH_POLICY,
		PS_AUTH_POLICY, "Subject occurs more often than it is signed"},
	{"Received:", "Received: a\r\nReceived:", PS_AUTH_PASS, PS_AUTH_PASS,
		NULL},
	{"From: Alice", "From: <eve@example.net>\r\nFrom: Alice",
		PS_AUTH_POLICY, PS_AUTH_POLICY,
		"From occurs more often than it is signed"},
	{"From: Alice <alice@example.com>",
		"From: Alice <alice@example.com>\r\nFrom: <eve@example.net>",
		PS_AUTH_FAIL, PS_AUTH_FAIL, "the signature does not fit"},
	{"h=from :", "h=from : from :", PS_AUTH_FAIL, PS_AUTH_PASS,
		"the signature does not fit"},
	{"v=1;", "v=1; v=1;", PS_AUTH_PERMERROR, PS_AUTH_PASS,
		"a tag occurs twice"},
	{"d=example.com;", "d=example.com; l=12;", PS_AUTH_FAIL, PS_AUTH_PASS,
		"the body has changed"},
	{"s=rsa;", "s=none;", PS_AUTH_PERMERROR, PS_AUTH_PASS,
		"there is no key"},
	{"s=rsa;", "s=ed;", PS_AUTH_PERMERROR, PS_AUTH_PASS,
		"the key does not fit a="},
	{"a=rsa-sha256", "a=rsa-sha1", PS_AUTH_POLICY, PS_AUTH_PASS,
		"rsa-sha1 proves nothing"},
};

static void
a_signature_passes_as_long_as_what_it_signs_is_there(void **state)
{
	struct dkim_world w;

	(void)state;
	dkim_world_open(&w);
	for (size_t i = 0; i < N(changes); i++) {
		struct ps_dkim_result r = dkim_world_verify(&w,
			dkim_world_with(w.arena, w.octets, changes[i].from,
				changes[i].to),
			DKIM_NOW);

		assert_int_equal(r.n_signature, 2);
		if (r.signature[0].result != changes[i].rsa ||
			r.signature[1].result != changes[i].ed25519)
			fail_msg("%zu: %s (%s), %s (%s)", i,
				ps_auth_result_name(r.signature[0].result),
				r.signature[0].why,
				ps_auth_result_name(r.signature[1].result),
				r.signature[1].why);
		if (changes[i].why == NULL)
			assert_null(r.signature[0].why);
		else
			assert_string_equal(r.signature[0].why, changes[i].why);
	}
	dkim_world_close(&w);
}

static void
a_signature_says_whose_it_is(void **state)
{
	struct dkim_world w;
	struct ps_dkim_result r;

	(void)state;
	dkim_world_open(&w);
	r = dkim_world_verify(&w, w.octets, DKIM_NOW);
	assert_bytes(r.signature[0].domain, "example.com");
	assert_bytes(r.signature[0].identity, "@example.com");
	assert_bytes(r.signature[0].selector, "rsa");
	assert_bytes(r.signature[0].algorithm, "rsa-sha256");
	assert_int_equal(r.signature[0].b.len, 8);
	assert_int_equal(r.signature[0].bits, 2048);
	assert_bytes(r.signature[1].algorithm, "ed25519-sha256");
	assert_int_equal(r.n_ignored, 0);
	assert_int_equal(w.dns.n_query, 2);
	assert_int_equal(w.dns.n_ahead, 2);
	dkim_world_close(&w);
}

/* So that a library that refuses everything would not hide behind the second
 * judge. */
static void
libopendkim_and_the_second_judge_agree(void **state)
{
	struct dkim_world w;
	struct ps_sha256 *sha = ps_sha256_new();

	(void)state;
	dkim_world_open(&w);
	for (size_t i = 0; i < 3; i++) {
		enum ps_dkim_opinion lib[PS_DKIM_MAX_SIGNATURES] = {0};
		struct ps_message m = dkim_world_message(
			w.arena, dkim_world_with(w.arena, w.octets,
					 changes[i].from, changes[i].to));
		struct ps_dkim_readings r;

		ps_dkim_read_all(w.arena, &m.header, &r);
		for (size_t n = 0; n < 2; n++)
			ps_dkim_key_fetch(w.arena, r.of[n].selector,
				r.of[n].domain, &w.dns.budget, &r.of[n].key);
		ps_dkim_ask_lib(w.dkim, &m.header, &r, lib);
		for (size_t n = 0; n < 2; n++) {
			assert_int_equal(
				lib[n], i == 1 ? PS_DKIM_BAD : PS_DKIM_GOOD);
			assert_int_equal(lib[n], ps_dkim_ask_own(w.arena, sha,
							 &m.header, &r.of[n]));
		}
	}
	ps_sha256_free(sha);
	dkim_world_close(&w);
}

static void
a_key_in_the_header_is_covered_with_its_date_or_not_at_all(void **state)
{
	static const struct {
		const char *h, *fields;
		bool covered;
	} cases[] = {
		{"from:date:autocrypt", "Date: 1\r\nAutocrypt: a\r\n", true},
		{"from:Date:AutoCrypt:autocrypt", "Date: 1\r\nAutocrypt: a\r\n",
			true},
		{"from:date", "Date: 1\r\nAutocrypt: a\r\n", false},
		{"from:autocrypt", "Date: 1\r\nAutocrypt: a\r\n", false},
		{"from:date:autocrypt",
			"Autocrypt: b\r\nDate: 1\r\nAutocrypt: a\r\n", false},
		{"from:date:autocrypt", "Date: 1\r\n", false},
	};
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		const char *head = ps_arena_printf(a,
			"%sDKIM-Signature: v=1; a=rsa-sha256; d=e.example; "
			"s=s; h=%s; bh=AAAA; b=AAAA\r\n\r\n",
			cases[i].fields, cases[i].h);
		struct ps_dkim_readings r;
		struct ps_header h;
		struct ps_bytes rest;
		const char *why;

		assert_int_equal(ps_header_parse(a, ps_bytes_of(head), 10, &h,
					 &rest, &why),
			PS_OK);
		ps_dkim_read_all(a, &h, &r);
		assert_int_equal(r.n, 1);
		assert_int_equal(
			ps_dkim_covers(&h, &r.of[0], PS_LIT("Autocrypt")) &&
				ps_dkim_covers(&h, &r.of[0], PS_LIT("Date")),
			cases[i].covered);
	}
	ps_arena_free(a);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(
		a_key_in_the_header_is_covered_with_its_date_or_not_at_all),
	cmocka_unit_test(a_signature_passes_as_long_as_what_it_signs_is_there),
	cmocka_unit_test(a_signature_says_whose_it_is),
	cmocka_unit_test(libopendkim_and_the_second_judge_agree),
};

PS_TESTS("dkim", tests)
