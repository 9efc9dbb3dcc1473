/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Splitting on fakes: everybody gets what policy says, once, whatever the relay
 * does and however often the MTA tries again.
 */
#include "tap.h"

#include "split_world.h"

static const struct known_key known[] = {
	{"alice@example.net", PS_CERT_FOUND, "A11CE00000000001", NULL},
	{"bob@example.net", PS_CERT_FOUND, "B0B0000000000001", NULL},
	{"subject@hidden.example", PS_CERT_FOUND, "5B1EC70000000001", NULL},
	{0},
};

static const char *const four[] = {"<alice@example.net>",
	"<subject@hidden.example>", "<nokey@example.net>", "<bob@example.net>",
	NULL};

/* A try, and its reply. */
static enum ps_action
try(struct split_world *s, struct ps_outcome *o)
{
	int64_t sum = 0;

	world_message(&s->w, "five.eml", "<sender@example.org>", four);
	world_mail(&s->w, o);
	for (int i = PS_ACCOUNT_IN_PLACE; i <= PS_ACCOUNT_DEFERRED; i++)
		sum += o->account[i];
	assert_int_equal(sum, o->account[PS_ACCOUNT_RECIPIENTS]);
	assert_int_equal(sum, 4);
	assert_int_equal(o->edits.n_edit, 0);
	return o->reply.action;
}

static void
all_have_one(const struct split_world *s)
{
	for (size_t i = 0; four[i] != NULL; i++)
		assert_int_equal(split_got(s, four[i]), 1);
}

static bool
is_sealed(const struct sent *sent)
{
	return ps_bytes_find(sent->message.body,
		       PS_LIT("-----BEGIN PGP MESSAGE-----")) != PS_NOT_FOUND;
}

static void
each_group_gets_what_policy_says_and_the_original_goes(void **state)
{
	struct split_world s;
	struct ps_outcome o;

	(void)state;
	split_init(&s, "split.conf", known);
	assert_int_equal(try(&s, &o), PS_DISCARD);
	all_have_one(&s);
	assert_int_equal(s.w.n_encrypt, 3);
	assert_int_equal(o.n_group_log, 4);
	assert_true(is_sealed(split_copy(&s, four[0])));
	assert_true(is_sealed(split_copy(&s, four[3])));
	assert_false(is_sealed(split_copy(&s, four[2])));
	assert_int_equal(o.account[PS_ACCOUNT_RELAYED], 4);
	assert_int_equal(o.account[PS_ACCOUNT_COPIES], 4);
	world_free(&s.w);
}

static void
no_copy_names_bcc_and_all_carry_a_trace_and_the_same_id(void **state)
{
	struct split_world s;
	struct ps_outcome o;

	(void)state;
	split_init(&s, "split.conf", known);
	try(&s, &o);
	for (size_t i = 0; i < s.n_sent; i++) {
		const struct ps_header *h = &s.sent[i].message.header;
		const struct ps_field *id =
			ps_header_nth(h, PS_LIT("Message-ID"), 0);

		assert_null(ps_header_nth(h, PS_LIT("Bcc"), 0));
		assert_int_equal(ps_header_count(h, PS_LIT("Received")), 1);
		assert_non_null(id);
		assert_true(ps_bytes_eq(
			ps_bytes_trim(id->value), PS_LIT("<5@example.org>")));
		/* somebody's word in our name */
		assert_int_equal(
			ps_header_count(h, PS_LIT("Authentication-Results")),
			0);
	}
	world_free(&s.w);
}

static void
a_refusal_before_the_first_copy_leaves_nothing_behind(void **state)
{
	struct split_world s;
	struct ps_outcome o;

	(void)state;
	split_init(&s, "split.conf", known);
	s.refuses = four[2];
	assert_int_equal(try(&s, &o), PS_REJECT);
	assert_string_equal(o.reply.code, "550");
	assert_string_equal(o.reply.reason, "relay-refused");
	assert_non_null(strstr(o.reply.text, "nokey@example.net"));
	assert_int_equal(s.n_sent, 0);
	assert_int_equal(s.n_row, 0);
	assert_int_equal(o.account[PS_ACCOUNT_REFUSED], 4);
	world_free(&s.w);
}

static void
what_failed_is_tried_again_and_nothing_else(void **state)
{
	struct split_world s;
	struct ps_outcome o;

	(void)state;
	for (size_t failing = 0; failing < 4; failing++) {
		split_init(&s, "split.conf", known);
		s.fails_at = failing;
		s.outcome = PS_RELAY_REFUSED;
		assert_int_equal(try(&s, &o), PS_TEMPFAIL);
		assert_string_equal(o.reply.reason, "relay");
		assert_int_equal(s.n_sent, 3);
		assert_int_equal(o.account[PS_ACCOUNT_RELAYED], 3);
		assert_int_equal(o.account[PS_ACCOUNT_DEFERRED], 1);
		s.fails_at = SPLIT_MAX;
		assert_int_equal(try(&s, &o), PS_DISCARD);
		all_have_one(&s);
		assert_int_equal(o.account[PS_ACCOUNT_SKIPPED], 3);
		/* and once more: our last reply was lost */
		assert_int_equal(try(&s, &o), PS_DISCARD);
		all_have_one(&s);
		world_free(&s.w);
	}
}

static void
an_outcome_that_nobody_knows_is_the_one_window_for_a_second_copy(void **state)
{
	struct split_world s;
	struct ps_outcome o;

	(void)state;
	split_init(&s, "split.conf", known);
	s.fails_at = 1;
	s.outcome = PS_RELAY_UNKNOWN;
	assert_int_equal(try(&s, &o), PS_TEMPFAIL);
	assert_int_equal(o.account[PS_ACCOUNT_UNKNOWN], 1);
	s.fails_at = SPLIT_MAX;
	assert_int_equal(try(&s, &o), PS_DISCARD);
	assert_int_equal(s.n_sent, 5);
	world_free(&s.w);
}

/* When policy no longer needs several copies, the way in place would send the
 * message to those who have theirs. */
static void
a_message_that_was_split_never_goes_the_way_in_place(void **state)
{
	static const struct known_key none[] = {{0}};
	struct split_world s;
	struct ps_outcome o;

	(void)state;
	split_init(&s, "split.conf", known);
	s.fails_at = 3;
	s.outcome = PS_RELAY_FAILED;
	assert_int_equal(try(&s, &o), PS_TEMPFAIL);
	s.fails_at = SPLIT_MAX;
	s.w.known = none; /* all keys are gone: everything would go clear */
	assert_int_equal(try(&s, &o), PS_DISCARD);
	all_have_one(&s);
	world_free(&s.w);
}

static void
a_ledger_that_cannot_write_stops_it_before_anything_is_sent(void **state)
{
	static const enum ps_status status[] = {PS_ETEMP, PS_EBUSY};
	struct split_world s;
	struct ps_outcome o;

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		split_init(&s, "split.conf", known);
		s.intend_status = status[i];
		assert_int_equal(try(&s, &o), PS_TEMPFAIL);
		assert_int_equal(s.n_sent, 0);
		world_free(&s.w);
	}
}

static void
a_copy_that_comes_back_from_the_relay_is_a_loop(void **state)
{
	struct split_world s;
	struct ps_outcome o;
	struct ps_txn *t = &s.w.txn;
	const struct sent *copy;

	(void)state;
	split_init(&s, "split.conf", known);
	try(&s, &o);
	copy = split_copy(&s, four[2]);
	world_message(&s.w, "five.eml", "<sender@example.org>",
		(const char *const[]){four[2], NULL});
	t->message = copy->message;
	/* from elsewhere it is a message like any other */
	world_mail(&s.w, &o);
	assert_int_equal(o.reply.action, PS_ACCEPT);
	s.w.session.client.ss_family = AF_INET;
	s.address.n_at = 1;
	s.address.at[0].addr = s.w.session.client;
	world_mail(&s.w, &o);
	assert_int_equal(o.reply.action, PS_TEMPFAIL);
	assert_string_equal(o.reply.reason, "loop");
	assert_int_equal(o.account[PS_ACCOUNT_LOOPS], 1);
	world_free(&s.w);
}

static void
too_many_hops_are_refused(void **state)
{
	struct split_world s;
	struct ps_outcome o;
	struct ps_header *h = &s.w.txn.message.header;

	(void)state;
	split_init(&s, "split.conf", known);
	world_message(&s.w, "five.eml", "<sender@example.org>", four);
	h->field = ps_arena_array(s.w.arena, 200, sizeof(*h->field));
	for (h->n_field = 0; h->n_field < 200; h->n_field++)
		h->field[h->n_field] = (struct ps_field){
			.name = PS_LIT("Received"), .value = PS_LIT(" x")};
	world_mail(&s.w, &o);
	assert_int_equal(o.reply.action, PS_REJECT);
	assert_string_equal(o.reply.reason, "too-many-hops");
	world_free(&s.w);
}

static void
what_the_session_asked_of_a_recipient_goes_with_his_copy(void **state)
{
	static struct ps_bytes words[] = {
		{"NOTIFY=NEVER", 12}, {"ORCPT=rfc822;x@y", 16}};
	struct split_world s;
	struct ps_outcome o;

	(void)state;
	split_init(&s, "split.conf", known);
	world_message(&s.w, "five.eml", "<sender@example.org>", four);
	s.w.txn.rcpt[2].arg = words;
	s.w.txn.rcpt[2].n_arg = 2;
	world_mail(&s.w, &o);
	assert_true(
		ps_bytes_eq(split_copy(&s, four[2])->notify, PS_LIT("NEVER")));
	assert_int_equal(split_copy(&s, four[0])->notify.len, 0);
	world_free(&s.w);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(
		each_group_gets_what_policy_says_and_the_original_goes),
	cmocka_unit_test(
		no_copy_names_bcc_and_all_carry_a_trace_and_the_same_id),
	cmocka_unit_test(a_refusal_before_the_first_copy_leaves_nothing_behind),
	cmocka_unit_test(what_failed_is_tried_again_and_nothing_else),
	cmocka_unit_test(
		an_outcome_that_nobody_knows_is_the_one_window_for_a_second_copy),
	cmocka_unit_test(a_message_that_was_split_never_goes_the_way_in_place),
	cmocka_unit_test(
		a_ledger_that_cannot_write_stops_it_before_anything_is_sent),
	cmocka_unit_test(a_copy_that_comes_back_from_the_relay_is_a_loop),
	cmocka_unit_test(too_many_hops_are_refused),
	cmocka_unit_test(
		what_the_session_asked_of_a_recipient_goes_with_his_copy),
};

PS_TESTS("split", tests)
