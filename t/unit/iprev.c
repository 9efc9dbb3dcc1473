/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Reverse DNS, confirmed: which name a client has, and what is said when it
 * has none.
 */
#include "tap.h"

#include "auth/iprev.h"
#include "spf_world.h"

static const char zone[] =
	"$SECURE on\n"
	"1.2.0.192.in-addr.arpa PTR Mail.Example.COM\n"
	"mail.example.com A 192.0.2.1\n"
	"$SECURE off\n"
	"2.2.0.192.in-addr.arpa PTR other.example.com\n"
	"other.example.com A 192.0.2.99\n"
	"other.example.com AAAA 2001:db8::2\n"
	"3.2.0.192.in-addr.arpa PTR nowhere.example.com\n"
	"4.2.0.192.in-addr.arpa PTR other.example.com\n"
	"4.2.0.192.in-addr.arpa PTR dead.example.com\n"
	"4.2.0.192.in-addr.arpa PTR four.example.com\n"
	"dead.example.com SERVFAIL\n"
	"four.example.com A 192.0.2.98\n"
	"four.example.com A 192.0.2.4\n"
	"5.2.0.192.in-addr.arpa SERVFAIL\n"
	"6.2.0.192.in-addr.arpa PTR dead.example.com\n"
	"6.2.0.192.in-addr.arpa PTR other.example.com\n"
	"7.2.0.192.in-addr.arpa TXT x\n"
	"8.2.0.192.in-addr.arpa PTR \"bad\\032name.example.com\"\n"
	"8.2.0.192.in-addr.arpa PTR .\n"
	"9.2.0.192.in-addr.arpa CNAME 9.classless.example.com.\n"
	"9.classless.example.com PTR nine.example.com.\n"
	"nine.example.com CNAME nine2.example.com\n"
	"nine2.example.com A 192.0.2.9\n"
	"1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2."
	"ip6.arpa PTR six.example.com\n"
	"six.example.com AAAA 2001:db8::1\n"
	"six.example.com A 192.0.2.1\n";

static const struct {
	const char *client;
	enum ps_auth_result result;
	const char *name, *why;
	bool secure;
} cases[] = {
	{"192.0.2.1", PS_AUTH_PASS, "mail.example.com", NULL, true},
	{"::ffff:192.0.2.1", PS_AUTH_PASS, "mail.example.com", NULL, true},
	{"192.0.2.2", PS_AUTH_FAIL, "",
		"no name of the PTR has the client's address", false},
	{"192.0.2.3", PS_AUTH_FAIL, "",
		"no name of the PTR has the client's address", false},
	{"192.0.2.4", PS_AUTH_PASS, "four.example.com", NULL, false},
	{"192.0.2.5", PS_AUTH_TEMPERROR, "",
		"PTR: the name server failed (SERVFAIL)", false},
	{"192.0.2.6", PS_AUTH_TEMPERROR, "",
		"dead.example.com: the name server failed (SERVFAIL)", false},
	{"192.0.2.7", PS_AUTH_PERMERROR, "", "the client has no PTR", false},
	{"192.0.2.8", PS_AUTH_FAIL, "", "the PTR holds no host name", false},
	{"192.0.2.9", PS_AUTH_PASS, "nine.example.com", NULL, false},
	{"192.0.2.10", PS_AUTH_PERMERROR, "", "the client has no PTR", false},
	{"2001:db8::1", PS_AUTH_PASS, "six.example.com", NULL, false},
	{"2001:db8::2", PS_AUTH_PERMERROR, "", "the client has no PTR", false},
	{"", PS_AUTH_NONE, "", "the client has no IP address", false},
};

static void
a_name_counts_when_it_leads_back_to_the_client(void **state)
{
	struct dns_world w;

	(void)state;
	dns_world_open(&w, zone);
	for (size_t i = 0; i < N(cases); i++) {
		struct sockaddr_storage from = spf_client(cases[i].client);
		struct ps_iprev_result r;

		ps_iprev(w.arena, &from, &w.budget, &r);
		assert_int_equal(r.result, cases[i].result);
		assert_bytes(r.name, cases[i].name);
		assert_int_equal(r.secure, cases[i].secure);
		if (cases[i].why == NULL)
			assert_null(r.why);
		else
			assert_string_equal(r.why, cases[i].why);
	}
	dns_world_close(&w);
}

static void
ten_names_are_looked_up_side_by_side_and_no_more(void **state)
{
	struct sockaddr_storage from = spf_client("192.0.2.1");
	struct ps_iprev_result r;
	struct dns_world w;
	struct ps_buf b;

	(void)state;
	ps_buf_init(&b, 1 << 20);
	for (int i = 0; i < 40; i++)
		ps_buf_printf(
			&b, "1.2.0.192.in-addr.arpa PTR n%d.example.com\n", i);
	for (int i = 10; i < 40; i++)
		ps_buf_printf(&b, "n%d.example.com A 192.0.2.1\n", i);
	ps_buf_putc(&b, '\0');
	dns_world_open(&w, b.p);
	ps_iprev(w.arena, &from, &w.budget, &r);
	assert_int_equal(r.result, PS_AUTH_FAIL);
	assert_int_equal(w.n_query, 11);
	assert_int_equal(w.n_ahead, 10);
	ps_buf_free(&b);
	dns_world_close(&w);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(a_name_counts_when_it_leads_back_to_the_client),
	cmocka_unit_test(ten_names_are_looked_up_side_by_side_and_no_more),
};

PS_TESTS("iprev", tests)
