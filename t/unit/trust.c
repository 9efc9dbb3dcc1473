/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * What looks and orders make of an address's page, and which certificates may
 * serve it then.  The scripts are explained in lib/trust_world.h.
 */
#include "tap.h"

#include <string.h>

#include "trust_world.h"

#define N(array) (sizeof(array) / sizeof((array)[0]))

struct row {
	const char *script, *plan, *page, *events;
};

static void
check(const struct row *row, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct trust_world w;

		trust_world_open(&w);
		print_message("# %s\n", row[i].script);
		trust_world_run(&w, row[i].script);
		assert_string_equal(trust_world_plan(&w), row[i].plan);
		assert_string_equal(trust_world_page(&w), row[i].page);
		assert_string_equal(w.events, row[i].events);
		trust_world_close(&w);
	}
}

static void
the_first_is_used_or_waits_as_the_rules_say(void **state)
{
	static const struct row rows[] = {
		{"wkd=use", "local wkd?", "", ""},
		{"wkd=use wkd:A", "local wkd:A", "A:trusted", "found:A"},
		{"wkd=pending wkd:A", "local wkd", "A:pending", "found:A"},
		{"wkd=use wkd:AB", "local wkd:AB", "A:trusted B:trusted",
			"found:A found:B"},
		{"wkd=off", "local", "", ""},
		/* asked for by a person, though no rule allows it */
		{"dane:A", "local", "A:pending", "found:A"},
		{"dane:A trust:A", "local dane:A", "A:trusted:hand",
			"found:A trusted:A"},
		{"dane=use wkd=use wkd:A", "local dane? wkd:A", "A:trusted",
			"found:A"},
		{"wkd=use wkd:0", "local wkd", "", ""},
		{"wkd=use wkd:0 later", "local wkd?", "", ""},
		{"wkd=use wkd:A later", "local wkd:A", "A:trusted", "found:A"},
		{"wkd=pending wkd:A later", "local wkd?", "A:pending",
			"found:A"},
		/* nobody can ask for a header */
		{"autocrypt=use later", "local autocrypt", "", ""},
	};

	(void)state;
	check(rows, N(rows));
}

static void
one_that_is_known_is_seen_again_and_goes_and_comes_back(void **state)
{
	static const struct row rows[] = {
		{"wkd=use wkd:A wkd:A", "local wkd:A", "A:trusted", "found:A"},
		/* saying nothing must not turn encryption off */
		{"wkd=use wkd:A wkd:0", "local wkd:A", "A:trusted:gone",
			"found:A gone:A"},
		{"wkd=use wkd:A wkd:0 wkd:0", "local wkd:A", "A:trusted:gone",
			"found:A gone:A"},
		{"wkd=use wkd:A wkd:0 wkd:A", "local wkd:A", "A:trusted",
			"found:A gone:A back:A"},
		{"wkd=use wkd:A wkd:? wkd:!", "local wkd:A", "A:trusted",
			"found:A"},
		/* another source's silence is not its source's */
		{"wkd=use dane=use wkd:A dane:0", "local wkd:A dane",
			"A:trusted", "found:A"},
		/* what was given last serves on, what was gone before not */
		{"wkd=use wkd:AB wkd:A wkd:0", "local wkd:A",
			"A:trusted:gone B:trusted:gone",
			"found:A found:B gone:B gone:A"},
	};

	(void)state;
	check(rows, N(rows));
}

static void
another_one_is_a_change_and_waits(void **state)
{
	static const struct row rows[] = {
		/* instead of it, and beside it */
		{"wkd=use wkd:A wkd:B", "local wkd:A",
			"A:trusted:gone B:changed",
			"found:A changed:B<A gone:A"},
		{"wkd=use wkd:A wkd:AB", "local wkd:A", "A:trusted B:changed",
			"found:A changed:B<A"},
		{"wkd=use wkd:A wkd:B wkd:B later wkd:B", "local wkd:A",
			"A:trusted:gone B:changed",
			"found:A changed:B<A gone:A"},
		{"wkd=use wkd:A wkd:B trust:B", "local wkd:B",
			"A:trusted:gone B:trusted:hand",
			"found:A changed:B<A gone:A trusted:B"},
		{"wkd=use wkd:A wkd:B reject:B wkd:B", "local!B wkd:A",
			"A:trusted:gone B:rejected:hand",
			"found:A changed:B<A gone:A rejected:B"},
		/* of another source, that may as much or less */
		{"wkd=use dane=use wkd:A dane:B", "local wkd:A dane",
			"A:trusted B:changed", "found:A changed:B<A"},
		{"wkd=use autocrypt=pending wkd:A autocrypt@500:B",
			"local wkd:A autocrypt", "A:trusted B:changed",
			"found:A changed:B<A"},
		/* pending ones of one source count for each other */
		{"wkd=pending wkd:A wkd:B", "local wkd",
			"A:pending:gone B:changed",
			"found:A changed:B<A gone:A"},
		/* a rule that became kinder does not let a change in */
		{"wkd=pending wkd:A wkd:B wkd=use wkd:B", "local wkd:A",
			"A:pending:gone B:changed",
			"found:A changed:B<A gone:A"},
		/* was in use once, when its source was still asked */
		{"wkd=use wkd:A wkd=off dane=use dane:B", "local dane",
			"A:trusted B:changed", "found:A changed:B<A"},
		/* the one it differed from was forgotten: it waits all the
		 * same, and so does a third */
		{"wkd=use wkd:A wkd:B drop:A wkd:C", "local wkd",
			"B:changed:gone C:changed",
			"found:A changed:B<A gone:A dropped:A changed:C<B "
			"gone:B"},
	};

	(void)state;
	check(rows, N(rows));
}

static void
what_the_administrator_has_counts_as_known(void **state)
{
	static const struct row rows[] = {
		{"wkd=use local:1 wkd:A", "local wkd", "A:changed",
			"changed:A<1"},
		{"wkd=use local:1 wkd:1", "local wkd:1", "1:trusted",
			"found:1"},
		{"wkd=use local:12 wkd:1", "local wkd:1", "1:trusted",
			"found:1"},
		{"wkd=use local:1 reject:1 wkd:A", "local!1 wkd:A",
			"1:rejected:hand A:trusted", "rejected:1 found:A"},
		{"wkd=use local:1 wkd:A trust:A", "local wkd:A",
			"A:trusted:hand", "changed:A<1 trusted:A"},
		/* by hand, whatever address it names */
		{"wkd=use trust:1", "local wkd? local:1", "1:trusted:hand",
			"trusted:1"},
		{"wkd=use trust:1 wkd:A", "local wkd local:1",
			"1:trusted:hand A:changed", "trusted:1 changed:A<1"},
		{"accept wkd=use local:1 wkd:A", "local wkd:A", "A:trusted",
			"changed:A<1"},
	};

	(void)state;
	check(rows, N(rows));
}

static void
an_accepted_change_takes_the_place_of_the_old(void **state)
{
	static const struct row rows[] = {
		{"accept wkd=use wkd:A wkd:B", "local wkd:B", "B:trusted",
			"found:A changed:B<A ended:A"},
		{"accept wkd=use wkd:A wkd:AB", "local wkd:AB",
			"A:trusted B:trusted", "found:A changed:B<A"},
		/* not before it may be used itself */
		{"accept wkd=pending wkd:A wkd:B", "local wkd",
			"A:pending:gone B:pending",
			"found:A changed:B<A gone:A"},
		{"accept wkd=use wkd:A wkd:0", "local wkd:A", "A:trusted:gone",
			"found:A gone:A"},
		/* what stands by hand stays */
		{"accept wkd=use wkd:A trust:A wkd:B", "local wkd:AB",
			"A:trusted:hand:gone B:trusted",
			"found:A trusted:A changed:B<A gone:A"},
		{"accept wkd=use wkd:A reject:A wkd:B", "local!A wkd:B",
			"A:rejected:hand:gone B:trusted",
			"found:A rejected:A found:B"},
		/* of another source: both are given */
		{"accept wkd=use dane=use wkd:A dane:B", "local wkd:A dane:B",
			"A:trusted B:trusted", "found:A changed:B<A"},
		/* accepted later on, and for good */
		{"wkd=use wkd:A wkd:B accept", "local wkd:B",
			"A:trusted:gone B:changed",
			"found:A changed:B<A gone:A"},
		{"wkd=use wkd:A wkd:B accept wkd:B keep-old", "local wkd:B",
			"B:trusted",
			"found:A changed:B<A gone:A trusted:B ended:A"},
	};

	(void)state;
	check(rows, N(rows));
}

static void
mail_is_held_until_the_change_is_decided(void **state)
{
#define CHANGE "tempfail wkd=use wkd:A wkd:B "
#define TOLD   "found:A changed:B<A gone:A"
	static const struct row rows[] = {
		{CHANGE, "local wkd:A held:B", "A:trusted:gone B:changed",
			TOLD},
		{CHANGE "later wkd:B", "local wkd:A held:B",
			"A:trusted:gone B:changed", TOLD},
		/* taken back is not decided */
		{CHANGE "wkd:A", "local wkd:A held:B",
			"A:trusted B:changed:gone", TOLD " back:A gone:B"},
		{CHANGE "trust:B", "local wkd:B",
			"A:trusted:gone B:trusted:hand", TOLD " trusted:B"},
		{CHANGE "reject:B", "local!B wkd:A",
			"A:trusted:gone B:rejected:hand", TOLD " rejected:B"},
		{CHANGE "drop:B", "local wkd:A", "A:trusted:gone",
			TOLD " dropped:B"},
		{CHANGE "pin:A", "pinned:A", "A:pinned:hand:gone B:changed",
			TOLD " pinned:A"},
		{CHANGE "keep-old", "local wkd:A", "A:trusted:gone B:changed",
			TOLD},
		{CHANGE "wkd=off", "local", "A:trusted:gone B:changed", TOLD},
		/* waits, but for no change */
		{"tempfail wkd=pending wkd:A", "local wkd", "A:pending",
			"found:A"},
	};

	(void)state;
	check(rows, N(rows));
}

static void
a_pin_wins_over_everything(void **state)
{
	static const struct row rows[] = {
		{"pin:1 wkd=use", "pinned:1", "1:pinned:hand", "pinned:1"},
		/* a substituted key is an alarm and no more */
		{"wkd=use wkd:A pin:A wkd:B", "pinned:A",
			"A:pinned:hand:gone B:changed",
			"found:A pinned:A changed:B<A gone:A"},
		{"tempfail wkd=use wkd:A pin:A wkd:B", "pinned:A",
			"A:pinned:hand:gone B:changed",
			"found:A pinned:A changed:B<A gone:A"},
		{"accept wkd=use wkd:A pin:A wkd:B", "pinned:A",
			"A:pinned:hand:gone B:trusted",
			"found:A pinned:A changed:B<A gone:A"},
		{"wkd=use wkd:A pin:A wkd=off", "pinned:A", "A:pinned:hand",
			"found:A pinned:A"},
		{"wkd=use wkd:A pin:A wkd:B unpin:A", "local wkd:A",
			"A:trusted:hand:gone B:changed",
			"found:A pinned:A changed:B<A gone:A unpinned:A"},
		{"pin:1 pin:2", "pinned:2", "1:trusted:hand 2:pinned:hand",
			"pinned:1 pinned:2 unpinned:1"},
		{"pin:1 also:2", "pinned:12", "1:pinned:hand 2:pinned:hand",
			"pinned:1 pinned:2"},
		{"pin:1 also:2 pin:1", "pinned:1",
			"1:pinned:hand 2:trusted:hand",
			"pinned:1 pinned:2 pinned:1 unpinned:2"},
		{"pin:1 reject:1", "local!1", "1:rejected:hand",
			"pinned:1 rejected:1"},
	};

	(void)state;
	check(rows, N(rows));
}

static void
a_rejected_one_stays_rejected_without_a_word(void **state)
{
	static const struct row rows[] = {
		{"wkd=use wkd:A reject:A wkd:A wkd:0 wkd:A", "local!A wkd",
			"A:rejected:hand", "found:A rejected:A"},
		{"accept wkd=use wkd:A reject:A wkd:A", "local!A wkd",
			"A:rejected:hand", "found:A rejected:A"},
		{"wkd=use dane=use wkd:A reject:A dane:A", "local!A wkd dane",
			"A:rejected:hand", "found:A rejected:A"},
		{"local:1 reject:1", "local!1", "1:rejected:hand",
			"rejected:1"},
		{"wkd=use wkd:A reject:A trust:A", "local wkd:A",
			"A:trusted:hand", "found:A rejected:A trusted:A"},
		/* forgotten, it is new again */
		{"wkd=use wkd:A reject:A drop:A wkd:A", "local wkd:A",
			"A:trusted", "found:A rejected:A dropped:A found:A"},
	};

	(void)state;
	check(rows, N(rows));
}

static void
the_present_rule_decides_what_stands_not_by_hand(void **state)
{
	static const struct row rows[] = {
		{"wkd=use wkd:A wkd=pending", "local wkd", "A:trusted",
			"found:A"},
		{"wkd=use wkd:A wkd=off", "local", "A:trusted", "found:A"},
		{"wkd=pending wkd:A wkd=use", "local wkd:A", "A:pending",
			"found:A"},
		{"wkd=pending wkd:A wkd=use wkd:A", "local wkd:A", "A:trusted",
			"found:A trusted:A"},
		{"wkd=use wkd:A trust:A wkd=pending", "local wkd:A",
			"A:trusted:hand", "found:A trusted:A"},
		{"wkd=use wkd:A trust:A wkd=off", "local wkd:A",
			"A:trusted:hand", "found:A trusted:A"},
	};

	(void)state;
	check(rows, N(rows));
}

static void
a_better_source_confirms_and_a_weaker_one_takes_nothing_away(void **state)
{
#define BOTH "wkd=use autocrypt=pending "
	static const struct row rows[] = {
		{BOTH "autocrypt@500:A wkd:A", "local wkd:A autocrypt",
			"A:trusted", "found:A trusted:A"},
		{BOTH "wkd:A autocrypt@500:A", "local wkd:A autocrypt",
			"A:trusted", "found:A"},
		{BOTH "wkd:A wkd:0 autocrypt@500:A", "local wkd:A autocrypt",
			"A:trusted:gone", "found:A gone:A"},
		/* what was never used stands in nobody's way... */
		{BOTH "autocrypt@500:A wkd:B", "local wkd:B autocrypt",
			"A:pending B:trusted", "found:A found:B"},
		/* ...nor slips in afterwards, by the better source */
		{BOTH "autocrypt@500:A wkd:B wkd:A", "local wkd:B autocrypt",
			"A:changed B:trusted:gone",
			"found:A found:B changed:A<B gone:B"},
		{BOTH "local:1 autocrypt@500:A wkd:A", "local wkd autocrypt",
			"A:changed", "changed:A<1"},
		{BOTH "autocrypt@500:A trust:A wkd:A wkd:0",
			"local wkd autocrypt:A", "A:trusted:hand",
			"found:A trusted:A"},
	};

	(void)state;
	check(rows, N(rows));
}

static void
only_a_later_header_counts(void **state)
{
	static const struct row rows[] = {
		{"accept autocrypt=use autocrypt@500:A autocrypt@400:B",
			"local autocrypt:A", "A:trusted", "found:A"},
		{"accept autocrypt=use autocrypt@500:A autocrypt@600:B",
			"local autocrypt:B", "B:trusted",
			"found:A changed:B<A ended:A"},
		/* the date of a confirmation counts as well */
		{"accept wkd=use autocrypt=use wkd:A autocrypt@500:A "
		 "autocrypt@400:B",
			"local wkd:A autocrypt", "A:trusted", "found:A"},
		/* a date in the future does not shut the door */
		{"accept autocrypt=use autocrypt@99999999:A later "
		 "autocrypt@9000:B",
			"local autocrypt:B", "B:trusted",
			"found:A changed:B<A ended:A"},
		/* two programs of one person, in turn: said once */
		{"autocrypt=use autocrypt@500:A autocrypt@600:B "
		 "autocrypt@700:A autocrypt@800:B",
			"local autocrypt:A", "A:trusted B:changed",
			"found:A changed:B<A"},
	};

	(void)state;
	check(rows, N(rows));
}

static void
an_order_that_says_nothing_new_is_refused(void **state)
{
	static const struct row rows[] = {
		{"unpin:A drop:A", "local", "", "no:unpin no:drop"},
		{"pin:A pin:A also:A trust:A drop:A", "pinned:A",
			"A:pinned:hand",
			"pinned:A no:pin no:also no:trust no:drop"},
		{"trust:A trust:A unpin:A", "local local:A", "A:trusted:hand",
			"trusted:A no:trust no:unpin"},
		{"reject:A reject:A", "local!A", "A:rejected:hand",
			"rejected:A no:reject"},
	};

	(void)state;
	check(rows, N(rows));
}

static void
who_makes_keys_cannot_make_the_book_grow(void **state)
{
	struct trust_world w;
	size_t max = PS_TRUST_MAX_WAITING + 1;

	(void)state;
	trust_world_open(&w);
	trust_world_run(&w, "tempfail autocrypt=use autocrypt@1:Z");
	for (char c = 'A'; c < 'Z'; c++)
		trust_world_do(
			&w, ps_arena_printf(w.a, "autocrypt@%d:%c", c, c));
	assert_true(w.page.n_bond == max);
	assert_string_equal(w.page.bond[0].fpr, trust_fpr('Z'));
	assert_string_equal(trust_world_plan(&w), "local autocrypt:Z held:Y");
	trust_world_close(&w);
}

static void
people_are_told_what_waits(void **state)
{
	static const struct {
		const char *script, *want;
	} rows[] = {
		{"wkd=use wkd:A", NULL},
		{"wkd=pending wkd:A",
			"key AAAA...AAAA found by wkd waits for approval"},
		{"wkd=use wkd:A wkd:B",
			"key BBBB...BBBB found by wkd is another than the one "
			"before and waits for approval"},
		{"wkd=pending wkd:ABCDE",
			"key AAAA...AAAA found by wkd waits for approval; key "
			"BBBB...BBBB found by wkd waits for approval; key "
			"CCCC...CCCC found by wkd waits for approval; 2 more"},
		{"wkd=pending wkd:A wkd=off", NULL},
		{"wkd=pending wkd:A reject:A", NULL},
	};

	(void)state;
	for (size_t i = 0; i < N(rows); i++) {
		struct ps_trust_plan plan;
		struct trust_world w;

		trust_world_open(&w);
		trust_world_run(&w, rows[i].script);
		ps_trust_plan(w.a, &w.page, &w.rules, w.now_s, &plan);
		if (rows[i].want == NULL)
			assert_null(plan.pending);
		else
			assert_string_equal(plan.pending, rows[i].want);
		trust_world_close(&w);
	}
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(the_first_is_used_or_waits_as_the_rules_say),
	cmocka_unit_test(
		one_that_is_known_is_seen_again_and_goes_and_comes_back),
	cmocka_unit_test(another_one_is_a_change_and_waits),
	cmocka_unit_test(what_the_administrator_has_counts_as_known),
	cmocka_unit_test(an_accepted_change_takes_the_place_of_the_old),
	cmocka_unit_test(mail_is_held_until_the_change_is_decided),
	cmocka_unit_test(a_pin_wins_over_everything),
	cmocka_unit_test(a_rejected_one_stays_rejected_without_a_word),
	cmocka_unit_test(the_present_rule_decides_what_stands_not_by_hand),
	cmocka_unit_test(
		a_better_source_confirms_and_a_weaker_one_takes_nothing_away),
	cmocka_unit_test(only_a_later_header_counts),
	cmocka_unit_test(an_order_that_says_nothing_new_is_refused),
	cmocka_unit_test(who_makes_keys_cannot_make_the_book_grow),
	cmocka_unit_test(people_are_told_what_waits),
};

PS_TESTS("trust", tests)
