/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Whose OpenPGP key signs which message, and who is refused instead.
 */
#include "tap.h"

#include "policy/signing.h"
#include "policy_world.h"

#define D "0123456789ABCDEF0123456789ABCDEF01234567"
#define A "AAAA456789ABCDEF0123456789ABCDEF0123AAAA"
#define E "EEEE456789ABCDEF0123456789ABCDEF0123EEEE"

static const char conf[] =
	"identity { authserv-id = \"mx.d.example\" "
	"local-domain = \"d.example\" }\n"
	"recipient-delimiter = \"+\"\n"
	"keys { secret-home = \"/secret\" }\n"
	"domain \"d.example\" { sign = domain }\n"
	"domain \"u.example\" { sign = user\n"
	"  rule \"quiet\" { to = \"quiet@*\" sign = never } }\n"
	"domain \"plain.example\" { }\n"
	"peer \"p.example\" { }\n"
	"signer \"d.example\" { key = \"" D "\" }\n"
	"signer \"ann@u.example\" { key = \"" A "\" }\n"
	"signer \"ann@d.example\" { key = \"" E "\" }\n"
	"login \"ann\" { addresses = { \"ann@u.example\", \"*@d.example\" } }\n"
	"login \"all\" { addresses = { \"*@u.example\", \"*@d.example\" } }\n";

enum where { OUTSIDE, LOCAL, INTERNAL };

static const struct {
	const char *from, *header_from, *login, *want;
	enum where where;
} rows[] = {
	/* domain */
	{"<ann@d.example>", "ann@d.example", "ann", D, OUTSIDE},
	{"<ann@d.example>", "ann@d.example", NULL, D, LOCAL},
	{"<ann@d.example>", "ann@D.EXAMPLE", NULL, D, LOCAL},
	{"<ann@d.example>", "\"eve@x\" (bob@y) <ann@d.example>", NULL, D,
		LOCAL},
	{"<>", "postmaster@d.example", NULL, D, LOCAL},
	{"<bob@d.example>", "bob@d.example", "bob", D, OUTSIDE},
	/* bound by both sections: the stricter word */
	{"<ann@u.example>", "ann@d.example", "ann", E, OUTSIDE},
	/* from outside nobody signs, and nobody is refused for that */
	{"<ann@d.example>", "ann@d.example", NULL, "-", OUTSIDE},
	{"<ann@u.example>", "ann@u.example", NULL, "-", OUTSIDE},
	{"<list@l.example>", "ann@d.example", NULL, "-", OUTSIDE},
	/* user */
	{"<ann@u.example>", "ann@u.example", "ann", A, OUTSIDE},
	{"<ann@u.example>", "Ann@u.example", "ann", A, OUTSIDE},
	{"<ann@u.example>", "ann+x@u.example", "all", A, OUTSIDE},
	{"<ann@u.example>", "ann@u.example", "all", A, OUTSIDE},
	{"<ann@u.example>", "ann@u.example", "ann@u.example", A, OUTSIDE},
	{"<ann@u.example>", "ann@u.example", NULL, A, LOCAL},
	{"<ann@u.example>", "ann@u.example", NULL, A, INTERNAL},
	{"<bob@u.example>", "bob@u.example", NULL, "451 no-signing-key", LOCAL},
	{"<bob@u.example>", "bob@u.example", "all", "451 no-signing-key",
		OUTSIDE},
	{"<ann@d.example>", "ann@sub.u.example", "all", "others-mail", OUTSIDE},
	/* forged by one who is logged in */
	{"<bob@u.example>", "ann@u.example", "bob", "550 not-entitled",
		OUTSIDE},
	{"<ann@u.example>", "ann@u.example", "bob", "550 not-entitled",
		OUTSIDE},
	{"<bob@d.example>", "ann@u.example", "bob", "550 not-entitled",
		OUTSIDE},
	{"<ann@u.example>", "bob@u.example", "ann", "550 not-entitled",
		OUTSIDE},
	{"<bob@u.example>", "ann@u.example", "ann", "550 not-entitled",
		OUTSIDE},
	{"<bob@u.example>", "ann@d.example", "ann", "550 not-entitled",
		OUTSIDE},
	{"<ann@u.example>", "ann@u.example", "ann@d.example",
		"550 not-entitled", OUTSIDE},
	{"<ann@u.example>", "ann@u.example", "nna", "550 not-entitled",
		OUTSIDE},
	/* no one author whom a signature could name */
	{"<ann@u.example>", "ann@u.example, bob@u.example", "all",
		"550 not-entitled", OUTSIDE},
	{"<ann@u.example>", "ann@u.example, eve@x.example", "ann",
		"550 not-entitled", OUTSIDE},
	{"<ann@d.example>", "eve@x.example, ann@d.example", NULL,
		"550 not-entitled", LOCAL},
	{"<ann@d.example>", "we: ann@d.example;", NULL, "550 not-entitled",
		LOCAL},
	{"<ann@d.example>", "ann@d.example <eve@x.example>", NULL,
		"550 not-entitled", LOCAL},
	{"<ann@d.example>", NULL, NULL, "550 not-entitled", LOCAL},
	{"<ann@d.example>", "undisclosed", "ann", "550 not-entitled", OUTSIDE},
	/* what others wrote */
	{"<ann@d.example>", "eve@x.example", NULL, "others-mail", LOCAL},
	{"<ann@plain.example>", "ann@plain.example", NULL, "-", LOCAL},
	{"<ann@x.example>", "ann@plain.example", NULL, "-", LOCAL},
	{"<ann@plain.example>", "ann@d.example", NULL, D, LOCAL},
};

static struct ps_policy *
load(struct ps_arena *a)
{
	struct ps_problems problems = {0};
	struct ps_policy *p =
		ps_policy_load_text(ps_bytes_of(conf), "x.conf", a, &problems);

	for (size_t i = 0; i < problems.n_problem; i++)
		print_message("# %s\n", problems.problem[i].text);
	assert_non_null(p);
	return p;
}

struct mail {
	struct ps_session session;
	struct ps_txn txn;
	struct ps_field from;
	struct ps_verdict verdict;
	struct ps_rcpt rcpt[2];
	struct ps_key_facts facts[2];
	struct ps_content_facts content;
	struct ps_plan plan;
};

/* Verdict, rulings, plan: as in the flow. */
static void
plan(struct ps_arena *a, const struct ps_policy *p, size_t row,
	const char *second, struct mail *m)
{
	const char *to[2] = {"<eve@x.example>", second}, *why;

	*m = (struct mail){.txn = {.arena = a, .session = &m->session}};
	m->txn.is_local = rows[row].where != OUTSIDE;
	m->txn.login = ps_bytes_of(rows[row].login);
	m->from.name = PS_LIT("From");
	m->from.value = ps_bytes_of(rows[row].header_from);
	m->txn.message.header = (struct ps_header){
		&m->from, rows[row].header_from == NULL ? 0 : 1};
	ps_dmarc_author(a, &m->txn.message.header, &m->verdict.author);
	assert_int_equal(ps_addr_path(a, ps_bytes_of(rows[row].from),
				 &m->txn.mail_from, &why),
		PS_OK);
	m->txn.rcpt = m->rcpt;
	for (size_t i = 0; i < 2 && to[i] != NULL; i++) {
		struct ps_sender sender;

		assert_int_equal(ps_addr_path(a, ps_bytes_of(to[i]),
					 &m->rcpt[i].addr, &why),
			PS_OK);
		ps_sender_of(p, &m->txn, &m->rcpt[i], &sender);
		ps_sender_prove(&sender, &m->verdict);
		ps_match(a, p, &sender, &m->rcpt[i].addr, &m->facts[i].ruling);
		m->txn.n_rcpt++;
	}
	m->content.header = &m->txn.message.header;
	ps_decide(a, p, &m->txn, m->facts, &m->content, &m->plan);
}

static const char *
text_of(struct ps_arena *a, const struct ps_plan *plan)
{
	const struct ps_seal *s = &plan->group[0].seal;

	if (plan->reply.action != PS_ACCEPT)
		return ps_arena_printf(
			a, "%s %s", plan->reply.code, plan->reply.reason);
	if (s->signer != NULL)
		return s->signer->fpr;
	return s->why_unsigned != NULL ? s->why_unsigned : "-";
}

static void
the_key_of_domain_or_user_signs_for_those_who_may_write_so(void **state)
{
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);
	struct ps_policy *p = load(a);

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct mail m;
		struct ps_signing_case c = {
			.policy = p, .txn = &m.txn, .verdict = &m.verdict};

		plan(a, p, i, NULL, &m);
		assert_int_equal(m.plan.n_group, 1);
		ps_signing_decide(a, &c, &m.plan);
		if (strcmp(text_of(a, &m.plan), rows[i].want) != 0)
			fail_msg("%zu: %s instead of %s", i,
				text_of(a, &m.plan), rows[i].want);
		if (m.plan.reply.action != PS_ACCEPT)
			assert_non_null(strstr(m.plan.reply.text, "must be "
								  "signed"));
	}
	ps_policy_free(p);
	ps_arena_free(a);
}

#define ROW_USER   10
#define ROW_FORGED 20

static void
what_is_signed_or_sealed_is_left_alone(void **state)
{
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);
	struct ps_policy *p = load(a);

	(void)state;
	for (int i = 0; i < 4; i++) {
		static const char *const want[] = {A, "already-signed",
			"already-sealed", "already-sealed"};
		struct mail m;
		struct ps_signing_case c = {.policy = p,
			.txn = &m.txn,
			.verdict = &m.verdict,
			.is_signed = (i & 1) != 0,
			.is_sealed = (i & 2) != 0};

		plan(a, p, ROW_USER, NULL, &m);
		assert_true(ps_signing_needed(&m.plan));
		ps_signing_decide(a, &c, &m.plan);
		assert_string_equal(text_of(a, &m.plan), want[i]);
	}
	ps_policy_free(p);
	ps_arena_free(a);
}

static void
recipients_with_and_without_signature_get_two_copies(void **state)
{
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);
	struct ps_policy *p = load(a);
	struct mail m;

	(void)state;
	plan(a, p, ROW_USER, "<bob@x.example>", &m);
	assert_int_equal(m.plan.n_group, 1);
	plan(a, p, ROW_USER, "<quiet@u.example>", &m);
	assert_int_equal(m.plan.n_group, 2);
	assert_int_equal(m.plan.group[0].seal.sign, PS_SIGN_USER);
	assert_int_equal(m.plan.group[1].seal.sign, PS_SIGN_NEVER);
	ps_policy_free(p);
	ps_arena_free(a);
}

static void
under_trial_a_refusal_is_only_told(void **state)
{
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);
	struct ps_policy *p = load(a);
	struct mail m;
	struct ps_signing_case c = {
		.policy = p, .txn = &m.txn, .verdict = &m.verdict};

	(void)state;
	p->trial = true;
	plan(a, p, ROW_FORGED, NULL, &m);
	ps_signing_decide(a, &c, &m.plan);
	assert_int_equal(m.plan.reply.action, PS_ACCEPT);
	assert_string_equal(m.plan.would.reason, "not-entitled");
	ps_policy_free(p);
	ps_arena_free(a);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(
		the_key_of_domain_or_user_signs_for_those_who_may_write_so),
	cmocka_unit_test(what_is_signed_or_sealed_is_left_alone),
	cmocka_unit_test(recipients_with_and_without_signature_get_two_copies),
	cmocka_unit_test(under_trial_a_refusal_is_only_told),
};

PS_TESTS("signing", tests)
