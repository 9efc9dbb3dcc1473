/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Judging a Postfix configuration: made-up settings, one changed at a time.
 */
#include "tap.h"

#include "../../milter/mta.h"

#define MAIN "/etc/postfix/main.cf"

/* What "postseal postfix-config" asks for, and nothing that hides mail. */
static const char good_main[] =
	"compatibility_level = 3.6\n"
	"forward_path = $home/.forward\n"
	"local_transport = local:vm\n"
	"mail_owner = postfix\n"
	"alias_maps = hash:/etc/aliases\n"
	"message_reject_characters = \\0\n"
	"message_size_limit = 10240000\n"
	"milter_content_timeout = 300s\n"
	"milter_default_action = tempfail\n"
	"milter_protocol = 6\n"
	"mydestination = vm, localhost\n"
	"non_smtpd_milters = unix:postseal/milter.sock\n"
	"queue_directory = /var/spool/postfix\n"
	"smtpd_data_restrictions = reject_unauth_pipelining\n"
	"smtpd_forbid_bare_newline = normalize\n"
	"smtpd_forbid_bare_newline_exclusions =\n"
	"smtpd_forbid_unauth_pipelining = no\n"
	"smtpd_milters = inet:127.0.0.1:11332, unix:postseal/milter.sock\n"
	"strict_rfc821_envelopes = yes\n"
	"virtual_alias_maps =\n";
static const char good_services[] =
	"smtp       inet  n       -       y       -       -       smtpd\n"
	"submission inet  n       -       y       -       -       smtpd -o "
	"x=y\n"
	"127.0.0.1:10026 inet n   -       y       -       -       smtpd\n"
	"cleanup    unix  n       -       y       -       0       cleanup\n"
	"smtp       unix  -       -       y       -       -       smtp\n";
static const char good_overrides[] =
	"submission/inet/syslog_name = postfix/submission\n";

struct world {
	struct ps_arena *arena;
	struct ps_mta mta;
	struct ps_section section;
	struct ps_policy policy;
	struct ps_socket_name ours;
	struct ps_findings found;
};

static void
make(struct world *w, const char *socket)
{
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);
	const char *why;

	*w = (struct world){.arena = a};
	ps_mta_parse_main(a, ps_bytes_of(good_main), &w->mta);
	ps_mta_parse_services(a, ps_bytes_of(good_services), &w->mta);
	ps_mta_parse_overrides(a, ps_bytes_of(good_overrides), &w->mta);
	w->mta.dir = "/etc/postfix";
	w->section.kind = PS_SECTION_DOMAIN;
	w->section.name = "example.org";
	w->policy.limits = (struct ps_limits)PS_LIMITS_DEFAULT;
	w->policy.section = &w->section;
	w->policy.n_section = 1;
	w->found.arena = a;
	assert_true(ps_socket_name_parse(a, socket, NULL, &w->ours, &why));
}

static void
set(struct world *w, const char *name, const char *value)
{
	for (size_t i = 0; i < w->mta.main.n_entry; i++)
		if (strcmp(w->mta.main.entry[i].name, name) == 0) {
			w->mta.main.entry[i].value = value;
			return;
		}
	PS_GROW(w->arena, w->mta.main.entry, w->mta.main.n_entry);
	w->mta.main.entry[w->mta.main.n_entry++] =
		(struct ps_mta_setting){name, value};
}

static void
judge(struct world *w)
{
	ps_mta_judge(&w->mta, &w->policy, &w->ours, &w->found);
}

#define OUR_SOCKET "unix:/var/spool/postfix/postseal/milter.sock"

static void
a_configuration_as_printed_by_postfix_config_is_good(void **state)
{
	struct world w;

	(void)state;
	make(&w, OUR_SOCKET);
	judge(&w);
	assert_int_equal(w.found.n_finding, 0);
	ps_arena_free(w.arena);
}

static const struct {
	const char *name, *value;
	enum ps_finding_kind kind;
	const char *todo; /* part of it */
} wrong[] = {
	{"milter_default_action", "accept", PS_FINDING_ERROR,
		"milter_default_action = tempfail"},
	{"milter_default_action", "quarantine", PS_FINDING_ERROR,
		"milter_default_action = tempfail"},
	{"milter_default_action", "reject", PS_FINDING_WARNING,
		"milter_default_action = tempfail"},
	{"smtpd_milters", "", PS_FINDING_ERROR, "postfix-config"},
	{"smtpd_milters", "inet:127.0.0.1:11332", PS_FINDING_ERROR,
		"postfix-config"},
	{"smtpd_milters",
		"{ unix:postseal/milter.sock, default_action = accept "
		"}",
		PS_FINDING_ERROR, "default_action=tempfail"},
	{"smtpd_milters", "unix:postseal/milter.sock inet:localhost:8891",
		PS_FINDING_WARNING, "last"},
	{"non_smtpd_milters", "", PS_FINDING_ERROR,
		"non_smtpd_milters = $smtpd_milters"},
	{"smtpd_milter_maps", "cidr:/etc/postfix/m", PS_FINDING_WARNING,
		"every entry"},
	{"receive_override_options", "no_address_mappings, no_milters",
		PS_FINDING_ERROR, "no_milters"},
	{"smtpd_proxy_filter", "127.0.0.1:10024", PS_FINDING_ERROR,
		"content_filter"},
	{"milter_protocol", "2", PS_FINDING_ERROR, "milter_protocol = 6"},
	{"milter_content_timeout", "2m", PS_FINDING_WARNING,
		"milter_content_timeout = 300s"},
	{"smtpd_forbid_bare_newline", "no", PS_FINDING_ERROR,
		"smtpd_forbid_bare_newline = normalize"},
	{"smtpd_forbid_bare_newline", "", PS_FINDING_ERROR,
		"smtpd_forbid_bare_newline = normalize"},
	{"smtpd_forbid_bare_newline_exclusions", "10.0.0.0/8",
		PS_FINDING_WARNING, "smtpd_forbid_bare_newline_exclusions ="},
	{"message_reject_characters", "\\r", PS_FINDING_ERROR,
		"message_reject_characters = \\0"},
	{"strict_rfc821_envelopes", "no", PS_FINDING_ERROR,
		"strict_rfc821_envelopes = yes"},
	{"smtpd_data_restrictions", "", PS_FINDING_ERROR,
		"reject_unauth_pipelining"},
	{"virtual_alias_maps", "hash:/etc/postfix/virtual", PS_FINDING_WARNING,
		"alias"},
	{"recipient_canonical_maps", "hash:/x", PS_FINDING_WARNING, "alias"},
	{"recipient_bcc_maps", "hash:/x", PS_FINDING_WARNING, "alias"},
	{"always_bcc", "archive@example.org", PS_FINDING_WARNING,
		"archive-key"},
	{"message_size_limit", "5000000", PS_FINDING_WARNING,
		"mta-message-size = 5000000"},
	{"message_size_limit", "0", PS_FINDING_WARNING, "mta-message-size = 0"},
};

static void
one_wrong_setting_gives_one_finding_with_its_line(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		struct world w;
		const struct ps_finding *f;

		make(&w, OUR_SOCKET);
		set(&w, wrong[i].name, wrong[i].value);
		judge(&w);
		if (w.found.n_finding != 1)
			ps_findings_print(&w.found, stderr);
		assert_int_equal(w.found.n_finding, 1);
		f = w.found.finding;
		assert_int_equal(f->kind, wrong[i].kind);
		assert_string_equal(f->where, MAIN);
		assert_non_null(strstr(f->what, wrong[i].name));
		assert_non_null(strstr(f->todo, wrong[i].todo));
		ps_arena_free(w.arena);
	}
}

static void
what_is_as_good_in_another_spelling_passes(void **state)
{
	static const struct {
		const char *name, *value;
	} row[] = {
		{"smtpd_milters",
			"{ unix:/var/spool/postfix/postseal/milter.sock "
			"connect_timeout=10s }"},
		{"milter_default_action", "shutdown"},
		{"smtpd_forbid_bare_newline", "yes"},
		{"smtpd_forbid_bare_newline", "reject"},
		{"smtpd_data_restrictions",
			"permit_mynetworks reject_unauth_pipelining"},
		{"message_reject_characters", "\\0\\r"},
		{"milter_content_timeout", "5m"},
		{"receive_override_options", "no_address_mappings"},
		{"mydestination", "sub.example.org"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		struct world w;

		make(&w, OUR_SOCKET);
		for (size_t k = 0; k < w.mta.n_service; k++)
			w.mta.service[k].chroot = false;
		set(&w, row[i].name, row[i].value);
		judge(&w);
		if (w.found.n_finding != 0)
			ps_findings_print(&w.found, stderr);
		assert_int_equal(w.found.n_finding, 0);
		ps_arena_free(w.arena);
	}
}

static void
newer_postfix_needs_no_pipelining_restriction(void **state)
{
	struct world w;

	(void)state;
	make(&w, OUR_SOCKET);
	set(&w, "smtpd_data_restrictions", "");
	set(&w, "smtpd_forbid_unauth_pipelining", "yes");
	judge(&w);
	assert_int_equal(w.found.n_finding, 0);
	ps_arena_free(w.arena);
}

static void
forward_files_of_a_domain_of_ours_are_told(void **state)
{
	static const char *const here[] = {
		"vm, example.org localhost", "vm, hash:/etc/postfix/here"};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct world w;

		size_t past = i == 0; /* "vm" has no section */

		make(&w, OUR_SOCKET);
		set(&w, "mydestination", here[i]);
		judge(&w);
		assert_int_equal(w.found.n_of[PS_FINDING_WARNING], 2 + past);
		if (past)
			assert_non_null(strstr(
				w.found.finding[0].what, "past its rules"));
		assert_non_null(
			strstr(w.found.finding[past].what, "alias_maps"));
		assert_string_equal(w.found.finding[past + 1].todo,
			"write: forward_path =");
		ps_arena_free(w.arena);
	}
}

static void
a_service_that_goes_around_us_is_found_in_master_cf(void **state)
{
	static const struct {
		const char *line, *service;
		enum ps_finding_kind kind;
	} row[] = {
		{"submission/inet/smtpd_milters =\n", "submission inet",
			PS_FINDING_ERROR},
		{"smtp/inet/smtpd_milters = inet:localhost:8891\n", "smtp inet",
			PS_FINDING_ERROR},
		{"submission/inet/receive_override_options = no_milters\n",
			"submission inet", PS_FINDING_ERROR},
		{"127.0.0.1:10026/inet/receive_override_options = "
		 "no_unknown_recipient_checks,no_milters\n",
			"127.0.0.1:10026 inet", PS_FINDING_WARNING},
		{"127.0.0.1:10026/inet/smtpd_milters =\n",
			"127.0.0.1:10026 inet", PS_FINDING_WARNING},
		{"smtp/inet/milter_default_action = accept\n", "smtp inet",
			PS_FINDING_ERROR},
		{"smtp/inet/smtpd_proxy_filter = 127.0.0.1:10024\n",
			"smtp inet", PS_FINDING_ERROR},
		{"cleanup/unix/non_smtpd_milters =\n", "cleanup unix",
			PS_FINDING_ERROR},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		const struct ps_finding *f;
		struct world w;

		make(&w, OUR_SOCKET);
		ps_mta_parse_overrides(
			w.arena, ps_bytes_of(row[i].line), &w.mta);
		judge(&w);
		if (w.found.n_finding != 1)
			ps_findings_print(&w.found, stderr);
		assert_int_equal(w.found.n_finding, 1);
		f = w.found.finding;
		assert_int_equal(f->kind, row[i].kind);
		assert_string_equal(f->where, "/etc/postfix/master.cf");
		assert_ptr_equal(strstr(f->what, row[i].service), f->what);
		assert_non_null(f->todo);
		ps_arena_free(w.arena);
	}
}

static void
a_chrooted_service_needs_a_path_relative_to_the_queue(void **state)
{
	struct world w;

	(void)state;
	make(&w, OUR_SOCKET);
	set(&w, "smtpd_milters", OUR_SOCKET);
	judge(&w);
	assert_int_equal(w.found.n_of[PS_FINDING_ERROR], 3);
	assert_string_equal(w.found.finding[0].todo,
		"write: smtpd_milters = unix:postseal/milter.sock");
	ps_arena_free(w.arena);
}

static void
a_socket_outside_the_queue_cannot_be_reached_from_a_chroot(void **state)
{
	struct world w;

	(void)state;
	make(&w, "unix:/run/postseal/milter.sock");
	set(&w, "smtpd_milters", "unix:/run/postseal/milter.sock");
	set(&w, "non_smtpd_milters", "unix:/run/postseal/milter.sock");
	judge(&w);
	assert_int_equal(w.found.n_of[PS_FINDING_ERROR], 4);
	assert_non_null(strstr(w.found.finding[0].what, "chroot"));
	ps_arena_free(w.arena);
}

static void
the_chroot_column_follows_the_compatibility_level(void **state)
{
	static const char services[] = "smtp inet n - - - - smtpd\n"
				       "smtps inet n - y - - smtpd\n"
				       "smtpx inet n - n - - smtpd\n";
	static const char *const level[] = {
		"compatibility_level = 0\n", "compatibility_level = 3.6\n"};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);
		struct ps_mta m = {0};

		ps_mta_parse_main(a, ps_bytes_of(level[i]), &m);
		ps_mta_parse_services(a, ps_bytes_of(services), &m);
		assert_int_equal(m.n_service, 3);
		assert_int_equal(m.service[0].chroot, i == 0);
		assert_true(m.service[1].chroot);
		assert_false(m.service[2].chroot);
		ps_arena_free(a);
	}
}

static void
times_are_read_in_every_unit_of_postfix(void **state)
{
	(void)state;
	assert_int_equal(ps_mta_seconds("300s"), 300);
	assert_int_equal(ps_mta_seconds("300"), 300);
	assert_int_equal(ps_mta_seconds("5m"), 300);
	assert_int_equal(ps_mta_seconds("2h"), 7200);
	assert_int_equal(ps_mta_seconds("1w"), 604800);
	assert_int_equal(ps_mta_seconds("soon"), -1);
}

static void
what_policy_asks_of_a_connection_must_be_offered(void **state)
{
	static const struct {
		enum ps_word word;
		const char *name, *value;
		size_t n;
	} cases[] = {
		{PS_WORD_ENCRYPT, "smtpd_tls_ask_ccert", "no", 0},
		{PS_WORD_CLIENT_CERT, "smtpd_tls_ask_ccert", "no", 1},
		{PS_WORD_CLIENT_CERT, "smtpd_tls_ask_ccert", "yes", 0},
		{PS_WORD_CLIENT_CERT, "smtpd_tls_req_ccert", "yes", 0},
		{PS_WORD_TLS_IN, "smtpd_tls_security_level", "", 1},
		{PS_WORD_TLS_IN, "smtpd_tls_security_level", "none", 1},
		{PS_WORD_TLS_IN, "smtpd_tls_security_level", "may", 0},
		{PS_WORD_TLS_IN, "smtpd_use_tls", "yes", 0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct world w;

		make(&w, OUR_SOCKET);
		w.section.word[cases[i].word] =
			(struct ps_setting){.set = true, .value = 1};
		set(&w, cases[i].name, cases[i].value);
		judge(&w);
		if (w.found.n_finding != cases[i].n)
			fail_msg("%s = %s: %zu findings", cases[i].name,
				cases[i].value, w.found.n_finding);
		ps_arena_free(w.arena);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			what_policy_asks_of_a_connection_must_be_offered),
		cmocka_unit_test(
			a_configuration_as_printed_by_postfix_config_is_good),
		cmocka_unit_test(
			one_wrong_setting_gives_one_finding_with_its_line),
		cmocka_unit_test(what_is_as_good_in_another_spelling_passes),
		cmocka_unit_test(newer_postfix_needs_no_pipelining_restriction),
		cmocka_unit_test(forward_files_of_a_domain_of_ours_are_told),
		cmocka_unit_test(
			a_service_that_goes_around_us_is_found_in_master_cf),
		cmocka_unit_test(
			a_chrooted_service_needs_a_path_relative_to_the_queue),
		cmocka_unit_test(
			a_socket_outside_the_queue_cannot_be_reached_from_a_chroot),
		cmocka_unit_test(
			the_chroot_column_follows_the_compatibility_level),
		cmocka_unit_test(times_are_read_in_every_unit_of_postfix),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("mta", tests, NULL, NULL);
}
