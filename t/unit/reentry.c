/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * The service that takes copies back: judged where it stands, and written where
 * it does not.
 */
#include "tap.h"

#include "../../milter/reentry.h"

static const char main_cf[] = "queue_directory = /var/spool/postfix\n"
			      "smtpd_milters = unix:postseal/milter.sock\n";

struct world {
	struct ps_arena *arena;
	struct ps_mta mta;
	struct ps_policy policy;
	struct ps_socket_name ours;
	struct ps_findings found;
};

static void
make(struct world *w, const char *to, const char *service,
	const char *overrides)
{
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);
	struct ps_mta_view v = {.arena = a};
	const char *why;

	*w = (struct world){.arena = a, .found.arena = a};
	ps_mta_parse_main(a, ps_bytes_of(main_cf), &w->mta);
	ps_mta_parse_services(a, ps_bytes_of(service), &w->mta);
	ps_mta_parse_overrides(a, ps_bytes_of(overrides), &w->mta);
	w->mta.dir = "/etc/postfix";
	w->policy.arena = a;
	w->policy.limits = (struct ps_limits)PS_LIMITS_DEFAULT;
	w->policy.relay_connections = 7;
	w->policy.relay_to = to;
	assert_true(ps_socket_name_parse(a,
		"unix:/var/spool/postfix/postseal/milter.sock", NULL, &w->ours,
		&why));
	v.mta = &w->mta;
	v.policy = &w->policy;
	v.ours = &w->ours;
	ps_mta_judge_services(&v, &w->found);
}

#define INET "inet:10026@127.0.0.1"
#define GOOD(name)                                                             \
	name "/receive_override_options = no_unknown_recipient_checks,"        \
	     "no_header_body_checks\n" name "/smtpd_milters = \n" name         \
	     "/smtpd_authorized_xforward_hosts = 127.0.0.0/8\n"
#define TEN26 "10026 inet n - n - 50 smtpd\n"

static const struct {
	const char *to, *service, *overrides;
	const char *want; /* NULL: nothing is said */
} rows[] = {
	{INET, "127.0.0.1:10026 inet n - n - 50 smtpd\n",
		GOOD("127.0.0.1:10026/inet"), NULL},
	{INET, TEN26, GOOD("10026/inet"), NULL},
	{INET, "localhost:10026 inet n - n - 50 smtpd\n", "", "come round"},
	{INET, TEN26, "", "come round"},
	{INET, TEN26,
		"10026/inet/receive_override_options = no_milters\n"
		"10026/inet/smtpd_authorized_xforward_hosts = 127.0.0.1\n",
		"looked for again"},
	{INET, TEN26,
		"10026/inet/receive_override_options = no_milters, "
		"no_unknown_recipient_checks, no_address_mappings\n"
		"10026/inet/smtpd_authorized_xforward_hosts = 127.0.0.1\n",
		"meet no alias"},
	{INET, TEN26,
		"10026/inet/receive_override_options = no_milters, "
		"no_unknown_recipient_checks\n",
		"without the client"},
	{INET, TEN26,
		GOOD("10026/inet") "10026/inet/smtpd_tls_security_level = "
				   "encrypt\n",
		"wants TLS"},
	{INET, "10027 inet n - n - 50 smtpd\n", "", "there is no service"},
	{INET, "10026 unix n - n - 50 smtpd\n", "", "there is no service"},
	{INET, "10026 inet n - n - 50 qmqpd\n", "", "there is no service"},
	{"inet:10026@192.0.2.1", "", "", NULL},
	{NULL, "", "", NULL},
	{"unix:/var/spool/postfix/public/re", "re unix n - n - 50 smtpd\n",
		GOOD("re/unix"), NULL},
	{"unix:/var/spool/postfix/private/re", "re unix n - n - 50 smtpd\n",
		GOOD("re/unix"), NULL},
	{"unix:/elsewhere/re", "re unix n - n - 50 smtpd\n", GOOD("re/unix"),
		"there is no service"},
};

static void
the_service_is_found_and_judged_by_what_copies_need(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *want = rows[i].want, *got = "nothing";
		struct world w;

		make(&w, rows[i].to, rows[i].service, rows[i].overrides);
		for (size_t k = 0; k < w.found.n_finding; k++)
			if (want == NULL ||
				strstr(w.found.finding[k].what, want) != NULL)
				got = w.found.finding[k].what;
		if ((want == NULL) != (strcmp(got, "nothing") == 0))
			fail_msg("row %zu: %s, and %zu in all", i, got,
				w.found.n_finding);
		ps_arena_free(w.arena);
	}
}

static void
a_port_that_lets_everybody_in_beside_a_login_is_told(void **state)
{
	struct world w;

	(void)state;
	make(&w, INET, TEN26,
		GOOD("10026/inet") "10026/inet/smtpd_relay_restrictions = "
				   "permit_mynetworks,reject\n");
	assert_int_equal(w.found.n_finding, 0);
	w.policy.relay_login_file = "/etc/login";
	assert_true(ps_mta_judge_reentry(&(struct ps_mta_view){.arena = w.arena,
						 .mta = &w.mta,
						 .policy = &w.policy,
						 .ours = &w.ours},
		&w.mta.service[0], "master.cf", &w.found));
	assert_int_equal(w.found.n_finding, 1);
	assert_non_null(strstr(w.found.finding[0].what, "without the login"));
	ps_arena_free(w.arena);
}

static const char *
written(struct world *w, const char *to, const char *login_file,
	const char *signers)
{
	struct ps_reentry r = {.policy = &w->policy,
		.signers = signers,
		.login = "copies",
		.user = "_postseal",
		.group = "postdrop"};
	struct ps_reentry_name name;
	const char *text, *why;
	struct ps_buf out;

	w->policy.relay_to = to;
	w->policy.relay_login_file = login_file;
	assert_true(ps_reentry_name(
		w->arena, &w->policy, "/var/spool/postfix", &name, &why));
	ps_buf_init(&out, 1 << 16);
	ps_reentry_write(&r, &name, &out);
	text = ps_arena_cstr(w->arena, ps_buf_bytes(&out));
	ps_buf_free(&out);
	return text;
}

static void
the_service_is_written_as_the_relay_is_set(void **state)
{
	struct ps_reentry_name name;
	const char *text, *why = NULL;
	struct world w;

	(void)state;
	make(&w, NULL, "", "");
	text = written(&w, INET, NULL, "");
	assert_non_null(
		strstr(text, "\n127.0.0.1:10026 inet n - n - 7 smtpd\n"));
	assert_non_null(strstr(text, "-o smtpd_milters=\n"));
	assert_non_null(strstr(text, "skuid != _postseal"));
	assert_non_null(strstr(text, "permit_mynetworks,reject"));
	text = written(&w, "inet6:10026@[::1]", NULL, "inet:localhost:8891");
	assert_non_null(strstr(text, "\n[::1]:10026 inet n - n - 7 smtpd\n"));
	assert_non_null(
		strstr(text, "-o { smtpd_milters = inet:localhost:8891 }\n"));
	text = written(&w, "unix:/var/spool/postfix/public/re", NULL, "");
	assert_non_null(strstr(text, "\nre unix n - n - 7 smtpd\n"));
	assert_non_null(strstr(text, "adduser _postseal postdrop"));
	assert_null(strstr(text, "skuid"));
	text = written(&w, INET, "/etc/login", "");
	assert_non_null(strstr(text, "{ copies = OK }"));
	assert_null(strstr(text, "permit_mynetworks"));
	w.policy.relay_to = "unix:/run/re";
	assert_false(ps_reentry_name(
		w.arena, &w.policy, "/var/spool/postfix", &name, &why));
	assert_non_null(why);
	ps_arena_free(w.arena);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(the_service_is_found_and_judged_by_what_copies_need),
	cmocka_unit_test(a_port_that_lets_everybody_in_beside_a_login_is_told),
	cmocka_unit_test(the_service_is_written_as_the_relay_is_set),
};

PS_TESTS("reentry", tests)
