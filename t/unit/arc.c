/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Chains that are wrong before any key is asked for: every one of these must
 * fail without a query.
 */
#include "tap.h"

#include "auth/arc.h"
#include "base/buf.h"
#include "dns_world.h"

#define N(a) (sizeof(a) / sizeof((a)[0]))
#define BH   "bh=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="
/* One set, complete but for its signatures. */
#define AAR(i) "ARC-Authentication-Results: i=" i "; mx.example.org; none\r\n"
#define AMS(i)                                                                 \
	"ARC-Message-Signature: i=" i "; a=rsa-sha256; d=example.org; s=s; "   \
	"h=from; " BH "; b=AAAA\r\n"
#define AS(i, cv)                                                              \
	"ARC-Seal: i=" i "; a=rsa-sha256; d=example.org; s=s; cv=" cv          \
	"; b=AAAA\r\n"
#define SET(i, cv) AS(i, cv) AMS(i) AAR(i)
#define SEAL(tags) "ARC-Seal: " tags "\r\n" AMS("1") AAR("1")

static struct ps_arc_result
check(struct dns_world *w, struct ps_bytes header)
{
	struct ps_message m = {.body_fd = -1};
	struct ps_arc_result r;
	struct ps_bytes rest;
	const char *why = NULL;

	dns_world_open(w, "");
	assert_int_equal(ps_header_parse(w->arena, header, 20000, &m.header,
				 &rest, &why),
		PS_OK);
	ps_arc_ahead(w->arena, &m.header, &w->budget);
	ps_arc_verify(w->arena, &m, 1700000000, &w->budget, &r);
	return r;
}

static const struct {
	const char *header, *why;
} wrong[] = {
	{AAR("1"), "the ARC set i=1 is not complete"},
	{AMS("1") AAR("1"), "the ARC set i=1 is not complete"},
	{AS("1", "none") AAR("1"), "the ARC set i=1 is not complete"},
	{SET("2", "pass"), "the ARC set i=1 is not complete"},
	{SET("3", "pass") SET("1", "none"), "the ARC set i=2 is not complete"},
	{SET("50", "pass") SET("1", "none"), "the ARC set i=2 is not complete"},
	{SET("1", "none") AAR("1"), "two ARC fields of a kind have i=1"},
	{SET("1", "none") AMS("1"), "two ARC fields of a kind have i=1"},
	{SET("1", "none") AS("1", "none"), "two ARC fields of a kind have i=1"},
	{SET("1", "none") SET("01", "none"),
		"two ARC fields of a kind have i=1"},
	{SET("0", "none"), NULL},
	{SET("00", "none"), NULL},
	{SET("51", "pass"), NULL},
	{SET("-1", "none"), NULL},
	{SET("+1", "none"), NULL},
	{SET("1x", "none"), NULL},
	{SET("0x1", "none"), NULL},
	{SET("", "none"), NULL},
	{SET("001", "none"), NULL},
	{SET("99999999999", "pass"), NULL},
	{SET("18446744073709551617", "none"), NULL},
	{SET("4294967297", "none"), NULL},
	{AS("1", "none") AMS("1") "ARC-Authentication-Results: I=1; x\r\n",
		NULL},
	{AS("1", "none") AMS("1") "ARC-Authentication-Results:\r\n", NULL},
	{AS("1", "none") AMS("1") "ARC-Authentication-Results: i\r\n", NULL},
	{AS("1", "none") AMS("1") "ARC-Authentication-Results: i=\r\n", NULL},
	{AS("1", "none") AMS("1") "ARC-Authentication-Results: i=1\r\n", NULL},
	{AS("1", "none") AMS("1") "ARC-Authentication-Results: x; i=1;\r\n",
		NULL},
	{AS("1", "none") AMS("1") "ARC-Authentication-Results: i=1 (\r\n",
		NULL},
	{SET("1", "pass"), "i=1: seal: the first one's cv= is not none"},
	{SET("1", "NONE"), "i=1: seal: the first one's cv= is not none"},
	{SET("1", "none none"), "i=1: seal: the first one's cv= is not none"},
	{SET("1", ""), "i=1: seal: the first one's cv= is not none"},
	{SET("1", "fail"), "i=1: seal: the sealer found the chain broken"},
	{SET("2", "none") SET("1", "none"),
		"i=2: seal: a later one's cv= is not pass"},
	{SET("2", "Pass") SET("1", "none"),
		"i=2: seal: a later one's cv= is not pass"},
	{SET("2", "fail") SET("1", "none"),
		"i=2: seal: the sealer found the chain broken"},
	{SET("2", "pass") SET("1", "fail"),
		"i=1: seal: the sealer found the chain broken"},
	{SEAL("i=1; a=rsa-sha256; d=a.example; s=s; b=AAAA"),
		"i=1: seal: the first one's cv= is not none"},
	{SEAL("i=1; a=rsa-sha256; d=a.example; s=s; b=AAAA; cv=none; h=from"),
		"i=1: seal: a seal has h="},
	{SEAL("i=1; a=rsa-sha256; d=a.example; s=s; b=AAAA; cv=none; cv=none"),
		"i=1: seal: a tag occurs twice"},
	{SEAL("i=1; i=1; a=rsa-sha256; d=a.example; s=s; b=AAAA; cv=none"),
		"i=1: seal: a tag occurs twice"},
	{SEAL("i=1; a=rsa-sha1; d=a.example; s=s; b=AAAA; cv=none"),
		"i=1: seal: a= is no algorithm that counts"},
	{SEAL("i=1; d=a.example; s=s; b=AAAA; cv=none"),
		"i=1: seal: there is no a="},
	{SEAL("i=1; a=rsa-sha256; d=a..example; s=s; b=AAAA; cv=none"),
		"i=1: seal: d= is no domain"},
	{SEAL("i=1; a=rsa-sha256; d=a(b).example; s=s; b=AAAA; cv=none"),
		"i=1: seal: d= is no domain"},
	{SEAL("i=1; a=rsa-sha256; d=a.example; s=; b=AAAA; cv=none"),
		"i=1: seal: s= is no selector"},
	{SEAL("i=1; a=rsa-sha256; d=a.example; s=s; b=A; cv=none"),
		"i=1: seal: b= is no signature"},
	{SEAL("i=1; a=rsa-sha256; d=a.example; s=s; b=; cv=none"),
		"i=1: seal: b= is no signature"},
	{SEAL("i=1; a=rsa-sha256; d=a.example; s=s; b=AAAA; t=1x; cv=none"),
		"i=1: seal: a time is no number"},
	{SEAL("i=1; a=rsa-sha256; d=a.example; s=s; b=AAAA; cv=none; \x01=2"),
		"i=1: seal: it is no tag list"},
};

static void
a_broken_chain_fails_without_a_query(void **state)
{
	(void)state;
	for (size_t i = 0; i < N(wrong); i++) {
		struct dns_world w;
		struct ps_arc_result r =
			check(&w, ps_bytes_of(wrong[i].header));
		const char *why = wrong[i].why;

		if (why == NULL)
			why = "an ARC field has no i= between 1 and 50";
		if (r.why == NULL || strcmp(r.why, why) != 0)
			fail_msg("%s\n%s", wrong[i].header,
				r.why == NULL ? "no reason" : r.why);
		assert_int_equal(r.result, PS_AUTH_FAIL);
		assert_int_equal(w.n_query + w.n_ahead, 0);
		assert_null(r.set);
		dns_world_close(&w);
	}
}

static void
blanks_and_comments_may_stand_before_the_results(void **state)
{
	static const char header[] =
		AS("1", "none") AMS("1") "ARC-Authentication-Results: (c) i "
					 "(d) =\r\n 1 (e (f)) ; x; "
					 "none\r\n";
	struct dns_world w;
	struct ps_arc_result r = check(&w, PS_LIT(header));

	(void)state;
	/* the structure holds; the message signature is next */
	assert_int_equal(r.result, PS_AUTH_FAIL);
	assert_string_equal(r.why, "i=1: message signature: there is no key");
	assert_int_equal(r.n_set, 1);
	dns_world_close(&w);
}

static void
a_message_without_arc_costs_nothing(void **state)
{
	static const char header[] = "From: a@example.org\r\n"
				     "X-ARC-Seal: i=1\r\n"
				     "ARC-Seals: i=1\r\n"
				     "Arc: i=1\r\n";
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);
	struct ps_message m = {.body_fd = -1};
	struct ps_arc_result r;
	struct ps_bytes rest;
	const char *why = NULL;
	size_t used;

	(void)state;
	assert_int_equal(
		ps_header_parse(a, PS_LIT(header), 100, &m.header, &rest, &why),
		PS_OK);
	used = ps_arena_used(a);
	/* the budget is never looked at */
	ps_arc_ahead(a, &m.header, NULL);
	ps_arc_verify(a, &m, 0, NULL, &r);
	assert_int_equal(r.result, PS_AUTH_NONE);
	assert_null(r.why);
	assert_int_equal(ps_arena_used(a), used);
	ps_arena_free(a);
}

static void
ten_thousand_fields_are_not_even_read(void **state)
{
	static const char *const field[] = {
		AAR("1"), AMS("1"), AS("1", "none"), AS("x", "none")};

	(void)state;
	for (size_t k = 0; k < N(field); k++) {
		struct dns_world w;
		struct ps_arc_result r;
		struct ps_buf header;

		ps_buf_init(&header, 16 << 20);
		for (size_t i = 0; i < 10000; i++)
			ps_buf_puts(&header, field[k]);
		r = check(&w, ps_buf_bytes(&header));
		assert_int_equal(r.result, PS_AUTH_FAIL);
		assert_string_equal(r.why, "there are more than 50 ARC sets");
		assert_int_equal(w.n_query + w.n_ahead, 0);
		dns_world_close(&w);
		ps_buf_free(&header);
	}
}

/* A message signature that names n fields. */
static const char *
with_names(size_t n, struct dns_world *w)
{
	struct ps_arc_result r;
	struct ps_buf header;

	ps_buf_init(&header, 1 << 20);
	ps_buf_puts(&header,
		AS("1", "none") AAR("1") "ARC-Message-Signature: i=1; "
					 "a=rsa-sha256; d=example.org; s=s;"
					 " b=AAAA; " BH "; h=");
	for (size_t i = 0; i < n; i++)
		ps_buf_puts(&header, i == 0 ? "from" : ":x");
	ps_buf_puts(&header, "\r\n");
	r = check(w, ps_buf_bytes(&header));
	ps_buf_free(&header);
	assert_int_equal(r.result, PS_AUTH_FAIL);
	return r.why;
}

static void
a_hundred_names_in_h_are_the_most(void **state)
{
	struct dns_world w;

	(void)state;
	assert_string_equal(
		with_names(100, &w), "i=1: message signature: there is no key");
	assert_int_equal(w.n_query, 1);
	dns_world_close(&w);
	assert_string_equal(
		with_names(101, &w), "i=1: message signature: h= is too long");
	assert_int_equal(w.n_query + w.n_ahead, 0);
	dns_world_close(&w);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(a_broken_chain_fails_without_a_query),
	cmocka_unit_test(blanks_and_comments_may_stand_before_the_results),
	cmocka_unit_test(a_message_without_arc_costs_nothing),
	cmocka_unit_test(ten_thousand_fields_are_not_even_read),
	cmocka_unit_test(a_hundred_names_in_h_are_the_most),
};

PS_TESTS("arc", tests)
