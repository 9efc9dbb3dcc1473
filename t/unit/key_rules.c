/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Keys from outside, by policy: which sources may serve an address, and what
 * becomes of mail while nobody knows its key.
 */
#include "tap.h"

#include <stdio.h>
#include <string.h>

#include "policy_world.h"

#define N(array) (sizeof(array) / sizeof((array)[0]))

#define LATE	 "451 4.7.1 key-lookup rule=d.example"
#define DNS	 "451 4.7.1 key-dns rule=d.example"
#define CHANGED	 "451 4.7.1 key-changed rule=d.example"
#define NO_KEY	 "550 5.7.1 no-key rule=d.example"
#define UNUSABLE "451 4.7.1 unusable-key rule=d.example"

static const struct world_row unknown[] = {
	{"encrypt = never", "late@d.example", "clear:policy(0)"},
	{"encrypt = when-key", "late@d.example", LATE},
	{"encrypt = when-key", "dns@d.example", DNS},
	{"encrypt = when-key", "changed@d.example", CHANGED},
	{"encrypt = always", "late@d.example", LATE},
	{"encrypt = always", "dns@d.example", DNS},
	{"encrypt = always", "changed@d.example", CHANGED},
	{"encrypt = when-key on-late-lookup = missing", "late@d.example",
		"clear:no-key(0)"},
	{"encrypt = when-key on-late-lookup = missing", "dns@d.example", DNS},
	{"encrypt = when-key on-dns-error = missing", "dns@d.example",
		"clear:no-key(0)"},
	{"encrypt = when-key on-dns-error = missing", "late@d.example", LATE},
	{"encrypt = when-key on-late-lookup = missing on-missing-key = "
	 "tempfail",
		"late@d.example", "451 4.7.1 no-key rule=d.example"},
	/* a key that cannot be used is there, whatever else is not known */
	{"encrypt = when-key on-unusable-key = tempfail on-late-lookup = "
	 "missing",
		"late-expired@d.example", UNUSABLE},
	{"encrypt = when-key on-unusable-key = tempfail on-dns-error = missing",
		"dns-revoked@d.example", UNUSABLE},
	{"encrypt = when-key on-late-lookup = missing",
		"late-expired@d.example", "clear:unusable-key(0)"},
	{"encrypt = when-key", "late-expired@d.example", LATE},
	/* nothing is clear under always */
	{"encrypt = always on-late-lookup = missing", "late@d.example", NO_KEY},
	{"encrypt = always on-dns-error = missing", "dns@d.example", NO_KEY},
	{"encrypt = when-key on-missing-key = deliver on-unusable-key = "
	 "deliver on-late-lookup = missing on-dns-error = missing",
		"changed@d.example", CHANGED},
	/* others wait with it, and what lasts is said first */
	{"encrypt = when-key", "key@d.example, late@d.example", LATE},
	{"encrypt = always", "late@d.example, none@d.example", NO_KEY},
};

static void
what_is_not_known_is_never_clear_mail_unless_policy_says_so(void **state)
{
	(void)state;
	for (size_t i = 0; i < N(unknown); i++) {
		struct world w;

		world_of(&w, unknown[i].words, unknown[i].rcpts);
		world_check(&unknown[i], world_decide(&w));
		world_close(&w);
	}
}

/* The look has only begun: what it gives is known when the message ends. */
static void
a_recipient_whose_key_is_not_known_yet_is_taken_at_rcpt(void **state)
{
	static const char *const rcpt[] = {
		"late@d.example", "dns@d.example", "changed@d.example"};
	static const char words[] =
		"encrypt = always on-late-lookup = missing "
		"on-dns-error = missing on-missing-key = reject";

	(void)state;
	for (size_t i = 0; i < N(rcpt); i++) {
		struct ps_reply r;
		struct world w;

		world_of(&w, words, rcpt[i]);
		world_look_up(&w);
		ps_decide_rcpt(w.arena, w.policy, &w.txn, &w.txn.rcpt[0],
			&w.facts[0], &r);
		assert_int_equal(r.action, PS_ACCEPT);
		world_close(&w);
	}
}

static void
the_reply_says_what_to_do(void **state)
{
	struct ps_content_facts content = {0};
	struct ps_plan plan;
	struct world w;

	(void)state;
	world_of(&w, "encrypt = always", "changed@d.example");
	world_look_up(&w);
	content.header = &w.txn.message.header;
	ps_decide(w.arena, w.policy, &w.txn, w.facts, &content, &plan);
	assert_string_equal(plan.reply.text,
		"postseal: the OpenPGP key of <changed@d.example> has changed, "
		"and an administrator has to decide: postseal keys show "
		"changed@d.example [key-changed rule=d.example]");
	world_close(&w);
}

struct row {
	const char *conf, *addr, *want;
};

#define SOURCES(list) "keys { sources = { " list " } } "

static const struct row rules[] = {
	/* nothing is asked outside unless the configuration names it */
	{"", "bob@d.example", "local=use change=keep-old"},
	{"peer \"d.example\" { wkd = use dane = use autocrypt = use }",
		"bob@d.example", "local=use change=keep-old"},
	{SOURCES("pinned"), "bob@d.example", "change=keep-old"},
	{SOURCES("pinned, local, wkd, dane, autocrypt"), "bob@d.example",
		"local=use wkd=use dane=use autocrypt=pending change=keep-old"},
	{SOURCES("dane, local"), "bob@d.example",
		"dane=use local=use change=keep-old"},
	/* the section of the address speaks, and its rules */
	{SOURCES("local, wkd, autocrypt") "defaults { autocrypt = off } "
					  "peer \"d.example\" { wkd = pending "
					  "on-key-change = tempfail }",
		"bob@d.example",
		"local=use wkd=pending autocrypt=off change=tempfail"},
	{SOURCES("wkd") "peer \"d.example\" { wkd = off }", "bob@e.example",
		"wkd=use change=keep-old"},
	{SOURCES("wkd") "peer \"d.example\" { rule \"b\" { to = "
			"\"bob@d.example\" wkd = pending on-key-change = "
			"accept } }",
		"Bob@D.example", "wkd=pending change=accept"},
	{SOURCES("wkd") "peer \"d.example\" { rule \"o\" { direction = out "
			"wkd = pending } }",
		"bob@d.example", "wkd=pending change=keep-old"},
	{SOURCES("wkd") "domain \"d.example\" { rule \"i\" { direction = in "
			"wkd = off } }",
		"bob@d.example", "wkd=off change=keep-old"},
	/* one that asks who sends holds for nobody */
	{SOURCES("wkd") "peer \"d.example\" { rule \"a\" { from = "
			"\"*@ours.example\" wkd = off } }",
		"bob@d.example", "wkd=use change=keep-old"},
};

static const char *
rules_text(struct ps_arena *a, const struct ps_key_rules *r)
{
	static const char *const use[] = {"off", "pending", "use"};
	static const char *const change[] = {"accept", "keep-old", "tempfail"};
	const char *text = "";

	for (size_t i = 0; i < r->n_order; i++)
		text = ps_arena_printf(a, "%s%s=%s ", text,
			ps_key_origin_name(r->order[i]),
			use[r->use[r->order[i]]]);
	for (enum ps_key_origin o = 0; o < PS_ORIGIN_N; o++) {
		bool named = false;

		for (size_t i = 0; i < r->n_order; i++)
			named = named || r->order[i] == o;
		assert_true(named || r->use[o] == PS_USE_OFF);
	}
	return ps_arena_printf(a, "%schange=%s", text, change[r->on_change]);
}

static void
the_section_of_an_address_says_where_its_key_may_come_from(void **state)
{
	(void)state;
	for (size_t i = 0; i < N(rules); i++) {
		struct ps_key_rules r;
		struct ps_addr addr;
		struct world w;
		const char *got;

		world_open(&w, rules[i].conf);
		addr = world_addr(&w, rules[i].addr);
		ps_policy_key_rules_of(w.arena, w.policy, &addr, &r);
		got = rules_text(w.arena, &r);
		if (strcmp(got, rules[i].want) != 0)
			fail_msg("%s\n%s\ngives %s", rules[i].conf,
				rules[i].want, got);
		world_close(&w);
	}
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(
		what_is_not_known_is_never_clear_mail_unless_policy_says_so),
	cmocka_unit_test(
		a_recipient_whose_key_is_not_known_yet_is_taken_at_rcpt),
	cmocka_unit_test(the_reply_says_what_to_do),
	cmocka_unit_test(
		the_section_of_an_address_says_where_its_key_may_come_from),
};

PS_TESTS("key_rules", tests)
