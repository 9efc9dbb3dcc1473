/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * What opens, what stays as it is, and what comes again, on a fake engine.
 */
#include "tap.h"

#include <string.h>

#include "flow/open.h"
#include "openpgp/armor.h"

#define NOISE "0123456789ghijklmnop"
#define PKESK                                                                  \
	"\xc1\x0c\x03"                                                         \
	"ABCDEFGH\x12\x00\x01"
#define SEIPD  "\xd2\x3d\x01" NOISE NOISE NOISE
#define INSIDE "Content-Type: text/plain\r\n\r\nhello\r\n"

static const struct opening_case {
	bool sealed;
	enum ps_status open, verify;
	/* What must come out. */
	enum ps_status status;
	bool opened;
} cases[] = {
	{true, PS_OK, PS_OK, PS_OK, true},
	{false, PS_OK, PS_OK, PS_OK, false},
	{true, PS_EPERM, PS_OK, PS_OK, false},
	{true, PS_ELIMIT, PS_OK, PS_OK, false},
	{true, PS_OK, PS_ELIMIT, PS_OK, false}, /* a bomb */
	{true, PS_OK, PS_EPERM, PS_OK, false},
	{true, PS_ETEMP, PS_OK, PS_ETEMP, false},
	{true, PS_ELATE, PS_OK, PS_ELATE, false},
	{true, PS_OK, PS_ETEMP, PS_ETEMP, false},
	{true, PS_OK, PS_EBUSY, PS_EBUSY, false},
};

static enum ps_status
fake_open(void *self, const struct ps_open_job *job, const struct ps_wait *wait,
	struct ps_spool *out, const char **why)
{
	const struct opening_case *c = self;

	(void)wait;
	assert_true(c->sealed);
	assert_int_equal(job->sealed.len, sizeof(PKESK SEIPD) - 1);
	*why = "open";
	return c->open == PS_OK ? ps_spool_put(out, PS_LIT("packets"), why)
				: c->open;
}

static enum ps_status
fake_verify(void *self, struct ps_arena *a, const struct ps_verify_job *job,
	const struct ps_wait *wait, struct ps_spool *clear,
	struct ps_signature_info **out, size_t *n_out, const char **why)
{
	const struct opening_case *c = self;

	(void)a;
	(void)wait;
	(void)out;
	assert_true(ps_bytes_eq(job->signature, PS_LIT("packets")));
	assert_true(job->max > 0);
	*n_out = 0;
	*why = "verify";
	return c->verify == PS_OK ? ps_spool_put(clear, PS_LIT(INSIDE), why)
				  : c->verify;
}

static struct ps_message
message(struct ps_arena *a, bool sealed)
{
	size_t n = ps_armor_size(sizeof(PKESK SEIPD) - 1);
	char *armor = ps_arena_alloc(a, n + 1);
	struct ps_message m = {.body_fd = -1};
	const char *why;

	ps_armor_write(ps_bytes(PKESK SEIPD, sizeof(PKESK SEIPD) - 1), armor);
	assert_int_equal(
		ps_header_parse(a,
			ps_bytes_of(ps_arena_printf(a,
				"From: a@example.org\r\nContent-Type: "
				"multipart/%s; boundary=b\r\n\r\n--b\r\n"
				"Content-Type: application/pgp-encrypted\r\n"
				"\r\nVersion: 1\r\n--b\r\nContent-Type: "
				"application/octet-stream\r\n\r\n%.*s\r\n"
				"--b--\r\n",
				sealed ? "encrypted" : "alternative", (int)n,
				armor)),
			100, &m.header, &m.body, &why),
		PS_OK);
	return m;
}

static void
play(const struct opening_case *c)
{
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);
	struct opening_case self = *c;
	const struct ps_engine engine = {
		.self = &self, .open = fake_open, .verify = fake_verify};
	const struct ps_policy policy = {
		.spool_dir = "/tmp", .limits = PS_LIMITS_DEFAULT};
	const struct ps_env env = {.policy = &policy, .engine = &engine};
	const struct ps_openpgp_verifier v = {
		.engine = &engine, .limits = &policy.limits};
	const struct ps_dmarc_author author = {0};
	struct ps_txn t = {.arena = a, .message = message(a, c->sealed)};
	struct ps_opening out;
	const char *why = NULL;

	assert_int_equal(
		ps_flow_open(&t, &env, &author, &v, &out, &why), c->status);
	assert_true((why != NULL) == (c->status != PS_OK));
	assert_int_equal(out.opened, c->opened);
	assert_true(
		(out.why_not != NULL) == (c->status == PS_OK && !c->opened));
	if (c->opened)
		assert_true(ps_bytes_eq(out.message.body, PS_LIT("hello\r\n")));
	ps_opening_free(&out);
	ps_arena_free(a);
}

static void
what_cannot_be_opened_stays_and_trouble_comes_again(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		play(&cases[i]);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(what_cannot_be_opened_stays_and_trouble_comes_again),
};

int
main(void)
{
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("flow_open", tests, NULL, NULL);
}
