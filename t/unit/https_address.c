/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Which addresses a stranger may have us connect to: first, last and middle of
 * every special-purpose range, and their neighbours.
 */
#include "tap.h"

#include <arpa/inet.h>

#include "https/https_curl.h"

static const struct {
	const char *address;
	bool is_public;
} cases[] = {
	{"0.0.0.0", false},
	{"0.255.255.255", false},
	{"1.0.0.0", true},
	{"9.255.255.255", true},
	{"10.0.0.0", false},
	{"10.255.255.255", false},
	{"11.0.0.0", true},
	{"100.63.255.255", true},
	{"100.64.0.0", false},
	{"100.127.255.255", false},
	{"100.128.0.0", true},
	{"126.255.255.255", true},
	{"127.0.0.0", false},
	{"127.0.0.1", false},
	{"127.255.255.255", false},
	{"128.0.0.0", true},
	{"169.253.255.255", true},
	{"169.254.0.0", false},
	{"169.254.169.254", false}, /* a cloud's secrets */
	{"169.254.255.255", false},
	{"169.255.0.0", true},
	{"172.15.255.255", true},
	{"172.16.0.0", false},
	{"172.31.255.255", false},
	{"172.32.0.0", true},
	{"191.255.255.255", true},
	{"192.0.0.0", false},
	{"192.0.0.255", false},
	{"192.0.1.0", true},
	{"192.0.2.0", false},
	{"192.0.2.255", false},
	{"192.0.3.0", true},
	{"192.88.98.255", true},
	{"192.88.99.0", false},
	{"192.88.99.255", false},
	{"192.88.100.0", true},
	{"192.167.255.255", true},
	{"192.168.0.0", false},
	{"192.168.255.255", false},
	{"192.169.0.0", true},
	{"198.17.255.255", true},
	{"198.18.0.0", false},
	{"198.19.255.255", false},
	{"198.20.0.0", true},
	{"198.51.99.255", true},
	{"198.51.100.0", false},
	{"198.51.100.255", false},
	{"198.51.101.0", true},
	{"203.0.112.255", true},
	{"203.0.113.0", false},
	{"203.0.113.255", false},
	{"203.0.114.0", true},
	{"223.255.255.255", true},
	{"224.0.0.0", false},
	{"239.255.255.255", false},
	{"240.0.0.0", false},
	{"255.255.255.255", false},

	{"::", false},
	{"::1", false},
	{"::7f00:1", false}, /* IPv4-compatible, long gone */
	{"::808:808", false},
	{"::ffff:127.0.0.1", false},
	{"::ffff:10.0.0.1", false},
	{"::ffff:169.254.169.254", false},
	{"::ffff:8.8.8.8", true},
	{"::fffe:8.8.8.8", false},
	{"::ffff:0:8.8.8.8", false}, /* IPv4-translated, RFC 2765 */
	{"64:ff9b::8.8.8.8", true},
	{"64:ff9b::10.0.0.1", false},
	{"64:ff9b::127.0.0.1", false},
	{"64:ff9b::1:8.8.8.8", false},
	{"64:ff9b:1::8.8.8.8", false}, /* of a network's own, RFC 8215 */
	{"100::", false},
	{"100::ffff:ffff:ffff:ffff", false},
	{"1fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", false},
	{"2000::", true},
	{"2000:ffff::", true},
	{"2001::", false},
	{"2001:0:53aa:64c:0:fbfe:3f57:fefe", false}, /* Teredo */
	{"2001:2::1", false},
	{"2001:10::1", false},
	{"2001:20::1", false},
	{"2001:1ff:ffff::", false},
	{"2001:200::", true},
	{"2001:db7:ffff::", true},
	{"2001:db8::", false},
	{"2001:db8:ffff:ffff:ffff:ffff:ffff:ffff", false},
	{"2001:db9::", true},
	{"2001:4860:4860::8888", true},
	{"2001:ffff::", true},
	{"2002::", false},
	{"2002:7f00:1::", false},
	{"2002:a00:1::1", false},
	{"2002:c0a8:101::1", false},
	{"2002:808:808::1", true},
	{"2003::", true},
	{"3ffe:ffff::", true},
	{"3fff::", false},
	{"3fff:fff:ffff::", false},
	{"3fff:1000::", true},
	{"3fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", true},
	{"4000::", false},
	{"5f00::1", false},
	{"fbff:ffff::", false},
	{"fc00::", false},
	{"fd12:3456::1", false},
	{"fe80::1", false},
	{"febf::1", false},
	{"fec0::1", false},
	{"ff02::1", false},
	{"ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", false},
};

static void
only_addresses_of_the_public_internet_are_public(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *text = cases[i].address;
		bool four = strchr(text, ':') == NULL;
		char octets[16];

		assert_int_equal(
			inet_pton(four ? AF_INET : AF_INET6, text, octets), 1);
		if (ps_https_is_public(ps_bytes(octets, four ? 4 : 16)) !=
			cases[i].is_public)
			fail_msg("%s is %s", text,
				cases[i].is_public ? "public" : "not public");
	}
}

static void
what_is_no_address_is_not_public(void **state)
{
	static const char octets[32] = {8, 8, 8, 8};

	(void)state;
	for (size_t n = 0; n < sizeof(octets); n++)
		if (n != 4)
			assert_false(ps_https_is_public(ps_bytes(octets, n)));
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(only_addresses_of_the_public_internet_are_public),
	cmocka_unit_test(what_is_no_address_is_not_public),
};
PS_TESTS("https_address", tests)
