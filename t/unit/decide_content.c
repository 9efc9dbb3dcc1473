/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * What a message says of itself, and what that changes: seals that it has,
 * exemptions, triggers, and recipients that its header does not name.
 */
#include "tap.h"

#include <string.h>

#include "policy_world.h"

#define N(array) (sizeof(array) / sizeof((array)[0]))

static const struct {
	struct world_row row;
	enum ps_sealed sealed;
} sealed_already[] = {
	{{"encrypt = always", "key@d.example", "clear:already-sealed(0)"},
		PS_SEALED_WHOLLY},
	{{"encrypt = always", "none@d.example", "clear:already-sealed(0)"},
		PS_SEALED_WHOLLY},
	{{"encrypt = always", "trouble@d.example", "clear:already-sealed(0)"},
		PS_SEALED_WHOLLY},
	{{"encrypt = when-key", "key@d.example", "clear:already-sealed(0)"},
		PS_SEALED_WHOLLY},
	{{"encrypt = always", "key@d.example", "seal(0)*1"}, PS_SEALED_PARTLY},
	{{"encrypt = always", "none@d.example",
		 "550 5.7.1 no-key rule=d.example"},
		PS_SEALED_PARTLY},
	{{"encrypt = when-key", "key@d.example", "clear:already-sealed(0)"},
		PS_SEALED_PARTLY},
	{{"encrypt = always already-encrypted = seal-again", "key@d.example",
		 "seal(0)*1"},
		PS_SEALED_WHOLLY},
	{{"encrypt = always already-encrypted = seal-again", "none@d.example",
		 "550 5.7.1 no-key rule=d.example"},
		PS_SEALED_WHOLLY},
	{{"encrypt = when-key already-encrypted = seal-again", "key@d.example",
		 "seal(0)*1"},
		PS_SEALED_PARTLY},
};

static void
what_is_sealed_already_is_kept_or_sealed_again(void **state)
{
	(void)state;
	for (size_t i = 0; i < N(sealed_already); i++) {
		const struct world_row *row = &sealed_already[i].row;
		struct world w;

		world_of(&w, row->words, row->rcpts);
		w.content.inspection.sealed = sealed_already[i].sealed;
		world_check(row, world_decide(&w));
		world_close(&w);
	}
}

static const struct {
	struct world_row row;
	const char *from, *login;
	unsigned shown;
} exempted[] = {
	{{"encrypt = when-key exempt = calendar", "key@d.example",
		 "clear:exempt(0)"},
		"<a@b.example>", "", PS_EXEMPT_CALENDAR},
	{{"encrypt = when-key exempt = calendar", "key@d.example", "seal(0)*1"},
		"<a@b.example>", "", PS_EXEMPT_LIST},
	{{"encrypt = when-key exempt = { calendar, list }", "key@d.example",
		 "clear:exempt(0)"},
		"<a@b.example>", "", PS_EXEMPT_LIST},
	{{"encrypt = when-key exempt = report", "key@d.example",
		 "clear:exempt(0)"},
		"<>", "", 0},
	{{"encrypt = when-key exempt = calendar", "trouble@d.example",
		 "clear:exempt(0)"},
		"<a@b.example>", "", PS_EXEMPT_CALENDAR},
	/* under always only in a rule that names who sends */
	{{"exempt = calendar rule \"x\" { to = \"key@d.example\" encrypt = "
	  "always }",
		 "key@d.example", "seal(0)*1"},
		"<a@b.example>", "robot", PS_EXEMPT_CALENDAR},
	{{"exempt = calendar rule \"x\" { login = robot encrypt = always }",
		 "key@d.example", "seal(0)*1"},
		"<a@b.example>", "robot", PS_EXEMPT_CALENDAR},
	{{"encrypt = always rule \"x\" { login = robot exempt = calendar }",
		 "key@d.example", "clear:exempt(0)"},
		"<a@b.example>", "robot", PS_EXEMPT_CALENDAR},
	{{"encrypt = always rule \"x\" { login = robot exempt = calendar }",
		 "key@d.example", "seal(0)*1"},
		"<a@b.example>", "", PS_EXEMPT_CALENDAR},
};

static void
content_exempts_under_when_key_or_whom_a_rule_names(void **state)
{
	(void)state;
	for (size_t i = 0; i < N(exempted); i++) {
		const struct world_row *row = &exempted[i].row;
		struct world w;

		world_of(&w, row->words, row->rcpts);
		world_from(&w, exempted[i].from);
		world_login(&w, exempted[i].login);
		w.content.exempt = exempted[i].shown;
		world_check(row, world_decide(&w));
		world_close(&w);
	}
}

#define MAIL "To: key@d.example\r\n"

static const struct {
	struct world_row row;
	const char *login, *header;
} triggered[] = {
	{{"", "key@d.example", "seal(0)*1"}, "anna",
		MAIL "Subject: [SEAL] salaries\r\n"},
	{{"", "key@d.example", "seal(0)*1"}, "anna",
		MAIL "Subject: Re: [seal] salaries\r\n"},
	{{"", "key@d.example", "clear:policy(0)"}, "",
		MAIL "Subject: [seal] salaries\r\n"},
	{{"", "key@d.example", "clear:policy(0)"}, "anna",
		MAIL "Subject: seal salaries\r\n"},
	/* RFC 2047 */
	{{"", "key@d.example", "seal(0)*1"}, "anna",
		MAIL "Subject: =?utf-8?Q?=5Bseal=5D_Geh=C3=A4lter?=\r\n"},
	{{"", "key@d.example", "seal(0)*1"}, "anna",
		MAIL "Subject: =?UTF-8?b?W3NlYWxdIEdlaMOkbHRlcg==?=\r\n"},
	{{"", "key@d.example", "seal(0)*1"}, "anna",
		MAIL "Subject: =?utf-8?q?R=C3=A9_=5Bse?=\r\n "
		     "=?utf-8?q?al=5D?=\r\n"},
	{{"", "key@d.example", "clear:policy(0)"}, "anna",
		MAIL "Subject: =?utf-8?q?=5Bseal=5D\r\n"},
	{{"", "key@d.example", "clear:policy(0)"}, "anna",
		MAIL "Subject: =?utf-8?q?no?= =?broken =?x?b?!!?=\r\n"},
	/* fields */
	{{"", "key@d.example", "seal(0)*1"}, "anna", MAIL "x-seal: YES\r\n"},
	{{"", "key@d.example", "seal(0)*1"}, "anna",
		MAIL "X-Seal: no\r\nX-Seal:\r\n yes \r\n"},
	{{"", "key@d.example", "clear:policy(0)"}, "anna",
		MAIL "X-Seal: no\r\n"},
	{{"", "key@d.example", "seal(0)*1"}, "anna", MAIL "X-Encrypt:\r\n"},
	/* asked for is asked for: nothing that policy has weakens it */
	{{"", "none@d.example", "550 5.7.1 no-key rule=d.example"}, "anna",
		MAIL "X-Seal: yes\r\n"},
	{{"on-missing-key = tempfail", "none@d.example",
		 "451 4.7.1 no-key rule=d.example"},
		"anna", MAIL "X-Seal: yes\r\n"},
	{{"encrypt = when-key on-missing-key = deliver", "none@d.example",
		 "550 5.7.1 no-key rule=d.example"},
		"anna", MAIL "X-Seal: yes\r\n"},
	{{"encrypt = when-key on-unusable-key = deliver", "expired@d.example",
		 "550 5.7.1 unusable-key rule=d.example"},
		"anna", MAIL "X-Seal: yes\r\n"},
	{{"encrypt = when-key exempt = auto-submitted", "key@d.example",
		 "seal(0)*1"},
		"anna", MAIL "X-Seal: yes\r\n"},
	{{"rule \"x\" { login = anna exempt = auto-submitted }",
		 "key@d.example", "seal(0)*1"},
		"anna", MAIL "X-Seal: yes\r\n"},
	{{"encrypt = when-key exempt = auto-submitted", "key@d.example",
		 "clear:exempt(0)"},
		"anna", MAIL},
};

static void
a_sender_who_logged_in_can_ask_for_a_seal(void **state)
{
	(void)state;
	for (size_t i = 0; i < N(triggered); i++) {
		const struct world_row *row = &triggered[i].row;
		struct world w;

		world_of(&w, row->words, row->rcpts);
		world_login(&w, triggered[i].login);
		world_message(&w, triggered[i].header, "body\r\n");
		w.content.exempt = PS_EXEMPT_AUTO_SUBMITTED;
		world_check(row, world_decide(&w));
		world_close(&w);
	}
}

static const struct {
	struct world_row row;
	const char *header;
} hidden[] = {
	{{"encrypt = always", "key@d.example", "seal(0)*1"}, "Subject: x\r\n"},
	{{"encrypt = always", "key@d.example, KEY@d.example", "seal(0,1)*1"},
		"Subject: x\r\n"},
	{{"encrypt = always", "key@d.example, key2@d.example",
		 "seal(0)*1 seal(1)*1"},
		"To: key@d.example\r\n"},
	{{"encrypt = always", "key@d.example, key2@d.example", "seal(0,1)*2"},
		"To: x <KEY@D.example>\r\nTo: (c) key2@d.example\r\n"},
	{{"encrypt = always", "key@d.example, key2@d.example", "seal(0,1)*2"},
		"To: key@d.example\r\nResent-Cc: key2@d.example\r\n"},
	{{"encrypt = always", "key@d.example, key2@d.example",
		 "seal(0)*1 seal(1)*1"},
		"To: key@d.example\r\nBcc: key2@d.example\r\n"},
	{{"encrypt = never", "key@d.example, key2@d.example",
		 "clear:policy(0,1)"},
		"To: key@d.example\r\n"},
	{{"encrypt = when-key", "none@d.example, key2@d.example",
		 "clear:no-key(0) seal(1)*1"},
		"To: none@d.example\r\n"},
};

static void
a_hidden_recipient_of_a_sealed_message_stands_alone(void **state)
{
	(void)state;
	for (size_t i = 0; i < N(hidden); i++) {
		const struct world_row *row = &hidden[i].row;
		struct world w;

		world_of(&w, row->words, row->rcpts);
		world_message(&w, hidden[i].header, "body\r\n");
		world_check(row, world_decide(&w));
		world_close(&w);
	}
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(what_is_sealed_already_is_kept_or_sealed_again),
	cmocka_unit_test(content_exempts_under_when_key_or_whom_a_rule_names),
	cmocka_unit_test(a_sender_who_logged_in_can_ask_for_a_seal),
	cmocka_unit_test(a_hidden_recipient_of_a_sealed_message_stands_alone),
};

PS_TESTS("decide_content", tests)
