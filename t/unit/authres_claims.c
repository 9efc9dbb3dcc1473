/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Fields that claim to be ours, in every spelling that some reader takes for
 * our id; and fields of others, which stay.
 */
#include "tap.h"

#include <stdio.h>
#include <time.h>

#include "auth/authres.h"

#define N(a) (sizeof(a) / sizeof((a)[0]))
#define B(s)                                                                   \
	{                                                                      \
		(s), sizeof(s) - 1                                             \
	} /* a constant, unlike PS_LIT */

static bool
claims(struct ps_arena *a, const char *name, struct ps_bytes value,
	const char *id)
{
	struct ps_field f = {.name = ps_bytes_of(name), .value = value};

	return ps_authres_claims(a, &f, ps_bytes_of(id));
}

static const struct ps_bytes ours[] = {
	B(" mx.example.org; dkim=pass"),
	B("mx.example.org;dkim=pass"),
	B(" MX.Example.ORG; none"),
	B(" mx.example.org"),
	B(" mx.example.org dkim=pass"),
	B(" mx.example.org 1; dkim=pass"),
	B(" mx.example.org/1; dkim=pass"),
	B(" mx.example.org / 1; dkim=pass"),
	B(" mx.example.org 99; dkim=pass"),
	B(" mx.example.org.; dkim=pass"),
	B(" mx.example.org..; dkim=pass"),
	B(" mx.example.org . ; dkim=pass"),
	B("\r\n mx.example.org;\r\n dkim=pass"),
	B(" mx.exam\r\n ple.org; dkim=pass"),
	B(" mx .\r\n\texample . org; dkim=pass"),
	B(" mx(a).(b)example.org; dkim=pass"),
	B(" (a (b) \\) c) mx.example.org; dkim=pass"),
	B(" ((((((((((((((((((((((((d)))))))))))))))))))))))) "
	  "mx.example.org; dkim=pass"),
	B(" (a(b) mx.example.org; dkim=pass"),
	B(" (a\\) mx.example.org; dkim=pass"),
	B(" (a) b) mx.example.org; dkim=pass (c"),
	B(" mx.example.org(x); dkim=pass"),
	B(" \"mx.example.org\"; dkim=pass"),
	B(" \"mx.example.org \" 1; dkim=pass"),
	B(" \"mx\\.example\\.org\"; dkim=pass"),
	B(" \"mx.example.org; x\"; dkim=pass"),
	B(" mx.\"example\".org; dkim=pass"),
	B(" (asked (by) mx.example.org) other.example; dkim=pass"),
	B(" 'mx.example.org'; dkim=pass"),
	B(" <mx.example.org>; dkim=pass"),
	B(" mx.example.org, dkim=pass"),
	B(" mx.example.org: dkim=pass"),
	B(" mx.example.org=x; dkim=pass"),
	B(" ;; mx.example.org; dkim=pass"),
	B(" mx.example.org\0; dkim=pass"),
	B(" mx.example.org\0.evil.example; dkim=pass"),
	B("\0mx.example.org; dkim=pass"),
	B(" mx.\0example.org; dkim=pass"),
	B(" mx.example.org\t\v\f\x7f; dkim=pass"),
	B(" mx.example.org\r; dkim=pass"),
	B("\xef\xbb\xbfmx.example.org; dkim=pass"),
	B("\xc2\xa0mx.example.org\xc2\xa0; dkim=pass"),
	B(" mx.exam\xc2\xadple.org; dkim=pass"),
	B(" mx\xe3\x80\x82"
	  "example\xef\xbc\x8eorg; dkim=pass"),
	B(" \xef\xbd\x8d\xef\xbd\x98.example.org; dkim=pass"),
	B(" =?utf-8?q?mx.example.org?=; dkim=pass"),
	B(" other.example; spf=pass\rAuthentication-Results: "
	  "mx.example.org; dkim=pass"),
	B(" other.example; spf=pass\nauthentication-results :"
	  "mx.example.org; dkim=pass"),
};

static void
every_spelling_of_our_id_is_a_claim(void **state)
{
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);
	size_t n = 0;

	(void)state;
	for (size_t i = 0; i < N(ours); i++) {
		if (!claims(a, "Authentication-Results", ours[i],
			    "mx.example.org"))
			printf("# no claim: %.*s\n", PS_FMT(ours[i]));
		else
			n++;
	}
	assert_int_equal(n, N(ours));
	assert_true(claims(
		a, "AUTHENTICATION-RESULTS", ours[0], "MX.example.org."));
	ps_arena_free(a);
}

static const struct ps_bytes foreign[] = {
	B(" other.example; dkim=pass"),
	B(" example.org; dkim=pass"),
	B(" mail.mx.example.org; dkim=pass"),
	B(" mx.example.org.example.net; dkim=pass"),
	B(" mx.example.organic; dkim=pass"),
	B(" xmx.example.org; dkim=pass"),
	B(" mx-example.org; dkim=pass"),
	B(" mx.example.org-x; dkim=pass"),
	B(" mx.example.com 1; dkim=pass"),
	B(" other.example; dkim=pass (mx.example.org; spf=pass)"),
	B(" other.example; dkim=pass header.d=mx.example.org"),
	B(" other.example; mx.example.org; dkim=pass"),
	B(" (mx.example.org) other.example; dkim=pass"),
	B(" \"(\" mx.example.org; dkim=pass"),
	B(" other.example (mx.example.org); dkim=pass"),
	B(" \"other.example; mx.example.org\"; dkim=pass"),
	B(" spf=pass smtp.mailfrom=mx.example.org; mx.example.org"),
	B(" b\xc3\xbc"
	  "cher.example; dkim=pass"),
	B(" other.example; x\r\n Authentication-Results: mx.example.org"),
	B(" other.example; x\nX-Authentication-Results: mx.example.org"),
	B(""),
	B(" "),
	B(" ;"),
	B(" ("),
	B(" \""),
};

static void
ids_of_other_servers_are_none(void **state)
{
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);
	size_t n = 0;

	(void)state;
	for (size_t i = 0; i < N(foreign); i++) {
		if (claims(a, "Authentication-Results", foreign[i],
			    "mx.example.org"))
			printf("# claim: %.*s\n", PS_FMT(foreign[i]));
		else
			n++;
	}
	assert_int_equal(n, N(foreign));
	ps_arena_free(a);
}

static void
only_our_field_claims_unless_another_hides_it(void **state)
{
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);

	(void)state;
	assert_false(claims(
		a, "ARC-Authentication-Results", ours[0], "mx.example.org"));
	assert_false(claims(a, "Received-SPF", ours[0], "mx.example.org"));
	assert_true(claims(a, "Subject",
		PS_LIT(" x\rAuthentication-Results: mx.example.org; dkim=pass"),
		"mx.example.org"));
	assert_false(claims(a, "Subject",
		PS_LIT(" x\r\n Authentication-Results: mx.example.org; x"),
		"mx.example.org"));
	assert_false(claims(a, "Authentication-Results", ours[0], ""));
	ps_arena_free(a);
}

static void
u_labels_and_a_labels_are_one_id(void **state)
{
	static const struct ps_bytes spelling[] = {
		B(" b\xc3\xbc"
		  "cher.example; dkim=pass"),
		B(" B\xc3\x9c"
		  "CHER.example 1; dkim=pass"),
		B(" bu\xcc\x88"
		  "cher.example; dkim=pass"),
		B(" XN--BCHER-KVA.example; dkim=pass"),
		B(" b\xc3\xbc c h e r . e x a m p l e; dkim=pass"),
	};
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);

	(void)state;
	for (size_t i = 0; i < N(spelling); i++) {
		assert_true(claims(a, "Authentication-Results", spelling[i],
			"xn--bcher-kva.example"));
		assert_true(claims(a, "Authentication-Results", spelling[i],
			"b\xc3\xbc"
			"cher.example"));
		assert_false(claims(a, "Authentication-Results", spelling[i],
			"bucher.example"));
	}
	ps_arena_free(a);
}

/* Counted in the processor's time, with a hundredfold margin. */
static void
no_field_takes_more_than_linear_time(void **state)
{
	static const char *const part[] = {"(", "(\\", ". ", "\"", "a\"(", ")",
		"\xc3\xbc ", " \t", "\rAuthentication-Results:", ";", "="};
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);
	struct ps_authres r;
	clock_t start = clock();
	struct ps_buf b;

	(void)state;
	for (size_t i = 0; i < N(part); i++) {
		ps_buf_init(&b, 4 << 20);
		while (b.len < 1 << 20)
			ps_buf_puts(&b, part[i]);
		(void)claims(a, "Authentication-Results", ps_buf_bytes(&b),
			"mx.example.org");
		b.len = 64 << 10;
		(void)ps_authres_read(a, ps_buf_bytes(&b), &r);
		ps_buf_free(&b);
	}
	printf("# %.0f ms\n",
		1000 * (double)(clock() - start) / CLOCKS_PER_SEC);
	assert_true(clock() - start < 30 * CLOCKS_PER_SEC);
	ps_arena_free(a);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(every_spelling_of_our_id_is_a_claim),
	cmocka_unit_test(ids_of_other_servers_are_none),
	cmocka_unit_test(only_our_field_claims_unless_another_hides_it),
	cmocka_unit_test(u_labels_and_a_labels_are_one_id),
	cmocka_unit_test(no_field_takes_more_than_linear_time),
};

PS_TESTS("authres_claims", tests)
