/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Whose secret key signs, and which keys policy binds to a From address.
 */
#include "tap.h"

#include <string.h>

#include "policy/decide.h"

#define DOMAIN_KEY "0123456789ABCDEF0123456789ABCDEF01234567"
#define ANNAS_KEY  "1111111111111111111111111111111111111111"

struct world {
	struct ps_arena *arena;
	struct ps_policy *policy;
};

static int
begin(void **state)
{
	struct ps_problems problems;
	static struct world w;

	w.arena = ps_arena_new(PS_ARENA_PLAIN);
	w.policy = ps_policy_load(PS_SOURCE_DIR "/t/conf/signatures-good.conf",
		w.arena, &problems);
	assert_non_null(w.policy);
	*state = &w;
	return 0;
}

static int
end(void **state)
{
	struct world *w = *state;

	ps_policy_free(w->policy);
	ps_arena_free(w->arena);
	return 0;
}

static struct ps_addr
address(struct world *w, const char *text)
{
	struct ps_addr addr;
	const char *why;

	assert_int_equal(
		ps_addr_path(w->arena, ps_bytes_of(text), &addr, &why), PS_OK);
	return addr;
}

static void
a_domain_and_an_address_have_their_own_signing_keys(void **state)
{
	static const struct {
		const char *addr;
		bool by_domain;
		const char *fpr;
	} rows[] = {
		{"anna@example.org", true, DOMAIN_KEY},
		{"anna@example.org", false, ANNAS_KEY},
		{"Anna@EXAMPLE.org", false, ANNAS_KEY},
		{"bob@example.org", true, DOMAIN_KEY},
		{"bob@example.org", false, NULL},
		{"anna@sub.example.org", true, NULL},
		{"anna@sub.example.org", false, NULL},
		{"bannanna@example.org", false, NULL},
	};
	struct world *w = *state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct ps_addr addr = address(w, rows[i].addr);
		const struct ps_signer_setting *s =
			ps_policy_signer(w->policy, &addr, rows[i].by_domain);

		if (s == NULL || rows[i].fpr == NULL)
			assert_true(s == NULL && rows[i].fpr == NULL);
		else
			assert_string_equal(s->fpr, rows[i].fpr);
	}
	assert_string_equal(w->policy->secret_home, "/var/secret");
	assert_string_equal(w->policy->passphrase_file, "/etc/pass");
}

static void
the_keys_of_an_author_are_those_of_his_own_address(void **state)
{
	static const struct {
		const char *addr, *fpr;
	} rows[] = {
		{"anna@example.org", ANNAS_KEY},
		{"ANNA@example.org", ANNAS_KEY},
		{"bob@example.org", DOMAIN_KEY},
		/* a rule that asks for a recipient does not hold */
		{"x@example.org", DOMAIN_KEY},
		{"free@example.org", NULL},
		{"anna@bank.example", NULL},
		{"anna@elsewhere.example", NULL},
	};
	struct world *w = *state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct ps_addr addr = address(w, rows[i].addr);
		size_t n;
		const char *const *fpr =
			ps_policy_author_keys(w->policy, &addr, &n);

		assert_int_equal(n, rows[i].fpr != NULL);
		if (n > 0)
			assert_string_equal(fpr[0], rows[i].fpr);
	}
}

static void
who_sends_for_two_domains_is_bound_by_both(void **state)
{
	static const struct {
		const char *mail_from, *author;
		enum ps_sign sign;
	} rows[] = {
		{"bob@example.org", "bob@example.org", PS_SIGN_DOMAIN},
		{"anna@example.org", "anna@example.org", PS_SIGN_USER},
		{"x@elsewhere.example", "bob@example.org", PS_SIGN_DOMAIN},
		{"bob@example.org", "x@elsewhere.example", PS_SIGN_DOMAIN},
		{"x@elsewhere.example", "y@bank.example", PS_SIGN_NEVER},
	};
	struct world *w = *state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct ps_addr from = address(w, rows[i].mail_from);
		struct ps_addr author = address(w, rows[i].author);
		struct ps_addr to = address(w, "z@third.example");
		const struct ps_sender sender = {.mail_from = &from,
			.direction = PS_DIR_OUT,
			.authenticated = true,
			.author = &author,
			.n_author = 1};
		struct ps_ruling r;

		ps_match(w->arena, w->policy, &sender, &to, &r);
		assert_int_equal(r.word[PS_WORD_SIGN].value, rows[i].sign);
	}
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test_setup_teardown(
		a_domain_and_an_address_have_their_own_signing_keys, begin,
		end),
	cmocka_unit_test_setup_teardown(
		the_keys_of_an_author_are_those_of_his_own_address, begin, end),
	cmocka_unit_test_setup_teardown(
		who_sends_for_two_domains_is_bound_by_both, begin, end),
};

PS_TESTS("signer", tests)
