/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * The whole flow on fakes: what leaves, what is refused, and that nothing
 * leaves in clear against policy, whatever the engine does.
 */
#include "tap.h"

#include "world.h"

static const struct known_key known[] = {
	{"alice@example.net", PS_CERT_FOUND, "A11CE00000000001", NULL},
	{"bob@example.net", PS_CERT_FOUND, "B0B0000000000001", NULL},
	{"old@example.net", PS_CERT_UNUSABLE, NULL, "expired"},
	{"broken@example.net", PS_CERT_TROUBLE, NULL, "trouble"},
	{0},
};

static const char *const alice[] = {"<alice@example.net>", NULL};
static const char *const both[] = {
	"<alice@example.net>", "<bob@example.net>", NULL};

static void
send_one(struct world *w, const char *conf, const char *eml, const char *rcpt,
	struct ps_outcome *o)
{
	const char *to[] = {rcpt, NULL};

	world_init(w, conf, known);
	world_message(w, eml, "<sender@example.org>", to);
	world_mail(w, o);
}

static void
is_refused_unchanged(const struct ps_outcome *o, enum ps_action action)
{
	assert_int_equal(o->reply.action, action);
	assert_int_equal(o->edits.n_edit, 0);
	assert_false(o->edits.replace_body);
	assert_null(o->body);
}

static void
a_required_recipient_without_a_key_is_never_sent_in_clear(void **state)
{
	struct ps_outcome o;
	struct world w;

	(void)state;
	send_one(&w, "required.conf", "plain.eml", "<nokey@example.net>", &o);
	is_refused_unchanged(&o, PS_REJECT);
	assert_string_equal(o.reply.xcode, "5.7.1");
	assert_string_equal(o.reply.reason, "no-key");
	world_free(&w);
}

static void
an_expired_key_under_always_refuses_the_message(void **state)
{
	struct ps_outcome o;
	struct world w;

	(void)state;
	send_one(&w, "required.conf", "plain.eml", "<old@example.net>", &o);
	is_refused_unchanged(&o, PS_REJECT);
	world_free(&w);
}

static void
key_trouble_is_never_taken_for_no_key(void **state)
{
	static const char *const confs[] = {"required.conf", "when-key.conf"};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct ps_outcome o;
		struct world w;

		send_one(&w, confs[i], "plain.eml", "<broken@example.net>", &o);
		is_refused_unchanged(&o, PS_TEMPFAIL);
		world_free(&w);
	}
}

static const struct ps_edit *
edit_of(const struct ps_outcome *o, const char *name)
{
	for (size_t i = 0; i < o->edits.n_edit; i++)
		if (ps_bytes_ieq(o->edits.edit[i].name, ps_bytes_of(name)))
			return &o->edits.edit[i];
	return NULL;
}

static void
a_sealed_message_keeps_its_outside_and_hides_its_content_fields(void **state)
{
	const struct ps_edit *e;
	struct ps_outcome o;
	struct world w;

	(void)state;
	send_one(&w, "when-key.conf", "html.eml", "<alice@example.net>", &o);
	assert_int_equal(o.reply.action, PS_ACCEPT);
	assert_true(o.edits.replace_body);
	e = edit_of(&o, "Content-Type");
	assert_int_equal(e->kind, PS_EDIT_CHANGE);
	assert_true(ps_bytes_ifind(e->value, PS_LIT("multipart/encrypted")) !=
		    PS_NOT_FOUND);
	assert_int_equal(
		edit_of(&o, "Content-Transfer-Encoding")->kind, PS_EDIT_DELETE);
	assert_null(edit_of(&o, "Subject"));
	assert_null(edit_of(&o, "Message-ID"));
	assert_true(
		ps_bytes_find(o.edits.body, PS_LIT("secret")) == PS_NOT_FOUND);
	ps_spool_free(o.body);
	world_free(&w);
}

static void
what_is_sealed_is_the_octets_received(void **state)
{
	struct ps_outcome o;
	struct world w;

	(void)state;
	send_one(&w, "when-key.conf", "html.eml", "<alice@example.net>", &o);
	assert_bytes(w.clear,
		"Content-Type: text/html;\r\n\tcharset=iso-8859-1\r\n"
		"Content-Transfer-Encoding: 8bit\r\n\r\n"
		"<p>A \xe4 secret</p>\r\n");
	ps_spool_free(o.body);
	world_free(&w);
}

static void
two_recipients_with_keys_share_one_sealed_body(void **state)
{
	struct ps_outcome o;
	struct world w;

	(void)state;
	world_init(&w, "when-key.conf", known);
	world_message(&w, "two.eml", "<sender@example.org>", both);
	world_mail(&w, &o);
	assert_int_equal(o.reply.action, PS_ACCEPT);
	assert_int_equal(w.n_encrypt, 1);
	assert_non_null(strstr(o.log, "plan=seal:2,clear:0"));
	assert_non_null(strstr(
		o.log, " to=<alice@example.net>,<bob@example.net> nrcpt=2"));
	ps_spool_free(o.body);
	world_free(&w);
}

static void
a_hidden_recipient_is_not_sealed_together_with_a_visible_one(void **state)
{
	struct ps_outcome o;
	struct world w;

	(void)state;
	world_init(&w, "when-key.conf", known);
	world_message(&w, "plain.eml", "<sender@example.org>", both);
	world_mail(&w, &o);
	is_refused_unchanged(&o, PS_TEMPFAIL);
	assert_string_equal(o.reply.reason, "no-relay");
	world_free(&w);
}

static void
recipients_with_different_plans_are_refused_until_they_can_be_split(
	void **state)
{
	static const char *const mixed[] = {
		"<alice@example.net>", "<nokey@example.net>", NULL};
	struct ps_outcome o;
	struct world w;

	(void)state;
	world_init(&w, "when-key.conf", known);
	world_message(&w, "plain.eml", "<sender@example.org>", mixed);
	world_mail(&w, &o);
	is_refused_unchanged(&o, PS_TEMPFAIL);
	assert_string_equal(o.reply.code, "451");
	assert_string_equal(o.reply.reason, "no-relay");
	assert_int_equal(w.n_encrypt, 0);
	world_free(&w);
}

static void
an_engine_that_fails_tempfails_the_message(void **state)
{
	static const enum ps_status failures[] = {
		PS_ETEMP, PS_ELATE, PS_ESTOP, PS_EBUSY};

	(void)state;
	for (size_t i = 0; i < sizeof(failures) / sizeof(failures[0]); i++) {
		struct ps_outcome o;
		struct world w;

		world_init(&w, "when-key.conf", known);
		w.mood = ENGINE_RETURNS_STATUS;
		w.status = failures[i];
		world_message(&w, "plain.eml", "<sender@example.org>", alice);
		world_mail(&w, &o);
		is_refused_unchanged(&o, PS_TEMPFAIL);
		assert_int_equal(w.n_encrypt, 1);
		world_free(&w);
	}
}

static void
an_engine_that_lies_tempfails_the_message(void **state)
{
	(void)state;
	for (int mood = ENGINE_SAYS_OK_BUT_EMPTY;
		mood <= ENGINE_SAYS_OK_BUT_OTHER_KEY; mood++) {
		struct ps_outcome o;
		struct world w;

		world_init(&w, "when-key.conf", known);
		w.mood = (enum engine_mood)mood;
		world_message(&w, "plain.eml", "<sender@example.org>", alice);
		world_mail(&w, &o);
		is_refused_unchanged(&o, PS_TEMPFAIL);
		assert_string_equal(o.reply.reason, "unproven-seal");
		world_free(&w);
	}
}

static void
mail_that_policy_leaves_alone_is_not_touched(void **state)
{
	static const struct {
		const char *conf, *rcpt;
	} cases[] = {
		{"never.conf", "<alice@example.net>"},
		{"when-key.conf", "<nokey@example.net>"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct ps_outcome o;
		struct world w;

		send_one(&w, cases[i].conf, "plain.eml", cases[i].rcpt, &o);
		is_refused_unchanged(&o, PS_ACCEPT);
		assert_int_equal(w.n_encrypt, 0);
		world_free(&w);
	}
}

static void
a_trigger_seals_for_a_login_where_policy_seals_nothing_else(void **state)
{
	(void)state;
	for (int logged_in = 0; logged_in < 2; logged_in++) {
		struct ps_outcome o;
		struct world w;

		world_init(&w, "trigger.conf", known);
		world_message(&w, "plain.eml", "<sender@example.org>", alice);
		if (logged_in)
			w.txn.login = PS_LIT("sender");
		world_mail(&w, &o);
		assert_int_equal(o.reply.action, PS_ACCEPT);
		assert_int_equal(o.edits.replace_body, logged_in);
		assert_int_equal(w.n_encrypt, logged_in);
		ps_spool_free(o.body);
		world_free(&w);
	}
}

static void
a_forged_marker_does_not_pass_on_clear_mail(void **state)
{
	struct ps_outcome o;
	struct world w;

	(void)state;
	send_one(&w, "never.conf", "forged.eml", "<alice@example.net>", &o);
	assert_int_equal(o.reply.action, PS_ACCEPT);
	assert_false(o.edits.replace_body);
	assert_int_equal(o.edits.n_edit, 1);
	assert_int_equal(o.edits.edit[0].kind, PS_EDIT_DELETE);
	assert_bytes(o.edits.edit[0].name, "x-postseal");
	world_free(&w);
}

static void
a_trial_only_marks_what_it_would_do(void **state)
{
	struct ps_outcome o;
	struct world w;

	(void)state;
	send_one(&w, "trial.conf", "plain.eml", "<alice@example.net>", &o);
	assert_int_equal(o.reply.action, PS_ACCEPT);
	assert_false(o.edits.replace_body);
	assert_int_equal(o.edits.n_edit, 1);
	assert_int_equal(o.edits.edit[0].kind, PS_EDIT_APPEND);
	assert_int_equal(w.n_encrypt, 0);
	assert_non_null(strstr(o.log, "trial=yes"));
	world_free(&w);
	send_one(&w, "trial.conf", "plain.eml", "<nokey@example.net>", &o);
	assert_int_equal(o.reply.action, PS_ACCEPT);
	assert_false(o.edits.replace_body);
	assert_int_equal(o.edits.n_edit, 1);
	assert_bytes(o.edits.edit[0].value, " would be refused: no-key");
	assert_non_null(strstr(o.log, "would-reason=no-key"));
	world_free(&w);
}

static void
protect_subject_hides_it_outside_and_keeps_it_inside(void **state)
{
	const struct ps_edit *e;
	struct ps_outcome o;
	struct world w;

	(void)state;
	send_one(&w, "protect.conf", "plain.eml", "<alice@example.net>", &o);
	assert_int_equal(o.reply.action, PS_ACCEPT);
	e = edit_of(&o, "Subject");
	assert_int_equal(e->kind, PS_EDIT_CHANGE);
	assert_bytes(ps_bytes_trim(e->value), "[...]");
	assert_true(ps_bytes_find(w.clear, PS_LIT("Subject: lunch\r\n")) !=
		    PS_NOT_FOUND);
	assert_true(ps_bytes_find(w.clear, PS_LIT("hp=\"cipher\"")) !=
		    PS_NOT_FOUND);
	ps_spool_free(o.body);
	world_free(&w);
}

static void
the_log_line_begins_with_the_queue_id_and_carries_no_subject(void **state)
{
	struct ps_outcome o;
	struct world w;

	(void)state;
	world_init(&w, "when-key.conf", known);
	world_message(&w, "plain.eml", "<sender@example.org>", alice);
	w.txn.queue_id = PS_LIT("4F1C0A7E5F6");
	world_mail(&w, &o);
	assert_int_equal(strncmp(o.log, "4F1C0A7E5F6: verdict=accept ", 28), 0);
	assert_null(strstr(o.log, "lunch"));
	ps_spool_free(o.body);
	world_free(&w);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(
		a_required_recipient_without_a_key_is_never_sent_in_clear),
	cmocka_unit_test(an_expired_key_under_always_refuses_the_message),
	cmocka_unit_test(key_trouble_is_never_taken_for_no_key),
	cmocka_unit_test(
		a_sealed_message_keeps_its_outside_and_hides_its_content_fields),
	cmocka_unit_test(what_is_sealed_is_the_octets_received),
	cmocka_unit_test(two_recipients_with_keys_share_one_sealed_body),
	cmocka_unit_test(
		a_hidden_recipient_is_not_sealed_together_with_a_visible_one),
	cmocka_unit_test(
		recipients_with_different_plans_are_refused_until_they_can_be_split),
	cmocka_unit_test(an_engine_that_fails_tempfails_the_message),
	cmocka_unit_test(an_engine_that_lies_tempfails_the_message),
	cmocka_unit_test(mail_that_policy_leaves_alone_is_not_touched),
	cmocka_unit_test(
		a_trigger_seals_for_a_login_where_policy_seals_nothing_else),
	cmocka_unit_test(a_forged_marker_does_not_pass_on_clear_mail),
	cmocka_unit_test(a_trial_only_marks_what_it_would_do),
	cmocka_unit_test(protect_subject_hides_it_outside_and_keeps_it_inside),
	cmocka_unit_test(
		the_log_line_begins_with_the_queue_id_and_carries_no_subject),
};

PS_TESTS("flow", tests)
