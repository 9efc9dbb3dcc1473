/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * OPENPGPKEY records out of a zone file: where they are looked for, how they
 * are written, and what is made of each answer.
 */
#include "tap.h"

#include "discovery/dane.h"
#include "dns/dns_zone.h"

/* The names are those of RFC 7929 section 3 for "hugh", and of others. */
#define HUGH "c93f1e400f26708f98cb19d936620da35eec8f72e57f9eec01c1afd6"
#define TWO  "3fc4ccfe745870e2c0d99f71f30ff0656c8dedd41cc1d7d3d376b0db"
#define BAD  "2f05d4b689d270cafb02285f35f44866f7dc8a2d368a3f9d1124373e"

static const char zone[] =
	"$ORIGIN _openpgpkey.example.com.\n"
	"$SECURE on\n" HUGH " OPENPGPKEY YSBj ZXJ0 aWZpY2F0ZQ==\n" TWO
	" TYPE61 \\# 3 616263\n" TWO " OPENPGPKEY ( ZGVm\n ) ; more\n" BAD
	" BOGUS\n"
	"$SECURE off\n" HUGH "._openpgpkey.example.net. OPENPGPKEY YWJj\n" HUGH
	"._openpgpkey.example.org. SERVFAIL\n"
	"example.biz. A 192.0.2.1\n";

static struct ps_arena *a;

static int
setup(void **state)
{
	(void)state;
	a = ps_arena_new(PS_ARENA_PLAIN);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	ps_arena_free(a);
	return 0;
}

static struct ps_addr
address(const char *text)
{
	struct ps_addr addr;
	const char *why;

	assert_int_equal(
		ps_addr_path(a, ps_bytes_of(text), &addr, &why), PS_OK);
	return addr;
}

static struct ps_source_answer
look(const char *zone_text, const char *addr)
{
	const struct ps_wait wait = {.clock = ps_clock_system(),
		.deadline_ms = ps_mono_ms(ps_clock_system()) + 60000,
		.stop_fd = -1};
	struct ps_addr to = address(addr);
	struct ps_source_answer out;
	struct ps_source source;
	struct ps_dns dns;
	const char *why = "";

	if (ps_dns_zone_parse(a, "z", ps_bytes_of(zone_text), &dns, &why) !=
		PS_OK)
		fail_msg("%s", why);
	source = ps_dane_source(&dns);
	source.fetch(source.self, a, &to, &wait, &out);
	return out;
}

static void
the_name_is_the_hash_of_the_local_part_as_it_is_written(void **state)
{
	static const struct {
		const char *addr, *name;
	} row[] = {
		{"hugh@example.com", HUGH "._openpgpkey.example.com"},
		{"\"hugh\"@Example.COM", HUGH "._openpgpkey.example.com"},
		{"Hugh@example.com", "7063a398942ba5c6125429518d0608563f3974bb4"
				     "8013ddf58fb01d4"
				     "._openpgpkey.example.com"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		struct ps_addr addr = address(row[i].addr);

		assert_string_equal(ps_dane_name(a, &addr), row[i].name);
	}
}

static void
each_answer_of_the_dns_has_its_outcome(void **state)
{
	static const struct {
		const char *addr;
		enum ps_look_outcome outcome;
		const char *octets;
		bool whole_domain;
	} row[] = {
		{"hugh@example.com", PS_LOOK_FOUND, "a certificate", false},
		{"two@example.com", PS_LOOK_FOUND, "abcdef", false},
		{"nobody@example.com", PS_LOOK_ABSENT, "", false},
		{"bad@example.com", PS_LOOK_DNS, "", false},
		{"hugh@example.net", PS_LOOK_REFUSED, "", false},
		{"hugh@example.org", PS_LOOK_DNS, "", false},
		{"hugh@example.biz", PS_LOOK_ABSENT, "", true},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		struct ps_source_answer got = look(zone, row[i].addr);

		if (got.outcome != row[i].outcome)
			fail_msg("%s: %s %s", row[i].addr,
				ps_look_outcome_name(got.outcome), got.text);
		assert_bytes(got.octets, row[i].octets);
		assert_int_equal(got.whole_domain, row[i].whole_domain);
		assert_true(got.outcome == PS_LOOK_FOUND || got.text != NULL);
	}
}

static void
too_many_records_are_refused(void **state)
{
	char *text = ps_arena_strdup(a, "$SECURE on\n");

	(void)state;
	for (int i = 1; i <= PS_SOURCE_MAX_CERTS + 1; i++) {
		struct ps_source_answer got;

		text = ps_arena_printf(a,
			"%s" HUGH "._openpgpkey.example.com. OPENPGPKEY "
			"YWJ%c\n",
			text, 'a' + i);
		got = look(text, "hugh@example.com");
		assert_int_equal(got.outcome, i <= PS_SOURCE_MAX_CERTS
						      ? PS_LOOK_FOUND
						      : PS_LOOK_REFUSED);
		assert_int_equal(got.octets.len,
			i <= PS_SOURCE_MAX_CERTS ? 3 * (size_t)i : 0);
	}
}

static void
a_record_that_is_no_key_is_refused_with_its_line(void **state)
{
	static const char *const bad[] = {"", "YWJ!", "Y", "\\#", "\\# 3",
		"\\# 3 6162", "\\# 2 61626", "\\# x 6162", "\\# 1 zz", "\\# 0"};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		char *text = ps_arena_printf(a, "a. OPENPGPKEY %s\n", bad[i]);
		const char *why = "";
		struct ps_dns dns;

		if (ps_dns_zone_parse(a, "z", ps_bytes_of(text), &dns, &why) ==
			PS_OK)
			fail_msg("%s", text);
		assert_non_null(strstr(why, "z:1: a key is base64"));
	}
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

static const struct CMUnitTest tests[] = {
	T(the_name_is_the_hash_of_the_local_part_as_it_is_written),
	T(each_answer_of_the_dns_has_its_outcome),
	T(too_many_records_are_refused),
	T(a_record_that_is_no_key_is_refused_with_its_line),
};

PS_TESTS("dane", tests)
