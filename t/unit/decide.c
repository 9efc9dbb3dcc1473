/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * What becomes of a message: tables of policies, keys and contents, each with
 * the plan as one line of text.
 */
#include "tap.h"

#include <stdio.h>
#include <string.h>

#include "policy_world.h"

#define N(array) (sizeof(array) / sizeof((array)[0]))

#define ARCHIVE WORLD_ARCHIVE

static const struct world_row by_keys[] = {
	{"encrypt = never", "key@d.example", "clear:policy(0)"},
	{"encrypt = never", "trouble@d.example", "clear:policy(0)"},
	{"encrypt = when-key", "key@d.example", "seal(0)*1"},
	{"encrypt = when-key", "none@d.example", "clear:no-key(0)"},
	{"encrypt = when-key", "expired@d.example", "clear:unusable-key(0)"},
	{"encrypt = when-key on-missing-key = reject", "none@d.example",
		"550 5.7.1 no-key rule=d.example"},
	{"encrypt = when-key on-unusable-key = tempfail", "expired@d.example",
		"451 4.7.1 unusable-key rule=d.example"},
	{"encrypt = when-key", "trouble@d.example",
		"451 4.7.1 key-trouble rule=d.example"},
	{"encrypt = always", "key@d.example", "seal(0)*1"},
	{"encrypt = always", "none@d.example",
		"550 5.7.1 no-key rule=d.example"},
	{"encrypt = always on-missing-key = tempfail", "none@d.example",
		"451 4.7.1 no-key rule=d.example"},
	{"encrypt = always on-missing-key = tempfail", "expired@d.example",
		"550 5.7.1 unusable-key rule=d.example"},
	{"encrypt = always on-unusable-key = tempfail", "expired@d.example",
		"451 4.7.1 unusable-key rule=d.example"},
	{"encrypt = always on-missing-key = reject", "trouble@d.example",
		"451 4.7.1 key-trouble rule=d.example"},
	{"encrypt = always protect-subject = yes", "key@d.example",
		"seal+subject(0)*1"},
	{"rule \"pay\" { to = \"none@d.example\" encrypt = always }",
		"none@d.example", "550 5.7.1 no-key rule=pay"},
	/* archive */
	{"encrypt = when-key archive-key = \"" ARCHIVE "\"", "key@d.example",
		"seal(0)*2"},
	{"encrypt = when-key archive-key = \"" ARCHIVE "\"", "none@d.example",
		"clear:no-key(0)"},
	/* several */
	{"encrypt = always", "key@d.example, key2@d.example", "seal(0,1)*2"},
	{"encrypt = always archive-key = \"" ARCHIVE "\"",
		"key@d.example, key2@d.example", "seal(0,1)*3"},
	{"encrypt = never", "key@d.example, none@d.example",
		"clear:policy(0,1)"},
	{"encrypt = when-key", "key@d.example, none@d.example",
		"seal(0)*1 clear:no-key(1)"},
	{"encrypt = when-key", "expired@d.example, none@d.example",
		"clear:unusable-key(0,1)"},
	{"encrypt = always rule \"p\" { to = \"key2@d.example\" "
	 "protect-subject = yes }",
		"key@d.example, key2@d.example", "seal(0)*1 seal+subject(1)*1"},
	/* one refused recipient refuses all, the lasting reason first */
	{"encrypt = always", "key@d.example, none@d.example",
		"550 5.7.1 no-key rule=d.example"},
	{"encrypt = always", "trouble@d.example, none@d.example",
		"550 5.7.1 no-key rule=d.example"},
	{"encrypt = always on-missing-key = tempfail",
		"none@d.example, trouble@d.example",
		"451 4.7.1 no-key rule=d.example"},
};

static void
key_state_and_policy_make_the_plan(void **state)
{
	(void)state;
	for (size_t i = 0; i < N(by_keys); i++) {
		struct world w;

		world_of(&w, by_keys[i].words, by_keys[i].rcpts);
		world_check(&by_keys[i], world_decide(&w));
		world_close(&w);
	}
}

#define HIDDEN "key3@d.example"

/* To and Cc name key@, none@ and key2@. */
static const struct world_row groups[] = {
	/* who is named nowhere stands alone, when his copy is sealed */
	{"encrypt = when-key", "key@d.example, " HIDDEN, "seal(0)*1 seal(1)*1"},
	{"encrypt = when-key", HIDDEN ", key@d.example, key2@d.example",
		"seal(0)*1 seal(1,2)*2"},
	{"encrypt = when-key", HIDDEN ", key4@d.example",
		"seal(0)*1 seal(1)*1"},
	{"encrypt = when-key", HIDDEN, "seal(0)*1"},
	{"encrypt = never", "key@d.example, " HIDDEN, "clear:policy(0,1)"},
	{"encrypt = when-key",
		"none@d.example, none2@d.example, key@d.example, "
		"none3@d.example",
		"clear:no-key(0,1,3) seal(2)*1"},
	/* spellings of one mailbox stay together, and are found in To and Cc */
	{"encrypt = when-key",
		"key@d.example, <\"key\"@D.Example.>, KEY@d.example",
		"seal(0,1,2)*1"},
	{"encrypt = when-key", HIDDEN ", KEY3@d.example, key@d.example",
		"seal(0,1)*1 seal(2)*1"},
	{"encrypt = when-key",
		"key@d.example, <@route.example:Key3@d.example>, " HIDDEN
		", <Key3@d.example>",
		"seal(0)*1 seal(1,2,3)*1"},
	{"encrypt = when-key", HIDDEN ", KEY3@d.example", "seal(0,1)*1"},
	{"encrypt = when-key", "none@d.example, NONE@d.example, key@d.example",
		"clear:no-key(0,1) seal(2)*1"},
	/* one refused recipient refuses all */
	{"encrypt = when-key rule \"p\" { to = \"none2@d.example\" "
	 "encrypt = always }",
		"key@d.example, none@d.example, none2@d.example",
		"550 5.7.1 no-key rule=p"},
	/* mixed */
	{"encrypt = when-key mixed = reject", "key@d.example, none@d.example",
		"550 5.7.1 mixed-recipients rule=d.example"},
	{"encrypt = when-key mixed = reject", "key@d.example, " HIDDEN,
		"550 5.7.1 mixed-recipients rule=d.example"},
	{"encrypt = when-key mixed = reject", "key@d.example, key2@d.example",
		"seal(0,1)*2"},
	{"encrypt = when-key mixed = reject", "none@d.example, none2@d.example",
		"clear:no-key(0,1)"},
	{"encrypt = when-key rule \"alone\" { to = \"none@d.example\" "
	 "mixed = reject }",
		"key@d.example, none@d.example",
		"550 5.7.1 mixed-recipients rule=alone"},
	{"encrypt = when-key rule \"alone\" { to = \"x@d.example\" "
	 "mixed = reject }",
		"key@d.example, none@d.example", "seal(0)*1 clear:no-key(1)"},
	{"encrypt = when-key on-missing-key = tempfail mixed = reject",
		"key@d.example, none@d.example",
		"451 4.7.1 no-key rule=d.example"},
};

static void
recipients_of_the_same_octets_form_a_group(void **state)
{
	(void)state;
	for (size_t i = 0; i < N(groups); i++) {
		struct world w;

		world_of(&w, groups[i].words, groups[i].rcpts);
		world_check(&groups[i], world_decide(&w));
		world_close(&w);
	}
}

static void
local_parts_that_differ_by_case_are_two_mailboxes_where_case_counts(
	void **state)
{
	struct world w;

	(void)state;
	world_of(&w, "encrypt = when-key",
		"key@d.example, KEY@d.example, none@d.example");
	w.policy->local_part_case = true;
	/* the world has no key for KEY@ then */
	assert_string_equal(world_decide(&w), "seal(0)*1 clear:no-key(1,2)");
	world_close(&w);
}

static void
a_recipient_without_a_domain_is_named_by_his_whole_address(void **state)
{
	struct world w;

	(void)state;
	world_of(&w, "encrypt = when-key", "key, key2@d.example");
	w.policy->local_domain = "d.example";
	assert_string_equal(world_decide(&w), "seal(0,1)*2");
	world_close(&w);
}

/* Two looks into a changing key directory: the stricter answer holds. */
static void
one_mailbox_never_gets_a_sealed_and_a_clear_copy(void **state)
{
	struct ps_plan plan;
	struct world w;

	(void)state;
	world_of(&w, "encrypt = when-key",
		"key@d.example, Key@d.example, none@d.example");
	world_look_up(&w);
	w.facts[0].keys =
		(struct ps_cert_answer){.state = PS_CERT_NONE, .reason = ""};
	ps_decide(w.arena, w.policy, &w.txn, w.facts, &w.content, &plan);
	assert_string_equal(
		world_plan_text(w.arena, &plan), "seal(0,1)*1 clear:no-key(2)");
	world_close(&w);
}

/* As many as a setting allows, each of them hidden. */
static void
many_recipients_are_grouped_in_no_time(void **state)
{
	enum { MANY = 20000 };
	struct ps_plan plan;
	struct ps_key_facts *facts;
	struct world w;

	(void)state;
	world_of(&w, "encrypt = when-key", "key@d.example");
	world_look_up(&w);
	w.txn.n_rcpt = MANY;
	w.txn.rcpt = ps_arena_array(w.arena, MANY, sizeof(*w.txn.rcpt));
	facts = ps_arena_array(w.arena, MANY, sizeof(*facts));
	for (size_t i = 0; i < MANY; i++) {
		w.txn.rcpt[i].addr = world_addr(
			&w, ps_arena_printf(w.arena, "r%zu@d.example", i / 2));
		facts[i] = w.facts[0];
	}
	w.policy->limits.mta_message_size = 0;
	ps_decide(w.arena, w.policy, &w.txn, facts, &w.content, &plan);
	assert_int_equal(plan.n_group, MANY / 2);
	assert_int_equal(plan.group[MANY / 2 - 1].n_rcpt, 2);
	world_close(&w);
}

static void
a_required_recipient_without_a_key_is_refused_by_name(void **state)
{
	struct ps_plan plan;
	struct world w;

	(void)state;
	world_of(&w, "encrypt = always", "key@d.example, none@d.example");
	world_look_up(&w);
	ps_decide(w.arena, w.policy, &w.txn, w.facts, &w.content, &plan);
	assert_int_equal(plan.reply.action, PS_REJECT);
	assert_string_equal(plan.reply.text,
		"postseal: no usable OpenPGP key for <none@d.example> [no-key "
		"rule=d.example]");
	assert_int_equal(plan.n_group, 0);
	world_close(&w);
}

static void
an_archive_key_that_is_missing_stops_the_seal(void **state)
{
	static const char two[] =
		"encrypt = when-key archive-key = { \"" ARCHIVE "\", "
		"\"0000000000000000000000000000000000000000\" }";
	struct ps_plan plan;
	struct world w;

	(void)state;
	/* the world finds only the first of two */
	world_of(&w, two, "key@d.example");
	assert_string_equal(
		world_decide(&w), "451 4.7.1 archive-key rule=d.example");
	world_close(&w);
	world_of(&w, "encrypt = when-key archive-key = \"" ARCHIVE "\"",
		"key@d.example");
	w.n_key--;
	assert_string_equal(
		world_decide(&w), "451 4.7.1 archive-key rule=d.example");
	/* it is there, but nothing of it can seal */
	w.n_key++;
	world_look_up(&w);
	w.facts[0].archive.cert->n_subkey = 0;
	ps_decide(w.arena, w.policy, &w.txn, w.facts, &w.content, &plan);
	assert_string_equal(world_plan_text(w.arena, &plan),
		"451 4.7.1 archive-key rule=d.example");
	world_close(&w);
}

static void
facts_that_were_never_looked_up_are_trouble(void **state)
{
	struct ps_plan plan;
	struct world w;

	(void)state;
	world_of(&w, "encrypt = when-key", "none@d.example");
	world_look_up(&w);
	w.facts[0].looked_up = false;
	ps_decide(w.arena, w.policy, &w.txn, w.facts, &w.content, &plan);
	assert_string_equal(world_plan_text(w.arena, &plan),
		"451 4.7.1 key-trouble rule=d.example");
	/* a certificate without a subkey cannot seal */
	w.facts[0].looked_up = true;
	world_found(w.arena, "x", &w.facts[0].keys);
	w.facts[0].keys.cert->n_subkey = 0;
	ps_decide(w.arena, w.policy, &w.txn, w.facts, &w.content, &plan);
	assert_string_equal(
		world_plan_text(w.arena, &plan), "clear:unusable-key(0)");
	world_close(&w);
}

static const struct world_row large[] = {
	{"encrypt = always", "key@d.example",
		"552 5.3.4 too-large "
		"rule=d.example"},
	{"encrypt = always on-too-large = tempfail", "key@d.example",
		"451 4.3.4 too-large rule=d.example"},
	{"encrypt = when-key on-too-large = deliver", "key@d.example",
		"clear:too-large(0)"},
	{"encrypt = when-key", "key@d.example",
		"552 5.3.4 too-large rule=d.example"},
	{"encrypt = when-key", "none@d.example", "clear:no-key(0)"},
	{"encrypt = never", "key@d.example", "clear:policy(0)"},
};

static void
what_would_be_too_large_once_sealed_is_told_before_any_work(void **state)
{
	size_t size = 0;

	(void)state;
	for (size_t i = 0; i < N(large); i++) {
		struct world w;

		world_of(&w, large[i].words, large[i].rcpts);
		size = ps_decide_size(&w.txn, 1, false);
		w.policy->limits.mta_message_size = size - 1;
		world_check(&large[i], world_decide(&w));
		w.policy->limits.mta_message_size = size;
		assert_null(strstr(world_decide(&w), "too-large"));
		w.policy->limits.mta_message_size = 0;
		assert_null(strstr(world_decide(&w), "too-large"));
		world_close(&w);
	}
}

static void
a_predicted_size_is_a_third_more_and_grows_with_keys_and_header(void **state)
{
	const size_t mb = (size_t)1 << 20;
	struct ps_txn t = {0};
	size_t plain;

	(void)state;
	t.message.body.len = 10 * mb;
	t.size = 10 * mb + 200;
	plain = ps_decide_size(&t, 1, false);
	assert_in_range(plain, 10 * mb * 135 / 100, 10 * mb * 139 / 100);
	assert_true(ps_decide_size(&t, 2, false) > plain + 524);
}

static void
trial_changes_nothing_and_says_what_would_have_been(void **state)
{
	struct ps_reply rcpt;
	struct ps_plan plan;
	struct world w;

	(void)state;
	world_of(&w, "encrypt = always", "none@d.example");
	w.policy->trial = true;
	world_look_up(&w);
	ps_decide_rcpt(
		w.arena, w.policy, &w.txn, &w.txn.rcpt[0], &w.facts[0], &rcpt);
	assert_int_equal(rcpt.action, PS_ACCEPT);
	ps_decide(w.arena, w.policy, &w.txn, w.facts, &w.content, &plan);
	assert_true(plan.trial);
	assert_int_equal(plan.reply.action, PS_ACCEPT);
	assert_int_equal(plan.would.action, PS_REJECT);
	assert_string_equal(plan.would.reason, "no-key");
	world_close(&w);
	world_of(&w, "encrypt = always", "key@d.example, key2@d.example");
	w.policy->trial = true;
	assert_string_equal(world_decide(&w), "seal(0,1)*2");
	world_close(&w);
}

static const struct world_row at_rcpt[] = {
	{"encrypt = always", "key@d.example", "accept"},
	{"encrypt = always", "none@d.example",
		"550 5.7.1 postseal: no usable OpenPGP key for this recipient "
		"[no-key rule=d.example]"},
	{"encrypt = always", "expired@d.example",
		"550 5.7.1 postseal: the OpenPGP key of this recipient cannot "
		"be used (expired) [unusable-key rule=d.example]"},
	{"encrypt = always", "trouble@d.example",
		"451 4.7.1 postseal: the OpenPGP keys of this recipient cannot "
		"be looked up now [key-trouble rule=d.example]"},
	{"encrypt = when-key", "none@d.example", "accept"},
	{"encrypt = when-key on-missing-key = tempfail", "none@d.example",
		"451 4.7.1 postseal: no usable OpenPGP key for this recipient "
		"[no-key rule=d.example]"},
	{"encrypt = never", "none@d.example", "accept"},
	{"encrypt = always refuse-at = message", "none@d.example", "accept"},
	/* the content may still exempt it */
	{"encrypt = when-key on-missing-key = reject exempt = list",
		"none@d.example", "accept"},
	{"encrypt = when-key exempt = list", "trouble@d.example", "accept"},
	{"encrypt = always archive-key = \"" ARCHIVE "\"", "key@d.example",
		"accept"},
};

static void
a_recipient_is_refused_at_once_when_key_state_alone_decides(void **state)
{
	(void)state;
	for (size_t i = 0; i < N(at_rcpt); i++) {
		struct ps_reply r;
		struct world w;

		world_of(&w, at_rcpt[i].words, at_rcpt[i].rcpts);
		world_look_up(&w);
		ps_decide_rcpt(w.arena, w.policy, &w.txn, &w.txn.rcpt[0],
			&w.facts[0], &r);
		world_check(&at_rcpt[i],
			r.action == PS_ACCEPT
				? "accept"
				: ps_arena_printf(w.arena, "%s %s %s", r.code,
					  r.xcode, r.text));
		w.txn.is_local = true;
		ps_decide_rcpt(w.arena, w.policy, &w.txn, &w.txn.rcpt[0],
			&w.facts[0], &r);
		assert_int_equal(r.action, PS_ACCEPT);
		world_close(&w);
	}
}

static void
a_hostile_address_reaches_the_reply_escaped(void **state)
{
	struct ps_plan plan;
	struct world w;

	(void)state;
	world_of(&w, "encrypt = always", "<\"a\xc3\xa4 b\"@d.example>");
	world_look_up(&w);
	ps_decide(w.arena, w.policy, &w.txn, w.facts, &w.content, &plan);
	assert_string_equal(plan.reply.text,
		"postseal: no usable OpenPGP key for "
		"<\\x22a\\xc3\\xa4 b\\x22@d.example> [no-key rule=d.example]");
	world_close(&w);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(key_state_and_policy_make_the_plan),
	cmocka_unit_test(recipients_of_the_same_octets_form_a_group),
	cmocka_unit_test(
		local_parts_that_differ_by_case_are_two_mailboxes_where_case_counts),
	cmocka_unit_test(
		a_recipient_without_a_domain_is_named_by_his_whole_address),
	cmocka_unit_test(one_mailbox_never_gets_a_sealed_and_a_clear_copy),
	cmocka_unit_test(many_recipients_are_grouped_in_no_time),
	cmocka_unit_test(a_required_recipient_without_a_key_is_refused_by_name),
	cmocka_unit_test(an_archive_key_that_is_missing_stops_the_seal),
	cmocka_unit_test(facts_that_were_never_looked_up_are_trouble),
	cmocka_unit_test(
		what_would_be_too_large_once_sealed_is_told_before_any_work),
	cmocka_unit_test(
		a_predicted_size_is_a_third_more_and_grows_with_keys_and_header),
	cmocka_unit_test(trial_changes_nothing_and_says_what_would_have_been),
	cmocka_unit_test(
		a_recipient_is_refused_at_once_when_key_state_alone_decides),
	cmocka_unit_test(a_hostile_address_reaches_the_reply_escaped),
};

PS_TESTS("decide", tests)
