/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * How long a message waits for keys: a fake network that answers at a time,
 * and a clock that only waiting moves.
 */
#include "tap.h"

#include <stdio.h>
#include <string.h>

#include "flow/steps.h"
#include "policy_world.h"

/* When the look of an address is done, after it began; -1: nothing is looked
 * for, it is found at once. */
struct place {
	const char *addr;
	int64_t takes_ms;
	enum ps_cert_state gives;
};

#define MAX_PLACES 8

struct net {
	const struct place *place;
	int64_t ready_ms[MAX_PLACES]; /* 0: not begun */
	int64_t now_ms;
	size_t n_begun, n_waited;
	bool offered_look, offered_rules;
};

static int64_t
fixed_now(void *self)
{
	(void)self;
	return 1800000000;
}

static int64_t
moving_mono(void *self)
{
	const struct net *n = self;

	return n->now_ms;
}

static enum ps_cert_state
look(struct net *n, size_t i, const struct ps_wait *wait)
{
	if (n->ready_ms[i] == 0) {
		n->ready_ms[i] = n->now_ms + n->place[i].takes_ms;
		n->n_begun++;
	}
	if (n->ready_ms[i] <= n->now_ms)
		return n->place[i].gives;
	if (wait->deadline_ms > n->now_ms)
		n->n_waited++;
	if (n->ready_ms[i] > wait->deadline_ms) {
		if (wait->deadline_ms > n->now_ms)
			n->now_ms = wait->deadline_ms;
		return PS_CERT_LATE;
	}
	n->now_ms = n->ready_ms[i];
	return n->place[i].gives;
}

static void
find(void *self, struct ps_arena *a, const struct ps_cert_query *q,
	struct ps_cert_answer *out)
{
	struct net *n = self;

	n->offered_look = q->look != NULL;
	n->offered_rules = q->rules != NULL;
	*out = (struct ps_cert_answer){.state = PS_CERT_NONE, .reason = ""};
	for (size_t i = 0; n->place[i].addr != NULL; i++) {
		if (!ps_bytes_ieq(q->addr->full, ps_bytes_of(n->place[i].addr)))
			continue;
		if (n->place[i].takes_ms < 0)
			out->state = n->place[i].gives;
		else if (q->look != NULL)
			out->state = look(n, i, q->look);
		if (out->state == PS_CERT_FOUND)
			world_found(a, "A", out);
	}
}

static const struct place places[] = {
	{"here@d.example", -1, PS_CERT_FOUND},
	{"fast@d.example", 100, PS_CERT_FOUND},
	{"fast2@d.example", 2900, PS_CERT_FOUND},
	{"slow@d.example", 4000, PS_CERT_FOUND},
	{"slow2@d.example", 9000, PS_CERT_FOUND},
	{"absent@d.example", 200, PS_CERT_NONE},
	{"plus+x@d.example", 300, PS_CERT_NONE},
	{0},
};

struct scene {
	struct world w;
	struct net net;
	struct ps_clock clock;
	struct ps_certs certs;
	struct ps_env env;
};

static void
open_scene(struct scene *s, const char *rcpts)
{
	*s = (struct scene){.net = {.place = places, .now_ms = 1000}};
	world_open(&s->w,
		"recipient-delimiter = \"+\" keys { sources = { local, wkd } "
		"lookup-wait = 3s } defaults { encrypt = when-key }");
	world_from(&s->w, "<a@b.example>");
	world_rcpts(&s->w, rcpts);
	s->clock = (struct ps_clock){&s->net, fixed_now, moving_mono};
	s->certs = (struct ps_certs){.self = &s->net, .find = find};
	s->env = (struct ps_env){
		.policy = s->w.policy,
		.certs = &s->certs,
		.clock = &s->clock,
		.looks_outside = true,
		.wait = {.clock = &s->clock,
			.deadline_ms = 121000,
			.stop_fd = -1},
	};
}

static const char *
found(struct scene *s, const struct ps_key_facts *f)
{
	const char *text = "";

	for (size_t i = 0; i < s->w.txn.n_rcpt; i++)
		text = ps_arena_printf(s->w.arena, "%s%s%s", text,
			i == 0 ? "" : " ",
			f[i].looked_up ? ps_cert_state_name(f[i].keys.state)
				       : "-");
	return ps_arena_printf(s->w.arena, "%s in %lld", text,
		(long long)s->net.now_ms - 1000);
}

static const struct {
	const char *rcpts, *want;
} rows[] = {
	/* who has his key here waits for nobody */
	{"here@d.example", "found in 0"},
	{"fast@d.example", "found in 100"},
	{"absent@d.example", "none in 200"},
	{"slow@d.example", "late in 3000"},
	/* looks go on side by side, and all end at one time */
	{"fast@d.example, absent@d.example", "found none in 200"},
	{"slow@d.example, fast2@d.example", "late found in 3000"},
	{"slow@d.example, slow2@d.example, fast@d.example",
		"late late found in 3000"},
	{"slow2@d.example, here@d.example, fast2@d.example, fast@d.example",
		"late found found found in 3000"},
	/* the address without its extension, once the exact one has none */
	{"plus+x@d.example", "none in 300"},
	{"fast+x@d.example", "found in 100"},
	{"here+x@d.example", "found in 0"},
};

static void
all_recipients_wait_side_by_side_until_one_time(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct ps_key_facts *f;
		struct scene s;
		const char *got;

		open_scene(&s, rows[i].rcpts);
		f = ps_find_rulings(&s.w.txn, &s.env, NULL);
		ps_find_keys(&s.w.txn, &s.env, f);
		got = found(&s, f);
		if (strcmp(got, rows[i].want) != 0)
			fail_msg("%s: %s, not %s", rows[i].rcpts, got,
				rows[i].want);
		world_close(&s.w);
	}
}

static void
at_rcpt_a_look_is_begun_and_not_waited_for(void **state)
{
	struct ps_key_facts *f;
	struct scene s;

	(void)state;
	open_scene(&s, "slow@d.example");
	f = ps_find_rulings(&s.w.txn, &s.env, NULL);
	ps_find_keys_for(&s.w.txn, &s.w.txn.rcpt[0], &s.env, &f[0]);
	assert_string_equal(found(&s, f), "late in 0");
	assert_int_equal(s.net.n_begun, 1);
	/* the time until the end of the message counts */
	s.net.now_ms += 1500;
	ps_find_keys(&s.w.txn, &s.env, f);
	assert_string_equal(found(&s, f), "found in 4000");
	assert_int_equal(s.net.n_begun, 1);
	world_close(&s.w);
}

static void
the_message_s_own_time_ends_every_wait(void **state)
{
	struct ps_key_facts *f;
	struct scene s;

	(void)state;
	open_scene(&s, "slow@d.example");
	s.env.wait.deadline_ms = 1700;
	f = ps_find_rulings(&s.w.txn, &s.env, NULL);
	ps_find_keys(&s.w.txn, &s.env, f);
	assert_string_equal(found(&s, f), "late in 700");
	world_close(&s.w);
}

static void
who_only_plays_an_mta_begins_no_look(void **state)
{
	struct ps_key_facts *f;
	struct scene s;

	(void)state;
	open_scene(&s, "fast@d.example, here@d.example");
	s.env.looks_outside = false;
	f = ps_find_rulings(&s.w.txn, &s.env, NULL);
	ps_find_keys(&s.w.txn, &s.env, f);
	assert_string_equal(found(&s, f), "none found in 0");
	assert_int_equal(s.net.n_begun, 0);
	assert_false(s.net.offered_look);
	assert_true(s.net.offered_rules); /* what was found before counts */
	world_close(&s.w);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(all_recipients_wait_side_by_side_until_one_time),
	cmocka_unit_test(at_rcpt_a_look_is_begun_and_not_waited_for),
	cmocka_unit_test(the_message_s_own_time_ends_every_wait),
	cmocka_unit_test(who_only_plays_an_mta_begins_no_look),
};

PS_TESTS("find_keys", tests)
