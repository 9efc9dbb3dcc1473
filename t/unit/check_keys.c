/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Policy against a made-up key directory.
 */
#include "tap.h"

#include "../../milter/check.h"

#define NOW 1000000000
#define DAY ((int64_t)86400)

#define FPR_GOOD "1111111111111111111111111111111111111111"
#define FPR_OLD	 "2222222222222222222222222222222222222222"
#define FPR_NONE "3333333333333333333333333333333333333333"

/* What the fake knows: certificates by fingerprint or by address. */
static const struct {
	const char *name;
	enum ps_cert_state state;
	const char *text;
} known[] = {
	{FPR_GOOD, PS_CERT_FOUND, ""},
	{FPR_OLD, PS_CERT_UNUSABLE, "key 2222...2222 expired 2001-01-01"},
	{"good@example.org", PS_CERT_FOUND, ""},
	{"old@example.org", PS_CERT_UNUSABLE, "key 4444...4444 was revoked"},
};

static void
find(void *self, struct ps_arena *a, const struct ps_cert_query *q,
	struct ps_cert_answer *out)
{
	(void)self;
	(void)a;
	*out = (struct ps_cert_answer){.state = PS_CERT_NONE, .reason = ""};
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		struct ps_bytes name = ps_bytes_of(known[i].name);

		if (q->n_pin > 0 ? !ps_bytes_eq(ps_bytes_of(q->pin[0]), name)
				 : !ps_bytes_eq(q->addr->full, name))
			continue;
		out->state = known[i].state;
		out->text = known[i].text;
	}
}

static const struct ps_certs certs = {.self = NULL, .find = find};

struct world {
	struct ps_arena *arena;
	struct ps_policy *policy;
	struct ps_findings found;
};

static void
check(struct world *w, const char *conf, const struct ps_key_line *line,
	size_t n)
{
	struct ps_problems problems;
	struct ps_check c;

	*w = (struct world){.arena = ps_arena_new(PS_ARENA_PLAIN)};
	w->found.arena = w->arena;
	w->policy = ps_policy_load_text(
		ps_bytes_of(conf), "x.conf", w->arena, &problems);
	assert_non_null(w->policy);
	c = (struct ps_check){
		.arena = w->arena, .policy = w->policy, .out = &w->found};
	ps_check_keys(&c, &certs, line, n, NOW);
}

static void
end(struct world *w)
{
	ps_policy_free(w->policy);
	ps_arena_free(w->arena);
}

static void
a_named_certificate_that_cannot_be_used_is_an_error_with_its_line(void **state)
{
	static const char conf[] =
		"defaults { archive-key = { \"" FPR_GOOD "\" } }\n"
		"domain \"example.org\" {\n"
		"  rule \"a\" { to = { \"x@example.org\" }\n"
		"    key = { \"" FPR_GOOD "\", \"" FPR_NONE "\" }\n"
		"    archive-key = { \"" FPR_OLD "\" } }\n"
		"}\n";
	struct world w;

	(void)state;
	check(&w, conf, NULL, 0);
	assert_int_equal(w.found.n_finding, 2);
	assert_int_equal(w.found.n_of[PS_FINDING_ERROR], 2);
	assert_string_equal(w.found.finding[0].where, "x.conf:4");
	assert_string_equal(w.found.finding[0].what,
		"key " FPR_NONE ": is not in the key directory");
	assert_string_equal(w.found.finding[1].where, "x.conf:5");
	assert_non_null(strstr(w.found.finding[1].what, "expired 2001-01-01"));
	assert_non_null(strstr(w.found.finding[1].todo, "keys import"));
	end(&w);
}

static void
a_recipient_who_must_be_sealed_to_and_has_no_key_is_a_warning(void **state)
{
	static const char conf[] =
		"domain \"example.org\" {\n"
		"  encrypt = always\n"
		"  rule \"a\" { to = { \"good@example.org\", "
		"\"old@example.org\", \"new@example.org\", "
		"\"hr-*@example.org\", \"example.org\" } }\n"
		"  rule \"b\" { to = { \"new@example.org\" }\n"
		"    encrypt = when-key }\n"
		"  rule \"c\" { to = { \"pinned@example.org\" }\n"
		"    key = { \"" FPR_GOOD "\" } }\n"
		"}\n";
	struct world w;

	(void)state;
	check(&w, conf, NULL, 0);
	assert_int_equal(w.found.n_finding, 2);
	assert_int_equal(w.found.n_of[PS_FINDING_WARNING], 2);
	assert_string_equal(w.found.finding[0].where, "x.conf:3");
	assert_non_null(strstr(w.found.finding[0].what, "old@example.org"));
	assert_non_null(strstr(w.found.finding[0].what, "was revoked"));
	assert_non_null(strstr(w.found.finding[1].what, "new@example.org"));
	end(&w);
}

static void
what_expires_within_thirty_days_is_a_warning(void **state)
{
	static const struct ps_key_line line[] = {
		{FPR_GOOD, "Ann", "usable", "", 0, NOW + 29 * DAY},
		{FPR_OLD, "Bob", "usable", "", 0, NOW + 31 * DAY},
		{FPR_OLD, "Cid", "usable", "", 0, 0},
		{FPR_OLD, "Dot", "revoked", "", 0, NOW + DAY},
		{FPR_OLD, "Eve", "expired", "", 0, NOW - DAY},
	};
	struct world w;

	(void)state;
	check(&w, "trial = yes\n", line, sizeof(line) / sizeof(line[0]));
	assert_int_equal(w.found.n_finding, 1);
	assert_int_equal(w.found.finding[0].kind, PS_FINDING_WARNING);
	assert_string_equal(w.found.finding[0].what,
		FPR_GOOD " (Ann) expires on 2001-10-08, in 29 days");
	end(&w);
}
static void
recipients_who_will_be_without_a_key_are_named_in_one_line(void **state)
{
	const struct ps_policy policy = {.key_dir = "/keys"};
	struct ps_findings out = {.arena = ps_arena_new(PS_ARENA_PLAIN)};
	const struct ps_check c = {
		.arena = out.arena, .policy = &policy, .out = &out};
	struct ps_key_ending e[11];

	(void)state;
	for (size_t i = 0; i < 11; i++)
		e[i] = (struct ps_key_ending){
			.address = PS_LIT("bob@e.example"),
			.ends_s = NOW + (int64_t)i * DAY};
	ps_check_forecast(&c, e, 0);
	assert_int_equal(out.n_of[PS_FINDING_WARNING], 0);
	ps_check_forecast(&c, e, 2);
	ps_check_forecast(&c, e, 11);
	assert_int_equal(out.n_of[PS_FINDING_WARNING], 2);
	assert_string_equal(out.finding[0].what,
		"2 recipients will be without a key: bob@e.example from "
		"2001-09-09, bob@e.example from 2001-09-10");
	assert_non_null(strstr(out.finding[1].what, "2001-09-18, ..."));
	ps_arena_free(out.arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			recipients_who_will_be_without_a_key_are_named_in_one_line),
		cmocka_unit_test(
			a_named_certificate_that_cannot_be_used_is_an_error_with_its_line),
		cmocka_unit_test(
			a_recipient_who_must_be_sealed_to_and_has_no_key_is_a_warning),
		cmocka_unit_test(what_expires_within_thirty_days_is_a_warning),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("check_keys", tests, NULL, NULL);
}
