/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Which rule speaks, and what is in force.
 */
#include "tap.h"

#include <string.h>

#include "policy_world.h"

#define N(array) (sizeof(array) / sizeof((array)[0]))

static const char house[] =
	"recipient-delimiter = \"+-\"\n"
	"identity { internal-networks = 10.0.0.0/8 submission-daemons = MSA\n"
	"  local-domain = \"example.org\" }\n"
	"defaults { encrypt = when-key on-missing-key = deliver\n"
	"  on-unusable-key = tempfail subject-trigger = \"[default]\" }\n"
	"domain \"example.org\" {\n"
	"  subject-trigger = \"[seal]\"\n"
	"  rule \"payroll\" { to = { \"payroll@example.org\", "
	"\"hr-*@example.org\" }\n"
	"    encrypt = always }\n"
	"  rule \"robot\" { login = \"robot*\" direction = internal\n"
	"    encrypt = always exempt = calendar }\n"
	"  rule \"lists\" { from = \"*@lists.debian.org\" encrypt = never }\n"
	"  rule \"inside\" { direction = internal protect-subject = yes }\n"
	"  rule \"reports\" { from = \"<>\" encrypt = never }\n"
	"  rule \"boss\" { from = \"boss@else.example\" encrypt = always }\n"
	"  rule \"mary\" { to = \"mary@example.org\" encrypt = never }\n"
	"  rule \"mary-jane\" { to = \"mary-j*@example.org\"\n"
	"    encrypt = always }\n"
	"}\n"
	"peer \"bank.example\" {\n"
	"  encrypt = always on-missing-key = tempfail\n"
	"  subject-trigger = \"[bank]\"\n"
	"  rule \"news\" { to = \"news@bank.example\" encrypt = never }\n"
	"  rule \"out\" { direction = out protect-subject = yes }\n"
	"}\n"
	"alias \"root@example.org\" { to = \"admin@else.example\" }\n";

struct row {
	const char *from, *to, *login, *client, *rule;
	enum ps_encrypt encrypt;
	enum ps_on on_missing, on_unusable;
	bool protect;
};

#define IN  "203.0.113.5"
#define LAN "10.1.2.3"

static const struct row rows[] = {
	/* the first rule that matches, whatever the spelling */
	{"<a@b.example>", "<payroll@example.org>", "", IN, "payroll",
		PS_ENCRYPT_ALWAYS, PS_ON_REJECT, PS_ON_TEMPFAIL, false},
	{"<a@b.example>", "<@relay.example:\"PayRoll\"@EXAMPLE.org.>", "", IN,
		"payroll", PS_ENCRYPT_ALWAYS, PS_ON_REJECT, PS_ON_TEMPFAIL,
		false},
	{"<a@b.example>", "<payroll>", "", IN, "payroll", PS_ENCRYPT_ALWAYS,
		PS_ON_REJECT, PS_ON_TEMPFAIL, false},
	{"<a@b.example>", "<payroll%example.org>", "", IN, "payroll",
		PS_ENCRYPT_ALWAYS, PS_ON_REJECT, PS_ON_TEMPFAIL, false},
	{"<a@b.example>", "<Example.ORG!payroll>", "", IN, "payroll",
		PS_ENCRYPT_ALWAYS, PS_ON_REJECT, PS_ON_TEMPFAIL, false},
	{"<x@lists.debian.org>", "<hr-anna@example.org>", "", IN, "payroll",
		PS_ENCRYPT_ALWAYS, PS_ON_REJECT, PS_ON_TEMPFAIL, false},
	{"<x@lists.debian.org>", "<anna@example.org>", "", IN, "lists",
		PS_ENCRYPT_NEVER, PS_ON_DELIVER, PS_ON_TEMPFAIL, false},
	{"<>", "<anna@example.org>", "", IN, "reports", PS_ENCRYPT_NEVER,
		PS_ON_DELIVER, PS_ON_TEMPFAIL, false},
	/* who cannot be read is not nobody */
	{"<\"a\tb\"@c.example>", "<anna@example.org>", "", IN, "example.org",
		PS_ENCRYPT_WHEN_KEY, PS_ON_DELIVER, PS_ON_TEMPFAIL, false},
	/* an extension escapes no rule, and does not weaken one */
	{"<a@b.example>", "<payroll+x@example.org>", "", IN, "payroll",
		PS_ENCRYPT_ALWAYS, PS_ON_REJECT, PS_ON_TEMPFAIL, false},
	{"<x@lists.debian.org>", "<payroll-x+y@example.org>", "", IN, "payroll",
		PS_ENCRYPT_ALWAYS, PS_ON_REJECT, PS_ON_TEMPFAIL, false},
	{"<boss+x@else.example>", "<anna+y@example.org>", "", IN, "boss",
		PS_ENCRYPT_ALWAYS, PS_ON_REJECT, PS_ON_TEMPFAIL, false},
	{"<a@b.example>", "<mary-jane@example.org>", "", IN, "mary-jane",
		PS_ENCRYPT_ALWAYS, PS_ON_REJECT, PS_ON_TEMPFAIL, false},
	{"<a@example.org>", "<news+x@bank.example>", "anna", IN, "out",
		PS_ENCRYPT_ALWAYS, PS_ON_TEMPFAIL, PS_ON_TEMPFAIL, true},
	/* no rule: the section, and the defaults fill */
	{"<a@b.example>", "<anna@example.org>", "", IN, "example.org",
		PS_ENCRYPT_WHEN_KEY, PS_ON_DELIVER, PS_ON_TEMPFAIL, false},
	{"<a@b.example>", "<anna@sub.example.org>", "", IN, "defaults",
		PS_ENCRYPT_WHEN_KEY, PS_ON_DELIVER, PS_ON_TEMPFAIL, false},
	/* direction */
	{"<a@example.org>", "<anna@example.org>", "", LAN, "inside",
		PS_ENCRYPT_WHEN_KEY, PS_ON_DELIVER, PS_ON_TEMPFAIL, true},
	{"<a@example.org>", "<anna@example.org>", "anna", IN, "inside",
		PS_ENCRYPT_WHEN_KEY, PS_ON_DELIVER, PS_ON_TEMPFAIL, true},
	{"<a@example.org>", "<anna@example.org>", "", NULL, "example.org",
		PS_ENCRYPT_WHEN_KEY, PS_ON_DELIVER, PS_ON_TEMPFAIL, false},
	{"<a@example.org>", "<anna@example.org>", "Robot7", IN, "robot",
		PS_ENCRYPT_ALWAYS, PS_ON_REJECT, PS_ON_TEMPFAIL, false},
	{"<a@example.org>", "<anna>", "anna", IN, "inside", PS_ENCRYPT_WHEN_KEY,
		PS_ON_DELIVER, PS_ON_TEMPFAIL, true},
	{"<a@example.org>", "<b%bank.example>", "anna", IN, "out",
		PS_ENCRYPT_ALWAYS, PS_ON_TEMPFAIL, PS_ON_TEMPFAIL, true},
	/* the recipient's section, not the sender's */
	{"<a@example.org>", "<b@bank.example>", "anna", IN, "out",
		PS_ENCRYPT_ALWAYS, PS_ON_TEMPFAIL, PS_ON_TEMPFAIL, true},
	{"<a@example.org>", "<b@bank.example>", "", IN, "bank.example",
		PS_ENCRYPT_ALWAYS, PS_ON_TEMPFAIL, PS_ON_TEMPFAIL, false},
	{"<b@bank.example>", "<anna@example.org>", "", IN, "example.org",
		PS_ENCRYPT_WHEN_KEY, PS_ON_DELIVER, PS_ON_TEMPFAIL, false},
	{"<a@example.org>", "<news@bank.example>", "anna", IN, "news",
		PS_ENCRYPT_NEVER, PS_ON_TEMPFAIL, PS_ON_TEMPFAIL, false},
};

static void
rule_of(struct world *w, const struct row *row, struct ps_ruling *out)
{
	struct ps_sender sender;

	world_from(w, row->from);
	world_login(w, row->login);
	world_client(w, row->client);
	world_rcpts(w, row->to);
	ps_sender_of(w->policy, &w->txn, &w->txn.rcpt[0], &sender);
	ps_match_explain(
		w->arena, w->policy, &sender, &w->txn.rcpt[0].addr, out);
}

static bool
agrees(const struct row *row, const struct ps_ruling *r)
{
	const struct ps_setting *word = r->word;

	return strcmp(row->rule, r->rule) == 0 &&
	       word[PS_WORD_ENCRYPT].value == (int)row->encrypt &&
	       word[PS_WORD_ON_MISSING_KEY].value == (int)row->on_missing &&
	       word[PS_WORD_ON_UNUSABLE_KEY].value == (int)row->on_unusable &&
	       word[PS_WORD_PROTECT_SUBJECT].value == (int)row->protect;
}

static void
the_first_matching_rule_speaks_then_the_section_then_defaults(void **state)
{
	struct world w;

	(void)state;
	world_open(&w, house);
	for (size_t i = 0; i < N(rows); i++) {
		struct ps_ruling r;

		rule_of(&w, &rows[i], &r);
		if (!agrees(&rows[i], &r))
			fail_msg("%s -> %s: %s encrypt=%d missing=%d "
				 "unusable=%d protect=%d",
				rows[i].from, rows[i].to, r.rule,
				r.word[PS_WORD_ENCRYPT].value,
				r.word[PS_WORD_ON_MISSING_KEY].value,
				r.word[PS_WORD_ON_UNUSABLE_KEY].value,
				r.word[PS_WORD_PROTECT_SUBJECT].value);
	}
	world_close(&w);
}

static const struct {
	const char *from, *to, *trigger;
} wishes[] = {
	{"<a@example.org>", "<b@bank.example>", "[seal]"},
	{"<a@example.org>", "<anna@example.org>", "[seal]"},
	{"<b@bank.example>", "<anna@example.org>", "[bank]"},
	{"<c@else.example>", "<anna@example.org>", "[default]"},
	{"<>", "<b@bank.example>", "[default]"},
	{"<a>", "<b@bank.example>", "[seal]"},
};

static void
triggers_are_the_wish_of_the_sender_and_come_from_his_section(void **state)
{
	struct world w;

	(void)state;
	world_open(&w, house);
	for (size_t i = 0; i < N(wishes); i++) {
		struct row row = {.from = wishes[i].from,
			.to = wishes[i].to,
			.login = "x",
			.client = IN};
		struct ps_ruling r;
		const struct ps_setting *s = &r.word[PS_WORD_SUBJECT_TRIGGER];

		rule_of(&w, &row, &r);
		assert_int_equal(s->n_list, 1);
		assert_string_equal(s->list[0], wishes[i].trigger);
	}
	world_close(&w);
}

static void
only_a_rule_that_says_exempt_and_names_a_login_has_an_identity(void **state)
{
	static const struct row row[] = {
		{"<a@example.org>", "<anna@example.org>", "robot", IN, "", 0, 0,
			0, false},
		{"<a@example.org>", "<anna@example.org>", "anna", IN, "", 0, 0,
			0, false},
	};
	struct ps_ruling r;
	struct world w;

	(void)state;
	world_open(&w, house);
	rule_of(&w, &row[0], &r);
	assert_true(r.identity);
	rule_of(&w, &row[1], &r);
	assert_false(r.identity);
	world_close(&w);
}

static const struct ps_candidate *
candidate(const struct ps_ruling *r, enum ps_word word, const char *section)
{
	for (size_t i = 0; i < r->n_candidate; i++)
		if (r->candidate[i].word == word &&
			strcmp(r->candidate[i].section, section) == 0)
			return &r->candidate[i];
	return NULL;
}

static void
every_candidate_is_kept_and_one_of_each_word_wins(void **state)
{
	static const struct row row = {"<a@b.example>", "<payroll@example.org>",
		"", IN, "", 0, 0, 0, false};
	const struct ps_candidate *c;
	size_t wins[PS_WORD_N] = {0};
	struct ps_ruling r;
	struct world w;

	(void)state;
	world_open(&w, house);
	rule_of(&w, &row, &r);
	for (size_t i = 0; i < r.n_candidate; i++)
		wins[r.candidate[i].word] += r.candidate[i].wins;
	for (size_t i = 0; i < PS_WORD_N; i++)
		assert_int_equal(wins[i], 1);
	c = candidate(&r, PS_WORD_ENCRYPT, "rule \"payroll\"");
	assert_true(c != NULL && c->wins);
	assert_int_equal(c->setting.where.line, 9);
	c = candidate(&r, PS_WORD_ENCRYPT, "defaults");
	assert_true(c != NULL && !c->wins);
	/* deliver of the defaults does not fill under always */
	c = candidate(&r, PS_WORD_ON_MISSING_KEY, "defaults");
	assert_true(c != NULL && !c->wins);
	c = candidate(&r, PS_WORD_ON_MISSING_KEY, "built in");
	assert_true(c != NULL && c->wins);
	assert_int_equal(c->setting.value, PS_ON_REJECT);
	world_close(&w);
}

static const struct {
	const char *rcpt, *names;
} key_names[] = {
	{"<anna@example.org>", "anna@example.org"},
	{"<anna+news@example.org>", "anna+news@example.org anna@example.org"},
	{"<anna-x+y@example.org>", "anna-x+y@example.org anna@example.org"},
	{"<+anna@example.org>", "+anna@example.org"},
	{"<root@example.org>", "root@example.org admin@else.example"},
	{"<Root+x@example.org>",
		"Root+x@example.org Root@example.org admin@else.example"},
	{"<root>", "root@example.org admin@else.example"},
	{"<root@bank.example>", "root@bank.example"},
};

static void
keys_are_sought_exactly_then_without_delimiter_then_by_alias(void **state)
{
	struct world w;

	(void)state;
	world_open(&w, house);
	for (size_t i = 0; i < N(key_names); i++) {
		struct ps_addr rcpt = world_addr(&w, key_names[i].rcpt);
		const char *all = "";
		struct ps_addr *name;
		size_t n;

		name = ps_key_addresses(w.arena, w.policy, &rcpt, &n);
		for (size_t k = 0; k < n; k++)
			all = ps_arena_printf(w.arena, "%s%s%.*s", all,
				k == 0 ? "" : " ", PS_FMT(name[k].full));
		assert_string_equal(all, key_names[i].names);
	}
	world_close(&w);
}

static void
local_parts_match_with_case_only_where_that_is_said(void **state)
{
	static const char conf[] =
		"local-part-case = yes domain \"example.org\" { rule \"x\" { "
		"to = \"Anna@example.org\" encrypt = always } }";
	static const struct row row[] = {
		{"<>", "<Anna@EXAMPLE.org>", "", IN, "", 0, 0, 0, false},
		{"<>", "<anna@example.org>", "", IN, "", 0, 0, 0, false},
	};
	struct ps_ruling r;
	struct world w;

	(void)state;
	world_open(&w, conf);
	rule_of(&w, &row[0], &r);
	assert_string_equal(r.rule, "x");
	rule_of(&w, &row[1], &r);
	assert_string_equal(r.rule, "example.org");
	world_close(&w);
}

static void
submission_is_known_by_login_network_daemon_or_local_program(void **state)
{
	struct ps_sender s;
	struct world w;

	(void)state;
	world_open(&w, house);
	world_rcpts(&w, "anna@example.org, b@bank.example");
	ps_sender_of(w.policy, &w.txn, &w.txn.rcpt[0], &s);
	assert_false(s.authenticated);
	assert_int_equal(s.direction, PS_DIR_IN);
	w.session.daemon_name = PS_LIT("MSA");
	ps_sender_of(w.policy, &w.txn, &w.txn.rcpt[0], &s);
	assert_true(s.authenticated);
	assert_int_equal(s.direction, PS_DIR_INTERNAL);
	ps_sender_of(w.policy, &w.txn, &w.txn.rcpt[1], &s);
	assert_int_equal(s.direction, PS_DIR_OUT);
	w.session.daemon_name = PS_LIT("MTA");
	w.txn.is_local = true;
	ps_sender_of(w.policy, &w.txn, &w.txn.rcpt[1], &s);
	assert_int_equal(s.direction, PS_DIR_OUT);
	world_close(&w);
}

static void
keys_need_not_be_looked_up_where_nothing_can_be_sealed(void **state)
{
	static const char conf[] = "domain \"example.org\" { header-trigger = "
				   "X-Seal }";
	static const struct row row[] = {
		{"<a@example.org>", "<b@c.example>", "anna", IN, "", 0, 0, 0,
			false},
		{"<a@example.org>", "<b@c.example>", "", IN, "", 0, 0, 0,
			false},
		{"<a@else.example>", "<b@c.example>", "anna", IN, "", 0, 0, 0,
			false},
	};
	static const bool may[] = {true, false, false};
	struct ps_sender s;
	struct ps_ruling r;
	struct world w;

	(void)state;
	world_open(&w, conf);
	for (size_t i = 0; i < N(row); i++) {
		rule_of(&w, &row[i], &r);
		ps_sender_of(w.policy, &w.txn, &w.txn.rcpt[0], &s);
		assert_int_equal(ps_ruling_may_seal(&r, &s), may[i]);
	}
	world_close(&w);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(
		the_first_matching_rule_speaks_then_the_section_then_defaults),
	cmocka_unit_test(
		triggers_are_the_wish_of_the_sender_and_come_from_his_section),
	cmocka_unit_test(
		only_a_rule_that_says_exempt_and_names_a_login_has_an_identity),
	cmocka_unit_test(every_candidate_is_kept_and_one_of_each_word_wins),
	cmocka_unit_test(
		keys_are_sought_exactly_then_without_delimiter_then_by_alias),
	cmocka_unit_test(local_parts_match_with_case_only_where_that_is_said),
	cmocka_unit_test(
		submission_is_known_by_login_network_daemon_or_local_program),
	cmocka_unit_test(
		keys_need_not_be_looked_up_where_nothing_can_be_sealed),
};

PS_TESTS("match", tests)
