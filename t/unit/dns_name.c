/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Domain names: what may be asked, spellings, record data.
 */
#include "tap.h"

#include "dns/dns_name.h"
#include "dns/dns_rdata.h"

#define N(a) (sizeof(a) / sizeof((a)[0]))
#define L63  "123456789012345678901234567890123456789012345678901234567890123"
#define L50  "12345678901234567890123456789012345678901234567890"

static const struct {
	const char *name;
	bool good;
} names[] = {
	{"example.com", true},
	{"a", true},
	{"_dmarc.example.com", true},
	{"foo:bar/baz.example.com", true},
	{"a b.\x01.\xff", true},
	{L63 ".com", true},
	{L63 "x.com", false},
	{L50 "." L50 "." L50 "." L50 "." L50 "12.", false},
	{L50 "." L50 "." L50 "." L50 "." L50, false}, /* 254 */
	{L50 "." L50 "." L50 "." L50 "." L50 "x", false},
	{L50 "." L50 "." L50 "." L50 ".1234567890123456789012345678901234567890"
	     "123456789",
		true}, /* 253 */
	{"", false},
	{".", false},
	{"a..b", false},
	{".a", false},
	{"a.", false},
};

static void
a_name_has_labels_of_1_to_63_octets_and_253_in_all(void **state)
{
	(void)state;
	for (size_t i = 0; i < N(names); i++) {
		const char *why = NULL;
		bool good = ps_dns_name_check(ps_bytes_of(names[i].name), &why);

		if (good != names[i].good || good != (why == NULL))
			fail_msg("%s: %d", names[i].name, good);
	}
}

static const struct {
	const char *in, *out;
} domains[] = {
	{"Example.COM", "example.com"},
	{"example.com.", "example.com"},
	{"b\xc3\xbc"
	 "cher.example",
		"xn--bcher-kva.example"},
	{"B\xc3\x9c"
	 "CHER.example.",
		"xn--bcher-kva.example"},
	{"_x.example", "_x.example"},
	{"example.com..", NULL},
	{"[192.0.2.1]", NULL},
	{"a b.example", NULL},
	{"a@b.example", NULL},
	{"a\x01.example", NULL},
	{"\xfc.example", NULL},
	{"b\xef\xbc\xa0"
	 "c.d",
		NULL},
	{"a%b.example", NULL},
	{"", NULL},
};

static void
a_domain_becomes_lower_case_a_labels_at_the_border(void **state)
{
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);

	(void)state;
	for (size_t i = 0; i < N(domains); i++) {
		const char *why = NULL;
		struct ps_bytes out = {NULL, 0};
		bool good = ps_dns_name_border(
			a, ps_bytes_of(domains[i].in), &out, &why);

		if (domains[i].out == NULL) {
			if (good || why == NULL)
				fail_msg("accepted: %s", domains[i].in);
			continue;
		}
		if (!good)
			fail_msg("%s: %s", domains[i].in, why);
		assert_bytes(out, domains[i].out);
	}
	ps_arena_free(a);
}

static void
nul_in_a_domain_is_no_domain(void **state)
{
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);
	const char *why = NULL;
	struct ps_bytes out;

	(void)state;
	assert_false(ps_dns_name_border(
		a, PS_LIT("victim.example\0.evil.example"), &out, &why));
	ps_arena_free(a);
}

static void
octets_that_are_not_letters_or_digits_are_escaped_for_the_resolver(void **state)
{
	char out[PS_DNS_TEXT_MAX];

	(void)state;
	ps_dns_name_text(PS_LIT("a-_9.b\\ \0\xff"), out);
	assert_string_equal(out, "a-_9.b\\092\\032\\000\\255.");
}

static void
a_name_is_within_itself_and_its_parents_but_not_within_a_suffix(void **state)
{
	(void)state;
	assert_true(ps_dns_name_within(PS_LIT("a.b"), PS_LIT("a.b")));
	assert_true(ps_dns_name_within(PS_LIT("x.A.b"), PS_LIT("a.B")));
	assert_false(ps_dns_name_within(PS_LIT("xa.b"), PS_LIT("a.b")));
	assert_false(ps_dns_name_within(PS_LIT("b"), PS_LIT("a.b")));
}

static void
addresses_are_turned_round_for_ptr(void **state)
{
	unsigned char six[16] = {0x20, 0x01, 0x0d, 0xb8, [15] = 0x1f};
	unsigned char four[4] = {192, 0, 2, 1};
	char out[80];

	(void)state;
	assert_bytes(
		ps_dns_name_reverse(four, 4, out), "1.2.0.192.in-addr.arpa");
	assert_bytes(ps_dns_name_reverse(six, 16, out),
		"f.1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0."
		"8.b.d.0.1.0.0.2.ip6.arpa");
}

static void
record_data_that_are_cut_short_are_refused(void **state)
{
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);
	struct ps_bytes out;
	uint16_t preference;

	(void)state;
	assert_true(ps_dns_rdata_txt(a, PS_LIT("\3abc\2de"), &out));
	assert_bytes(out, "abcde");
	assert_true(ps_dns_rdata_txt(a, PS_LIT(""), &out));
	assert_bytes(out, "");
	assert_false(ps_dns_rdata_txt(a, PS_LIT("\3abc\3de"), &out));
	assert_true(ps_dns_rdata_name(a, PS_LIT("\3abc\2de\0"), &out));
	assert_bytes(out, "abc.de");
	assert_true(ps_dns_rdata_name(a, PS_LIT("\0"), &out));
	assert_bytes(out, "");
	assert_false(ps_dns_rdata_name(a, PS_LIT(""), &out));
	assert_false(ps_dns_rdata_name(a, PS_LIT("\3abc"), &out));
	assert_false(ps_dns_rdata_name(a, PS_LIT("\3a.c\0"), &out));
	assert_false(ps_dns_rdata_name(a, PS_LIT("\300\14"), &out));
	assert_true(
		ps_dns_rdata_mx(a, PS_LIT("\1\2\3abc\0"), &preference, &out));
	assert_int_equal(preference, 258);
	assert_false(ps_dns_rdata_mx(a, PS_LIT("\1"), &preference, &out));
	ps_arena_free(a);
}

static void
a_name_in_wire_form_reads_back(void **state)
{
	static const char *const same[] = {"", "a", "abc.de.f", L63 ".x"};
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);
	struct ps_bytes out;

	(void)state;
	for (size_t i = 0; i < N(same); i++) {
		struct ps_bytes wire =
			ps_dns_rdata_put_name(a, ps_bytes_of(same[i]));

		assert_true(ps_dns_rdata_name(a, wire, &out));
		assert_bytes(out, same[i]);
	}
	ps_arena_free(a);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(a_name_has_labels_of_1_to_63_octets_and_253_in_all),
	cmocka_unit_test(a_domain_becomes_lower_case_a_labels_at_the_border),
	cmocka_unit_test(nul_in_a_domain_is_no_domain),
	cmocka_unit_test(
		octets_that_are_not_letters_or_digits_are_escaped_for_the_resolver),
	cmocka_unit_test(
		a_name_is_within_itself_and_its_parents_but_not_within_a_suffix),
	cmocka_unit_test(addresses_are_turned_round_for_ptr),
	cmocka_unit_test(record_data_that_are_cut_short_are_refused),
	cmocka_unit_test(a_name_in_wire_form_reads_back),
};

PS_TESTS("dns_name", tests)
