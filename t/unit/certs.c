/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Which certificate for an address, and why not.
 */
#include "tap.h"

#include "keys/cert_judge.h"

#define NOW  1700000000
#define DAY  86400
#define PAST (NOW - DAY) /* 2023-11-13 */
#define NEXT (NOW + DAY) /* 2023-11-15 */

#define P "8E7A00000000000000000000000000000000" /* a primary key */
#define S "5B0000000000000000000000000000000000"

static struct ps_addr alice = {
	.local = {"alice", 5},
	.domain = {"example.org", 11},
	.full = {"alice@example.org", 17},
};

/* The usual certificate: a signing primary key, an encryption subkey. */
static struct ps_key_subkey usual_subkeys[] = {
	{.fpr = P "1357", .created_s = 1000},
	{.fpr = S "0001",
		.key_id = 1,
		.created_s = 1000,
		.can_encrypt = true,
		.file_size = 9},
};
static struct ps_key_uid usual_uids[] = {
	{.text = {"Alice <alice@example.org>", 25},
		.address = {"alice@example.org", 17}},
	{.text = {"Alice <alice@example.com>", 25},
		.address = {"alice@example.com", 17}},
};

static const struct ps_key_record usual = {
	.fpr = P "1357",
	.version = 4,
	.created_s = 1000,
	.subkey = usual_subkeys,
	.n_subkey = 2,
	.uid = usual_uids,
	.n_uid = 2,
};

struct mine {
	struct ps_key_record r;
	struct ps_key_subkey subkey[4];
	struct ps_key_uid uid[2];
};

/* A copy of the usual one that a case may change. */
static void
copy_usual(struct mine *m)
{
	*m = (struct mine){.r = usual};
	memcpy(m->subkey, usual_subkeys, sizeof(usual_subkeys));
	memcpy(m->uid, usual_uids, sizeof(usual_uids));
	m->r.subkey = m->subkey;
	m->r.uid = m->uid;
}

static struct ps_cert_query
query(void)
{
	return (struct ps_cert_query){.addr = &alice,
		.fold_local = true,
		.now_s = NOW,
		.max_certs = 4};
}

static void
as_it_is(struct mine *m)
{
	(void)m;
}
static void
expired(struct mine *m)
{
	m->r.expires_s = PAST;
}
static void
expires_this_second(struct mine *m)
{
	m->r.expires_s = NOW;
}
static void
expires_tomorrow(struct mine *m)
{
	m->r.expires_s = NEXT;
	m->subkey[1].expires_s = NEXT;
}
static void
subkey_expired(struct mine *m)
{
	m->subkey[1].expires_s = PAST;
}
static void
revoked(struct mine *m)
{
	m->r.revoked = true;
}
static void
revoked_and_expired(struct mine *m)
{
	m->r.revoked = true;
	m->r.expires_s = PAST;
}
static void
uid_revoked(struct mine *m)
{
	m->uid[0].revoked = true;
}
static void
uid_expired(struct mine *m)
{
	m->uid[0].expires_s = PAST;
}
static void
other_uid_revoked(struct mine *m)
{
	m->uid[1].revoked = true;
}
static void
uid_not_signed(struct mine *m)
{
	m->uid[0].invalid = true;
}
static void
subkey_revoked(struct mine *m)
{
	m->subkey[1].revoked = true;
}
static void
sign_only(struct mine *m)
{
	m->r.n_subkey = 1;
}
static void
bad_binding(struct mine *m)
{
	m->subkey[1].invalid = true;
}
static void
not_yet(struct mine *m)
{
	m->r.created_s = NEXT;
}
static void
subkey_not_yet(struct mine *m)
{
	m->subkey[1].created_s = NEXT;
}
static void
no_self_signature(struct mine *m)
{
	m->r.invalid = true;
}
static void
version_6(struct mine *m)
{
	m->r.version = 6;
	m->r.invalid = true;
}
static void
no_minimal_file(struct mine *m)
{
	m->subkey[1].file_size = 0;
}
static void
primary_encrypts(struct mine *m)
{
	m->r.n_subkey = 1;
	m->subkey[0].can_encrypt = true;
	m->subkey[0].file_size = 9;
}
static void
newest_subkey_expired(struct mine *m)
{
	m->subkey[2] = m->subkey[1];
	m->subkey[2].created_s = 2000;
	m->subkey[2].expires_s = PAST;
	m->r.n_subkey = 3;
}

static const struct judgement {
	const char *what;
	void (*change)(struct mine *m);
	const char *reason, *text;
} judgements[] = {
	{"as it is", as_it_is, "", ""},
	{"expired", expired, "expired", "key 8E7A...1357 expired 2023-11-13"},
	{"expires this second", expires_this_second, "expired",
		"key 8E7A...1357 expired 2023-11-14"},
	{"expires tomorrow", expires_tomorrow, "", ""},
	{"subkey expired", subkey_expired, "expired",
		"key 8E7A...1357 has an encryption subkey that expired "
		"2023-11-13"},
	{"revoked", revoked, "revoked", "key 8E7A...1357 is revoked"},
	{"revoked and expired", revoked_and_expired, "revoked",
		"key 8E7A...1357 is revoked"},
	{"uid revoked", uid_revoked, "uid-revoked",
		"key 8E7A...1357 has revoked this user id"},
	{"uid expired", uid_expired, "expired",
		"key 8E7A...1357 has a user id that expired 2023-11-13"},
	{"other uid revoked", other_uid_revoked, "", ""},
	{"uid not signed", uid_not_signed, "invalid",
		"key 8E7A...1357 has no valid user id for this address"},
	{"subkey revoked", subkey_revoked, "revoked",
		"key 8E7A...1357 has revoked its encryption subkey"},
	{"sign only", sign_only, "no-encryption-subkey",
		"key 8E7A...1357 has no encryption subkey"},
	{"bad binding", bad_binding, "no-encryption-subkey",
		"key 8E7A...1357 has no encryption subkey"},
	{"not yet valid", not_yet, "invalid",
		"key 8E7A...1357 is not valid before 2023-11-15"},
	{"subkey not yet valid", subkey_not_yet, "invalid",
		"key 8E7A...1357 has an encryption subkey that is not valid "
		"before 2023-11-15"},
	{"no self-signature", no_self_signature, "invalid",
		"key 8E7A...1357 is invalid: no self-signature that gpg "
		"accepts"},
	{"version 6", version_6, "unsupported-version",
		"key 8E7A...1357 is of version 6, and only version 4 is "
		"supported"},
	{"no minimal file", no_minimal_file, "invalid",
		"key 8E7A...1357 has no minimal certificate"},
	{"primary encrypts", primary_encrypts, "", ""},
	{"newest subkey expired", newest_subkey_expired, "", ""},
};
#define N_JUDGEMENT (sizeof(judgements) / sizeof(judgements[0]))

static void
each_fault_is_named(void **state)
{
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);

	(void)state;
	for (size_t i = 0; i < N_JUDGEMENT; i++) {
		const struct judgement *j = &judgements[i];
		struct ps_cert_query q = query();
		struct ps_cert_answer out;
		struct mine m;

		copy_usual(&m);
		j->change(&m);
		ps_certs_judge(a, &q, "/keys", &m.r, 1, &out);
		if (strcmp(out.reason, j->reason) != 0 ||
			strcmp(out.text, j->text) != 0 ||
			(*j->reason == '\0') != (out.state == PS_CERT_FOUND) ||
			(*j->reason != '\0') != (out.state == PS_CERT_UNUSABLE))
			fail_msg("%s: %s %s %s", j->what,
				ps_cert_state_name(out.state), out.reason,
				out.text);
	}
	ps_arena_free(a);
}

static void
a_usable_certificate_comes_with_its_file(void **state)
{
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);
	struct ps_cert_query q = query();
	struct ps_cert_answer out;

	(void)state;
	ps_certs_judge(a, &q, "/keys", &usual, 1, &out);
	assert_int_equal(out.n_cert, 1);
	assert_string_equal(out.cert[0].fpr, P "1357");
	assert_int_equal(out.cert[0].n_subkey, 1);
	assert_int_equal(out.cert[0].subkey[0].key_id, 1);
	assert_string_equal(out.cert[0].subkey[0].file,
		"/keys/sub/" P "1357-" S "0001.pgp");
	ps_arena_free(a);
}

static void
of_two_encryption_subkeys_the_newest_or_all_are_used(void **state)
{
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);
	struct ps_cert_query q = query();
	struct ps_cert_answer out;
	struct mine m;

	(void)state;
	copy_usual(&m);
	m.subkey[2] = m.subkey[1];
	m.subkey[2].created_s = 2000;
	m.subkey[2].key_id = 2;
	m.r.n_subkey = 3;
	ps_certs_judge(a, &q, "/keys", &m.r, 1, &out);
	assert_int_equal(out.cert[0].n_subkey, 1);
	assert_int_equal(out.cert[0].subkey[0].key_id, 2);
	q.all_subkeys = true;
	ps_certs_judge(a, &q, "/keys", &m.r, 1, &out);
	assert_int_equal(out.cert[0].n_subkey, 2);
	assert_int_equal(out.cert[0].subkey[0].key_id, 2);
	assert_int_equal(out.cert[0].subkey[1].key_id, 1);
	ps_arena_free(a);
}

static void
all_usable_certificates_are_used_up_to_the_ceiling(void **state)
{
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);
	struct ps_key_record three[3] = {usual, usual, usual};
	struct ps_cert_query q = query();
	struct ps_cert_answer out;

	(void)state;
	three[1].revoked = true;
	three[2].fpr[39] = '8';
	ps_certs_judge(a, &q, "/keys", three, 3, &out);
	assert_int_equal(out.state, PS_CERT_FOUND);
	assert_int_equal(out.n_cert, 2);
	assert_string_equal(out.cert[1].fpr, P "1358");
	q.max_certs = 1;
	ps_certs_judge(a, &q, "/keys", three, 3, &out);
	assert_int_equal(out.n_cert, 1);
	assert_string_equal(out.cert[0].fpr, P "1357");
	ps_arena_free(a);
}

static void
a_pinned_key_may_name_any_address(void **state)
{
	static const char *const pin[] = {P "1357"};
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);
	struct ps_addr other = {.full = {"other@example.net", 17}};
	struct ps_cert_query q = query();
	struct ps_cert_answer out;

	(void)state;
	q.addr = &other;
	ps_certs_judge(a, &q, "/keys", &usual, 1, &out);
	assert_int_equal(out.state, PS_CERT_UNUSABLE);
	q.pin = pin;
	q.n_pin = 1;
	ps_certs_judge(a, &q, "/keys", &usual, 1, &out);
	assert_int_equal(out.state, PS_CERT_FOUND);
	assert_true(out.cert[0].pinned);
	ps_certs_judge(a, &q, "/keys", NULL, 0, &out);
	assert_int_equal(out.state, PS_CERT_NONE);
	assert_string_equal(
		out.text, "the pinned key 8E7A...1357 is not there");
	ps_arena_free(a);
}

static void
a_row_that_names_another_address_is_not_believed(void **state)
{
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);
	struct ps_cert_query q = query();
	struct ps_cert_answer out;
	struct mine m;

	(void)state;
	copy_usual(&m);
	m.uid[0].address = PS_LIT("evil-alice@example.org");
	ps_certs_judge(a, &q, "/keys", &m.r, 1, &out);
	assert_int_equal(out.state, PS_CERT_UNUSABLE);
	ps_arena_free(a);
}

static void
case_of_the_local_part_counts_only_where_asked(void **state)
{
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);
	struct ps_addr upper = {.full = {"ALICE@example.org", 17}};
	struct ps_cert_query q = query();
	struct ps_cert_answer out;

	(void)state;
	q.addr = &upper;
	ps_certs_judge(a, &q, "/keys", &usual, 1, &out);
	assert_int_equal(out.state, PS_CERT_FOUND);
	q.fold_local = false;
	ps_certs_judge(a, &q, "/keys", &usual, 1, &out);
	assert_int_equal(out.state, PS_CERT_UNUSABLE);
	ps_arena_free(a);
}

static bool
usable_at(struct ps_arena *a, const struct mine *m, int64_t now_s)
{
	struct ps_cert_verdict v = ps_cert_judge(a, &m->r, &alice, true, now_s);

	return v.n_subkey > 0;
}

static void
a_certificate_ends_when_the_judgement_changes(void **state)
{
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);

	(void)state;
	for (size_t i = 0; i < N_JUDGEMENT; i++) {
		struct mine m;
		int64_t ends_s;
		bool right;

		copy_usual(&m);
		m.r.n_uid = 1;
		judgements[i].change(&m);
		ends_s = ps_cert_ends(&m.r, &m.uid[0]);
		if (ends_s == 0 || ends_s == PS_KEY_NEVER_ENDS)
			right = usable_at(a, &m, NEXT + DAY) == (ends_s != 0);
		else
			right = (usable_at(a, &m, ends_s - 1) ||
					ends_s <= NOW) &&
				!usable_at(a, &m, ends_s);
		if (!right)
			fail_msg("%s: %lld", judgements[i].what,
				(long long)ends_s);
	}
	ps_arena_free(a);
}

static void
a_certificate_ends_with_its_last_subkey_or_first_frame(void **state)
{
	struct mine m;

	(void)state;
	copy_usual(&m);
	assert_int_equal(ps_cert_ends(&m.r, &m.uid[0]), PS_KEY_NEVER_ENDS);
	m.subkey[2] = m.subkey[1];
	m.r.n_subkey = 3;
	m.subkey[1].expires_s = NOW + 10;
	m.subkey[2].expires_s = NOW + 20;
	assert_int_equal(ps_cert_ends(&m.r, &m.uid[0]), NOW + 20);
	m.uid[0].expires_s = NOW + 15;
	assert_int_equal(ps_cert_ends(&m.r, &m.uid[0]), NOW + 15);
	assert_int_equal(ps_cert_ends(&m.r, &m.uid[1]), NOW + 20);
	m.r.expires_s = NOW + 5;
	assert_int_equal(ps_cert_ends(&m.r, &m.uid[1]), NOW + 5);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(each_fault_is_named),
	cmocka_unit_test(a_usable_certificate_comes_with_its_file),
	cmocka_unit_test(of_two_encryption_subkeys_the_newest_or_all_are_used),
	cmocka_unit_test(all_usable_certificates_are_used_up_to_the_ceiling),
	cmocka_unit_test(a_pinned_key_may_name_any_address),
	cmocka_unit_test(a_row_that_names_another_address_is_not_believed),
	cmocka_unit_test(case_of_the_local_part_counts_only_where_asked),
	cmocka_unit_test(a_certificate_ends_when_the_judgement_changes),
	cmocka_unit_test(
		a_certificate_ends_with_its_last_subkey_or_first_frame),
};

PS_TESTS("certs", tests)
