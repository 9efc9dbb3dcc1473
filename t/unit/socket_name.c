/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * The two spellings of milter sockets.
 */
#include "tap.h"

#include "../../milter/socket_name.h"

static struct ps_arena *arena;

static int
begin(void **state)
{
	(void)state;
	arena = ps_arena_new(PS_ARENA_PLAIN);
	return 0;
}

static int
end(void **state)
{
	(void)state;
	ps_arena_free(arena);
	return 0;
}

static struct ps_socket_name
parsed(const char *spelling, const char *base)
{
	struct ps_socket_name s;
	const char *why = NULL;

	assert_true(ps_socket_name_parse(arena, spelling, base, &s, &why));
	return s;
}

static void
a_socket_is_written_as_postfix_and_as_sendmail_want_it(void **state)
{
	static const struct {
		const char *given, *postfix, *sendmail;
	} row[] = {
		{"inet:8895@127.0.0.1", "inet:127.0.0.1:8895",
			"inet:8895@127.0.0.1"},
		{"inet:127.0.0.1:8895", "inet:127.0.0.1:8895",
			"inet:8895@127.0.0.1"},
		{"inet:8895", "inet:127.0.0.1:8895", "inet:8895@127.0.0.1"},
		{"inet:8895@0.0.0.0", "inet:127.0.0.1:8895",
			"inet:8895@127.0.0.1"},
		{"inet6:8895@[::1]", "inet:[::1]:8895", "inet6:8895@::1"},
		{"inet:[::1]:8895", "inet:[::1]:8895", "inet6:8895@::1"},
		{"inet:8895@mx.example.org", "inet:mx.example.org:8895",
			"inet:8895@mx.example.org"},
		{"unix:/var/spool/postfix/postseal/milter.sock",
			"unix:postseal/milter.sock",
			"local:/var/spool/postfix/postseal/milter.sock"},
		{"local:/run/postseal/milter.sock",
			"unix:/run/postseal/milter.sock",
			"local:/run/postseal/milter.sock"},
		{"/run/x", "unix:/run/x", "local:/run/x"},
		{"unix:/var/spool/postfixed/x", "unix:/var/spool/postfixed/x",
			"local:/var/spool/postfixed/x"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		struct ps_socket_name s = parsed(row[i].given, NULL);

		assert_string_equal(
			ps_socket_name_postfix(arena, &s, "/var/spool/postfix"),
			row[i].postfix);
		assert_string_equal(
			ps_socket_name_sendmail(arena, &s), row[i].sendmail);
	}
}

static void
what_is_no_socket_is_refused_with_a_reason(void **state)
{
	static const char *const bad[] = {"", "inet:", "inet:0", "inet:x@y",
		"inet:70000@127.0.0.1", "tcp:8895", "unix:", "8895"};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct ps_socket_name s;
		const char *why = NULL;

		assert_false(
			ps_socket_name_parse(arena, bad[i], NULL, &s, &why));
		assert_non_null(why);
	}
}

static void
two_names_of_one_socket_meet_and_others_do_not(void **state)
{
	static const struct {
		const char *x, *y;
		bool meet;
	} row[] = {
		{"inet:localhost:8895", "inet:8895@127.0.0.1", true},
		{"inet:8895@0.0.0.0", "inet:192.0.2.1:8895", true},
		{"inet:[::1]:8895", "inet:localhost:8895", true},
		{"inet:127.0.0.1:8891", "inet:8895@127.0.0.1", false},
		{"inet:192.0.2.1:8895", "inet:8895@127.0.0.1", false},
		{"unix:postseal/x", "unix:/q/postseal/x", true},
		{"unix:/q//postseal/x", "unix:/q/postseal/x", true},
		{"unix:/q/postseal/xy", "unix:/q/postseal/x", false},
		{"unix:/q/postseal/x", "unix:/q/postseal/xy", false},
		{"unix:/q/postseal/x", "inet:8895", false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		struct ps_socket_name x = parsed(row[i].x, "/q");
		struct ps_socket_name y = parsed(row[i].y, "/q");

		assert_int_equal(ps_socket_name_meets(&x, &y), row[i].meet);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			a_socket_is_written_as_postfix_and_as_sendmail_want_it),
		cmocka_unit_test(what_is_no_socket_is_refused_with_a_reason),
		cmocka_unit_test(
			two_names_of_one_socket_meet_and_others_do_not),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("socket_name", tests, begin, end);
}
