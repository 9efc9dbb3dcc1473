/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * What "postseal explain" says, word for word.
 */
#include "tap.h"

#include <string.h>

#include "policy/explain.h"
#include "policy_world.h"

static const char house[] =
	"defaults { encrypt = when-key on-missing-key = deliver exempt = list "
	"}\n"
	"domain \"example.org\" {\n"
	"  already-encrypted =  keep\n"
	"  rule \"payroll\" {\n"
	"    to = \"payroll@example.org\"\n"
	"    encrypt = always\n"
	"    archive-key = none\n"
	"    key = \"8E7A5C3B1D9F02468ACE13579BDF02468ACE1357\"\n"
	"  }\n"
	"}\n";

static const char ruling_text[] =
	"  rule                  payroll\n"
	"  encrypt             * always     test.conf:6 (rule \"payroll\")\n"
	"                        when-key   test.conf:1 (defaults)\n"
	"  on-missing-key      * reject     (built in)\n"
	"                        deliver    test.conf:1 (defaults)\n"
	"  on-unusable-key     * reject     (built in)\n"
	"  on-too-large        * reject     (built in)\n"
	"  already-encrypted   * keep       test.conf:3 (domain "
	"\"example.org\")\n"
	"  protect-subject     * no         (built in)\n"
	"  refuse-at           * rcpt       (built in)\n"
	"  mixed               * split      (built in)\n"
	"  key                 * 8E7A5C3B1D9F02468ACE13579BDF02468ACE1357 "
	"test.conf:8 (rule \"payroll\")\n"
	"  archive-key         * none       test.conf:7 (rule \"payroll\")\n"
	"  exempt              * list       test.conf:1 (defaults), no effect "
	"under always\n"
	"  spf                 * report     (built in)\n"
	"  dkim                * report     (built in)\n"
	"  dmarc               * enforce    (built in)\n"
	"  arc                 * report     (built in)\n"
	"  on-dmarc-reject     * reject     (built in)\n"
	"  on-dmarc-quarantine * quarantine (built in)\n"
	"  on-dmarc-fail       * accept     (built in)\n"
	"  on-dmarc-none       * accept     (built in)\n"
	"  on-dmarc-temperror  * accept     (built in)\n"
	"  on-ambiguous-from   * tag        (built in)\n"
	"  on-iprev-fail       * accept     (built in)\n"
	"  require-login-from  * no         (built in)\n"
	"  tls-in              * any        (built in)\n"
	"  client-cert         * any        (built in)\n"
	"  require-signature   * no         (built in)\n";

static const char *
text_of(struct world *w, struct ps_buf *b)
{
	const char *text = ps_arena_cstr(w->arena, ps_buf_bytes(b));

	assert_false(b->full);
	ps_buf_free(b);
	return text;
}

static void
every_word_is_explained_with_its_place_and_the_winner_marked(void **state)
{
	struct ps_sender sender;
	struct ps_ruling r;
	struct world w;
	struct ps_buf b;

	(void)state;
	world_open(&w, house);
	world_rcpts(&w, "payroll@example.org");
	ps_sender_of(w.policy, &w.txn, &w.txn.rcpt[0], &sender);
	ps_match_explain(w.arena, w.policy, &sender, &w.txn.rcpt[0].addr, &r);
	ps_buf_init(&b, 65536);
	ps_explain_ruling(w.policy, &r, &b);
	assert_string_equal(text_of(&w, &b), ruling_text);
	world_close(&w);
}

static void
both_parties_and_the_rule_that_may_speak_are_explained(void **state)
{
	struct ps_sender sender;
	struct ps_ruling r;
	struct world w;
	struct ps_buf b;
	const char *text;

	(void)state;
	world_open(&w, "domain \"example.org\" { spf = report\n"
		       "rule \"robot\" { dkim-domain = robot.example\n"
		       "spf-domain = robot.example encrypt = never } }\n"
		       "peer \"else.example\" { spf = enforce\n"
		       "on-spf-fail = tag }");
	world_rcpts(&w, "bob@example.org");
	ps_sender_of(w.policy, &w.txn, &w.txn.rcpt[0], &sender);
	ps_match_explain(w.arena, w.policy, &sender, &w.txn.rcpt[0].addr, &r);
	ps_buf_init(&b, 65536);
	ps_explain_ruling(w.policy, &r, &b);
	text = text_of(&w, &b);
	assert_non_null(strstr(text,
		"  rule                  example.org\n"
		"  or perhaps            robot, when a message proves "
		"dkim-domain, spf-domain: test.conf:2\n"));
	assert_non_null(strstr(text,
		"  spf                 * enforce    test.conf:4 (peer "
		"\"else.example\")\n"
		"                        report     test.conf:1 (domain "
		"\"example.org\")\n"));
	assert_non_null(strstr(text,
		"  on-spf-fail         * tag        test.conf:5 (peer "
		"\"else.example\")\n"
		"  on-spf-softfail     * tag        (built in)\n"));
	assert_null(strstr(text, "on-dkim-fail"));
	world_close(&w);
}

static void
a_place_is_shown_relative_to_the_main_file(void **state)
{
	static const struct ps_candidate one[] = {
		{.word = PS_WORD_ENCRYPT,
			.setting = {.set = true,
				.where = {"/etc/postseal/conf.d/a.conf", 7}},
			.section = "peer \"x\"",
			.wins = true},
		{.word = PS_WORD_ENCRYPT,
			.setting = {.set = true, .where = {"/srv/b.conf", 9}},
			.section = "defaults"},
	};
	struct ps_ruling r = {.rule = "x", .n_candidate = 2};
	struct ps_policy p = {.file = "/etc/postseal/postseal.conf"};
	struct world w;
	struct ps_buf b;

	(void)state;
	world_open(&w, house);
	r.candidate = ps_arena_alloc(w.arena, sizeof(one));
	memcpy(r.candidate, one, sizeof(one));
	ps_buf_init(&b, 65536);
	ps_explain_ruling(&p, &r, &b);
	assert_string_equal(text_of(&w, &b),
		"  rule                  x\n"
		"  encrypt             * never      conf.d/a.conf:7 (peer "
		"\"x\")\n"
		"                        never      /srv/b.conf:9 "
		"(defaults)\n");
	world_close(&w);
}

static const struct world_row fates[] = {
	{"encrypt = never", "key@d.example",
		"  so a message is       left as it is (policy)\n"},
	{"encrypt = when-key", "none@d.example",
		"  key                   none\n"
		"  so a message is       left as it is (no-key)\n"},
	{"encrypt = always", "none@d.example",
		"  key                   none\n"
		"  so a message is       refused: 550 5.7.1 postseal: no "
		"usable "
		"OpenPGP key for this recipient [no-key rule=d.example]\n"},
	{"encrypt = always", "expired@d.example",
		"  key                   cannot be used: expired\n"
		"  so a message is       refused: 550 5.7.1 postseal: the "
		"OpenPGP "
		"key of this recipient cannot be used (expired) [unusable-key "
		"rule=d.example]\n"},
	{"encrypt = always archive-key = \"" WORLD_ARCHIVE "\"",
		"trouble@d.example",
		"  key                   cannot be used: trouble\n"
		"  archive-key           " WORLD_ARCHIVE "\n"
		"    sealing subkey      3D32D5041E975FDA\n"
		"  so a message is       refused: 451 4.7.1 postseal: the "
		"OpenPGP "
		"keys of this recipient cannot be looked up now [key-trouble "
		"rule=d.example]\n"},
};

static void
keys_and_fate_of_a_recipient_are_explained(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(fates) / sizeof(fates[0]); i++) {
		struct world w;
		struct ps_buf b;

		world_of(&w, fates[i].words, fates[i].rcpts);
		world_look_up(&w);
		ps_buf_init(&b, 65536);
		ps_explain_keys(&w.facts[0], &b);
		world_check(&fates[i], text_of(&w, &b));
		world_close(&w);
	}
}

static void
a_key_is_shown_with_its_subkeys_and_their_end(void **state)
{
	struct ps_cert_subkey sub[] = {
		{.key_id = 0x0123456789ABCDEF, .expires_s = 1798761600},
		{.key_id = 0xFEDC},
	};
	struct ps_cert cert = {.fpr = WORLD_ARCHIVE,
		.pinned = true,
		.subkey = sub,
		.n_subkey = 2};
	struct world w;
	struct ps_buf b;

	(void)state;
	world_of(&w, "encrypt = when-key", "key@d.example");
	world_look_up(&w);
	w.facts[0].keys.cert = &cert;
	ps_buf_init(&b, 65536);
	ps_explain_keys(&w.facts[0], &b);
	assert_string_equal(text_of(&w, &b),
		"  key                   " WORLD_ARCHIVE " (pinned)\n"
		"    sealing subkey      0123456789ABCDEF expires 2027-01-01\n"
		"                        000000000000FEDC\n"
		"  so a message is       sealed, unless its content says "
		"otherwise\n");
	world_close(&w);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(
		every_word_is_explained_with_its_place_and_the_winner_marked),
	cmocka_unit_test(
		both_parties_and_the_rule_that_may_speak_are_explained),
	cmocka_unit_test(a_place_is_shown_relative_to_the_main_file),
	cmocka_unit_test(keys_and_fate_of_a_recipient_are_explained),
	cmocka_unit_test(a_key_is_shown_with_its_subkeys_and_their_end),
};

PS_TESTS("explain", tests)
