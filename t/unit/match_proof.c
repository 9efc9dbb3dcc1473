/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Rules that rest on what a verdict proves, and words that both parties say.
 */
#include "tap.h"

#include <stdio.h>
#include <string.h>

#include "verdict_world.h"

#define N(array) (sizeof(array) / sizeof((array)[0]))

#define FPR "0123456789ABCDEF0123456789ABCDEF01234567"

struct row {
	const char *condition, *verdict, *login;
	bool holds;
};

static const struct row rows[] = {
	{"dkim-domain = x.example", "dkim=pass/x.example", "", true},
	{"dkim-domain = X.Example", "dkim=fail/y.example dkim=pass/x.example",
		"", true},
	{"dkim-domain = x.example", "dkim=fail/x.example", "", false},
	{"dkim-domain = x.example", "dkimtest=pass/x.example", "", false},
	{"dkim-domain = x.example", "dkim=policy/x.example", "", false},
	{"dkim-domain = x.example", "dkim=pass/sub.x.example", "", false},
	{"dkim-domain = \"*.x.example\"", "dkim=pass/sub.x.example", "", true},
	{"dkim-domain = \"*.x.example\"", "dkim=pass/x.example", "", false},
	{"dkim-domain = x.example", "spf=pass/x.example", "", false},
	{"dkim-domain = x.example", "", "", false},
	/* mail of a login is not checked; nothing of it is proven */
	{"dkim-domain = x.example", "dkim=pass/x.example", "anna", false},
	{"spf-domain = { y.example, x.example }", "spf=pass/x.example", "",
		true},
	{"spf-domain = x.example", "spf=softfail/x.example", "", false},
	{"spf-domain = x.example", "spf=neutral/x.example", "", false},
	{"iprev = \"*.x.example\"", "iprev=pass/mx.x.example", "", true},
	{"iprev = \"*.x.example\"", "iprev=fail/mx.x.example", "", false},
	{"iprev = \"*.x.example\"", "iprev=pass/mx.x.example.evil.example", "",
		false},
	{"cert-subject = \"mx.*\"", "cert=mx.x.example", "", true},
	{"cert-subject = \"MX.*\"", "cert=mx.x.example", "anna", true},
	{"cert-subject = \"mx.*\"", "badcert=mx.x.example", "", false},
	{"cert-subject = \"*\"", "", "", false},
	{"header-from = \"a@x.example\"", "from=a@x.example dmarc=pass", "",
		true},
	{"header-from = x.example", "from=b@x.example dmarc=pass", "", true},
	{"header-from = x.example", "from=a@x.example dmarc=none", "", false},
	{"header-from = x.example", "from=a@x.example dmarc=fail/none", "",
		false},
	{"header-from = x.example",
		"from=a@x.example from=a@y.example "
		"dmarc=pass",
		"", false},
	{"header-from = x.example", "from=a@x.example from=ambiguous", "anna",
		false},
	{"header-from = x.example", "from=a@x.example", "anna", true},
	{"signed-by = a@x.example", "from=a@x.example openpgp=pass", "", true},
	{"signed-by = x.example", "from=a@x.example openpgp=pass", "", true},
	{"signed-by = x.example", "from=a@x.example openpgp=policy", "", false},
	{"signed-by = x.example", "from=a@x.example dmarc=pass", "", false},
	{"signed-by = x.example", "from=a@y.example openpgp=pass", "", false},
	{"signed-by = x.example", "from=a@x.example openpgp=pass", "anna",
		false},
	{"signed-by = \"" FPR "\"", "from=a@y.example openpgp=pass fpr=" FPR,
		"", true},
	{"signed-by = \"" FPR "\"", "from=a@y.example openpgp=fail fpr=" FPR,
		"", false},
	{"signed-by = \"" FPR "\"", "from=a@y.example openpgp=pass", "", false},
	/* all conditions of a rule */
	{"dkim-domain = x.example spf-domain = x.example",
		"dkim=pass/x.example spf=pass/x.example", "", true},
	{"dkim-domain = x.example spf-domain = x.example",
		"dkim=pass/x.example", "", false},
	{"from = else.example dkim-domain = x.example", "dkim=pass/x.example",
		"", true},
	{"from = y.example dkim-domain = x.example", "dkim=pass/x.example", "",
		false},
};

static void
ruling_of(struct world *w, const struct ps_verdict *v, struct ps_ruling *out)
{
	struct ps_sender sender;

	ps_sender_of(w->policy, &w->txn, &w->txn.rcpt[0], &sender);
	if (v != NULL)
		ps_sender_prove(&sender, v);
	ps_match(w->arena, w->policy, &sender, &w->txn.rcpt[0].addr, out);
}

static void
a_condition_holds_for_what_the_verdict_proves(void **state)
{
	(void)state;
	for (size_t i = 0; i < N(rows); i++) {
		struct ps_verdict v;
		struct ps_ruling r;
		struct world w;
		char words[400];
		bool held;

		snprintf(words, sizeof(words),
			"rule \"r\" { %s encrypt = always }",
			rows[i].condition);
		world_of(&w, words, "bob@d.example");
		world_login(&w, rows[i].login);
		verdict_make(&w, rows[i].verdict, &v);
		ruling_of(&w, &v, &r);
		held = strcmp(r.rule, "r") == 0;
		if (held != rows[i].holds || r.pending != NULL)
			fail_msg("{ %s } %s", rows[i].condition,
				rows[i].verdict);
		world_close(&w);
	}
}

static void
before_there_is_a_verdict_a_rule_is_pending(void **state)
{
	static const struct {
		const char *words, *login;
		bool pending;
	} cases[] = {
		{"rule \"r\" { dkim-domain = x.example encrypt = never }", "",
			true},
		{"rule \"r\" { header-from = x.example encrypt = never }",
			"anna", true},
		{"rule \"r\" { cert-subject = x encrypt = never }", "", true},
		/* what is known says no already */
		{"rule \"r\" { dkim-domain = x.example encrypt = never }",
			"anna", false},
		{"rule \"r\" { dkim-domain = x.example from = y.example "
		 "encrypt = never }",
			"", false},
		/* a rule above it speaks whatever comes */
		{"rule \"a\" { encrypt = always } rule \"r\" { dkim-domain = "
		 "x.example encrypt = never }",
			"", false},
		{"rule \"r\" { dkim-domain = x.example encrypt = never } rule "
		 "\"a\" { to = \"bob@d.example\" encrypt = always }",
			"", true},
	};

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		struct ps_ruling r;
		struct world w;

		world_of(&w, cases[i].words, "bob@d.example");
		world_login(&w, cases[i].login);
		ruling_of(&w, NULL, &r);
		assert_string_not_equal(r.rule, "r");
		if ((r.pending != NULL) != cases[i].pending)
			fail_msg("{ %s }", cases[i].words);
		world_close(&w);
	}
}

static void
what_is_proven_may_be_exempt_under_always(void **state)
{
	static const struct {
		const char *condition, *verdict;
		bool identity;
	} cases[] = {
		{"dkim-domain = x.example", "dkim=pass/x.example", true},
		{"spf-domain = x.example", "spf=pass/x.example", true},
		{"cert-subject = x", "cert=x", true},
	};

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		struct ps_verdict v;
		struct ps_ruling r;
		struct world w;
		char words[400];

		snprintf(words, sizeof(words),
			"encrypt = always rule \"r\" { %s exempt = calendar }",
			cases[i].condition);
		world_of(&w, words, "bob@d.example");
		verdict_make(&w, cases[i].verdict, &v);
		ruling_of(&w, &v, &r);
		assert_int_equal(r.identity, cases[i].identity);
		verdict_make(&w, "", &v);
		ruling_of(&w, &v, &r);
		assert_false(r.identity);
		world_close(&w);
	}
}

/* tls-in of mail from one to another. */
struct both {
	const char *conf, *from, *to, *login;
	int tls_in;
	const char *by;
};

#define HOUSE                                                                  \
	"recipient-delimiter = \"+\" defaults { tls-in = encrypted } "         \
	"domain \"a.example\" { tls-in = TLSv1.2 rule \"any\" { to = "         \
	"\"any@a.example\" tls-in = any } rule \"r3\" { to = "                 \
	"\"r3@a.example\" encrypt = never tls-in = TLSv1.3 } } "               \
	"peer \"b.example\" { tls-in = TLSv1.3 } peer \"c.example\" { "        \
	"tls-in = any } domain \"d.example\" {} "

static const struct both boths[] = {
	{HOUSE, "<x@y.example>", "<x@z.example>", "", PS_TLS_IN_ENCRYPTED,
		"defaults"},
	{HOUSE, "<x@y.example>", "<x@a.example>", "", PS_TLS_IN_1_2,
		"a.example"},
	{HOUSE, "<x@b.example>", "<x@a.example>", "", PS_TLS_IN_1_3,
		"b.example"},
	{HOUSE, "<x@c.example>", "<x@a.example>", "", PS_TLS_IN_1_2,
		"a.example"},
	/* what one says is not filled by the defaults */
	{HOUSE, "<x@c.example>", "<x@d.example>", "", PS_TLS_IN_ANY,
		"c.example"},
	{HOUSE, "<x@y.example>", "<any@a.example>", "", PS_TLS_IN_ANY, "any"},
	{HOUSE, "<x@b.example>", "<any@a.example>", "", PS_TLS_IN_1_3,
		"b.example"},
	/* an extension escapes no rule, neither towards less nor more */
	{HOUSE, "<x@y.example>", "<any+1@a.example>", "", PS_TLS_IN_1_2,
		"a.example"},
	{HOUSE, "<x@y.example>", "<r3+1@a.example>", "", PS_TLS_IN_1_3, "r3"},
	/* ours, writing to a peer */
	{HOUSE, "<x@a.example>", "<x@b.example>", "x", PS_TLS_IN_1_2,
		"a.example"},
	{HOUSE, "<x@d.example>", "<x@b.example>", "x", PS_TLS_IN_ENCRYPTED,
		"defaults"},
	{HOUSE, "<x@y.example>", "<x@b.example>", "", PS_TLS_IN_1_3,
		"b.example"},
};

static void
of_two_parties_the_stricter_one_is_heard(void **state)
{
	(void)state;
	for (size_t i = 0; i < N(boths); i++) {
		struct ps_ruling r;
		struct world w;

		world_open(&w, boths[i].conf);
		world_from(&w, boths[i].from);
		world_rcpts(&w, boths[i].to);
		world_login(&w, boths[i].login);
		ruling_of(&w, NULL, &r);
		if (r.word[PS_WORD_TLS_IN].value != boths[i].tls_in ||
			strcmp(r.said_by[PS_WORD_TLS_IN], boths[i].by) != 0)
			fail_msg("%s %s: %d by %s", boths[i].from, boths[i].to,
				r.word[PS_WORD_TLS_IN].value,
				r.said_by[PS_WORD_TLS_IN]);
		world_close(&w);
	}
}

static void
words_about_a_sender_do_not_change_what_is_sealed(void **state)
{
	struct ps_verdict v;
	struct ps_ruling r;
	struct world w;

	(void)state;
	world_open(&w, "domain \"a.example\" { encrypt = when-key } peer "
		       "\"b.example\" { encrypt = always key = \"" WORLD_ARCHIVE
		       "\" dmarc = enforce on-dmarc-fail = tag }");
	world_from(&w, "<x@b.example>");
	world_rcpts(&w, "<x@a.example>");
	verdict_make(&w, "from=x@b.example", &v);
	ruling_of(&w, &v, &r);
	assert_int_equal(r.word[PS_WORD_ENCRYPT].value, PS_ENCRYPT_WHEN_KEY);
	assert_int_equal(r.word[PS_WORD_KEY].n_list, 0);
	assert_int_equal(r.word[PS_WORD_ON_DMARC_FAIL].value, PS_ACT_TAG);
	assert_string_equal(r.rule, "a.example");
	world_close(&w);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(a_condition_holds_for_what_the_verdict_proves),
	cmocka_unit_test(before_there_is_a_verdict_a_rule_is_pending),
	cmocka_unit_test(what_is_proven_may_be_exempt_under_always),
	cmocka_unit_test(of_two_parties_the_stricter_one_is_heard),
	cmocka_unit_test(words_about_a_sender_do_not_change_what_is_sealed),
};

PS_TESTS("match_proof", tests)
