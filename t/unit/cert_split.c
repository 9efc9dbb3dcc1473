/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Certificates taken apart by their packets, put into batches, and answers of
 * a worker that lies.
 */
#include "tap.h"

#include <stdio.h>

#include "openpgp/cert_wire.h"
#include "crypto/read_certs.h"
#include "crypto/worker_proto.h"

/* Packets of the old format with lengths of two octets. */
#define KEY4   "\x99\x00\x06\x04\x00\x00\x00\x01\x01"
#define KEY6   "\x99\x00\x06\x06\x00\x00\x00\x01\x01"
#define SECRET "\x95\x00\x06\x04\x00\x00\x00\x01\x01"
#define UID    "\xb5\x00\x01z"
/* SHA-1 of 99 00 06 04 00 00 00 01 01 */
#define FPR4 "4056F97A92B17010E884B13B949013B2E6FA92AB"

static struct ps_arena *a;

static int
setup(void **state)
{
	(void)state;
	a = ps_arena_new(PS_ARENA_PLAIN);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	ps_arena_free(a);
	return 0;
}

static void
certificates_are_cut_at_their_primary_keys(void **state)
{
	const struct {
		struct ps_bytes in;
		size_t n;
		size_t len[3];
	} row[] = {
		{PS_LIT(""), 0, {0}},
		{PS_LIT(UID UID), 0, {0}},
		{PS_LIT(KEY4), 1, {9}},
		{PS_LIT(UID KEY4 UID KEY6 KEY4 UID UID), 3, {13, 9, 17}},
		{PS_LIT(KEY4 UID SECRET UID KEY4), 2, {13, 9}},
		{PS_LIT(KEY4 UID KEY4 "text"), 1, {13}},
		{PS_LIT(KEY4 UID "\x99\x00\x06\x04"), 0, {0}},
		{PS_LIT(KEY4 SECRET "\x99\x00\x06\x04"), 1, {9}},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		size_t n;
		struct ps_cert_slice *s = ps_cert_split(a, row[i].in, &n);

		assert_int_equal(n, row[i].n);
		for (size_t k = 0; k < n; k++)
			assert_int_equal(s[k].octets.len, row[i].len[k]);
	}
}

static void
only_version_4_has_a_fingerprint(void **state)
{
	size_t n;
	struct ps_cert_slice *s = ps_cert_split(a, PS_LIT(KEY6 KEY4), &n);

	(void)state;
	assert_int_equal(n, 2);
	assert_string_equal(s[0].fpr, "");
	assert_string_equal(s[1].fpr, FPR4);
	assert_int_equal(ps_read_certs_order(s, n), 1);
	assert_string_equal(s[0].fpr, FPR4);
}

static void
copies_of_a_certificate_stay_in_one_batch(void **state)
{
	struct ps_cert_slice s[PS_WORKER_READ_N + 3];
	const size_t n = sizeof(s) / sizeof(s[0]);
	size_t at = 0;

	(void)state;
	for (size_t i = 0; i < n; i++) {
		/* The three last before the limit and behind it are one. */
		size_t number = i < PS_WORKER_READ_N - 1 ? i : 9999;

		s[i] = (struct ps_cert_slice){PS_LIT(KEY4), 4, ""};
		snprintf(s[i].fpr, sizeof(s[i].fpr), "%040zu", number);
	}
	snprintf(s[n - 1].fpr, sizeof(s[n - 1].fpr), "%040d", 99999);
	assert_int_equal(ps_read_certs_batch(a, s, n, &at).len, 9 * (n - 1));
	assert_int_equal(at, n - 1);
	assert_int_equal(ps_read_certs_batch(a, s, n, &at).len, 9);
	assert_int_equal(at, n);
}

/* An honest answer of a worker about KEY4 with one user id, then changed. */
struct answer {
	struct ps_cert_wire_head head;
	struct ps_cert_wire_key cert, subkey;
	struct ps_cert_wire_uid uid;
	char text[8];
};

static const char exported[] = KEY4 UID;

static struct answer
honest(void)
{
	struct answer x = {.head = {.magic = PS_CERT_WIRE_MAGIC,
				   .n_cert = 1,
				   .records_len = sizeof(x) - sizeof(x.head),
				   .export_len = sizeof(exported) - 1},
		.cert = {.n_subkey = 1, .n_uid = 1},
		.uid = {.flags = PS_CERT_WIRE_REVOKED, .len = 1},
		.text = "z"};

	memcpy(x.cert.fpr, FPR4, 40);
	memcpy(x.subkey.fpr, FPR4, 40);
	x.head.records_len -= sizeof(x.text) - 1;
	return x;
}

static const char *given = KEY4 UID UID;
static size_t given_len = sizeof(KEY4 UID UID) - 1;

static enum ps_status
parse(const struct answer *x, size_t cut, struct ps_cert_info **out, size_t *n)
{
	size_t n_slice;
	struct ps_cert_slice *slice =
		ps_cert_split(a, ps_bytes(given, given_len), &n_slice);
	size_t len = sizeof(*x) - sizeof(x->text) + 1;
	char octets[sizeof(*x) + sizeof(exported)];
	const char *why = NULL;
	enum ps_status s;

	*out = NULL;
	*n = 0;
	memcpy(octets, x, len);
	memcpy(octets + len, exported, sizeof(exported) - 1);
	len += sizeof(exported) - 1;
	s = ps_read_certs_parse(a,
		ps_arena_copy(a, ps_bytes(octets, len - cut)),
		(struct ps_read_certs_given){slice, n_slice}, out, n, &why);
	assert_true(s == PS_OK || why != NULL);
	return s;
}

static void
an_honest_answer_is_believed(void **state)
{
	struct answer x = honest();
	struct ps_cert_info *c;
	size_t n;

	(void)state;
	assert_int_equal(parse(&x, 0, &c, &n), PS_OK);
	assert_int_equal(n, 1);
	assert_string_equal(c->fpr, FPR4);
	assert_int_equal(c->n_uid, 1);
	assert_bytes(c->uid[0].text, "z");
	assert_true(c->uid[0].revoked);
	assert_int_equal(c->cleaned.len, sizeof(exported) - 1);
}

static void
a_user_id_that_is_no_packet_is_left_out(void **state)
{
	struct answer x = honest();
	struct ps_cert_info *c;
	size_t n;

	(void)state;
	x.text[0] = 'y';
	assert_int_equal(parse(&x, 0, &c, &n), PS_OK);
	assert_int_equal(c->n_uid, 0);
}

static void
a_certificate_that_was_not_given_is_left_out(void **state)
{
	static const char other[] = "\x99\x00\x06\x04\x00\x00\x00\x01\x02";
	struct answer x = honest();
	struct ps_cert_info *c;
	size_t n;

	(void)state;
	given = other;
	given_len = sizeof(other) - 1;
	assert_int_equal(parse(&x, 0, &c, &n), PS_OK);
	assert_int_equal(n, 0);
	given = KEY4 UID UID;
	given_len = sizeof(KEY4 UID UID) - 1;
	assert_int_equal(parse(&x, 0, &c, &n), PS_OK);
	assert_int_equal(n, 1);
}

static void
an_answer_with_a_subkey_that_was_not_given_is_refused(void **state)
{
	static const char more[] =
		KEY4 UID "\xb9\x00\x06\x04\x00\x00\x00\x01\x02";
	struct ps_cert_wire_head head = {.magic = PS_CERT_WIRE_MAGIC,
		.n_cert = 1,
		.records_len = 2 * sizeof(struct ps_cert_wire_key),
		.export_len = sizeof(more) - 1};
	struct answer x = honest();
	struct ps_cert_info *c = NULL;
	const char *why;
	char octets[512];
	size_t n_slice, n = 0, len = 0;
	struct ps_cert_slice *slice =
		ps_cert_split(a, ps_bytes(given, given_len), &n_slice);

	(void)state;
	x.cert.n_uid = 0;
	memcpy(octets, &head, sizeof(head));
	len += sizeof(head);
	memcpy(octets + len, &x.cert, sizeof(x.cert));
	len += sizeof(x.cert);
	memcpy(octets + len, &x.subkey, sizeof(x.subkey));
	len += sizeof(x.subkey);
	memcpy(octets + len, more, sizeof(more) - 1);
	len += sizeof(more) - 1;
	assert_int_equal(ps_read_certs_parse(a, ps_bytes(octets, len),
				 (struct ps_read_certs_given){slice, n_slice},
				 &c, &n, &why),
		PS_ETEMP);
	assert_int_equal(n, 0);
	slice = ps_cert_split(a, ps_bytes(more, sizeof(more) - 1), &n_slice);
	assert_int_equal(ps_read_certs_parse(a, ps_bytes(octets, len),
				 (struct ps_read_certs_given){slice, n_slice},
				 &c, &n, &why),
		PS_OK);
	assert_int_equal(n, 1);
}

static void
an_answer_that_does_not_add_up_is_refused(void **state)
{
	struct answer x = honest();
	struct ps_cert_info *c;
	size_t n;

	(void)state;
	for (size_t cut = 1; cut < sizeof(x); cut++)
		assert_int_equal(parse(&x, cut, &c, &n), PS_ETEMP);
	x.cert.fpr[0] ^= 1; /* a certificate that was not exported */
	assert_int_equal(parse(&x, 0, &c, &n), PS_ETEMP);
	x = honest();
	x.subkey.fpr[0] = '0'; /* the first subkey is the primary key */
	assert_int_equal(parse(&x, 0, &c, &n), PS_ETEMP);
	x = honest();
	x.cert.fpr[1] = x.subkey.fpr[1] = 'g';
	assert_int_equal(parse(&x, 0, &c, &n), PS_ETEMP);
	x = honest();
	x.cert.n_uid = UINT32_MAX;
	assert_int_equal(parse(&x, 0, &c, &n), PS_ETEMP);
	x = honest();
	x.cert.n_subkey = UINT32_MAX;
	assert_int_equal(parse(&x, 0, &c, &n), PS_ETEMP);
	x = honest();
	x.uid.len = UINT32_MAX;
	assert_int_equal(parse(&x, 0, &c, &n), PS_ETEMP);
	x = honest();
	x.head.records_len = UINT64_MAX;
	assert_int_equal(parse(&x, 0, &c, &n), PS_ETEMP);
	x = honest();
	x.head.n_cert = 2;
	assert_int_equal(parse(&x, 0, &c, &n), PS_ETEMP);
	x.head.n_cert = 0;
	assert_int_equal(parse(&x, 0, &c, &n), PS_ETEMP);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(certificates_are_cut_at_their_primary_keys),
	cmocka_unit_test(only_version_4_has_a_fingerprint),
	cmocka_unit_test(copies_of_a_certificate_stay_in_one_batch),
	cmocka_unit_test(an_honest_answer_is_believed),
	cmocka_unit_test(a_user_id_that_is_no_packet_is_left_out),
	cmocka_unit_test(a_certificate_that_was_not_given_is_left_out),
	cmocka_unit_test(an_answer_with_a_subkey_that_was_not_given_is_refused),
	cmocka_unit_test(an_answer_that_does_not_add_up_is_refused),
};

int
main(void)
{
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name(
		"cert_split", tests, setup, teardown);
}
