/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * The Autocrypt field read and written.
 */
#include "tap.h"

#include <stdio.h>

#include "openpgp/autocrypt.h"

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
a_field_says_address_key_and_preference(void **state)
{
	static const struct {
		const char *value, *addr, *keydata;
		bool mutual;
	} row[] = {
		{"addr=a@example.org; keydata=YWJj", "a@example.org", "abc",
			false},
		{"addr=A@Example.ORG; prefer-encrypt=mutual; keydata=YWJj",
			"A@example.org", "abc", true},
		{" addr=a@b.c ;\r\n keydata=\r\n YW\r\n\tJj", "a@b.c", "abc",
			false},
		{"keydata=YQ==; addr=a@b.c;", "a@b.c", "a", false},
		{"addr=a@b.c;_new=1;_new=2; prefer-encrypt=x; keydata=YQ==",
			"a@b.c", "a", false},
		{"addr=a@b.c; prefer-encrypt=MUTUAL; keydata=YQ==", "a@b.c",
			"a", false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		struct ps_autocrypt f;
		const char *why = "";

		if (ps_autocrypt_read(a, ps_bytes_of(row[i].value), &f, &why) !=
			PS_OK)
			fail_msg("%s: %s", row[i].value, why);
		assert_bytes(f.addr.full, row[i].addr);
		assert_bytes(f.keydata, row[i].keydata);
		assert_int_equal(f.prefers_mutual, row[i].mutual);
	}
}

static void
a_field_that_is_not_right_says_what_is_wrong(void **state)
{
	static const struct {
		const char *value, *why;
	} row[] = {
		{"", "the Autocrypt field has no address"},
		{"keydata=YQ==", "the Autocrypt field has no address"},
		{"addr=; keydata=YQ==", "the Autocrypt field has no address"},
		{"addr=a@b.c", "the Autocrypt field has no key"},
		{"addr=a@b.c; keydata=", "the Autocrypt field has no key"},
		{"addr=a@b.c; keydata=Y!==",
			"the key of the Autocrypt field is not base64"},
		{"addr=a@b.c; keydata=YQ==YQ==",
			"the key of the Autocrypt field is not base64"},
		{"addr=a@b.c; keydata==",
			"the key of the Autocrypt field is not base64"},
		{"addr=a@b.c; addr=a@b.c; keydata=YQ==",
			"an Autocrypt attribute stands twice"},
		{"addr=a@b.c; keydata=YQ==; keydata=YQ==",
			"an Autocrypt attribute stands twice"},
		{"addr=a@b.c; type=1; keydata=YQ==",
			"the Autocrypt attribute \"type\" is critical and not "
			"known"},
		{"Addr=a@b.c; keydata=YQ==",
			"the Autocrypt attribute \"Addr\" is critical and not "
			"known"},
		{"addr=a@b.c;; keydata=YQ==",
			"an Autocrypt attribute has no name or no value"},
		{"addr=a@b.c; mutual; keydata=YQ==",
			"an Autocrypt attribute has no name or no value"},
		{"addr=<a@b.c>; keydata=YQ==",
			"the address of the Autocrypt field cannot be read"},
		{"addr=a; keydata=YQ==",
			"the address of the Autocrypt field cannot be read"},
		{"addr=a@b.c, d@e.f; keydata=YQ==",
			"the address of the Autocrypt field cannot be read"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		struct ps_autocrypt f;
		const char *why = "";

		if (ps_autocrypt_read(a, ps_bytes_of(row[i].value), &f, &why) !=
			PS_EPERM)
			fail_msg("%s", row[i].value);
		assert_string_equal(why, row[i].why);
	}
}

static void
what_is_written_is_folded_and_read_again(void **state)
{
	static const char local[] = "a-rather-long-local-part-of-an-address-"
				    "that-leaves-no-room";
	char key[1000], value[80];
	struct ps_autocrypt in = {.prefers_mutual = true}, out;
	struct ps_bytes text, rest, line;
	const char *why = "";
	size_t column = sizeof("Autocrypt: ") - 1;

	(void)state;
	for (size_t i = 0; i < sizeof(key); i++)
		key[i] = (char)(i * 7);
	for (size_t len = 0; len < sizeof(local); len += 5) {
		snprintf(value, sizeof(value), "a%.*s@example.org", (int)len,
			local);
		assert_int_equal(
			ps_addr_path(a, ps_bytes_of(value), &in.addr, &why),
			PS_OK);
		in.keydata = ps_bytes(key, sizeof(key) - len);
		text = ps_autocrypt_write(a, &in);
		rest = text;
		while (ps_bytes_line(&rest, &line)) {
			line = ps_bytes_chomp(line);
			assert_true(column + line.len <= 76 ||
				    (column > 0 && len > 40));
			assert_true(column > 0 || line.p[0] == ' ');
			column = 0;
		}
		column = sizeof("Autocrypt: ") - 1;
		assert_int_equal(ps_autocrypt_read(a, text, &out, &why), PS_OK);
		assert_true(ps_bytes_eq(out.addr.full, in.addr.full));
		assert_true(ps_bytes_eq(out.keydata, in.keydata));
		assert_true(out.prefers_mutual);
	}
}

static void
what_no_field_can_hold_is_not_written(void **state)
{
	struct ps_autocrypt f = {.keydata = PS_LIT("abc")};
	char *large = ps_arena_alloc(a, PS_AUTOCRYPT_MAX);
	const char *why = "";

	(void)state;
	f.addr.full = PS_LIT("\"a;b\"@example.org");
	assert_int_equal(ps_autocrypt_write(a, &f).len, 0);
	f.addr.full = PS_LIT("a@example.org");
	f.keydata = ps_bytes(large, PS_AUTOCRYPT_MAX * 3 / 4);
	assert_int_equal(ps_autocrypt_write(a, &f).len, 0);
	f.keydata = ps_bytes(large, PS_AUTOCRYPT_MAX + 1);
	assert_int_equal(ps_autocrypt_write(a, &f).len, 0);
	assert_int_equal(ps_autocrypt_read(a, f.keydata, &f, &why), PS_ELIMIT);
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

static const struct CMUnitTest tests[] = {
	T(a_field_says_address_key_and_preference),
	T(a_field_that_is_not_right_says_what_is_wrong),
	T(what_is_written_is_folded_and_read_again),
	T(what_no_field_can_hold_is_not_written),
};

PS_TESTS("autocrypt", tests)
