/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Macros as Postfix and Sendmail send them, and what they mean.
 */
#include "tap.h"

#include "auth/client.h"

#define N(a)	 (sizeof(a) / sizeof((a)[0]))
#define POSTFIX	 "Postfix 3.7.11"
#define SENDMAIL "8.17.1.9"
#define DN	 "/C=DE/O=Example+20Ltd/CN=client.example"

static const struct {
	const char *mta, *tls, *subject, *issuer, *cn, *verify;
	enum ps_client_cert cert;
	const char *want_subject;
} certs[] = {
	{POSTFIX, "TLSv1.3", "client.example", "our CA", "", "",
		PS_CLIENT_CERT_VERIFIED, "client.example"},
	{POSTFIX, "TLSv1.3", "a+20b", "our CA", "", "", PS_CLIENT_CERT_VERIFIED,
		"a+20b"},
	{POSTFIX, "TLSv1.3", "", "", "", "", PS_CLIENT_CERT_NONE, ""},
	{POSTFIX, "", "client.example", "our CA", "", "", PS_CLIENT_CERT_NONE,
		""},
	{SENDMAIL, "TLSv1.3", DN, "/CN=our+20CA", "client.example", "OK",
		PS_CLIENT_CERT_VERIFIED, "client.example"},
	{SENDMAIL, "TLSv1.3", DN, "/CN=our+20CA", "", "OK",
		PS_CLIENT_CERT_VERIFIED,
		"/C=DE/O=Example Ltd/CN=client.example"},
	{SENDMAIL, "TLSv1.3", DN, "/CN=x", "a+2Bb+2", "FAIL",
		PS_CLIENT_CERT_UNVERIFIED, "a+b+2"},
	{SENDMAIL, "TLSv1.3", "", "", "", "FAIL", PS_CLIENT_CERT_UNVERIFIED,
		""},
	{SENDMAIL, "TLSv1.3", "", "", "", "NO", PS_CLIENT_CERT_NONE, ""},
	{SENDMAIL, "TLSv1.3", "", "", "", "NOT", PS_CLIENT_CERT_NONE, ""},
	{SENDMAIL, "TLSv1.3", "", "", "", "TEMP", PS_CLIENT_CERT_NONE, ""},
	{SENDMAIL, "TLSv1.3", DN, "", "c", "TEMP", PS_CLIENT_CERT_UNVERIFIED,
		"c"},
	{SENDMAIL, "TLSv1.3", DN, "", "c", "ok", PS_CLIENT_CERT_UNVERIFIED,
		"c"},
	{SENDMAIL, "", "", "", "", "NONE", PS_CLIENT_CERT_NONE, ""},
	{SENDMAIL, "", DN, "", "c", "OK", PS_CLIENT_CERT_NONE, ""},
	{SENDMAIL, "TLSv1.3", DN, "", "c", "", PS_CLIENT_CERT_UNKNOWN, "c"},
	{"", "TLSv1.3", "client.example", "", "", "", PS_CLIENT_CERT_UNKNOWN,
		"client.example"},
};

static void
a_certificate_counts_as_the_mta_judges_it(void **state)
{
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);

	(void)state;
	for (size_t i = 0; i < N(certs); i++) {
		struct ps_session s = {.mta = ps_bytes_of(certs[i].mta),
			.tls_version = ps_bytes_of(certs[i].tls),
			.cert_subject = ps_bytes_of(certs[i].subject),
			.cert_issuer = ps_bytes_of(certs[i].issuer),
			.cert_cn = ps_bytes_of(certs[i].cn),
			.cert_verify = ps_bytes_of(certs[i].verify)};
		struct ps_txn t = {.session = &s};
		struct ps_client c;

		ps_client_of(a, &t, &c);
		assert_int_equal(c.cert, certs[i].cert);
		assert_bytes(c.cert_subject, certs[i].want_subject);
	}
	ps_arena_free(a);
}

static const struct {
	const char *version;
	enum ps_auth_result tls;
	int minor;
} versions[] = {
	{"", PS_AUTH_NONE, -1},
	{"TLSv1.3", PS_AUTH_PASS, 3},
	{"TLSv1.2", PS_AUTH_PASS, 2},
	{"TLSv1.1", PS_AUTH_PASS, 1},
	{"TLSv1", PS_AUTH_PASS, 0},
	{"TLSv1/SSLv3", PS_AUTH_PASS, 0},
	{"SSLv3", PS_AUTH_PASS, 0},
	{"TLSv1.30", PS_AUTH_PASS, 0},
	{"TLSv1.", PS_AUTH_PASS, 0},
	{"TLSv1.x", PS_AUTH_PASS, 0},
	{"unknown", PS_AUTH_PASS, 0},
};

static void
a_version_that_is_not_known_is_the_weakest(void **state)
{
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);

	(void)state;
	for (size_t i = 0; i < N(versions); i++) {
		struct ps_session s = {
			.tls_version = ps_bytes_of(versions[i].version),
			.cipher = PS_LIT("c"),
			.cipher_bits = PS_LIT("256")};
		struct ps_txn t = {.session = &s};
		struct ps_client c;

		ps_client_of(a, &t, &c);
		assert_int_equal(c.tls, versions[i].tls);
		assert_int_equal(c.tls_minor, versions[i].minor);
		assert_bytes(c.cipher, c.tls == PS_AUTH_PASS ? "c" : "");
		assert_int_equal(c.auth, PS_AUTH_NONE);
	}
	ps_arena_free(a);
}

static void
a_login_is_one_with_a_name(void **state)
{
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);
	struct ps_session s = {0};
	struct ps_txn t = {.session = &s, .login_method = PS_LIT("PLAIN")};
	struct ps_client c;

	(void)state;
	ps_client_of(a, &t, &c);
	assert_int_equal(c.auth, PS_AUTH_NONE);
	assert_bytes(c.mechanism, "");
	t.login = PS_LIT("alice");
	ps_client_of(a, &t, &c);
	assert_int_equal(c.auth, PS_AUTH_PASS);
	assert_bytes(c.login, "alice");
	assert_bytes(c.mechanism, "PLAIN");
	ps_arena_free(a);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(a_certificate_counts_as_the_mta_judges_it),
	cmocka_unit_test(a_version_that_is_not_known_is_the_weakest),
	cmocka_unit_test(a_login_is_one_with_a_name),
};

PS_TESTS("client", tests)
