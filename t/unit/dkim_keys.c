/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Which keys sign which message, and what dkim-sign may say.
 */
#include "tap.h"

#include "policy/dkim_keys.h"

static const struct {
	const char *item, *domain, *selector, *path; /* or what is wrong */
} items[] = {
	{"s1", "mail.example.org", "s1", "/keys/mail.example.org/s1.pem"},
	{"S1.Mail", "mail.example.org", "s1.mail",
		"/keys/mail.example.org/s1.mail.pem"},
	{"s1@Example.org", "example.org", "s1", "/keys/example.org/s1.pem"},
	{"s1:/etc/a b.pem", "mail.example.org", "s1", "/etc/a b.pem"},
	{"s1@example.org:/x", "example.org", "s1", "/x"},
	{"s1:x.pem", NULL, NULL, "needs a path"},
	{"", NULL, NULL, "needs a selector"},
	{"a b", NULL, NULL, "needs a selector"},
	{"../x", NULL, NULL, "needs a selector"},
	{"a..b", NULL, NULL, "needs a selector"},
	{"-a", NULL, NULL, "needs a selector"},
	{"s1@org", NULL, NULL, "may sign for"},
	{"s1@ample.org", NULL, NULL, "may sign for"},
	{"s1@other.example", NULL, NULL, "may sign for"},
	{"s1@x.mail.example.org", NULL, NULL, "may sign for"},
};

static void
an_item_is_a_selector_with_a_domain_above_and_a_path(void **state)
{
	const struct ps_section s = {.name = "mail.example.org"};
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);

	(void)state;
	for (size_t i = 0; i < sizeof(items) / sizeof(items[0]); i++) {
		struct ps_dkim_ref ref;
		const char *wrong =
			ps_dkim_keys_parse(a, items[i].item, &s, "/keys", &ref);

		if ((wrong == NULL) != (items[i].domain != NULL))
			fail_msg("%s: %s", items[i].item,
				wrong == NULL ? "taken" : wrong);
		if (wrong != NULL) {
			assert_ptr_equal(strstr(wrong, items[i].path), wrong);
			continue;
		}
		assert_bytes(ref.domain, items[i].domain);
		assert_bytes(ref.selector, items[i].selector);
		assert_string_equal(ref.path, items[i].path);
	}
	ps_arena_free(a);
}

static const char conf[] =
	"identity { authserv-id = \"mx.example.org\" }\n"
	"domain \"example.org\" { dkim-sign = { \"s1\", \"s2\" } }\n"
	"domain \"mail.example.org\" { dkim-sign = \"s1@example.org\" }\n"
	"domain \"plain.example\" { }\n"
	"peer \"peer.example\" { }\n"
	"login \"ann\" { addresses = \"ann@example.org\" }\n";

static const struct {
	const char *from, *login, *signs;
	bool inside;
} senders[] = {
	{" ann@example.org", NULL, "2", true},
	{" ann@example.org", NULL, "0", false}, /* from outside */
	{" ann@example.org", "ann", "2", false},
	{" bob@example.org", "ann", "not-entitled", false},
	{" bob@example.org", "bob", "2", false}, /* no section login */
	{" =?utf-8?q?x?= <ann@EXAMPLE.org>", "ann", "2", false},
	{" ann@mail.example.org", NULL, "1", true},
	{" ann@sub.example.org", NULL, "0", true},
	{" ann@plain.example", NULL, "0", true},
	{" ann@peer.example", NULL, "0", true},
	{" ann@example.org, bob@example.org", NULL, "2", true},
	{" ann@example.org, bob@plain.example", NULL, "0", true},
	{" ann@example.org, evil@example.com", NULL, "0", true},
	{" nobody", NULL, "0", true},
	{"", NULL, "0", true},
};

static const char *
who_signs(struct ps_arena *a, const struct ps_policy *p, size_t i)
{
	struct ps_session session = {0};
	struct ps_txn t = {.arena = a, .session = &session};
	struct ps_field from = {
		.name = PS_LIT("From"), .value = ps_bytes_of(senders[i].from)};
	struct ps_verdict v = {0};
	const char *why;
	size_t n;

	t.message.header = (struct ps_header){&from, 1};
	t.is_local = senders[i].inside;
	t.login = ps_bytes_of(senders[i].login);
	ps_dmarc_author(a, &t.message.header, &v.author);
	ps_dkim_keys_of(a, p, &t, &v, &n, &why);
	return why != NULL ? why : ps_arena_printf(a, "%zu", n);
}

static void
only_our_own_people_are_signed_for_in_names_that_are_theirs(void **state)
{
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);
	struct ps_problems problems = {0};
	struct ps_policy *p =
		ps_policy_load_text(ps_bytes_of(conf), "x.conf", a, &problems);

	(void)state;
	assert_non_null(p);
	assert_true(ps_policy_signs(p));
	for (size_t i = 0; i < sizeof(senders) / sizeof(senders[0]); i++)
		if (strcmp(who_signs(a, p, i), senders[i].signs) != 0)
			fail_msg("%zu %s: %s", i, senders[i].from,
				who_signs(a, p, i));
	ps_policy_free(p);
	ps_arena_free(a);
}

static const struct {
	const char *conf, *says;
} wrong[] = {
	{"defaults { dkim-sign = \"s1\" }", "belongs into the section"},
	{"peer \"p.example\" { dkim-sign = \"s1\" }",
		"belongs into the section"},
	{"domain \"d.example\" { rule \"r\" { to = \"*\" dkim-sign = \"s1\" } "
	 "}",
		"belongs into the section"},
	{"domain \"d.example\" { dkim-sign = \"s 1\" }", "needs a selector"},
	{"domain \"d.example\" { dkim-sign = \"s@e.example\" }",
		"may sign for"},
	{"dkim { expire = 30s }", "expire"},
};

static void
dkim_sign_stands_in_a_domain_and_is_checked_there(void **state)
{
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		const char *text = ps_arena_printf(a,
			"identity { authserv-id = \"mx.example.org\" }\n%s\n",
			wrong[i].conf);
		struct ps_problems problems = {0};

		assert_null(ps_policy_load_text(
			ps_bytes_of(text), "x.conf", a, &problems));
		assert_true(problems.n_problem > 0);
		if (strstr(problems.problem[0].text, wrong[i].says) == NULL)
			fail_msg("%s", problems.problem[0].text);
	}
	ps_arena_free(a);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(an_item_is_a_selector_with_a_domain_above_and_a_path),
	cmocka_unit_test(
		only_our_own_people_are_signed_for_in_names_that_are_theirs),
	cmocka_unit_test(dkim_sign_stands_in_a_domain_and_is_checked_there),
};

PS_TESTS("dkim_keys", tests)
