/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Key records, with moduli made of ones: nothing here signs.
 */
#include "tap.h"

#include <openssl/evp.h>
#include <openssl/x509.h>

#include "auth/dkim_key.h"
#include "auth/rsa_der.h"
#include "base/buf.h"
#include "dns_world.h"
#include "mail/tagval.h"

#define N(a) (sizeof(a) / sizeof((a)[0]))

static char *
base64(struct ps_arena *a, struct ps_bytes octets)
{
	char *out = ps_arena_alloc(a, octets.len / 3 * 4 + 8);

	EVP_EncodeBlock((unsigned char *)out, (const unsigned char *)octets.p,
		(int)octets.len);
	return out;
}

static struct ps_rsa_key
rsa(struct ps_arena *a, unsigned bits, struct ps_bytes exponent)
{
	size_t len = (bits + 7) / 8;
	char *n = ps_arena_alloc(a, len);

	memset(n, 0xff, len);
	n[0] = (char)(0xff >> (8 * len - bits));
	return (struct ps_rsa_key){ps_bytes(n, len), exponent, bits};
}

static const struct ps_bytes F4 = {"\1\0\1", 3};

/* p= of an RSA key, as SubjectPublicKeyInfo or bare. */
static char *
p_rsa(struct ps_arena *a, unsigned bits, bool bare)
{
	struct ps_rsa_key key = rsa(a, bits, F4);
	struct ps_bytes der = ps_rsa_der_write(a, &key);

	/* sequences over 255 octets have heads of 4 */
	if (bare)
		der = ps_bytes_from(der, 4 + 15 + 4 + 1);
	return base64(a, der);
}

/* %R is a good RSA key of 2048 bits, %E 32 octets. */
static struct ps_bytes
record(struct ps_arena *a, const char *text)
{
	struct ps_bytes point = PS_LIT("0123456789abcdef0123456789abcdef");
	struct ps_buf b;
	struct ps_bytes out;

	ps_buf_init(&b, 65536);
	for (; *text != '\0'; text++) {
		if (*text != '%') {
			ps_buf_putc(&b, *text);
			continue;
		}
		text++;
		ps_buf_puts(&b, *text == 'R' ? p_rsa(a, 2048, false)
					     : base64(a, point));
	}
	out = ps_arena_copy(a, ps_buf_bytes(&b));
	ps_buf_free(&b);
	return out;
}

static const struct {
	const char *text;
	enum ps_auth_result result;
	enum ps_dkim_key_type type;
	bool sha1, sha256, testing, strict;
} records[] = {
	{"v=DKIM1; k=rsa; p=%R", PS_AUTH_PASS, 0, 1, 1, 0, 0},
	{"v=DKIM1;p=%R;", PS_AUTH_PASS, 0, 1, 1, 0, 0},
	{"p=%R", PS_AUTH_PASS, 0, 1, 1, 0, 0},
	{" k = rsa ; p = %R ; ", PS_AUTH_PASS, 0, 1, 1, 0, 0},
	{"k=rsa; p=\t%R", PS_AUTH_PASS, 0, 1, 1, 0, 0},
	{"v=DKIM1; k=ed25519; p=%E", PS_AUTH_PASS, 1, 1, 1, 0, 0},
	{"v=DKIM1; h=sha256; p=%R", PS_AUTH_PASS, 0, 0, 1, 0, 0},
	{"v=DKIM1; h=sha1; p=%R", PS_AUTH_PASS, 0, 1, 0, 0, 0},
	{"v=DKIM1; h=sha3 : sha256; p=%R", PS_AUTH_PASS, 0, 0, 1, 0, 0},
	{"v=DKIM1; h=md5; p=%R", PS_AUTH_PASS, 0, 0, 0, 0, 0},
	{"v=DKIM1; h=; p=%R", PS_AUTH_PASS, 0, 0, 0, 0, 0},
	{"v=DKIM1; t=y; p=%R", PS_AUTH_PASS, 0, 1, 1, 1, 0},
	{"v=DKIM1; t=s; p=%R", PS_AUTH_PASS, 0, 1, 1, 0, 1},
	{"v=DKIM1; t=s:y; p=%R", PS_AUTH_PASS, 0, 1, 1, 1, 1},
	{"v=DKIM1; t=foo : y; p=%R", PS_AUTH_PASS, 0, 1, 1, 1, 0},
	{"v=DKIM1; t=Y; p=%R", PS_AUTH_PASS, 0, 1, 1, 0, 0},
	{"v=DKIM1; s=email; p=%R", PS_AUTH_PASS, 0, 1, 1, 0, 0},
	{"v=DKIM1; s=*; p=%R", PS_AUTH_PASS, 0, 1, 1, 0, 0},
	{"v=DKIM1; s=tlsrpt:email; p=%R", PS_AUTH_PASS, 0, 1, 1, 0, 0},
	{"v=DKIM1; s=tlsrpt; p=%R", PS_AUTH_PERMERROR, 0, 1, 1, 0, 0},
	{"v=DKIM1; s=; p=%R", PS_AUTH_PERMERROR, 0, 1, 1, 0, 0},
	{"v=DKIM1; n=what a note?; p=%R", PS_AUTH_PASS, 0, 1, 1, 0, 0},
	{"v=DKIM1; g=*; x-y=1; p=%R", PS_AUTH_PERMERROR, 0, 0, 0, 0, 0},
	{"v=DKIM1; g=; x_y=1; p=%R", PS_AUTH_PASS, 0, 1, 1, 0, 0},
	{"v=DKIM1; k=rsa; p=", PS_AUTH_PERMERROR, 0, 1, 1, 0, 0},
	{"v=DKIM1; k=rsa", PS_AUTH_PERMERROR, 0, 1, 1, 0, 0},
	{"v=DKIM1; k=dsa; p=%R", PS_AUTH_PERMERROR, 1, 0, 0, 0, 0},
	{"v=DKIM1; k=RSA; p=%R", PS_AUTH_PERMERROR, 1, 0, 0, 0, 0},
	{"v=DKIM1; k=; p=%R", PS_AUTH_PERMERROR, 1, 0, 0, 0, 0},
	{"v=DKIM1; k=ed25519; p=%R", PS_AUTH_PERMERROR, 1, 1, 1, 0, 0},
	{"v=DKIM1; k=rsa; p=%E", PS_AUTH_PERMERROR, 0, 1, 1, 0, 0},
	{"v=DKIM1; p=%R==", PS_AUTH_PERMERROR, 0, 1, 1, 0, 0},
	{"v=DKIM1; p=M*; ", PS_AUTH_PERMERROR, 0, 1, 1, 0, 0},
	{"v=DKIM1; p=MIIB", PS_AUTH_PERMERROR, 0, 1, 1, 0, 0},
	{"v=DKIM2; p=%R", PS_AUTH_PERMERROR, 0, 0, 0, 0, 0},
	{"v=dkim1; p=%R", PS_AUTH_PERMERROR, 0, 0, 0, 0, 0},
	{"v=; p=%R", PS_AUTH_PERMERROR, 0, 0, 0, 0, 0},
	{"k=rsa; v=DKIM1; p=%R", PS_AUTH_PERMERROR, 0, 0, 0, 0, 0},
	{"v=DKIM1; p=%R; p=%R", PS_AUTH_PERMERROR, 0, 0, 0, 0, 0},
	{"v=DKIM1; n=a; n=b; p=%R", PS_AUTH_PERMERROR, 0, 0, 0, 0, 0},
	{"v=DKIM1; p=%R; garbage", PS_AUTH_PERMERROR, 0, 0, 0, 0, 0},
	{"v=DKIM1;; p=%R", PS_AUTH_PERMERROR, 0, 0, 0, 0, 0},
	{"v=spf1 -all", PS_AUTH_PERMERROR, 0, 0, 0, 0, 0},
	{"", PS_AUTH_PERMERROR, 0, 0, 0, 0, 0},
	{";", PS_AUTH_PERMERROR, 0, 0, 0, 0, 0},
};

static void
a_record_means_what_its_tags_say(void **state)
{
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);

	(void)state;
	for (size_t i = 0; i < N(records); i++) {
		struct ps_dkim_key key;

		ps_dkim_key_parse(a, record(a, records[i].text), &key);
		if (key.result != records[i].result ||
			key.type != records[i].type ||
			key.sha1 != records[i].sha1 ||
			key.sha256 != records[i].sha256 ||
			key.testing != records[i].testing ||
			key.strict != records[i].strict)
			fail_msg("%s: %s (%s)", records[i].text,
				ps_auth_result_name(key.result), key.why);
		if (key.result != PS_AUTH_PASS && key.why == NULL)
			fail_msg("%s: no reason", records[i].text);
	}
	ps_arena_free(a);
}

static const struct {
	unsigned bits;
	enum ps_auth_result result;
} sizes[] = {
	{512, PS_AUTH_POLICY},
	{768, PS_AUTH_POLICY},
	{1023, PS_AUTH_POLICY},
	{1024, PS_AUTH_PASS},
	{1025, PS_AUTH_PASS},
	{2048, PS_AUTH_PASS},
	{3072, PS_AUTH_PASS},
	{4096, PS_AUTH_PASS},
	{8192, PS_AUTH_PASS},
	{8193, PS_AUTH_POLICY},
	{16384, PS_AUTH_POLICY},
	{32768, PS_AUTH_PERMERROR},
};

static void
rsa_keys_of_1024_to_8192_bits_are_good(void **state)
{
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);

	(void)state;
	for (size_t i = 0; i < N(sizes); i++) {
		char *text = ps_arena_printf(
			a, "k=rsa; p=%s", p_rsa(a, sizes[i].bits, false));
		struct ps_dkim_key key;

		ps_dkim_key_parse(a, ps_bytes_of(text), &key);
		assert_int_equal(key.result, sizes[i].result);
		if (key.result != PS_AUTH_PERMERROR)
			assert_int_equal(key.bits, sizes[i].bits);
	}
	ps_arena_free(a);
}

static void
a_bare_key_becomes_the_same_as_a_wrapped_one(void **state)
{
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);
	struct ps_dkim_key bare, wrapped;

	(void)state;
	ps_dkim_key_parse(a,
		ps_bytes_of(ps_arena_printf(a, "p=%s", p_rsa(a, 2048, true))),
		&bare);
	ps_dkim_key_parse(a,
		ps_bytes_of(ps_arena_printf(a, "p=%s", p_rsa(a, 2048, false))),
		&wrapped);
	assert_int_equal(bare.result, PS_AUTH_PASS);
	assert_true(ps_bytes_eq(bare.octets, wrapped.octets));
	assert_true(ps_bytes_eq(bare.modulus, wrapped.modulus));
	assert_true(ps_bytes_eq(bare.exponent, F4));
	ps_arena_free(a);
}

static void
the_library_reads_what_is_written(void **state)
{
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);

	(void)state;
	for (unsigned bits = 1024; bits <= 8192; bits += 511) {
		struct ps_rsa_key key = rsa(a, bits, F4);
		struct ps_bytes der = ps_rsa_der_write(a, &key);
		const unsigned char *p = (const unsigned char *)der.p;
		EVP_PKEY *read = d2i_PUBKEY(NULL, &p, (long)der.len);

		assert_non_null(read);
		assert_ptr_equal(p, der.p + der.len);
		assert_int_equal(EVP_PKEY_get_bits(read), (int)bits);
		EVP_PKEY_free(read);
	}
	ps_arena_free(a);
}

static void
a_key_that_is_cut_or_changed_is_none(void **state)
{
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);
	struct ps_rsa_key key = rsa(a, 1024, F4), out;
	struct ps_bytes der = ps_rsa_der_write(a, &key), more;
	char *p = ps_arena_alloc(a, der.len + 1);

	(void)state;
	memcpy(p, der.p, der.len);
	for (size_t i = 0; i < der.len; i++)
		assert_false(ps_rsa_der_read(ps_bytes(p, i), &out));
	more = ps_bytes(p, der.len + 1);
	assert_false(ps_rsa_der_read(more, &out));
	p[der.len - 1] = 0; /* the exponent is even */
	assert_false(ps_rsa_der_read(ps_bytes(p, der.len), &out));
	key.exponent = PS_LIT("\1");
	assert_false(ps_rsa_der_read(ps_rsa_der_write(a, &key), &out));
	key.exponent = PS_LIT("\3");
	assert_true(ps_rsa_der_read(ps_rsa_der_write(a, &key), &out));
	ps_arena_free(a);
}

static void
an_exponent_that_is_large_only_to_cost_time_is_refused(void **state)
{
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);
	struct ps_rsa_key key = rsa(a, 2048, F4);
	struct ps_dkim_key out;

	(void)state;
	key.exponent = ps_bytes_head(key.modulus, 200);
	ps_dkim_key_parse(a,
		ps_bytes_of(ps_arena_printf(
			a, "p=%s", base64(a, ps_rsa_der_write(a, &key)))),
		&out);
	assert_int_equal(out.result, PS_AUTH_POLICY);
	ps_arena_free(a);
}

static const struct {
	const char *text, *octets;
} encoded[] = {
	{"", ""},
	{"YQ==", "a"},
	{"YQ", "a"},
	{"YWI=", "ab"},
	{"YWI", "ab"},
	{"YWJj", "abc"},
	{" Y W\r\n\tJ j ", "abc"},
	{"YWJjZA==", "abcd"},
	{"Y", NULL},
	{"YWJjZ", NULL},
	{"YQ=", NULL},
	{"YWJj=", NULL},
	{"YWJj====", NULL},
	{"YQ==YQ==", NULL},
	{"YW-j", NULL},
	{"=", NULL},
};

static void
base64_has_blanks_anywhere_and_padding_at_the_end(void **state)
{
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);
	struct ps_bytes out;

	(void)state;
	for (size_t i = 0; i < N(encoded); i++) {
		bool good =
			ps_tagval_base64(a, ps_bytes_of(encoded[i].text), &out);

		if (good != (encoded[i].octets != NULL))
			fail_msg("'%s'", encoded[i].text);
		if (good)
			assert_bytes(out, encoded[i].octets);
	}
	ps_arena_free(a);
}

#define KEY "TXT \"k=ed25519; p=MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=\""

static const char zone[] =
	"good._domainkey.example.com. " KEY "\n"
	"split._domainkey.example.com. TXT \"k=ed25519; p=MDEyMzQ1Njc4OWFiY\" "
	"\"2RlZjAxMjM0NTY3ODlhYmNkZWY=\"\n"
	"a.b._domainkey.example.com. " KEY "\n"
	"two._domainkey.example.com. " KEY "\n"
	"two._domainkey.example.com. TXT \"v=spf1 -all\"\n"
	"away._domainkey.example.com. CNAME good._domainkey.example.com.\n"
	"host._domainkey.example.com. A 192.0.2.1\n"
	"dead._domainkey.example.com. SERVFAIL\n"
	"slow._domainkey.example.com. TIMEOUT\n"
	"lies._domainkey.example.com. BOGUS\n"
	"xn--zca2d._domainkey.xn--bcher-kva.example. " KEY "\n"
	"$SECURE on\n"
	"safe._domainkey.example.com. " KEY "\n"
	"gone._domainkey.example.com. A 192.0.2.1\n";

static const struct {
	const char *selector, *domain;
	enum ps_auth_result result;
	bool secure;
	size_t n_query;
} fetches[] = {
	{"good", "example.com", PS_AUTH_PASS, false, 1},
	{"GOOD", "Example.COM", PS_AUTH_PASS, false, 1},
	{"good", "example.com.", PS_AUTH_PASS, false, 1},
	{"split", "example.com", PS_AUTH_PASS, false, 1},
	{"a.b", "example.com", PS_AUTH_PASS, false, 1},
	{"two", "example.com", PS_AUTH_PERMERROR, false, 1},
	{"away", "example.com", PS_AUTH_PASS, false, 1},
	{"host", "example.com", PS_AUTH_PERMERROR, false, 1},
	{"none", "example.com", PS_AUTH_PERMERROR, false, 1},
	{"dead", "example.com", PS_AUTH_TEMPERROR, false, 1},
	{"slow", "example.com", PS_AUTH_TEMPERROR, false, 1},
	{"lies", "example.com", PS_AUTH_TEMPERROR, false, 1},
	{"safe", "example.com", PS_AUTH_PASS, true, 1},
	{"gone", "example.com", PS_AUTH_PERMERROR, true, 1},
	{"\xc3\x9f"
	 "\xc3\xbc",
		"b\xc3\xbc"
		"cher.example",
		PS_AUTH_PASS, false, 1},
	{"", "example.com", PS_AUTH_PERMERROR, false, 0},
	{"good", "", PS_AUTH_PERMERROR, false, 0},
	{"a..b", "example.com", PS_AUTH_PERMERROR, false, 0},
	{"go od", "example.com", PS_AUTH_PERMERROR, false, 0},
	{"good", "exa\nmple.com", PS_AUTH_PERMERROR, false, 0},
	{"good", "\xff.com", PS_AUTH_PERMERROR, false, 0},
};

static void
an_absence_is_permanent_and_trouble_is_not(void **state)
{
	struct dns_world w;

	(void)state;
	dns_world_open(&w, zone);
	for (size_t i = 0; i < N(fetches); i++) {
		struct ps_dkim_key key;

		w.n_query = 0;
		ps_dkim_key_fetch(w.arena, ps_bytes_of(fetches[i].selector),
			ps_bytes_of(fetches[i].domain), &w.budget, &key);
		if (key.result != fetches[i].result ||
			key.secure != fetches[i].secure ||
			w.n_query != fetches[i].n_query)
			fail_msg("%s, %s: %s (%s), %zu queries",
				fetches[i].selector, fetches[i].domain,
				ps_auth_result_name(key.result), key.why,
				w.n_query);
		assert_int_equal(key.result == PS_AUTH_PASS, key.why == NULL);
	}
	dns_world_close(&w);
}

static void
a_name_that_is_too_long_costs_no_query(void **state)
{
	struct dns_world w;
	char label[256];
	struct ps_dkim_key key;

	(void)state;
	dns_world_open(&w, zone);
	memset(label, 'a', sizeof(label));
	for (size_t i = 60; i < sizeof(label); i += 60)
		label[i] = '.';
	ps_dkim_key_fetch(w.arena, ps_bytes(label, 230),
		PS_LIT("example.example.com"), &w.budget, &key);
	assert_int_equal(key.result, PS_AUTH_PERMERROR);
	assert_int_equal(w.n_query, 0);
	ps_dkim_key_ahead(w.arena, ps_bytes(label, 230),
		PS_LIT("example.example.com"), &w.budget);
	assert_int_equal(w.n_ahead, 0);
	ps_dkim_key_ahead(
		w.arena, PS_LIT("good"), PS_LIT("example.com"), &w.budget);
	assert_int_equal(w.n_ahead, 1);
	dns_world_close(&w);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(a_record_means_what_its_tags_say),
	cmocka_unit_test(rsa_keys_of_1024_to_8192_bits_are_good),
	cmocka_unit_test(a_bare_key_becomes_the_same_as_a_wrapped_one),
	cmocka_unit_test(the_library_reads_what_is_written),
	cmocka_unit_test(a_key_that_is_cut_or_changed_is_none),
	cmocka_unit_test(
		an_exponent_that_is_large_only_to_cost_time_is_refused),
	cmocka_unit_test(base64_has_blanks_anywhere_and_padding_at_the_end),
	cmocka_unit_test(an_absence_is_permanent_and_trouble_is_not),
	cmocka_unit_test(a_name_that_is_too_long_costs_no_query),
};

PS_TESTS("dkim_key", tests)
