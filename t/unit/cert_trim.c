/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Certificates written as letters, one a packet, brought down to what sealing
 * needs.
 */
#include "tap.h"

#include <stdlib.h>

#include "base/buf.h"
#include "mail/addr.h"
#include "openpgp/cert_raw.h"
#include "openpgp/cert_trim.h"

#define OWN    "\x94\x90\x13\xb2\xe6\xfa\x92\xab" /* key id of KEY4 */
#define OTHER  "\x01\x02\x03\x04\x05\x06\x07\x08"
#define NOBODY NULL

static const struct packet {
	char letter;
	int tag;
	const char *body; /* or a signature: */
	int class;
	const char *by;
} packets[] = {
	{'K', 6, "\x04zzz\x01\x01", 0, NULL}, /* see put() */
	{'6', 6, "\x06zzz\x01\x01", 0, NULL},
	{'X', 5, "\x04zzz\x01\x01", 0, NULL},
	{'x', 7, "\x04zzz\x01\x01", 0, NULL},
	{'u', 13, "A <a@example.org>", 0, NULL},
	{'e', 13, "a@example.org <eve@example.net>", 0, NULL},
	{'f', 13, "Eve <not-a@example.org>", 0, NULL},
	{'g', 13, "Eve <a@example.org.evil.example>", 0, NULL},
	{'h', 13, "Eve <eve@example.net> <a@example.org>", 0, NULL},
	{'S', 14, "\x04zzz\x02\x01\x01", 0, NULL},
	{'5', 14, "\x05zzz\x02\x01\x01", 0, NULL},
	{'a', 17, "jpeg", 0, NULL},
	{'m', 10, "PGP", 0, NULL},
	{'T', 12, "tt", 0, NULL},
	{'P', 21, "padding", 0, NULL},
	{'c', 30, "critical", 0, NULL},
	{'n', 60, "not critical", 0, NULL},
	{'s', 2, NULL, 0x13, OWN},
	{'w', 2, NULL, 0x10, NOBODY},
	{'t', 2, NULL, 0x13, OTHER},
	{'r', 2, NULL, 0x30, OWN},
	{'q', 2, NULL, 0x30, OTHER},
	{'D', 2, NULL, 0x1f, OWN},
	{'R', 2, NULL, 0x20, OWN},
	{'d', 2, NULL, 0x20, OTHER},
	{'b', 2, NULL, 0x18, OWN},
	{'B', 2, NULL, 0x18, OTHER},
	{'k', 2, NULL, 0x28, OWN},
};

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
put_signature(struct ps_buf *b, const struct packet *p)
{
	const char head[] = {4, (char)p->class, 1, 8, 0, 0, 0};
	const char tail[] = {1, 2, 0, 25, 1, 1, 1, 1};

	ps_buf_putc(b, (char)0xc2);
	ps_buf_putc(b, (char)(sizeof(head) + 1 + sizeof(tail) +
			       (p->by == NULL ? 0 : 10)));
	ps_buf_put(b, ps_bytes(head, sizeof(head)));
	ps_buf_putc(b, p->by == NULL ? 0 : 10);
	if (p->by != NULL) {
		ps_buf_put(b, PS_LIT("\x09\x10"));
		ps_buf_put(b, ps_bytes(p->by, 8));
	}
	ps_buf_put(b, ps_bytes(tail, sizeof(tail)));
}

static void
put(struct ps_buf *b, char letter)
{
	const struct packet *p = packets;
	size_t len;

	while (p->letter != letter)
		assert_true(++p < packets + sizeof(packets) / sizeof(*packets));
	if (p->body == NULL) {
		put_signature(b, p);
		return;
	}
	len = strlen(p->body);
	ps_buf_putc(b, (char)(0xc0 | p->tag));
	ps_buf_putc(b, (char)len);
	for (size_t i = 0; i < len; i++)
		ps_buf_putc(b,
			(char)(p->body[i] == 'z' && p->tag < 15 && p->tag != 13
					? 0
					: p->body[i]));
}

/* Letters; a number repeats the letter behind it. */
static struct ps_bytes
made(const char *letters)
{
	struct ps_bytes out;
	struct ps_buf b;

	ps_buf_init(&b, (size_t)64 << 20);
	while (*letters != '\0') {
		char *end = NULL;
		unsigned long n = 1;

		if (*letters == '*')
			n = strtoul(letters + 1, &end, 10);
		if (end != NULL)
			letters = end;
		for (; n > 0; n--)
			put(&b, *letters);
		letters++;
	}
	assert_false(b.full);
	out = ps_arena_copy(a, ps_buf_bytes(&b));
	ps_buf_free(&b);
	return out;
}

static bool
is_a(void *self, struct ps_bytes uid)
{
	const char *ignored;
	struct ps_addr addr;

	(void)self;
	return ps_addr_user_id(a, uid, &addr, &ignored) == PS_OK &&
	       ps_bytes_eq(addr.full, PS_LIT("a@example.org"));
}

static struct ps_cert_trim
only_a(void)
{
	struct ps_cert_trim how = ps_cert_trim_default;

	how.wants_uid = is_a;
	return how;
}

static void
what_sealing_needs_is_kept_and_nothing_else(void **state)
{
	static const struct {
		const char *in, *out;
		size_t n_dropped;
	} row[] = {
		{"Kus", "Kus", 0},
		{"KusSb", "KusSb", 0},
		{"KDRusrSbk", "KDRusrSbk", 0},
		{"KuwSb", "KuwSb", 0},	       /* says not by whom */
		{"KustttSbB", "KusSb", 4},     /* third parties */
		{"KdusdSb", "KusSb", 2},       /* a designated revoker */
		{"KesusfsgshsSb", "KusSb", 8}, /* names that look like it */
		{"KusasSb", "KusSb", 2},
		{"KusSBSb", "KusSb", 2}, /* a subkey that nothing binds */
		{"KusS", "Kus", 1},
		{"KuqusSb", "KusSb", 2},
		{"Kus5bSb", "KusSb", 2},
		{"KTusTmSbPn", "KusSb", 5},
		{"KusbrSbsD", "KDusrSb", 2}, /* strays */
		{"KesRusSbR", "KRRusSb", 2}, /* a revocation is never lost */
		{"KusSbus", "KusSbus", 0},
		{"KusSks", "KusSk", 1},
		{"Ku*30000tsSb", "KusSb", 30000},
		{"K*2000eus*20000fSb", "KusSb", 22000},
	};
	struct ps_cert_trim how = only_a();

	(void)state;
	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		struct ps_cert_trimmed t;
		struct ps_bytes want;
		const char *why = "";

		if (ps_cert_trim(a, made(row[i].in), &how, &t, &why) != PS_OK)
			fail_msg("%s: %s", row[i].in, why);
		want = made(row[i].out);
		if (!ps_bytes_eq(t.octets, want) ||
			t.n_dropped != row[i].n_dropped)
			fail_msg("%s: %zu octets instead of %zu, %zu dropped",
				row[i].in, t.octets.len, want.len, t.n_dropped);
		assert_true(t.n_uid > 0);
		assert_int_equal(t.n_left_uid, 0);
	}
}

static void
what_cannot_be_used_says_why(void **state)
{
	static const struct {
		const char *in;
		enum ps_status s;
		const char *why;
	} row[] = {
		{"", PS_EPERM, "it does not begin with an OpenPGP public key"},
		{"us", PS_EPERM,
			"it does not begin with an OpenPGP public key"},
		{"Xus", PS_EPERM, PS_CERT_IS_SECRET},
		{"KusxS", PS_EPERM, PS_CERT_IS_SECRET},
		{"6us", PS_EPERM,
			"it is of version 6, and only version 4 is supported"},
		{"KusK", PS_EPERM, "it is more than one certificate"},
		{"Kusc", PS_EPERM,
			"it is no certificate: it holds a packet of type 30"},
		{"KSb", PS_EPERM, "it has no user id for this address"},
		{"Kesfsgshs", PS_EPERM, "it has no user id for this address"},
		{"KesutSb", PS_EPERM,
			"its user id for this address has no signature by the "
			"key"},
		{"KurSb", PS_OK, ""}, /* revoked: the engine's to say */
		{"Ku*30000s", PS_ELIMIT,
			"it is flooded: more than 64 signatures on one user "
			"id that claim to be its own"},
		{"Ku*65w", PS_ELIMIT,
			"it is flooded: more than 64 signatures on one user "
			"id that claim to be its own"},
		{"Ku*64s", PS_OK, ""},
		{"K*65Rus", PS_ELIMIT,
			"it is flooded: more than 64 signatures on the key "
			"that claim to be its own"},
		{"KusS*65b", PS_ELIMIT,
			"it is flooded: more than 64 signatures on one subkey "
			"that claim to be its own"},
		{"Ke*30000sus", PS_OK, ""}, /* on a name that is not wanted */
	};
	struct ps_cert_trim how = only_a();

	(void)state;
	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		struct ps_cert_trimmed t;
		const char *why = "";

		assert_int_equal(
			ps_cert_trim(a, made(row[i].in), &how, &t, &why),
			row[i].s);
		assert_string_equal(why, row[i].why);
	}
}

static struct ps_bytes
many(const char *head, const char *one, size_t n)
{
	struct ps_bytes part = made(one);
	struct ps_buf b;

	ps_buf_init(&b, (size_t)64 << 20);
	ps_buf_put(&b, made(head));
	for (size_t i = 0; i < n; i++)
		ps_buf_put(&b, part);
	part = ps_arena_copy(a, ps_buf_bytes(&b));
	ps_buf_free(&b);
	return part;
}

static void
every_ceiling_holds(void **state)
{
	const struct {
		struct ps_bytes in;
		enum ps_status s;
		const char *why;
		size_t n_uid, n_left;
	} row[] = {
		{many("K", "us", 500), PS_OK, "", 500, 0},
		{many("K", "us", 2000), PS_OK, "", 500, 1500},
		{many("K", "us", 10500), PS_OK, "", 500, 10000},
		{many("K", "us", 10501), PS_ELIMIT,
			"it is flooded: more than 10000 user ids that claim "
			"to be its own",
			0, 0},
		{many("K", "ut", 20000), PS_OK, "", 0, 0},
		{many("Kus", "Sb", 64), PS_OK, "", 1, 0},
		{many("Kus", "Sb", 65), PS_ELIMIT,
			"it is flooded: more than 64 subkeys that claim to be "
			"its own",
			0, 0},
		{many("Kus", "SB", 20000), PS_OK, "", 1, 0},
		{many("K", "ussssssssss", 201), PS_ELIMIT,
			"it is flooded: more than 2000 signatures that claim "
			"to be its own",
			0, 0},
		{many("Kus", "m", 1000000), PS_ELIMIT,
			"it has more than 1000000 packets", 0, 0},
		{many("Kus", "t", 700000), PS_ELIMIT,
			"it has 19600055 octets, more than 16777216 that are "
			"read",
			0, 0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		struct ps_cert_trimmed t = {0};
		const char *why = "";

		assert_int_equal(ps_cert_trim(a, row[i].in,
					 &ps_cert_trim_default, &t, &why),
			row[i].s);
		assert_string_equal(why, row[i].why);
		assert_int_equal(t.n_uid, row[i].n_uid);
		assert_int_equal(t.n_left_uid, row[i].n_left);
	}
}

static void
a_certificate_without_user_ids_passes_where_every_one_is_wanted(void **state)
{
	struct ps_cert_trimmed t;
	const char *why = "";

	(void)state;
	assert_int_equal(
		ps_cert_trim(a, made("KRSb"), &ps_cert_trim_default, &t, &why),
		PS_OK);
	assert_true(ps_bytes_eq(t.octets, made("KRSb")));
	assert_int_equal(t.n_uid, 0);
}

static void
no_beginning_of_a_certificate_is_read_past_its_end(void **state)
{
	struct ps_bytes whole = made("KDusSb");
	struct ps_cert_trim how = only_a();
	struct ps_cert_trimmed t;
	const char *why;
	size_t n_good = 0;

	(void)state;
	for (size_t len = 0; len < whole.len; len++) {
		char *exact = malloc(len + 1);

		memcpy(exact, whole.p, len);
		n_good += ps_cert_trim(a, ps_bytes(exact, len), &how, &t,
				  &why) == PS_OK;
		free(exact);
	}
	assert_int_equal(n_good, 2); /* behind "KDus" and "KDusS" */
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test_setup_teardown(
		what_sealing_needs_is_kept_and_nothing_else, setup, teardown),
	cmocka_unit_test_setup_teardown(
		what_cannot_be_used_says_why, setup, teardown),
	cmocka_unit_test_setup_teardown(every_ceiling_holds, setup, teardown),
	cmocka_unit_test_setup_teardown(
		a_certificate_without_user_ids_passes_where_every_one_is_wanted,
		setup, teardown),
	cmocka_unit_test_setup_teardown(
		no_beginning_of_a_certificate_is_read_past_its_end, setup,
		teardown),
};

PS_TESTS("cert_trim", tests)
