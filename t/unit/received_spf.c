/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Received-SPF: what is in it, and that nothing gets out of its value.
 */
#include "tap.h"

#include "auth/received_spf.h"
#include "spf_world.h"

static const struct {
	const char *client, *local, *domain, *helo, *why;
	enum ps_auth_result result;
	const char *want;
} cases[] = {
	{"192.0.2.7", "u", "example.org", "mail.example.org", "", PS_AUTH_PASS,
		" pass receiver=mx.example.net; identity=mailfrom; "
		"client-ip=192.0.2.7; helo=mail.example.org; "
		"envelope-from=\"u@example.org\""},
	{"2001:db8::7", "u", "example.org", "mail.example.org",
		"no term of example.org matches", PS_AUTH_NEUTRAL,
		" neutral (no term of example.org matches) "
		"receiver=mx.example.net; identity=mailfrom; "
		"client-ip=\"2001:db8::7\"; helo=mail.example.org; "
		"envelope-from=\"u@example.org\""},
	{"192.0.2.7", "", "", "mail.example.org", "", PS_AUTH_FAIL,
		" fail receiver=mx.example.net; identity=helo; "
		"client-ip=192.0.2.7; helo=mail.example.org; "
		"envelope-from=\"postmaster@mail.example.org\""},
	{"192.0.2.7", "a\"; helo=x\\", "example.org",
		"x; envelope-from=v@victim.example\r\nBcc: y", "a) x=(pass; y",
		PS_AUTH_SOFTFAIL,
		" softfail (a] x=[pass, y) receiver=mx.example.net; "
		"identity=mailfrom; client-ip=192.0.2.7; "
		"helo=\"x; envelope-from=v@victim.example??Bcc: y\"; "
		"envelope-from=\"a\\\"; helo=x\\\\@example.org\""},
	{"", "u", "example.org", "", "", PS_AUTH_NONE,
		" none receiver=mx.example.net; identity=mailfrom; "
		"client-ip=\"\"; helo=\"\"; envelope-from=\"u@example.org\""},
};

static void
each_pair_keeps_what_it_holds(void **state)
{
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		struct ps_bytes domain = ps_bytes_of(cases[i].domain);
		struct ps_session s = {.client = spf_client(cases[i].client),
			.helo = ps_bytes_of(cases[i].helo)};
		struct ps_txn t = {.session = &s,
			.mail_from = {.local = ps_bytes_of(cases[i].local),
				.domain = domain}};
		struct ps_verdict v = {.null_sender = domain.len == 0,
			.mail_from = {.result = cases[i].result,
				.domain = domain.len > 0 ? domain : s.helo,
				.why = cases[i].why}};
		struct ps_buf out;

		ps_buf_init(&out, 4096);
		ps_received_spf_write(a, &t, &v, "mx.example.net", false, &out);
		assert_bytes(ps_buf_bytes(&out), cases[i].want);
		ps_buf_free(&out);
	}
	ps_arena_free(a);
}

static void
folded_it_is_a_pair_a_line(void **state)
{
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);
	struct ps_session s = {.client = spf_client("192.0.2.7"),
		.helo = PS_LIT("h.example.org")};
	struct ps_txn t = {.session = &s};
	struct ps_verdict v = {.null_sender = true, .mail_from.why = "why"};
	struct ps_buf out;

	(void)state;
	ps_buf_init(&out, 4096);
	ps_received_spf_write(a, &t, &v, "mx.example.net", true, &out);
	assert_bytes(ps_buf_bytes(&out),
		" none (why)\r\n\treceiver=mx.example.net;\r\n\tidentity=helo;"
		"\r\n\tclient-ip=192.0.2.7;\r\n\thelo=h.example.org;\r\n\t"
		"envelope-from=\"\"");
	ps_buf_free(&out);
	ps_arena_free(a);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(each_pair_keeps_what_it_holds),
	cmocka_unit_test(folded_it_is_a_pair_a_line),
};

PS_TESTS("received_spf", tests)
