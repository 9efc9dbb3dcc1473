/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * What policy makes of a sender's verdict.
 */
#include "tap.h"

#include <string.h>

#include "verdict_world.h"

#define N(array) (sizeof(array) / sizeof((array)[0]))

struct row {
	const char *conf, *verdict, *want;
};

#define ANNA "from=anna@bank.example "
#define LIST "List-Id: <users.lists.example>\r\n"

static void
judge(const struct row *row, const char *mail_from, const char *login,
	const char *client)
{
	struct ps_verdict v;
	struct world w;
	const char *got;

	world_open(&w, row->conf);
	world_from(&w, mail_from);
	world_login(&w, login);
	world_client(&w, client);
	w.session.client_ip = ps_bytes_of(client);
	world_rcpts(&w, "bob@example.org, eve@other.example");
	world_message(&w, "Subject: x\r\n" LIST, "body\r\n");
	verdict_make(&w, row->verdict, &v);
	got = verdict_judge(&w, &v);
	if (strcmp(row->want, got) != 0)
		fail_msg("{ %s } %s: wanted \"%s\", got \"%s\"", row->conf,
			row->verdict, row->want, got);
	world_close(&w);
}

static const struct row by_default[] = {
	{"", ANNA "dmarc=pass/reject dkim=pass/bank.example", "accept"},
	{"", ANNA "dmarc=fail/reject", "550 5.7.26 dmarc-reject rule=defaults"},
	{"", ANNA "dmarc=fail/quarantine",
		"quarantine dmarc-quarantine rule=defaults"},
	{"", ANNA "dmarc=fail/none", "accept"},
	{"", ANNA "dmarc=none", "accept"},
	{"", ANNA "dmarc=temperror spf=temperror/x.example", "accept"},
	{"", "from=ambiguous", "tag ambiguous-from rule=defaults"},
	{"", "from=absent", "tag ambiguous-from rule=defaults"},
	{"", ANNA "dmarc=permerror", "tag ambiguous-from rule=defaults"},
	/* no way around what an owner in it asks for */
	{"", "from=ambiguous dmarc=permerror/reject",
		"550 5.7.1 ambiguous-from rule=defaults"},
	{"", "from=ambiguous crowded dmarc=permerror/none",
		"550 5.7.1 ambiguous-from rule=defaults"},
	{"", "from=ambiguous dmarc=permerror/quarantine",
		"quarantine ambiguous-from rule=defaults"},
	{"defaults { on-ambiguous-from = reject }",
		"from=ambiguous dmarc=permerror/none",
		"550 5.7.1 ambiguous-from rule=defaults"},
	{"", "from=ambiguous only=none", "accept"},
	{"",
		ANNA "spf=fail/x.example dkim=fail/x.example arc=fail "
		     "iprev=fail",
		"accept"},
};

static void
nothing_said_does_what_the_owner_of_a_domain_asks_by_dmarc(void **state)
{
	(void)state;
	for (size_t i = 0; i < N(by_default); i++)
		judge(&by_default[i], "<a@b.example>", "", "203.0.113.5");
}

#define ALL                                                                    \
	"defaults { spf = enforce dkim = enforce arc = enforce dmarc = "       \
	"report } "

static const struct row by_word[] = {
	{ALL, ANNA "dkim=pass/x.example spf=pass/x.example", "accept"},
	{ALL, ANNA "dkim=pass/x.example spf=neutral/x.example", "accept"},
	{ALL, ANNA "dkim=pass/x.example spf=fail/x.example",
		"550 5.7.23 spf-fail rule=defaults"},
	{ALL, ANNA "dkim=pass/x.example spf=softfail/x.example",
		"tag spf-softfail rule=defaults"},
	{ALL, ANNA "dkim=pass/x.example spf=temperror/x.example",
		"451 4.7.24 spf-temperror rule=defaults"},
	{ALL, ANNA "dkim=pass/x.example spf=permerror/x.example",
		"tag spf-permerror rule=defaults"},
	{ALL, ANNA "dkim=fail/x.example dkim=pass/y.example", "accept"},
	{ALL, ANNA "dkim=fail/x.example dkim=policy/y.example",
		"tag dkim-fail rule=defaults"},
	{ALL, ANNA "dkim=fail/x.example dkim=temperror/y.example",
		"451 4.7.5 dkim-temperror rule=defaults"},
	{ALL, ANNA, "accept"},
	{"defaults { dkim = enforce on-dkim-none = reject }", ANNA,
		"550 5.7.20 dkim-none rule=defaults"},
	{"defaults { dkim = enforce on-dkim-none = reject }", ANNA "only=spf",
		"accept"},
	{ALL, ANNA "arc=fail", "tag arc-fail rule=defaults"},
	{ALL, ANNA "arc=pass", "accept"},
	{"defaults { on-iprev-fail = tempfail }", "iprev=permerror",
		"451 4.7.25 iprev-fail rule=defaults"},
	{"defaults { on-iprev-fail = tempfail }", "iprev=temperror", "accept"},
	{"defaults { on-dmarc-temperror = tempfail }", ANNA "dmarc=temperror",
		"451 4.4.3 dmarc-temperror rule=defaults"},
	{"defaults { on-dmarc-none = quarantine }", ANNA "dmarc=none",
		"quarantine dmarc-none rule=defaults"},
	/* without their method they do nothing */
	{"defaults { on-spf-fail = reject }", ANNA "spf=fail/x.example",
		"accept"},
	{"defaults { dmarc = report on-ambiguous-from = reject }",
		"from=ambiguous", "accept"},
};

static void
each_result_does_what_its_word_says_where_its_method_is_enforced(void **state)
{
	(void)state;
	for (size_t i = 0; i < N(by_word); i++)
		judge(&by_word[i], "<a@b.example>", "", "203.0.113.5");
}

static const struct row who_decides[] = {
	/* the strictest recipient, and the stricter party */
	{"domain \"example.org\" { dmarc = report } domain \"other.example\" "
	 "{ dmarc = enforce }",
		ANNA "dmarc=fail/reject",
		"550 5.7.26 dmarc-reject rule=defaults"},
	{"domain \"example.org\" { dmarc = report } domain \"other.example\" "
	 "{ dmarc = off }",
		ANNA "dmarc=fail/reject", "accept (local_policy)"},
	{"defaults { dmarc = report } peer \"bank.example\" { dmarc = enforce "
	 "on-dmarc-fail = reject }",
		ANNA "dmarc=fail/none",
		"550 5.7.26 dmarc-fail rule=bank.example (local_policy)"},
	{"domain \"example.org\" { on-dmarc-reject = tag } domain "
	 "\"other.example\" { on-dmarc-reject = quarantine }",
		ANNA "dmarc=fail/reject",
		"quarantine dmarc-reject rule=other.example (local_policy)"},
	/* the section of From for DMARC, that of MAIL FROM for SPF */
	{"peer \"b.example\" { on-dmarc-fail = reject spf = enforce }",
		ANNA "dmarc=fail/none spf=fail/b.example",
		"550 5.7.23 spf-fail rule=defaults"},
	{"peer \"bank.example\" { on-dmarc-fail = tag spf = enforce }",
		ANNA "dmarc=fail/none spf=fail/b.example",
		"tag dmarc-fail rule=bank.example (local_policy)"},
	/* of several authors the strictest section */
	{"peer \"bank.example\" { on-dmarc-fail = reject }",
		"from=x@y.example " ANNA "dmarc=fail/none",
		"550 5.7.26 dmarc-fail rule=bank.example (local_policy)"},
	/* who is in doubt for two reasons hears of DMARC */
	{"defaults { spf = enforce }",
		ANNA "dmarc=fail/reject "
		     "spf=fail/b.example",
		"550 5.7.26 dmarc-reject rule=defaults"},
	{"defaults { on-dmarc-quarantine = tag }", ANNA "dmarc=fail/quarantine",
		"tag dmarc-quarantine rule=defaults"},
	{"defaults { on-dmarc-reject = accept }", ANNA "dmarc=fail/reject",
		"accept (local_policy)"},
};

static void
the_strictest_of_all_who_are_asked_decides(void **state)
{
	(void)state;
	for (size_t i = 0; i < N(who_decides); i++)
		judge(&who_decides[i], "<a@b.example>", "", "203.0.113.5");
}

#define TRUST                                                                  \
	"verify { trusted-forwarders = { 203.0.113.0/24, "                     \
	"\"*.forwarder.example\" } "                                           \
	"trusted-lists = { \"lists.example\" } } "
#define LISTS "verify { trusted-lists = { \"lists.example\" } } "
#define NAMES "verify { trusted-forwarders = \"*.forwarder.example\" } "
#define FAILS ANNA "dmarc=fail/reject "

static const struct row exempt[] = {
	{TRUST, FAILS, "accept (trusted_forwarder)"},
	{TRUST "defaults { spf = enforce }", FAILS "spf=fail/b.example",
		"accept (trusted_forwarder)"},
	{TRUST, "from=ambiguous", "tag ambiguous-from rule=defaults"},
	{NAMES, FAILS "iprev=pass/mx.forwarder.example",
		"accept (trusted_forwarder)"},
	{NAMES, FAILS "iprev=fail/mx.forwarder.example",
		"550 5.7.26 dmarc-reject rule=defaults"},
	{NAMES, FAILS "iprev=pass/forwarder.example.evil.example",
		"550 5.7.26 dmarc-reject rule=defaults"},
	{LISTS, FAILS "dkim=pass/lists.example", "accept (mailing_list)"},
	{LISTS, FAILS "spf=pass/lists.example", "accept (mailing_list)"},
	{LISTS, FAILS "dkim=fail/lists.example spf=softfail/lists.example",
		"550 5.7.26 dmarc-reject rule=defaults"},
	{LISTS, FAILS "dkim=pass/other-lists.example",
		"550 5.7.26 dmarc-reject rule=defaults"},
	{LISTS "defaults { spf = enforce }",
		FAILS "dkim=pass/lists.example spf=fail/b.example",
		"550 5.7.23 spf-fail rule=defaults (mailing_list)"},
	{"", FAILS "arc=pass sealer=google.com", "accept (arc google.com)"},
	{"", FAILS "arc=fail sealer=google.com",
		"550 5.7.26 dmarc-reject rule=defaults"},
	{"", FAILS "arc=pass blindsealer=google.com",
		"550 5.7.26 dmarc-reject rule=defaults"},
	{LISTS, FAILS "dkimtest=pass/lists.example",
		"550 5.7.26 dmarc-reject rule=defaults"},
	{"", FAILS "arc=pass", "550 5.7.26 dmarc-reject rule=defaults"},
	{"defaults { arc = off }", FAILS "arc=pass sealer=google.com",
		"550 5.7.26 dmarc-reject rule=defaults"},
	/* one recipient does not trust the seal */
	{"domain \"example.org\" { arc = off }",
		FAILS "arc=pass sealer=google.com",
		"550 5.7.26 dmarc-reject rule=defaults"},
	{LISTS, ANNA "dmarc=pass/reject dkim=pass/lists.example", "accept"},
};

static void
an_exemption_rests_on_what_is_proven_and_is_told(void **state)
{
	(void)state;
	for (size_t i = 0; i < N(exempt); i++)
		judge(&exempt[i], "<a@b.example>", "", "203.0.113.5");
}

static void
a_list_without_a_list_id_is_no_list(void **state)
{
	struct ps_verdict v;
	struct world w;

	(void)state;
	world_open(&w, LISTS);
	world_rcpts(&w, "bob@example.org");
	world_message(&w, "Subject: x\r\n", "");
	verdict_make(&w, FAILS "dkim=pass/lists.example", &v);
	assert_string_equal(
		verdict_judge(&w, &v), "550 5.7.26 dmarc-reject rule=defaults");
	world_close(&w);
}

#define OURS                                                                   \
	"identity { internal-networks = 10.0.0.0/8 } "                         \
	"domain \"example.org\" { require-login-from = yes } "                 \
	"domain \"other.example\" { } "
#define MAP                                                                    \
	OURS "recipient-delimiter = \"+\" login \"anna\" { addresses = { "     \
	     "\"anna@example.org\", \"*@sales.example\" } } domain "           \
	     "\"sales.example\" { } "

struct login_row {
	const char *mail_from, *login, *client;
	struct row row;
};

#define OUTSIDE "203.0.113.5"
#define INSIDE	"10.1.2.3"
#define REFUSED "550 5.7.1 login-required rule=example.org"
#define STOLEN	"550 5.7.1 address-not-allowed rule=login"

static const struct login_row logins[] = {
	{"<anna@example.org>", "", OUTSIDE, {OURS, "", REFUSED}},
	{"<anna@example.org>", "", OUTSIDE,
		{OURS, "spf=pass/example.org", REFUSED}},
	{"<anna@example.org>", "", INSIDE, {OURS, "", "accept"}},
	{"<anna@example.org>", "bob", OUTSIDE, {OURS, "", "accept"}},
	{"<a@b.example>", "", OUTSIDE,
		{OURS, "from=anna@example.org dmarc=pass/none", REFUSED}},
	{"<>", "", OUTSIDE, {OURS, "from=anna@example.org", REFUSED}},
	{"<>", "", OUTSIDE, {OURS, "from=anna@b.example", "accept"}},
	/* each domain of ours speaks for itself */
	{"<anna@other.example>", "", OUTSIDE,
		{OURS, "from=anna@other.example", "accept"}},
	{"<anna@other.example>", "", OUTSIDE,
		{OURS, "from=a@other.example from=anna@example.org", REFUSED}},
	{"<anna@b.example>", "", OUTSIDE,
		{"defaults { require-login-from = yes } peer \"b.example\" {}",
			"from=anna@b.example", "accept"}},
	{"<anna@other.example>", "", OUTSIDE,
		{"defaults { require-login-from = yes } domain "
		 "\"other.example\" {}",
			"", "550 5.7.1 login-required rule=defaults"}},
	/* our own posts come back from a list; a forwarder keeps MAIL FROM */
	{"<l@lists.example>", "", OUTSIDE,
		{LISTS OURS, "from=anna@example.org dkim=pass/lists.example",
			"accept"}},
	{"<anna@example.org>", "", OUTSIDE,
		{LISTS OURS, "from=anna@example.org dkim=pass/lists.example",
			REFUSED}},
	{"<anna@example.org>", "", OUTSIDE,
		{TRUST OURS, "from=anna@example.org", "accept"}},
	/* a rule that a proven domain meets */
	{"<n@example.org>", "", OUTSIDE,
		{"domain \"example.org\" { require-login-from = yes rule \"n\" "
		 "{ dkim-domain = \"mailer.example\" require-login-from = no } "
		 "}",
			"from=n@example.org dkim=pass/mailer.example",
			"accept"}},
	{"<n@example.org>", "", OUTSIDE,
		{"domain \"example.org\" { require-login-from = yes rule \"n\" "
		 "{ dkim-domain = \"mailer.example\" require-login-from = no } "
		 "}",
			"from=n@example.org dkim=fail/mailer.example",
			REFUSED}},
	/* who may use which */
	{"<anna@example.org>", "anna", OUTSIDE,
		{MAP, "from=anna@example.org", "accept"}},
	{"<Anna+news@EXAMPLE.org>", "anna", OUTSIDE,
		{MAP, "from=info@sales.example", "accept"}},
	{"<bob@example.org>", "anna", OUTSIDE, {MAP, "", STOLEN}},
	{"<bob@example.org>", "ANNA", INSIDE, {MAP, "", STOLEN}},
	{"<anna@example.org>", "anna", OUTSIDE,
		{MAP, "from=anna@example.org from=bob@example.org", STOLEN}},
	{"<>", "anna", OUTSIDE, {MAP, "from=anna@example.org", "accept"}},
	{"<>", "anna", OUTSIDE, {MAP, "from=boss@example.org", STOLEN}},
	{"<anna@elsewhere.example>", "anna", OUTSIDE,
		{MAP, "from=anna@elsewhere.example", "accept"}},
	{"<anna@example.org>", "anna", OUTSIDE,
		{MAP, "from=ambiguous", STOLEN}},
	{"<anna@example.org>", "anna", OUTSIDE, {MAP, "from=absent", "accept"}},
	{"<anna@example.org>", "bob", OUTSIDE,
		{MAP, "from=ambiguous", "accept"}},
};

static void
addresses_of_ours_need_a_login_that_may_use_them(void **state)
{
	(void)state;
	for (size_t i = 0; i < N(logins); i++)
		judge(&logins[i].row, logins[i].mail_from, logins[i].login,
			logins[i].client);
}

static void
mail_of_those_who_logged_in_is_not_judged_by_its_domains(void **state)
{
	static const struct row row = {
		"defaults { spf = enforce dkim = enforce on-iprev-fail = "
		"reject }",
		"from=ambiguous dmarc=fail/reject spf=fail/b.example "
		"dkim=fail/x.example iprev=fail",
		"accept"};

	(void)state;
	judge(&row, "<a@b.example>", "anna", OUTSIDE);
	judge(&row, "<a@b.example>", "", "127.0.0.1");
}

static void
a_relay_of_ours_is_no_internal_client_but_may_have_seen_a_login(void **state)
{
#define RELAY                                                                  \
	"identity { internal-networks = 10.0.0.0/8 } verify { trusted-relays " \
	"= 10.1.2.3 } domain \"example.org\" { require-login-from = yes }"
	static const struct row rows[] = {
		{RELAY, FAILS, "550 5.7.26 dmarc-reject rule=defaults"},
		{RELAY, "from=anna@example.org", REFUSED},
		{RELAY, "from=anna@example.org relay dmarc=fail/reject",
			"accept"},
	};

	(void)state;
	for (size_t i = 0; i < N(rows); i++)
		judge(&rows[i], "<a@b.example>", "", INSIDE);
}

static const struct row connections[] = {
	{"defaults { tls-in = encrypted }", "",
		"550 5.7.10 tls-required rule=defaults"},
	{"defaults { tls-in = encrypted }", "tls=old", "accept"},
	{"defaults { tls-in = TLSv1.2 }", "tls=1",
		"550 5.7.10 tls-required rule=defaults"},
	{"defaults { tls-in = TLSv1.2 }", "tls=2", "accept"},
	{"defaults { tls-in = TLSv1.2 } peer \"b.example\" { tls-in = TLSv1.3 "
	 "}",
		"tls=2", "550 5.7.10 tls-required rule=b.example"},
	{"domain \"example.org\" { rule \"payroll\" { to = "
	 "\"bob@example.org\" tls-in = TLSv1.3 } }",
		"tls=2", "550 5.7.10 tls-required rule=payroll"},
	{"peer \"b.example\" { tls-in = TLSv1.3 }", "tls=3", "accept"},
	{"peer \"b.example\" { client-cert = verified }", "cert=mx.b.example",
		"accept"},
	{"peer \"b.example\" { client-cert = verified }", "badcert=mx tls=3",
		"550 5.7.1 client-cert-required rule=b.example"},
	/* a certificate that is not verified names nobody */
	{"peer \"b.example\" { rule \"mx\" { cert-subject = \"mx*\" } tls-in = "
	 "encrypted rule \"x\" { cert-subject = \"mx*\" tls-in = any } }",
		"badcert=mx", "550 5.7.10 tls-required rule=b.example"},
};

static void
a_connection_is_as_safe_as_both_parties_ask(void **state)
{
	(void)state;
	for (size_t i = 0; i < N(connections); i++)
		judge(&connections[i], "<a@b.example>", "", OUTSIDE);
}

static void
trial_refuses_and_marks_nothing_and_says_what_it_would(void **state)
{
	static const char conf[] = "trial = yes";
	struct ps_sender_judgement j;
	struct ps_verdict v;
	struct world w;
	struct ps_sender_case c;

	(void)state;
	world_open(&w, conf);
	world_rcpts(&w, "bob@example.org");
	verdict_make(&w, FAILS, &v);
	assert_string_equal(verdict_judge(&w, &v), "accept (local_policy)");
	c = (struct ps_sender_case){.policy = w.policy,
		.txn = &w.txn,
		.verdict = &v,
		.ruling = ps_rulings_of(w.arena, w.facts, 1),
		.n_ruling = 1};
	ps_judge_sender(w.arena, &c, &j);
	assert_true(j.trial);
	assert_int_equal(j.would.action, PS_REJECT);
	assert_string_equal(j.would.reason, "dmarc-reject");
	v.dmarc.policy = PS_DMARC_POLICY_QUARANTINE;
	ps_judge_sender(w.arena, &c, &j);
	assert_int_equal(j.mark.kind, PS_MARK_NONE);
	assert_int_equal(j.would_mark.kind, PS_MARK_QUARANTINE);
	world_close(&w);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(
		nothing_said_does_what_the_owner_of_a_domain_asks_by_dmarc),
	cmocka_unit_test(
		each_result_does_what_its_word_says_where_its_method_is_enforced),
	cmocka_unit_test(the_strictest_of_all_who_are_asked_decides),
	cmocka_unit_test(an_exemption_rests_on_what_is_proven_and_is_told),
	cmocka_unit_test(a_list_without_a_list_id_is_no_list),
	cmocka_unit_test(addresses_of_ours_need_a_login_that_may_use_them),
	cmocka_unit_test(
		mail_of_those_who_logged_in_is_not_judged_by_its_domains),
	cmocka_unit_test(
		a_relay_of_ours_is_no_internal_client_but_may_have_seen_a_login),
	cmocka_unit_test(a_connection_is_as_safe_as_both_parties_ask),
	cmocka_unit_test(
		trial_refuses_and_marks_nothing_and_says_what_it_would),
};

PS_TESTS("judge_sender", tests)
