/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * What is said of a sender at RCPT, in which words, and which methods are asked
 * at all.
 */
#include "tap.h"

#include <string.h>

#include "verdict_world.h"

#define N(array) (sizeof(array) / sizeof((array)[0]))

struct row {
	const char *conf, *mail_from, *login, *client, *verdict, *want;
};

#define OUTSIDE "203.0.113.5"
#define OURS	"domain \"example.org\" { require-login-from = yes } "
#define REFUSED "550 5.7.1 login-required rule=example.org"

static const struct row rows[] = {
	{OURS, "<anna@example.org>", "", OUTSIDE, "", REFUSED},
	{OURS, "<anna@example.org>", "anna", OUTSIDE, "", "accept"},
	{OURS, "<a@b.example>", "", OUTSIDE, "", "accept"},
	{"trial = yes " OURS, "<anna@example.org>", "", OUTSIDE, "", "accept"},
	{OURS "login \"anna\" { addresses = \"anna@example.org\" }",
		"<bob@example.org>", "anna", OUTSIDE, "",
		"550 5.7.1 address-not-allowed rule=login"},
	{"defaults { tls-in = TLSv1.3 }", "<a@b.example>", "", OUTSIDE, "tls=2",
		"550 5.7.10 tls-required rule=defaults"},
	{"defaults { tls-in = TLSv1.3 }", "<a@b.example>", "", OUTSIDE, "tls=3",
		"accept"},
	{"peer \"b.example\" { client-cert = verified }", "<a@b.example>", "",
		OUTSIDE, "badcert=x",
		"550 5.7.1 client-cert-required rule=b.example"},
	/* a certificate is known by now */
	{"peer \"b.example\" { tls-in = TLSv1.3 rule \"old\" { cert-subject = "
	 "\"*.b.example\" tls-in = TLSv1.2 } }",
		"<a@b.example>", "", OUTSIDE, "tls=2 cert=mx.b.example",
		"accept"},
	{"peer \"b.example\" { tls-in = TLSv1.3 rule \"old\" { cert-subject = "
	 "\"*.b.example\" tls-in = TLSv1.2 } }",
		"<a@b.example>", "", OUTSIDE, "tls=2 cert=mx.c.example",
		"550 5.7.10 tls-required rule=b.example"},
	/* a domain is not: the end of message decides */
	{"domain \"example.org\" { require-login-from = yes rule \"n\" { "
	 "dkim-domain = \"mailer.example\" require-login-from = no } }",
		"<n@example.org>", "", OUTSIDE, "", "accept"},
	{OURS "verify { trusted-forwarders = { 203.0.113.5 } }",
		"<anna@example.org>", "", OUTSIDE, "", "accept"},
	{OURS "verify { trusted-forwarders = { 203.0.113.6 } }",
		"<anna@example.org>", "", OUTSIDE, "", REFUSED},
	{OURS "verify { trusted-forwarders = \"*.forwarder.example\" }",
		"<anna@example.org>", "", OUTSIDE, "", "accept"},
	{OURS "verify { trusted-relays = 203.0.113.0/24 }",
		"<anna@example.org>", "", OUTSIDE, "", "accept"},
	/* a local program has no connection, and its MTA cannot refuse */
	{"defaults { tls-in = TLSv1.3 }", "<a@b.example>", "", "local", "",
		"accept"},
};

static void
at_rcpt(const struct row *row)
{
	struct ps_sender_judgement j = {0};
	struct ps_sender sender;
	struct ps_ruling ruling;
	struct ps_verdict v;
	struct world w;
	const char *got;

	world_open(&w, row->conf);
	world_from(&w, row->mail_from);
	world_login(&w, row->login);
	w.txn.is_local = strcmp(row->client, "local") == 0;
	world_client(&w, w.txn.is_local ? NULL : row->client);
	world_rcpts(&w, "bob@example.org");
	verdict_make(&w, row->verdict, &v);
	ps_sender_of(w.policy, &w.txn, &w.txn.rcpt[0], &sender);
	sender.client = &v.client;
	ps_match(w.arena, w.policy, &sender, &w.txn.rcpt[0].addr, &ruling);
	ps_judge_sender_rcpt(
		w.arena, w.policy, &w.txn, &v.client, &ruling, &j.reply);
	got = verdict_text(&w, &j);
	if (strcmp(row->want, got) != 0)
		fail_msg("{ %s } %s: wanted \"%s\", got \"%s\"", row->conf,
			row->mail_from, row->want, got);
	world_close(&w);
}

static void
at_rcpt_only_what_is_known_for_sure_is_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < N(rows); i++)
		at_rcpt(&rows[i]);
}

static void
at_rcpt_nobody_has_seen_a_from_field(void **state)
{
	struct ps_client client = {.tls_minor = -1};
	struct ps_sender sender;
	struct ps_ruling ruling;
	struct ps_reply reply;
	struct ps_addr anna;
	struct world w;

	(void)state;
	world_open(&w, OURS);
	anna = world_addr(&w, "<anna@example.org>");
	world_rcpts(&w, "bob@example.org");
	ps_sender_of(w.policy, &w.txn, &w.txn.rcpt[0], &sender);
	sender.author = &anna;
	sender.n_author = 1;
	ps_match(w.arena, w.policy, &sender, &w.txn.rcpt[0].addr, &ruling);
	assert_true(ruling.author_needs_login);
	ps_judge_sender_rcpt(
		w.arena, w.policy, &w.txn, &client, &ruling, &reply);
	assert_int_equal(reply.action, PS_ACCEPT);
	world_close(&w);
}

/* "postseal verify" without a recipient. */
static void
the_empty_address_is_ruled_by_sender_and_defaults(void **state)
{
	const struct ps_addr nobody = {0};
	struct ps_sender sender;
	struct ps_ruling ruling;
	struct world w;

	(void)state;
	world_open(&w, "defaults { tls-in = encrypted } peer \"b.example\" { "
		       "spf = enforce }");
	world_from(&w, "<a@b.example>");
	world_rcpts(&w, "bob@example.org");
	ps_sender_of(w.policy, &w.txn, &w.txn.rcpt[0], &sender);
	ps_match(w.arena, w.policy, &sender, &nobody, &ruling);
	assert_int_equal(ruling.word[PS_WORD_SPF].value, PS_CHECK_ENFORCE);
	assert_int_equal(
		ruling.word[PS_WORD_TLS_IN].value, PS_TLS_IN_ENCRYPTED);
	world_close(&w);
}

/* What a recipient's keys ask for waits for a rule that may yet speak. */
static void
a_rule_that_a_verdict_may_call_up_keeps_a_recipient_at_rcpt(void **state)
{
	static const char *const conf[] = {
		"domain \"example.org\" { encrypt = always }",
		"domain \"example.org\" { encrypt = always rule \"robot\" { "
		"dkim-domain = \"robot.example\" encrypt = never } }",
	};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct ps_reply reply;
		struct world w;

		world_open(&w, conf[i]);
		world_rcpts(&w, "bob@example.org");
		world_look_up(&w);
		ps_decide_rcpt(w.arena, w.policy, &w.txn, &w.txn.rcpt[0],
			&w.facts[0], &reply);
		assert_int_equal(reply.action, i == 0 ? PS_REJECT : PS_ACCEPT);
		world_close(&w);
	}
}

static const char *
text_of(struct world *w, const struct ps_verdict *v)
{
	struct ps_sender_judgement j;
	struct ps_sender_case c = {
		.policy = w->policy, .txn = &w->txn, .verdict = v};

	verdict_judge(w, v);
	c.ruling = ps_rulings_of(w->arena, w->facts, w->txn.n_rcpt);
	c.n_ruling = w->txn.n_rcpt;
	ps_judge_sender(w->arena, &c, &j);
	return j.reply.text;
}

static void
the_owner_of_a_domain_explains_in_quotes_and_no_further(void **state)
{
	struct ps_verdict v;
	struct world w;
	char longest[1000];
	const char *text;

	(void)state;
	memset(longest, 'x', sizeof(longest));
	world_open(&w, "defaults { spf = enforce }");
	world_rcpts(&w, "bob@example.org");
	w.session.client_ip = PS_LIT("203.0.113.5");
	verdict_make(&w, "from=a@b.example spf=fail/b.example", &v);
	assert_string_equal(text_of(&w, &v),
		"postseal: 203.0.113.5 may not send mail for b.example "
		"[spf-fail rule=defaults]");
	v.mail_from.explanation =
		PS_LIT("see \"b.example\" [accept rule=\r\n250 x]");
	assert_string_equal(text_of(&w, &v),
		"postseal: 203.0.113.5 may not send mail for b.example; "
		"b.example explains: \"see 'b.example' [accept "
		"rule=\\x0d\\x0a250 x]\" [spf-fail rule=defaults]");
	v.mail_from.explanation = ps_bytes(longest, sizeof(longest));
	text = text_of(&w, &v);
	assert_true(strlen(text) < 450);
	assert_non_null(strstr(text, "[spf-fail rule=defaults]"));
	world_close(&w);
}

static void
what_is_held_is_never_one_of_several_copies(void **state)
{
	struct ps_sender_judgement j = {
		.mark = {PS_MARK_QUARANTINE, "dmarc-quarantine", "defaults"}};
	struct ps_plan one = {.n_group = 1}, two = {.n_group = 2};

	(void)state;
	ps_judge_held_plan(&j, &one);
	assert_int_equal(one.reply.action, PS_ACCEPT);
	ps_judge_held_plan(&j, &two);
	assert_int_equal(two.reply.action, PS_TEMPFAIL);
	assert_string_equal(two.reply.reason, "mixed-recipients");
	two.reply.action = PS_ACCEPT;
	j.mark.kind = PS_MARK_TAG;
	ps_judge_held_plan(&j, &two);
	assert_int_equal(two.reply.action, PS_ACCEPT);
	j.trial = true;
	j.would_mark.kind = PS_MARK_QUARANTINE;
	ps_judge_held_plan(&j, &two);
	assert_int_equal(two.reply.action, PS_ACCEPT);
	assert_string_equal(two.would.reason, "mixed-recipients");
}

struct method_row {
	const char *conf, *client;
	unsigned want, before; /* before: without recipients */
};

#define OFF    "spf = off dkim = off dmarc = off arc = off "
#define SPF    PS_METHOD_SPF
#define DKIM   PS_METHOD_DKIM
#define DMARC  PS_METHOD_DMARC
#define ARC    PS_METHOD_ARC
#define IPREV  PS_METHOD_IPREV
#define VBR    PS_METHOD_VBR
#define USUAL  (SPF | DKIM | DMARC | ARC | IPREV)
#define NO_PTR "verify { iprev = no } "

static const struct method_row methods[] = {
	{"", OUTSIDE, USUAL, USUAL},
	{"", "127.0.0.1", 0, 0},
	{"verify { vbr-certifiers = v.example }", OUTSIDE, USUAL | VBR,
		USUAL | VBR},
	{"defaults { " OFF "}", OUTSIDE, IPREV, IPREV},
	{NO_PTR "defaults { " OFF "}", OUTSIDE, 0, 0},
	{NO_PTR "defaults { " OFF "on-iprev-fail = tag }", OUTSIDE, IPREV,
		IPREV},
	{NO_PTR "defaults { "
		"dkim = off dmarc = off arc = off }",
		OUTSIDE, SPF, SPF},
	/* DMARC needs both */
	{NO_PTR "defaults { spf = off dkim = off arc = off }", OUTSIDE,
		SPF | DKIM | DMARC, SPF | DKIM | DMARC},
	{"verify { iprev = no trusted-forwarders = \"*.f.example\" }", OUTSIDE,
		USUAL, USUAL},
	{"verify { iprev = no trusted-forwarders = \"*.f.example\" } defaults "
	 "{ " OFF "}",
		OUTSIDE, 0, 0},
	/* sections of the recipient, of MAIL FROM and of From */
	{NO_PTR "defaults { " OFF "} domain \"example.org\" { dkim = report }",
		OUTSIDE, DKIM, DKIM},
	{NO_PTR "defaults { " OFF "} peer \"b.example\" { spf = report }",
		OUTSIDE, SPF, SPF},
	{NO_PTR "defaults { " OFF "} peer \"author.example\" { arc = report }",
		OUTSIDE, ARC, ARC},
	{NO_PTR "defaults { " OFF "} peer \"else.example\" { arc = report }",
		OUTSIDE, 0, ARC},
	{NO_PTR "domain \"example.org\" { " OFF "}", OUTSIDE, 0,
		USUAL & ~(unsigned)IPREV},
	/* a rule that asks, or whose condition does */
	{NO_PTR "domain \"example.org\" { " OFF "rule \"a\" { to = \"anna@*\" "
		"spf = report } }",
		OUTSIDE, SPF, USUAL & ~(unsigned)IPREV},
	{NO_PTR "defaults { " OFF "} domain \"example.org\" { rule \"a\" { "
		"dkim-domain = x.example iprev = x.example encrypt = never } }",
		OUTSIDE, DKIM | IPREV, DKIM | IPREV},
	{NO_PTR "defaults { " OFF "} domain \"example.org\" { rule \"a\" { "
		"header-from = x.example encrypt = never } }",
		OUTSIDE, SPF | DKIM | DMARC, SPF | DKIM | DMARC},
};

static void
a_method_that_nobody_asked_for_is_not_asked(void **state)
{
	(void)state;
	for (size_t i = 0; i < N(methods); i++) {
		const struct method_row *m = &methods[i];
		unsigned before, got;
		struct world w;

		world_open(&w, m->conf);
		world_client(&w, m->client);
		world_from(&w, "<a@b.example>");
		before = ps_policy_methods(w.policy, &w.txn);
		world_rcpts(&w, "bob@example.org");
		world_message(&w, "From: a@author.example\r\n", "");
		got = ps_policy_methods(w.policy, &w.txn);
		if (got != m->want || before != m->before)
			fail_msg("%s: wanted %u (%u), got %u (%u)", m->conf,
				m->want, m->before, got, before);
		world_close(&w);
	}
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(at_rcpt_only_what_is_known_for_sure_is_refused),
	cmocka_unit_test(at_rcpt_nobody_has_seen_a_from_field),
	cmocka_unit_test(the_empty_address_is_ruled_by_sender_and_defaults),
	cmocka_unit_test(
		a_rule_that_a_verdict_may_call_up_keeps_a_recipient_at_rcpt),
	cmocka_unit_test(
		the_owner_of_a_domain_explains_in_quotes_and_no_further),
	cmocka_unit_test(what_is_held_is_never_one_of_several_copies),
	cmocka_unit_test(a_method_that_nobody_asked_for_is_not_asked),
};

PS_TESTS("judge_rcpt", tests)
