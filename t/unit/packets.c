/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * The packet walk: what proves a seal, and what must never pass for one.  The
 * messages are real ones, made by t/data/pgp/make.
 */
#include "tap.h"

#include <stdlib.h>

#include "data.h"
#include "openpgp/armor.h"
#include "openpgp/packets.h"

static struct ps_arena *arena;
static uint64_t key[2]; /* alice, bob */

static struct ps_bytes
message(const char *name)
{
	return data_own(arena, ps_arena_printf(arena, "pgp/%s.pgp", name));
}

static struct ps_bytes
joined(struct ps_bytes a, struct ps_bytes b)
{
	char *p = ps_arena_alloc(arena, a.len + b.len);

	memcpy(p, a.p, a.len);
	memcpy(p + a.len, b.p, b.len);
	return ps_bytes(p, a.len + b.len);
}

static enum ps_status
check(struct ps_bytes b, size_t n)
{
	const char *why = NULL;
	enum ps_status s = ps_packets_check(b, key, n, &why);

	assert_true((s == PS_OK) == (why == NULL));
	return s;
}

static enum ps_status
check_bob(struct ps_bytes b)
{
	const char *why = NULL;

	return ps_packets_check(b, key + 1, 1, &why);
}

/* The nth packet of a message, header and body. */
static struct ps_bytes
packet(struct ps_bytes b, size_t nth)
{
	struct ps_packet p;
	const char *why;
	bool got;

	do {
		assert_int_equal(ps_packets_next(&b, &p, &got, &why), PS_OK);
		assert_true(got);
	} while (nth-- > 0);
	return p.raw;
}

static void
a_message_for_exactly_the_planned_keys_passes(void **state)
{
	uint64_t swapped[2] = {key[1], key[0]};
	uint64_t twice[3] = {key[0], key[1], key[0]};
	const char *why = NULL;

	(void)state;
	assert_int_equal(check(message("one"), 1), PS_OK);
	assert_int_equal(check(message("two"), 2), PS_OK);
	assert_int_equal(check(message("partial"), 1), PS_OK);
	assert_int_equal(check(message("aead"), 1), PS_OK);
	assert_int_equal(
		ps_packets_check(message("two"), swapped, 2, &why), PS_OK);
	assert_int_equal(
		ps_packets_check(message("two"), twice, 3, &why), PS_OK);
}

static void
a_missing_or_an_additional_recipient_is_refused(void **state)
{
	struct ps_bytes one = message("one"), two = message("two");
	struct ps_bytes again = joined(packet(one, 0), one);

	(void)state;
	assert_int_equal(check(one, 2), PS_EPERM);
	assert_int_equal(check(two, 1), PS_EPERM);
	assert_int_equal(check_bob(one), PS_EPERM);
	assert_int_equal(check_bob(two), PS_EPERM);
	assert_int_equal(check(again, 1), PS_EPERM);
	assert_int_equal(check(joined(packet(two, 1), one), 1), PS_EPERM);
	assert_int_equal(check(joined(packet(message("symmetric"), 0), one), 1),
		PS_EPERM);
}

static void
a_hidden_recipient_is_never_a_planned_one(void **state)
{
	(void)state;
	assert_int_equal(check(message("hidden"), 2), PS_EPERM);
	assert_true(ps_packets_is_sealed(message("hidden")));
}

static void
nobody_and_too_many_are_refused(void **state)
{
	static uint64_t many[PS_PACKETS_MAX_KEYS + 1];
	struct ps_bytes one = message("one");
	const char *why = NULL;

	(void)state;
	assert_int_equal(check(one, 0), PS_EPERM);
	assert_int_equal(check(packet(one, 1), 0), PS_EPERM);
	assert_int_equal(ps_packets_check(one, many,
				 sizeof(many) / sizeof(many[0]), &why),
		PS_ELIMIT);
	assert_int_equal(ps_packets_check(one, many, PS_PACKETS_MAX_KEYS, &why),
		PS_EPERM);
}

static void
a_message_cut_anywhere_is_refused(void **state)
{
	const char *const names[] = {"one", "two", "partial", "aead"};

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		struct ps_bytes b = message(names[i]);

		for (size_t n = 0; n < b.len; n++) {
			/* an exact copy: a read past it is seen by asan */
			char *cut = malloc(n + 1);
			struct ps_bytes c = {cut, n};

			assert_non_null(cut);
			memcpy(cut, b.p, n);
			assert_int_equal(check(c, i == 1 ? 2 : 1), PS_EPERM);
			assert_false(ps_packets_is_sealed(c));
			free(cut);
		}
	}
}

static void
octets_behind_the_data_are_refused(void **state)
{
	const char *const names[] = {"one", "partial"};
	const struct ps_bytes tails[] = {PS_LIT("\0"), PS_LIT("\r\n"),
		PS_LIT("\xca\x03PGP"), PS_LIT("\xd2"), message("literal"),
		message("one")};

	(void)state;
	for (size_t i = 0; i < 2; i++)
		for (size_t k = 0; k < sizeof(tails) / sizeof(tails[0]); k++) {
			struct ps_bytes b = joined(message(names[i]), tails[k]);

			assert_int_equal(check(b, 1), PS_EPERM);
			assert_false(ps_packets_is_sealed(b));
		}
}

static void
what_is_not_encrypted_is_not_sealed(void **state)
{
	const char *const names[] = {"literal", "compressed", "alice"};
	struct ps_bytes pkesk = packet(message("one"), 0);

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct ps_bytes b = message(names[i]);

		assert_int_equal(check(b, 1), PS_EPERM);
		assert_int_equal(check(joined(pkesk, b), 1), PS_EPERM);
		assert_false(ps_packets_is_sealed(b));
		assert_false(ps_packets_is_sealed(joined(pkesk, b)));
	}
	assert_int_equal(check(pkesk, 1), PS_EPERM);
	assert_false(ps_packets_is_sealed(pkesk));
	assert_false(ps_packets_is_sealed(packet(message("one"), 1)));
	assert_false(ps_packets_is_sealed(ps_bytes(NULL, 0)));
}

static void
data_without_integrity_protection_is_never_sealed(void **state)
{
	(void)state;
	assert_int_equal(check(message("sed"), 1), PS_EPERM);
	assert_false(ps_packets_is_sealed(message("sed")));
}

static void
a_marker_may_stand_in_front_and_other_packets_may_not(void **state)
{
	struct ps_bytes one = message("one");
	const struct {
		struct ps_bytes front;
		bool good;
	} rows[] = {
		{PS_LIT("\xca\x03PGP"), true}, /* RFC 9580 5.8 */
		{PS_LIT("\xa8\x03PGP"), true}, /* old format */
		{PS_LIT("\xca\x03PGQ"), false},
		{PS_LIT("\xca\x04PGPP"), false},
		{PS_LIT("\xca\x00"), false},
		{PS_LIT("\xd5\x05 text"), false}, /* padding holds anything */
		{PS_LIT("\xcb\x05 text"), false},
		{PS_LIT("\xc0\x01x"), false}, /* tag 0 */
		{PS_LIT("\xff\x01x"), false}, /* tag 63 */
		{PS_LIT("\x7f"), false},      /* no packet */
		{PS_LIT("\xab"
			"x"),
			false},			  /* indeterminate length */
		{PS_LIT("\xc1\x02\x03x"), false}, /* short PKESK */
		{PS_LIT("\xc1\x00"), false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct ps_bytes b = joined(rows[i].front, one);

		assert_int_equal(check(b, 1), rows[i].good ? PS_OK : PS_EPERM);
		assert_int_equal(ps_packets_is_sealed(b), rows[i].good);
	}
}

static void
a_version_nobody_reads_is_refused(void **state)
{
	struct ps_bytes one = message("one");
	char *p = ps_arena_alloc(arena, one.len);
	size_t data = packet(one, 0).len;

	(void)state;
	memcpy(p, one.p, one.len);
	p[data + 2] = 2; /* behind a version 3 PKESK: RFC 9580 5.1 */
	assert_int_equal(check(ps_bytes(p, one.len), 1), PS_EPERM);
	p[data + 2] = 3;
	assert_false(ps_packets_is_sealed(ps_bytes(p, one.len)));
	p[data + 2] = 1;
	p[2] = 4; /* of the PKESK */
	assert_int_equal(check(ps_bytes(p, one.len), 1), PS_EPERM);
	assert_false(ps_packets_is_sealed(ps_bytes(p, one.len)));
}

static void
a_short_first_chunk_or_partial_keys_are_refused(void **state)
{
	struct ps_bytes pkesk = packet(message("one"), 0);
	char *p = ps_arena_alloc(arena, 1024);

	(void)state;
	p[0] = (char)0xd2;
	p[1] = (char)(224 + 8); /* 256 octets, fewer than RFC 9580 4.2.1.4 */
	p[2] = 1;
	p[258] = 0;
	assert_int_equal(check(joined(pkesk, ps_bytes(p, 259)), 1), PS_EPERM);
	assert_false(ps_packets_is_sealed(joined(pkesk, ps_bytes(p, 259))));
	p[1] = (char)(224 + 9);
	p[258] = 1;
	assert_int_equal(check(joined(pkesk, ps_bytes(p, 515)), 1), PS_OK);
	assert_true(ps_packets_is_sealed(joined(pkesk, ps_bytes(p, 515))));
	p[0] = (char)0xc1;
	assert_int_equal(
		check(joined(ps_bytes(p, 515), message("one")), 1), PS_EPERM);
}

static void
every_length_form_is_read(void **state)
{
	const struct {
		struct ps_bytes head;
		size_t body;
	} rows[] = {
		{PS_LIT("\xb4\x05"), 5},
		{PS_LIT("\xb5\x00\x05"), 5},
		{PS_LIT("\xb6\x00\x00\x01\x00"), 256},
		{PS_LIT("\xcd\xbf"), 191},
		{PS_LIT("\xcd\xc0\x00"), 192},
		{PS_LIT("\xcd\xdf\xff"), 8383},
		{PS_LIT("\xcd\xff\x00\x00\x20\xc0"), 8384},
		{PS_LIT("\xcd\xff\x00\x00\x00\x01"), 1},
	};
	char *body = ps_arena_alloc(arena, 10000);

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct ps_bytes b = joined(rows[i].head, ps_bytes(body, 10000));
		struct ps_packet p;
		const char *why;
		bool got;

		assert_int_equal(ps_packets_next(&b, &p, &got, &why), PS_OK);
		assert_int_equal(p.tag, PS_TAG_USER_ID);
		assert_false(p.partial);
		assert_int_equal(p.body.len, rows[i].body);
		assert_int_equal(p.raw.len, rows[i].head.len + rows[i].body);
		assert_int_equal(b.len, 10000 - rows[i].body);
	}
}

static void
a_key_is_walked_packet_by_packet(void **state)
{
	const int tags[] = {PS_TAG_PUBLIC_KEY, PS_TAG_USER_ID, PS_TAG_SIGNATURE,
		PS_TAG_PUBLIC_SUBKEY, PS_TAG_SIGNATURE};
	struct ps_bytes b = message("alice");
	struct ps_packet p;
	const char *why;
	bool got;

	(void)state;
	for (size_t i = 0; i < 5; i++) {
		assert_int_equal(ps_packets_next(&b, &p, &got, &why), PS_OK);
		assert_true(got);
		assert_int_equal(p.tag, tags[i]);
	}
	assert_int_equal(ps_packets_next(&b, &p, &got, &why), PS_OK);
	assert_false(got);
}

static void
the_answer_does_not_depend_on_the_pieces(void **state)
{
	const char *const names[] = {
		"one", "partial", "symmetric", "sed", "literal"};
	const size_t sizes[] = {1, 2, 3, 7, 64, 511, 4096};

	(void)state;
	for (size_t i = 0; i < 5; i++)
		for (size_t k = 0; k < 7; k++) {
			struct ps_bytes b = message(names[i]), rest = b;
			struct ps_packets_walk w;

			ps_packets_walk_init(&w);
			while (rest.len > 0) {
				ps_packets_walk_feed(
					&w, ps_bytes_head(rest, sizes[k]));
				rest = ps_bytes_from(rest, sizes[k]);
			}
			assert_int_equal(ps_packets_walk_sealed(&w),
				ps_packets_is_sealed(b));
			assert_int_equal(ps_packets_walk_sealed(&w), i < 3);
		}
}

static void
the_sealed_messages_of_rfc_9580_are_recognised(void **state)
{
	const char *const names[] = {"A.8.5-v6pkesk-v2seipd",
		"A.9.5.v6_skesk_eax.asc", "A.10.5.v6_skesk_ocb.asc",
		"A.12.1.v4-skesk-argon2-aes128.asc",
		"A.12.3.v4-skesk-argon2-aes256.asc"};
	const char *dir = data_suites(arena), *why;

	(void)state;
	if (dir == NULL)
		skip();
	for (size_t i = 0; i < 5; i++) {
		const char *path = ps_arena_printf(
			arena, "%s/rnp-keys/RFC9580/%s", dir, names[i]);
		struct ps_bytes text = data_read(arena, path), b, whole;

		assert_int_equal(ps_armor_read(arena, text, PS_ARMOR_MESSAGE,
					 &b, &whole, &why),
			PS_OK);
		assert_true(ps_packets_is_sealed(b));
	}
}

static int
set_up(void **state)
{
	char *ids;

	(void)state;
	arena = ps_arena_new(PS_ARENA_PLAIN);
	ids = ps_arena_cstr(arena, data_own(arena, "pgp/key-ids"));
	key[0] = strtoull(ids, &ids, 16);
	key[1] = strtoull(ids, &ids, 16);
	return key[0] == 0 || key[1] == 0;
}

static int
tear_down(void **state)
{
	(void)state;
	ps_arena_free(arena);
	return 0;
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(a_message_for_exactly_the_planned_keys_passes),
	cmocka_unit_test(a_missing_or_an_additional_recipient_is_refused),
	cmocka_unit_test(a_hidden_recipient_is_never_a_planned_one),
	cmocka_unit_test(nobody_and_too_many_are_refused),
	cmocka_unit_test(a_message_cut_anywhere_is_refused),
	cmocka_unit_test(octets_behind_the_data_are_refused),
	cmocka_unit_test(what_is_not_encrypted_is_not_sealed),
	cmocka_unit_test(data_without_integrity_protection_is_never_sealed),
	cmocka_unit_test(a_marker_may_stand_in_front_and_other_packets_may_not),
	cmocka_unit_test(a_version_nobody_reads_is_refused),
	cmocka_unit_test(a_short_first_chunk_or_partial_keys_are_refused),
	cmocka_unit_test(every_length_form_is_read),
	cmocka_unit_test(a_key_is_walked_packet_by_packet),
	cmocka_unit_test(the_answer_does_not_depend_on_the_pieces),
	cmocka_unit_test(the_sealed_messages_of_rfc_9580_are_recognised),
};

int
main(void)
{
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("packets", tests, set_up, tear_down);
}
