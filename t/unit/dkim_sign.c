/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Signing in two steps, held against our own verifier; what is signed, and
 * what is not.  Other verifiers are asked in t/e2e.
 */
#include "tap.h"

#include <stdlib.h>
#include <unistd.h>

#include "dkim/dkim_record.h"
#include "dkim/dkim_sign.h"
#include "dkim_world.h"
#include "mail/tagval.h"

#define NOW 1700000000

struct made {
	struct ps_arena *a;
	struct ps_dkim *lib;
	struct ps_dkim_secret *key[2];
	struct dns_world dns;
};

static struct ps_dkim_secret *
make_key(enum ps_dkim_alg alg)
{
	char dir[] = "/tmp/dkim-sign-XXXXXX", path[64];
	struct ps_dkim_make how = {path, alg, 0600, -1, -1};
	struct ps_dkim_secret *key = NULL;
	const char *why = "";

	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/key.pem", dir);
	if (ps_dkim_secret_make(&how, &why) != PS_OK ||
		ps_dkim_secret_read(path, &key, &why) != PS_OK)
		fail_msg("%s", why);
	unlink(path);
	rmdir(dir);
	return key;
}

static void
publish(struct made *m, struct ps_buf *zone, int i)
{
	static const char *const selector[] = {"rsa", "ed"};
	struct ps_bytes text =
		ps_dkim_record_text(m->a, ps_dkim_secret_alg(m->key[i]),
			ps_dkim_secret_public(m->a, m->key[i]));

	ps_dkim_record_zone(zone, selector[i], "example.org", text);
}

static int
set_up(void **state)
{
	struct made *m = calloc(1, sizeof(*m));
	const char *why = "";
	struct ps_buf zone;

	m->a = ps_arena_new(PS_ARENA_PLAIN);
	m->lib = ps_dkim_new(&why);
	m->key[0] = make_key(PS_DKIM_RSA_SHA256);
	m->key[1] = make_key(PS_DKIM_ED25519_SHA256);
	ps_buf_init(&zone, 65536);
	publish(m, &zone, 0);
	publish(m, &zone, 1);
	dns_world_open(&m->dns, ps_arena_cstr(m->a, ps_buf_bytes(&zone)));
	ps_buf_free(&zone);
	*state = m;
	return m->lib == NULL;
}

static int
tear_down(void **state)
{
	struct made *m = *state;

	ps_dkim_secret_free(m->key[0]);
	ps_dkim_secret_free(m->key[1]);
	ps_dkim_free(m->lib);
	dns_world_close(&m->dns);
	ps_arena_free(m->a);
	free(m);
	return 0;
}

/* The message with both signatures on top. */
static struct ps_message
sign(struct made *m, const char *octets, int64_t expire_s)
{
	const struct ps_dkim_signer by[] = {
		{PS_LIT("example.org"), PS_LIT("rsa")},
		{PS_LIT("example.org"), PS_LIT("ed")}};
	struct ps_dkim_order order = {by, 2, NOW, expire_s};
	struct ps_message msg = dkim_world_message(m->a, ps_bytes_of(octets));
	struct ps_dkim_draft draft[2];
	const char *why = "";

	if (ps_dkim_sign_draft(m->a, m->lib, &msg, &order, draft, &why) !=
		PS_OK)
		fail_msg("%s", why);
	for (int i = 0; i < 2; i++) {
		enum ps_dkim_alg alg = ps_dkim_secret_alg(m->key[i]);
		unsigned char b[PS_DKIM_SIGNATURE_MAX];
		size_t len =
			ps_dkim_secret_sign(m->key[i], draft[i].digest[alg], b);

		ps_message_put_first(m->a, &msg,
			(struct ps_field){.name = PS_LIT(PS_DKIM_FIELD),
				.value = ps_dkim_sign_finish(m->a, &draft[i],
					alg, ps_bytes((char *)b, len))});
	}
	return msg;
}

static enum ps_auth_result
judge(struct made *m, const struct ps_message *msg, int64_t now_s)
{
	struct ps_dkim_result r;

	ps_dkim_verify(m->a, m->lib, msg, now_s, &m->dns.budget, &r);
	assert_int_equal(r.n_signature, 2);
	if (r.signature[0].result != r.signature[1].result)
		fail_msg("%s and %s",
			ps_auth_result_name(r.signature[0].result),
			ps_auth_result_name(r.signature[1].result));
	return r.signature[0].result;
}

#define FROM "From: a@example.org\r\n"
static const char *const shapes[] = {
	FROM "\r\nbody\r\n",
	FROM "\r\n",
	FROM "",
	FROM "\r\nno line end",
	FROM "\r\n\r\n\r\n",
	FROM "\r\ntail  \t \r\n a  b\t\tc \r\n\r\n\r\n",
	FROM "\r\n.\r\n..\r\n.x\r\n",
	FROM "Subject: a\r\n\tb  c \r\nTo: x@example.net,\r\n "
	     "y@example.net\r\n\r\nb",
	FROM "subject: one\r\nSubject: two\r\nTo:\r\nTo: \r\n\r\nb\r\n",
	FROM "Subject: Gr\xc3\xbc\xc3\x9f"
	     "e\r\nTo: \xce\xb1@example.net\r\n\r\n\xff\xfe\r\n",
	FROM "Subject: \x0b\x0c vertical\r\nDate: Thu, 1 Jan 1970 00:00:00 "
	     "+0000\r\nMessage-ID: <1@x>\r\n\r\nb\r\n",
};
#define N_SHAPES (sizeof(shapes) / sizeof(shapes[0]))

static void
both_signatures_verify_for_messages_of_every_shape(void **state)
{
	for (size_t i = 0; i < N_SHAPES; i++) {
		struct ps_message msg = sign(*state, shapes[i], 0);

		if (judge(*state, &msg, NOW + 10) != PS_AUTH_PASS)
			fail_msg("shape %zu", i);
	}
}

static void
libopendkim_knows_the_digests_of_ordinary_messages(void **state)
{
	struct made *m = *state;
	struct ps_message msg = sign(m, shapes[7], 0);
	struct ps_sha256 *sha = ps_sha256_new();
	size_t n;
	struct ps_bytes *name = ps_dkim_sign_names(m->a, &msg.header, &n);
	struct ps_dkim_cover cover = {
		&msg.header.field[0], name, n, PS_CANON_RELAXED, false};
	struct ps_dkim_digest digest;
	unsigned char own[PS_SHA256_LEN];

	ps_dkim_digest_lib(m->lib, &msg.header, &cover, 1, &digest);
	ps_dkim_digest_own(m->a, sha, &msg.header, &cover, own);
	assert_true(digest.known);
	assert_memory_equal(own, digest.octets, PS_SHA256_LEN);
	ps_sha256_free(sha);
}

/* What somebody puts in front of a signed message, and what it does. */
static const struct {
	const char *name, *value;
	enum ps_auth_result result;
} added[] = {
	{"From", " evil@example.net", PS_AUTH_FAIL},
	{"Subject", " pay here", PS_AUTH_FAIL},
	{"To", " you@example.net", PS_AUTH_FAIL},
	{"Cc", " you@example.net", PS_AUTH_FAIL},
	{"Reply-To", " evil@example.net", PS_AUTH_FAIL},
	{"Content-Type", " text/html", PS_AUTH_FAIL},
	{"MIME-Version", " 1.0", PS_AUTH_FAIL},
	{"Content-Transfer-Encoding", " base64", PS_AUTH_FAIL},
	{"Date", " Thu, 1 Jan 1970 00:00:00 +0000", PS_AUTH_PASS},
	{"Message-ID", " <1@example.net>", PS_AUTH_PASS},
	{"Received", " by example.net", PS_AUTH_PASS},
	{"Return-Path", " <a@example.org>", PS_AUTH_PASS},
	{"Authentication-Results", " example.net; none", PS_AUTH_PASS},
	{"Bcc", " c@example.net", PS_AUTH_PASS},
	{"X-Postseal-Tag", " x", PS_AUTH_PASS},
	{"List-Id", " <l.example.net>", PS_AUTH_PASS},
	{"Sender", " l@example.net", PS_AUTH_PASS},
};

static void
what_nobody_may_add_breaks_the_signature_and_what_mtas_add_does_not(
	void **state)
{
	struct made *m = *state;

	for (size_t i = 0; i < sizeof(added) / sizeof(added[0]); i++) {
		struct ps_message msg = sign(m, shapes[0], 0);

		ps_message_put_first(m->a, &msg,
			(struct ps_field){.name = ps_bytes_of(added[i].name),
				.value = ps_bytes_of(added[i].value)});
		if (judge(m, &msg, NOW) != added[i].result)
			fail_msg("%s", added[i].name);
	}
}

static void
a_date_that_is_there_is_signed_and_stays_the_only_one(void **state)
{
	struct made *m = *state;
	struct ps_message msg = sign(m, shapes[10], 0);

	ps_message_put_first(m->a, &msg,
		(struct ps_field){.name = PS_LIT("Date"),
			.value = PS_LIT(" Fri, 2 Jan 1970 00:00:00 +0000")});
	assert_int_equal(judge(m, &msg, NOW), PS_AUTH_FAIL);
}

static void
a_signature_expires_only_when_it_is_asked_to(void **state)
{
	struct made *m = *state;
	struct ps_message never = sign(m, shapes[0], 0);
	struct ps_message soon = sign(m, shapes[0], 3600);

	assert_int_equal(judge(m, &never, NOW + 100000000), PS_AUTH_PASS);
	assert_int_equal(judge(m, &soon, NOW + 3500), PS_AUTH_PASS);
	assert_int_not_equal(judge(m, &soon, NOW + 4000), PS_AUTH_PASS);
	assert_true(ps_bytes_find(soon.header.field[0].value,
			    PS_LIT(" x=1700003600;")) != PS_NOT_FOUND);
	assert_true(ps_bytes_find(never.header.field[0].value, PS_LIT("x=1")) ==
		    PS_NOT_FOUND);
}

static void
no_signature_has_a_length_an_identity_or_copied_fields(void **state)
{
	struct ps_message msg = sign(*state, shapes[5], 0);
	struct ps_tagval t;
	struct ps_bytes v;

	for (int i = 0; i < 2; i++) {
		ps_tagval_parse(((struct made *)*state)->a,
			msg.header.field[i].value, 50, &t);
		assert_false(t.broken || t.twice);
		assert_false(ps_tagval_get(&t, PS_LIT("l"), &v));
		assert_false(ps_tagval_get(&t, PS_LIT("i"), &v));
		assert_false(ps_tagval_get(&t, PS_LIT("z"), &v));
		assert_true(ps_tagval_get(&t, PS_LIT("t"), &v));
		assert_bytes(v, "1700000000");
	}
}

static void
no_line_of_a_signature_is_longer_than_78_octets(void **state)
{
	struct ps_message msg = sign(*state, shapes[8], 3600);

	for (int i = 0; i < 2; i++) {
		struct ps_bytes rest = msg.header.field[i].value, line;

		while (ps_bytes_line(&rest, &line))
			assert_true(line.len <= 78);
	}
}

static void
more_fields_than_verifiers_follow_are_not_signed(void **state)
{
	struct made *m = *state;
	struct ps_header h = {0};
	size_t n;

	h.n_field = 99;
	h.field = ps_arena_array(m->a, h.n_field, sizeof(*h.field));
	for (size_t i = 0; i < h.n_field; i++)
		h.field[i].name = PS_LIT("to");
	assert_null(ps_dkim_sign_names(m->a, &h, &n));
	h.n_field = 92; /* and one more; seven others are always there */
	assert_non_null(ps_dkim_sign_names(m->a, &h, &n));
	assert_int_equal(n, 100);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(both_signatures_verify_for_messages_of_every_shape),
	cmocka_unit_test(libopendkim_knows_the_digests_of_ordinary_messages),
	cmocka_unit_test(
		what_nobody_may_add_breaks_the_signature_and_what_mtas_add_does_not),
	cmocka_unit_test(a_date_that_is_there_is_signed_and_stays_the_only_one),
	cmocka_unit_test(a_signature_expires_only_when_it_is_asked_to),
	cmocka_unit_test(
		no_signature_has_a_length_an_identity_or_copied_fields),
	cmocka_unit_test(no_line_of_a_signature_is_longer_than_78_octets),
	cmocka_unit_test(more_fields_than_verifiers_follow_are_not_signed),
};

int
main(void)
{
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name(
		"dkim_sign", tests, set_up, tear_down);
}
