/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Configurations and what is said about them.  Each file of t/conf begins with
 * the messages that it must give, "#= LINE: error: TEXT"; a file without such
 * lines must load without a word.
 */
#include "tap.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "data.h"
#include "policy/policy.h"
#include "policy/settings.h"

#define EXPECT	  "#= "
#define FILES_MAX 200

/* The lines that a file expects, each with the file's name where it names no
 * other. */
static char *
expected(struct ps_arena *a, const char *file)
{
	struct ps_bytes b = data_read(a, file);
	char *line = ps_arena_cstr(a, b), *end;
	const char *all = "";

	for (; strncmp(line, EXPECT, strlen(EXPECT)) == 0; line = end + 1) {
		const char *say = line + strlen(EXPECT);

		end = strchr(line, '\n');
		assert_non_null(end);
		*end = '\0';
		all = ps_arena_printf(a, "%s%s%s%s\n", all,
			ps_is_digit(*say) ? file : "",
			ps_is_digit(*say) ? ":" : "", say);
	}
	return ps_arena_strdup(a, all);
}

static char *
said(struct ps_arena *a, const struct ps_problems *problems)
{
	const char *all = "";

	for (size_t i = 0; i < problems->n_problem; i++) {
		const struct ps_problem *p = &problems->problem[i];

		all = ps_arena_printf(a, "%s%s:%d: %s: %s\n", all,
			p->where.file, p->where.line,
			p->warning ? "warning" : "error", p->text);
	}
	return ps_arena_strdup(a, all);
}

static int
by_text(const void *x, const void *y)
{
	return strcmp(*(char *const *)x, *(char *const *)y);
}

static size_t
conf_files(struct ps_arena *a, char *name[FILES_MAX])
{
	DIR *d = opendir(".");
	struct dirent *e;
	size_t n = 0;

	assert_non_null(d);
	while ((e = readdir(d)) != NULL) {
		size_t len = strlen(e->d_name);

		if (len < 5 || strcmp(e->d_name + len - 5, ".conf") != 0)
			continue;
		assert_true(n < FILES_MAX);
		name[n++] = ps_arena_strdup(a, e->d_name);
	}
	closedir(d);
	qsort(name, n, sizeof(*name), by_text);
	return n;
}

static bool
check_file(struct ps_arena *a, const char *file)
{
	struct ps_problems problems;
	struct ps_policy *p = ps_policy_load(file, a, &problems);
	char *want = expected(a, file), *got = said(a, &problems);
	bool refused = strstr(want, ": error: ") != NULL;
	bool good = strcmp(want, got) == 0 && refused == (p == NULL);

	if (!good)
		print_message("# %s%s\n# want:\n%s# got:\n%s", file,
			p == NULL ? " (refused)" : "", want, got);
	ps_policy_free(p);
	return good;
}

static void
every_mistake_is_said_with_its_place_and_its_cure(void **state)
{
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);
	char *name[FILES_MAX];
	size_t n = conf_files(a, name), bad = 0;

	(void)state;
	assert_true(n > 80);
	for (size_t i = 0; i < n; i++)
		bad += !check_file(a, name[i]);
	ps_arena_free(a);
	assert_int_equal(bad, 0);
}

/* A bad file must leave nothing behind in the scanner of libconfuse. */
static void
a_good_file_loads_after_every_bad_one(void **state)
{
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);
	char *name[FILES_MAX];
	size_t n = conf_files(a, name);
	struct ps_problems problems;

	(void)state;
	for (size_t i = 0; i < n; i++) {
		ps_policy_free(ps_policy_load(name[i], a, &problems));
		assert_true(check_file(a, "good-short.conf"));
	}
	ps_arena_free(a);
}

static struct ps_policy *
load(const char *text)
{
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);
	struct ps_problems problems;
	struct ps_policy *p = ps_policy_load_text(
		ps_bytes_of(text), "test.conf", a, &problems);

	if (p == NULL)
		fail_msg("%s", said(a, &problems));
	ps_arena_free(a);
	return p;
}

static void
a_file_that_cannot_be_read_is_an_error_with_its_name(void **state)
{
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);
	struct ps_problems problems;

	(void)state;
	assert_null(ps_policy_load("/nonexistent/a.conf", a, &problems));
	assert_string_equal(said(a, &problems),
		"/nonexistent/a.conf:0: error: cannot read "
		"/nonexistent/a.conf: No such file or directory\n");
	assert_null(ps_policy_load("/", a, &problems));
	assert_string_equal(
		said(a, &problems), "/:0: error: cannot read /: not a file\n");
	ps_arena_free(a);
}

static void
nothing_said_gives_the_defaults(void **state)
{
	struct ps_policy *p = load("");
	const struct ps_limits l = PS_LIMITS_DEFAULT;

	(void)state;
	assert_string_equal(p->milter_socket, "inet:8895@127.0.0.1");
	assert_null(p->control_socket);
	assert_null(p->user);
	assert_non_null(p->authserv_id);
	assert_int_equal(p->n_internal, 2);
	assert_false(p->all_subkeys);
	assert_false(p->trial);
	assert_true(p->log_syslog);
	assert_string_equal(p->recipient_delimiter, "");
	assert_memory_equal(&p->limits, &l, sizeof(l));
	assert_int_equal(p->n_section, 0);
	ps_policy_free(p);
}

static void
every_field_of_the_limits_is_a_setting(void **state)
{
	bool set[sizeof(struct ps_limits) / 8] = {false};
	size_t base = offsetof(struct ps_policy, limits);

	(void)state;
	for (size_t i = 0; i < ps_n_settings; i++) {
		const struct ps_setting_def *d = &ps_settings[i];

		if (d->section == NULL || strcmp(d->section, "limits") != 0)
			continue;
		assert_false(set[(d->at - base) / 8]);
		set[(d->at - base) / 8] = true;
	}
	for (size_t i = 0; i < sizeof(set); i++)
		if (!set[i])
			fail_msg("no setting for field %zu of the limits", i);
}

static void
sizes_times_and_counts_are_read_with_their_units(void **state)
{
	struct ps_policy *p = load(
		"limits { max-message = 2G max-header = 64k "
		"memory-per-message = 1048576 mta-message-size = 0 "
		"max-recipients = 010 crypto-time = 1500ms message-time = 4m "
		"crypto-workers = 0 }");

	(void)state;
	assert_int_equal(p->limits.max_message, (size_t)2 << 30);
	assert_int_equal(p->limits.max_header, 65536);
	assert_int_equal(p->limits.memory_per_message, 1048576);
	assert_int_equal(p->limits.mta_message_size, 0);
	assert_int_equal(p->limits.max_recipients, 10); /* never octal */
	assert_int_equal(p->limits.crypto_ms, 1500);
	assert_int_equal(p->limits.message_ms, 240000);
	ps_policy_free(p);
}

static void
both_spellings_of_a_socket_become_one(void **state)
{
	static const char *const spellings[][2] = {
		{"inet:8895@127.0.0.1", "inet:8895@127.0.0.1"},
		{"inet:127.0.0.1:8895", "inet:8895@127.0.0.1"},
		{"inet:localhost:8895", "inet:8895@localhost"},
		{"inet6:8895@::1", "inet6:8895@[::1]"},
		{"inet6:8895@[::1]", "inet6:8895@[::1]"},
		{"inet6:[::1]:8895", "inet6:8895@[::1]"},
		{"unix:/run/x.sock", "unix:/run/x.sock"},
		{"local:/run/x.sock", "unix:/run/x.sock"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(spellings) / sizeof(*spellings); i++) {
		char text[128];
		struct ps_policy *p;

		snprintf(text, sizeof(text),
			"listen { milter = \"%s\" control = \"unix:/c\" }",
			spellings[i][0]);
		p = load(text);
		assert_string_equal(p->milter_socket, spellings[i][1]);
		assert_string_equal(p->control_socket, "/c");
		ps_policy_free(p);
	}
}

static void
words_keep_their_values_and_places(void **state)
{
	struct ps_policy *p = load(
		"# a comment\n"
		"/* and\n another */ defaults { encrypt = when-key\n"
		"  exempt = { calendar, list } }\n"
		"domain \"Example.org.\" {\n"
		"  rule \"payroll\" {\n"
		"    key = { \"8e7a 5c3b 1d9f 0246 8ace  1357 9bdf 0246 8ace "
		"1357\" }\n"
		"    archive-key = none\n"
		"    header-trigger = { \"X-Encrypt: yes\", X-Seal }\n"
		"    direction = internal protect-subject = yes\n"
		"  }\n"
		"}\n");
	const struct ps_section *s =
		ps_policy_section(p, PS_LIT("example.org"));
	const struct ps_setting *word;

	(void)state;
	assert_int_equal(
		p->defaults.word[PS_WORD_ENCRYPT].value, PS_ENCRYPT_WHEN_KEY);
	assert_int_equal(p->defaults.word[PS_WORD_ENCRYPT].where.line, 3);
	assert_int_equal(p->defaults.word[PS_WORD_EXEMPT].value,
		PS_EXEMPT_CALENDAR | PS_EXEMPT_LIST);
	assert_non_null(s);
	assert_int_equal(s->kind, PS_SECTION_DOMAIN);
	assert_int_equal(s->where.line, 5);
	assert_int_equal(s->n_rule, 1);
	assert_string_equal(s->rule[0].name, "payroll");
	assert_int_equal(s->rule[0].where.line, 6);
	assert_int_equal(s->rule[0].direction, PS_DIR_INTERNAL);
	word = s->rule[0].word;
	assert_int_equal(word[PS_WORD_KEY].n_list, 1);
	assert_string_equal(word[PS_WORD_KEY].list[0],
		"8E7A5C3B1D9F02468ACE13579BDF02468ACE1357");
	assert_int_equal(word[PS_WORD_KEY].where.line, 7);
	assert_string_equal(word[PS_WORD_KEY].where.file, "test.conf");
	assert_true(word[PS_WORD_ARCHIVE_KEY].set);
	assert_int_equal(word[PS_WORD_ARCHIVE_KEY].n_list, 0);
	assert_string_equal(
		word[PS_WORD_HEADER_TRIGGER].list[0], "X-Encrypt=yes");
	assert_string_equal(word[PS_WORD_HEADER_TRIGGER].list[1], "X-Seal");
	assert_int_equal(word[PS_WORD_PROTECT_SUBJECT].value, 1);
	assert_false(word[PS_WORD_ENCRYPT].set);
	ps_policy_free(p);
}

static void
a_domain_is_found_exactly_or_not_at_all(void **state)
{
	struct ps_policy *p =
		load("domain \"b.example\" {} domain \"a.example\""
		     " {} peer \"b.example.org\" {} peer \"z\" {}");
	struct ps_addr anna = {
		.local = PS_LIT("anna"), .domain = PS_LIT("a.example")};

	(void)state;
	assert_string_equal(
		ps_policy_section(p, PS_LIT("b.example"))->name, "b.example");
	assert_string_equal(ps_policy_section(p, PS_LIT("b.example.org"))->name,
		"b.example.org");
	assert_null(ps_policy_section(p, PS_LIT("example")));
	assert_null(ps_policy_section(p, PS_LIT("x.b.example")));
	assert_null(ps_policy_section(p, PS_LIT("b.exampl")));
	assert_null(ps_policy_section(p, PS_LIT("")));
	assert_true(ps_policy_is_ours(p, &anna));
	anna.domain = PS_LIT("z");
	assert_false(ps_policy_is_ours(p, &anna));
	ps_policy_free(p);
}

static void
domains_in_other_scripts_become_what_addresses_have(void **state)
{
	struct ps_policy *p = load("domain \"B\xc3\xbc"
				   "cher.example.\" { rule \"a\" "
				   "{ to = { \"x@b\xc3\xbc"
				   "cher.EXAMPLE.\", "
				   "\"B\xc3\xbc"
				   "cher.example\" } "
				   "encrypt = never } }");
	const struct ps_section *s =
		ps_policy_section(p, PS_LIT("xn--bcher-kva.example"));

	(void)state;
	assert_non_null(s);
	assert_string_equal(s->rule[0].to.item[0], "x@xn--bcher-kva.example");
	assert_string_equal(s->rule[0].to.item[1], "xn--bcher-kva.example");
	ps_policy_free(p);
}

static struct sockaddr_storage
client(const char *ip)
{
	struct sockaddr_storage s = {0};
	struct sockaddr_in *four = (struct sockaddr_in *)&s;
	struct sockaddr_in6 *six = (struct sockaddr_in6 *)&s;

	if (inet_pton(AF_INET, ip, &four->sin_addr) == 1)
		s.ss_family = AF_INET;
	else if (inet_pton(AF_INET6, ip, &six->sin6_addr) == 1)
		s.ss_family = AF_INET6;
	return s;
}

static void
internal_networks_are_matched_by_their_bits(void **state)
{
	struct ps_policy *p =
		load("identity { internal-networks = { "
		     "10.20.0.0/15, 192.0.2.7, 2001:db8::/33 } }");
	static const struct {
		const char *ip;
		bool internal;
	} clients[] = {
		{"10.20.0.1", true},
		{"10.21.255.255", true},
		{"10.22.0.0", false},
		{"192.0.2.7", true},
		{"192.0.2.6", false},
		{"127.0.0.1", false},
		{"2001:db8:7fff::1", true},
		{"2001:db8:8000::1", false},
		{"::ffff:10.20.0.1", true},
		{"::ffff:10.22.0.1", false},
		{"a local submission", false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(clients) / sizeof(*clients); i++) {
		struct sockaddr_storage s = client(clients[i].ip);

		if (ps_policy_is_internal(p, &s) != clients[i].internal)
			fail_msg("%s", clients[i].ip);
	}
	ps_policy_free(p);
}

static void
settings_of_verification_are_kept_in_their_normal_form(void **state)
{
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);
	struct ps_problems problems;
	struct ps_policy *p = ps_policy_load("good-senders.conf", a, &problems);
	const struct ps_section *s;
	const struct ps_rule *r;

	(void)state;
	assert_non_null(p);
	assert_int_equal(p->n_resolver, 3);
	assert_string_equal(p->resolver[0], "127.0.0.1@5353");
	assert_string_equal(p->root_key, "/etc/root.key");
	assert_true(p->dnssec && p->authres_out && p->received_spf);
	assert_true(p->stripped_is_insecure);
	assert_false(p->recursion || p->iprev);
	assert_int_equal(p->auth.dns_ms, 8000);
	assert_int_equal(p->auth.query_ms, 2000);
	assert_int_equal(p->auth.max_queries, 50);
	assert_int_equal(p->auth.discovery, PS_DMARC_BOTH);
	assert_string_equal(p->auth.receiver, p->authserv_id);
	assert_int_equal(p->auth.n_trusted_sealers, 2);
	assert_string_equal(p->auth.trusted_sealers[1], "sealer.example");
	assert_string_equal(p->auth.vbr_certifiers[0], "certifier.example");
	assert_int_equal(p->forwarder.n_network, 3);
	assert_int_equal(p->forwarder.host.n, 1);
	assert_string_equal(p->trusted_list[1], "*.lists.example");
	assert_int_equal(p->n_login, 2);
	assert_non_null(ps_policy_login(p, PS_LIT("ANNA")));
	assert_null(ps_policy_login(p, PS_LIT("ann")));
	s = ps_policy_section(p, PS_LIT("example.org"));
	r = &s->rule[0];
	assert_int_equal(r->proof[PS_PROOF_DKIM_DOMAIN].n, 2);
	assert_int_equal(r->proof[PS_PROOF_HEADER_FROM].n, 1);
	assert_int_equal(s->rule[1].proof[PS_PROOF_IPREV].n, 1);
	assert_int_equal(s->word[PS_WORD_ON_SPF_FAIL].value, PS_ACT_TEMPFAIL);
	ps_policy_free(p);
	ps_arena_free(a);
}

static void
what_nobody_says_of_verification_is_this(void **state)
{
	struct ps_policy *p = load("");

	(void)state;
	assert_int_equal(p->auth.dns_ms, 10000);
	assert_int_equal(p->auth.query_ms, 5000);
	assert_int_equal(p->auth.discovery, PS_DMARC_WALK);
	assert_true(p->iprev);
	assert_false(p->dnssec || p->recursion || p->authres_out);
	assert_false(p->stripped_is_insecure);
	assert_null(p->psl);
	assert_int_equal(p->n_resolver + p->n_trusted_relay, 0);
	ps_policy_free(p);
}

/* What libconfuse says is matched by its words. */
static void
the_locale_of_the_process_changes_no_message(void **state)
{
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);

	(void)state;
	setlocale(LC_ALL, "");
	assert_true(check_file(a, "unknown-setting.conf"));
	assert_true(check_file(a, "no-equal-sign.conf"));
	ps_arena_free(a);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(every_mistake_is_said_with_its_place_and_its_cure),
	cmocka_unit_test(a_good_file_loads_after_every_bad_one),
	cmocka_unit_test(a_file_that_cannot_be_read_is_an_error_with_its_name),
	cmocka_unit_test(nothing_said_gives_the_defaults),
	cmocka_unit_test(every_field_of_the_limits_is_a_setting),
	cmocka_unit_test(sizes_times_and_counts_are_read_with_their_units),
	cmocka_unit_test(both_spellings_of_a_socket_become_one),
	cmocka_unit_test(words_keep_their_values_and_places),
	cmocka_unit_test(a_domain_is_found_exactly_or_not_at_all),
	cmocka_unit_test(domains_in_other_scripts_become_what_addresses_have),
	cmocka_unit_test(internal_networks_are_matched_by_their_bits),
	cmocka_unit_test(
		settings_of_verification_are_kept_in_their_normal_form),
	cmocka_unit_test(what_nobody_says_of_verification_is_this),
	cmocka_unit_test(the_locale_of_the_process_changes_no_message),
};

int
main(void)
{
	cmocka_set_message_output(CM_OUTPUT_TAP);
	if (chdir(PS_SOURCE_DIR "/t/conf") != 0) {
		perror("t/conf");
		return 1;
	}
	return cmocka_run_group_tests_name("conf", tests, NULL, NULL);
}
