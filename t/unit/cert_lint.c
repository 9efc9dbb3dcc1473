/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * What people are told of a certificate: words, in their order.
 */
#include "tap.h"

#include "openpgp/cert_lint.h"

#define NOW 1700000000
#define DAY 86400

/* Packets of the new format; keys of 8 octets have algorithm and bits. */
#define KEY(algorithm, bits) "\xc6\x08\x04\0\0\0\x01" algorithm bits
#define SUB(algorithm, bits) "\xce\x08\x04\0\0\0\x02" algorithm bits
#define ED25519		     KEY("\x16", "\x08\x00")
#define UID                                                                    \
	"\xcd\x05"                                                             \
	"a@b.c"
#define SIG(class, hash)                                                       \
	"\xc2\x0f\x04" class "\x01" hash "\0\0\0\0\0\0\0\x08\x01\x02\x03"
#define GOOD SIG("\x13", "\x08")

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

/* "word word": all that is said. */
static const char *
words(struct ps_bytes octets, const struct ps_key_record *r)
{
	const struct ps_cert_lint_job job = {.certificate = octets,
		.record = r,
		.now_s = NOW,
		.warn_before_s = 30 * DAY};
	const char *text = "";
	struct ps_lints out;

	ps_cert_lint(a, &job, &out);
	for (size_t i = 0; i < out.n_lint; i++) {
		assert_true(out.lint[i].text[0] != '\0');
		assert_true(i == 0 ||
			    out.lint[i].severity >= out.lint[i - 1].severity);
		text = ps_arena_printf(
			a, "%s%s%s", text, i == 0 ? "" : " ", out.lint[i].word);
	}
	return text;
}

static void
packets_alone_tell_what_nobody_can_use_or_should(void **state)
{
	const struct {
		struct ps_bytes octets;
		const char *words;
	} row[] = {
		{PS_LIT(ED25519 UID GOOD), ""},
		{PS_LIT(""), "broken"},
		{PS_LIT(ED25519 UID "\xc2\x0f\x04"), "broken"},
		{PS_LIT("\xc5\x06\x04\0\0\0\x01\x01" UID), "secret-key"},
		{PS_LIT(ED25519 UID GOOD "\xc7\x06\x04\0\0\0\x01\x01"),
			"secret-key"},
		{PS_LIT("\xc6\x08\x06\0\0\0\x01\x16\x08\0" UID),
			"unsupported-version"},
		{PS_LIT("\xc6\x08\x05\0\0\0\x01\x16\x08\0" UID),
			"unsupported-version"},
		{PS_LIT(KEY("\x01", "\x08\x00") UID GOOD), ""},
		{PS_LIT(KEY("\x01", "\x07\xff") UID GOOD), "short-key"},
		{PS_LIT(KEY("\x11", "\x0c\x00") UID GOOD), "old-algorithm"},
		{PS_LIT(ED25519 UID GOOD SUB("\x10", "\x04\x00")
				 SIG("\x18", "\x08")),
			"short-key old-algorithm"},
		{PS_LIT(ED25519 UID SIG("\x13", "\x02")), "weak-hash"},
		{PS_LIT(ED25519 UID SIG("\x13", "\x01")), "weak-hash"},
		{PS_LIT(ED25519 UID SIG("\x13", "\x02") GOOD), ""},
		{PS_LIT(ED25519 UID GOOD SUB("\x12", "\x08\x00")
				 SIG("\x18", "\x02")),
			"weak-hash"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++)
		assert_string_equal(words(row[i].octets, NULL), row[i].words);
}

static void
a_flood_is_named(void **state)
{
	struct ps_bytes head = PS_LIT(ED25519 UID), one = PS_LIT(GOOD);
	char *p = ps_arena_alloc(a, head.len + 100 * one.len);

	(void)state;
	memcpy(p, head.p, head.len);
	for (size_t i = 0; i < 100; i++)
		memcpy(p + head.len + i * one.len, one.p, one.len);
	assert_string_equal(
		words(ps_bytes(p, head.len + 100 * one.len), NULL), "flooded");
}

static void
what_the_engine_said_is_put_into_words(void **state)
{
	static const struct {
		struct ps_key_record key;
		struct ps_key_subkey sub[2];
		struct ps_key_uid uid;
		const char *words;
	} row[] = {
#define SEALS {.can_encrypt = true}
#define A                                                                      \
	{                                                                      \
		.text = {"a@b.c", 5}, .address = { "a@b.c", 5 }                \
	}
		{{.version = 4}, {SEALS}, A, ""},
		{{.version = 4}, {SEALS, SEALS}, A, "encryption-subkeys"},
		{{.revoked = true}, {SEALS}, A, "revoked"},
		{{.invalid = true}, {SEALS}, A, "invalid"},
		{{.expires_s = NOW}, {SEALS}, A, "expired"},
		{{.expires_s = NOW + DAY}, {SEALS}, A, "expires-soon"},
		{{.expires_s = NOW + 60 * DAY}, {SEALS}, A, ""},
		{{.version = 4}, {{.can_encrypt = false}}, A, "sign-only"},
		{{.version = 4}, {{.can_encrypt = true, .invalid = true}}, A,
			"sign-only"},
		{{.version = 4}, {{.can_encrypt = true, .revoked = true}}, A,
			"no-encryption-subkey"},
		{{.version = 4}, {{.can_encrypt = true, .expires_s = NOW}}, A,
			"expired"},
		{{.version = 4},
			{{.can_encrypt = true, .expires_s = NOW + DAY}}, A,
			"expires-soon"},
		{{.version = 4},
			{{.can_encrypt = true, .expires_s = NOW + DAY}, SEALS},
			A, "encryption-subkeys"},
		{{.version = 4}, {SEALS}, {.text = {"Bob", 3}}, "no-address"},
		{{.version = 4}, {SEALS},
			{.text = {"a@b.c", 5}, .revoked = true},
			"no-user-id uid-revoked"},
		{{.version = 4}, {SEALS},
			{.text = {"a@b.c", 5}, .invalid = true},
			"no-user-id uid-invalid"},
		{{.version = 4}, {SEALS},
			{.text = {"a@b.c", 5}, .expires_s = NOW},
			"no-user-id uid-expired"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		struct ps_key_subkey sub[2] = {row[i].sub[0], row[i].sub[1]};
		struct ps_key_uid uid = row[i].uid;
		struct ps_key_record r = row[i].key;

		r.subkey = sub;
		r.n_subkey = 2;
		r.uid = &uid;
		r.n_uid = 1;
		assert_string_equal(
			words(PS_LIT(ED25519 UID GOOD), &r), row[i].words);
	}
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

static const struct CMUnitTest tests[] = {
	T(packets_alone_tell_what_nobody_can_use_or_should),
	T(a_flood_is_named),
	T(what_the_engine_said_is_put_into_words),
};

PS_TESTS("cert_lint", tests)
