/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * What policy makes of an OpenPGP signature, and of its lack.
 */
#include "tap.h"

#include <string.h>

#include "verdict_world.h"

#define N(array) (sizeof(array) / sizeof((array)[0]))

struct row {
	const char *conf, *verdict, *want;
};

#define ANNA "from=anna@bank.example "

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
	world_message(&w, "Subject: x\r\n", "body\r\n");
	verdict_make(&w, row->verdict, &v);
	got = verdict_judge(&w, &v);
	if (strcmp(row->want, got) != 0)
		fail_msg("{ %s } %s: wanted \"%s\", got \"%s\"", row->conf,
			row->verdict, row->want, got);
	world_close(&w);
}

#define REQUIRE "peer \"bank.example\" { require-signature = yes "
static const struct row signatures[] = {
	{"", ANNA "openpgp=fail/bad-signature", "accept"},
	{REQUIRE "}", ANNA "openpgp=pass", "accept"},
	{REQUIRE "}", ANNA, "550 5.7.1 signature-missing rule=bank.example"},
	{REQUIRE "}", ANNA "openpgp=neutral/unknown-key",
		"550 5.7.1 signature-missing rule=bank.example"},
	{REQUIRE "}", ANNA "openpgp=policy/not-the-author",
		"550 5.7.1 signature-missing rule=bank.example"},
	{REQUIRE "}", ANNA "openpgp=temperror/engine-trouble",
		"451 4.7.1 signature-missing rule=bank.example"},
	/* nobody looked */
	{REQUIRE "}", ANNA "only=none",
		"451 4.7.1 signature-missing rule=bank.example"},
	{REQUIRE "on-signature-missing = tag }", ANNA,
		"tag signature-missing rule=bank.example"},
	{REQUIRE "on-signature-missing = tag }", ANNA "openpgp=temperror",
		"tag signature-missing rule=bank.example"},
	{REQUIRE "on-signature-missing = quarantine }", ANNA,
		"quarantine signature-missing rule=bank.example"},
	{REQUIRE "}", "from=x@else.example", "accept"},
	/* of the recipient; the stricter one holds */
	{"domain \"example.org\" { require-signature = yes } " REQUIRE
	 "on-signature-missing = tag }",
		ANNA, "tag signature-missing rule=example.org"},
	{"domain \"example.org\" { require-signature = yes }", ANNA,
		"550 5.7.1 signature-missing rule=example.org"},
	/* who signed is let in though SPF fails */
	{"domain \"example.org\" { spf = enforce rule \"known\" { signed-by = "
	 "bank.example spf = off } }",
		ANNA "spf=fail/bank.example openpgp=pass", "accept"},
	{"defaults { spf = enforce } domain \"example.org\" { rule \"known\" { "
	 "signed-by = bank.example on-spf-fail = accept } } domain "
	 "\"other.example\" { rule \"known\" { signed-by = bank.example "
	 "on-spf-fail = accept } }",
		ANNA "spf=fail/bank.example openpgp=pass", "accept"},
	{"defaults { spf = enforce } domain \"example.org\" { rule \"known\" { "
	 "signed-by = bank.example on-spf-fail = accept } }",
		ANNA "spf=fail/bank.example openpgp=policy/not-whole",
		"550 5.7.23 spf-fail rule=defaults"},
};

static void
a_signature_that_is_required_is_there_or_its_lack_has_its_price(void **state)
{
	(void)state;
	for (size_t i = 0; i < N(signatures); i++)
		judge(&signatures[i], "anna@bank.example", "", "192.0.2.7");
}

static void
the_mail_of_a_login_needs_no_signature(void **state)
{
	static const struct row row = {REQUIRE "}", ANNA "only=none", "accept"};

	(void)state;
	judge(&row, "anna@bank.example", "anna", "192.0.2.7");
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(
		a_signature_that_is_required_is_there_or_its_lack_has_its_price),
	cmocka_unit_test(the_mail_of_a_login_needs_no_signature),
};

PS_TESTS("judge_signature", tests)
