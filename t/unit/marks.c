/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * What a copy, or a message under trial, says in our name; and what nobody
 * else says in it.
 */
#include "tap.h"

#include "flow/steps.h"

#define N(x) (sizeof(x) / sizeof((x)[0]))

static void
marks_of_ours_are_taken_from_strangers_and_kept_from_a_relay(void **state)
{
	struct ps_policy policy = {.authserv_id = "mx.example.org"};
	const struct ps_env env = {.policy = &policy};
	const struct ps_sender_judgement j = {0};
	struct ps_session session = {0};
	struct ps_txn t = {.session = &session};
	struct ps_verdict v = {0};

	(void)state;
	t.arena = ps_arena_new(PS_ARENA_PLAIN);
	for (int i = 0; i < 2; i++) {
		struct ps_field field[] = {
			{PS_LIT("x-postseal-tag"), PS_LIT(" fail"), 1},
			{PS_LIT("X-Kept"), PS_LIT(" 1"), 2},
			{PS_LIT("X-Postseal-Trial"), PS_LIT(" sealed"), 3},
			{PS_LIT("Authentication-Results"),
				PS_LIT(" mx.example.org; x=pass"), 4},
			{PS_LIT("Authentication-Results"),
				PS_LIT(" =?utf-8?q?mx.example.org?=; x=pass"),
				5},
		};
		struct ps_message copy = {.header = {field, N(field)}};

		v.by_relay = i == 1;
		ps_marks_put(&t, &env, &v, &j, &copy);
		assert_int_equal(copy.header.n_field, i == 1 ? 4 : 1);
		assert_bytes(copy.header.field[i].name, "X-Kept");
	}
	ps_arena_free(t.arena);
}

static const struct {
	struct ps_reply would;
	enum ps_mark_kind kind;
	size_t n_group;
	bool sealed;
	const char *says; /* NULL: there is no field */
} trials[] = {
	{{.action = PS_ACCEPT}, PS_MARK_NONE, 1, false, NULL},
	{{.action = PS_ACCEPT}, PS_MARK_NONE, 1, true, " would be sealed"},
	{{.action = PS_ACCEPT}, PS_MARK_TAG, 1, false,
		" would be tagged: spf-fail"},
	{{.action = PS_ACCEPT}, PS_MARK_QUARANTINE, 1, true,
		" would be sealed, quarantined: spf-fail"},
	{{.action = PS_ACCEPT}, PS_MARK_TAG, 2, true,
		" would be sent as 2 copies, tagged: spf-fail"},
	{{.action = PS_TEMPFAIL, .reason = "no-key"}, PS_MARK_TAG, 1, false,
		" would be refused: no-key"},
};

static void
a_trial_tells_what_would_be_done(void **state)
{
	struct ps_session session = {0};
	struct ps_txn t = {.session = &session};

	(void)state;
	t.arena = ps_arena_new(PS_ARENA_PLAIN);
	for (size_t i = 0; i < N(trials); i++) {
		struct ps_group group[2] = {
			{.seal = {.sealed = trials[i].sealed}}};
		const struct ps_plan plan = {.trial = true,
			.would = trials[i].would,
			.group = group,
			.n_group = trials[i].n_group};
		const struct ps_mark mark = {
			trials[i].kind, "spf-fail", "defaults"};
		struct ps_message copy;

		ps_rewrite_trial(&t, &plan, &mark, &copy);
		assert_int_equal(copy.header.n_field, trials[i].says != NULL);
		if (trials[i].says != NULL)
			assert_bytes(
				copy.header.field[0].value, trials[i].says);
	}
	ps_arena_free(t.arena);
}

static void
a_trial_logs_a_mark_that_is_not_made(void **state)
{
	struct ps_session session = {0};
	struct ps_txn t = {.session = &session};
	const struct ps_env env = {.clock = ps_clock_system()};
	struct ps_course c = {.plan = {.trial = true},
		.sender = {.trial = true,
			.would_mark = {PS_MARK_QUARANTINE, "dmarc-quarantine",
				"defaults"}}};
	const struct ps_reply reply = {.action = PS_ACCEPT};

	(void)state;
	t.arena = ps_arena_new(PS_ARENA_PLAIN);
	assert_non_null(strstr(ps_event_message(&t, &env, &c, &reply),
		" quarantine=dmarc-quarantine trial=yes"));
	ps_arena_free(t.arena);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(
		marks_of_ours_are_taken_from_strangers_and_kept_from_a_relay),
	cmocka_unit_test(a_trial_tells_what_would_be_done),
	cmocka_unit_test(a_trial_logs_a_mark_that_is_not_made),
};

PS_TESTS("marks", tests)
