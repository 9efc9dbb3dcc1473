/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Armor, written and read, and its checksum.
 */
#include "tap.h"

#include <stdlib.h>

#include "data.h"
#include "openpgp/armor.h"
#include "openpgp/crc24.h"

static struct ps_bytes
noise(struct ps_arena *a, size_t len)
{
	char *p = ps_arena_alloc(a, len + 1);
	uint32_t x = 1;

	for (size_t i = 0; i < len; i++) {
		x = x * 1103515245 + 12345;
		p[i] = (char)(x >> 16);
	}
	return ps_bytes(p, len);
}

static struct ps_bytes
armored(struct ps_arena *a, struct ps_bytes b)
{
	char *p = ps_arena_alloc(a, ps_armor_size(b.len));

	ps_armor_write(b, p);
	return ps_bytes(p, ps_armor_size(b.len));
}

/* The algorithm as RFC 4880 6.1 prints it. */
static uint32_t
crc_bit_by_bit(struct ps_bytes b)
{
	uint32_t crc = 0xb704ce;

	for (size_t i = 0; i < b.len; i++) {
		crc ^= (uint32_t)(unsigned char)b.p[i] << 16;
		for (int k = 0; k < 8; k++) {
			crc <<= 1;
			if (crc & 0x1000000)
				crc ^= 0x1864cfb;
		}
	}
	return crc & 0xffffff;
}

static void
the_checksum_is_that_of_the_rfc(void **state)
{
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);
	struct ps_bytes b = noise(a, 5000);

	(void)state;
	for (size_t n = 0; n < 600; n++) {
		struct ps_bytes part = ps_bytes_head(ps_bytes_from(b, n), n);

		assert_int_equal(ps_crc24(PS_CRC24_INIT, part) >> 8,
			crc_bit_by_bit(part));
	}
	for (int c = 0; c < 256; c++) {
		char octet = (char)c;

		assert_int_equal(
			ps_crc24(PS_CRC24_INIT, ps_bytes(&octet, 1)) >> 8,
			crc_bit_by_bit(ps_bytes(&octet, 1)));
	}
	assert_int_equal(ps_crc24(PS_CRC24_INIT, b) >> 8, crc_bit_by_bit(b));
	ps_arena_free(a);
}

static void
armor_has_the_shape_that_gpg_writes(void **state)
{
	const struct {
		struct ps_bytes in;
		const char *out;
	} rows[] = {
		{PS_LIT(""), "=twTO\r\n"},
		{PS_LIT("a"), "YQ==\r\n=8lcT\r\n"},
		{PS_LIT("ab"), "YWI=\r\n=oRot\r\n"},
		{PS_LIT("123456789"), "MTIzNDU2Nzg5\r\n=Ic8C\r\n"},
	};
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_bytes(armored(a, rows[i].in),
			ps_arena_printf(a,
				"-----BEGIN PGP MESSAGE-----\r\n\r\n%s"
				"-----END PGP MESSAGE-----\r\n",
				rows[i].out));
	ps_arena_free(a);
}

static void
every_size_is_exact_and_reads_back(void **state)
{
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);

	(void)state;
	for (size_t n = 0; n < 400; n++) {
		struct ps_bytes in = noise(a, n), out, whole, line;
		struct ps_bytes text = armored(a, in), rest = text;
		const char *why = NULL;

		assert_int_equal(ps_armor_read(a, text, PS_ARMOR_MESSAGE, &out,
					 &whole, &why),
			PS_OK);
		assert_int_equal(out.len, n);
		assert_memory_equal(out.p, in.p, n);
		assert_ptr_equal(whole.p, text.p);
		assert_int_equal(whole.len, text.len);
		while (ps_bytes_line(&rest, &line))
			assert_true(line.len <= 66 &&
				    ps_bytes_starts(
					    ps_bytes_from(line, line.len - 2),
					    PS_LIT("\r\n")));
	}
	ps_arena_free(a);
}

static void
pieces_give_the_same_as_the_whole(void **state)
{
	const size_t sizes[] = {48, 96, 480, 48 * 21};
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);
	struct ps_bytes in = noise(a, 4801), text = armored(a, in);

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		char *out = ps_arena_alloc(a, text.len);
		struct ps_armor_writer w;
		struct ps_bytes rest = in;
		size_t n = ps_armor_begin(&w, out);

		while (rest.len > 0) {
			struct ps_bytes piece = ps_bytes_head(rest, sizes[i]);

			n += ps_armor_put(&w, piece, out + n);
			rest = ps_bytes_from(rest, sizes[i]);
		}
		n += ps_armor_end(&w, out + n);
		assert_int_equal(n, text.len);
		assert_memory_equal(out, text.p, n);
	}
	ps_arena_free(a);
}

static void
reading_in_pieces_gives_the_same_as_reading_whole(void **state)
{
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);
	struct ps_bytes in = noise(a, 1000), text = armored(a, in), whole;

	(void)state;
	for (size_t size = 3; size < 70; size++) {
		char *out = ps_arena_alloc(a, 1000 + size);
		struct ps_armor_reader r;
		const char *why = NULL;
		size_t n = 0, got;

		assert_int_equal(
			ps_armor_open(&r, text, PS_ARMOR_MESSAGE, &why), PS_OK);
		while ((got = ps_armor_next(&r, out + n, size)) > 0)
			n += got;
		assert_int_equal(ps_armor_close(&r, &whole, &why), PS_OK);
		assert_int_equal(n, 1000);
		assert_memory_equal(out, in.p, n);
	}
	ps_arena_free(a);
}

#define B "-----BEGIN PGP MESSAGE-----"
#define E "-----END PGP MESSAGE-----"

static void
careless_armor_is_read(void **state)
{
	static const char *const texts[] = {
		B "\n\nMTIzNDU2Nzg5\n=Ic8C\n" E "\n",
		B "\n\nMTIzNDU2Nzg5\n" E, /* no checksum, no last line end */
		B " \t\r\n \r\nMTIzNDU2Nzg5 \r\n=Ic8C\t\r\n" E "  \r\n",
		B "\nVersion: x\nComment: y: z\nHash:\n\nMTIzNDU2Nzg5\n" E,
		B "\n\xc2\xa0\nMTIz\nNDU2Nz\ng5\n\n=Ic8C\n" E,
		B "\n\xa0\nMTIzN\n\nDU2Nzg5\n=Ic8C\n" E,
		B "\r\r\n\r\r\nMTIzNDU2Nzg5\r\r\n" E "\r\r\n",
		"text\n> " B "\n" B " x\n" B "\n\nMTIzNDU2Nzg5\n" E "\nmore\n",
		"-----BEGIN PGP SIGNED MESSAGE-----\n\n" B
		"\n\nMTIzNDU2Nzg5\n" E,
	};
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct ps_bytes out, whole;
		const char *why = "";

		if (ps_armor_read(a, ps_bytes_of(texts[i]), PS_ARMOR_MESSAGE,
			    &out, &whole, &why) != PS_OK)
			fail_msg("row %zu: %s", i, why);
		assert_bytes(out, "123456789");
		assert_true(ps_bytes_starts(whole, PS_LIT(B)));
		assert_true(
			ps_bytes_find(whole, PS_LIT("more")) == PS_NOT_FOUND);
	}
	ps_arena_free(a);
}

static void
padding_is_read_in_each_of_its_forms(void **state)
{
	static const struct {
		const char *text, *out;
	} rows[] = {
		{"YQ==", "a"},
		{"YQ=\n=", "a"},
		{"YWI=", "ab"},
		{"YWI\n=", "ab"},
		{"Y\nW\nJ\nj", "abc"},
	};
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *text =
			ps_arena_printf(a, B "\n\n%s\n" E "\n", rows[i].text);
		struct ps_bytes out, whole;
		const char *why = NULL;

		assert_int_equal(ps_armor_read(a, ps_bytes_of(text),
					 PS_ARMOR_MESSAGE, &out, &whole, &why),
			PS_OK);
		assert_bytes(out, rows[i].out);
	}
	ps_arena_free(a);
}

static void
broken_armor_is_refused(void **state)
{
	static const char *const texts[] = {
		B,
		B "\n",
		B "\n\n",
		B "\n\n" B "\n\n",
		B "\n\nMTIzNDU2Nzg5\n=Ic8C\n",	       /* no tail */
		B "\n\nMTIzNDU2Nzg5\n=Ic8D\n" E,       /* wrong checksum */
		B "\n\nMTIzNDU2Nzg4\n=Ic8C\n" E,       /* wrong octet */
		B "\n\nMTIzNDU2Nzg5\n=Ic8*\n" E,       /* not base64 */
		B "\n\nMTIzNDU2Nzg5\n=Ic8C\nMTIz\n" E, /* more behind it */
		B "\n\nMTIzNDU2Nzg5\n=Ic8C\n=Ic8C\n" E,
		B "\n\nMTIzNDU2Nzg\n" E, /* cut off */
		B "\n\nYQ=\n" E,
		B "\n\nYQ===\n" E,
		B "\n\nYQ==YQ==\n" E,
		B "\n\nY===\n" E,
		B "\n\n====\n" E,
		B "\n\nYWI==\n" E,
		B "\n\nMTIz NDU2Nzg5\n" E,
		B "\n\nMTIz-NDU2\n" E,
		B "\n\nMTIzNDU2\n-----END PGP SIGNATURE-----\n",
		B "\nMTIzNDU2Nzg5\n" E, /* no empty line */
		B "\n: x\n\nMTIzNDU2Nzg5\n" E,
	};
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct ps_bytes out, whole;
		const char *why = NULL;

		if (ps_armor_read(a, ps_bytes_of(texts[i]), PS_ARMOR_MESSAGE,
			    &out, &whole, &why) != PS_EPERM)
			fail_msg("row %zu was read", i);
		assert_non_null(why);
		assert_true(ps_bytes_starts(whole, PS_LIT(B)));
	}
	ps_arena_free(a);
}

static void
text_without_a_block_gives_an_empty_whole(void **state)
{
	static const char *const texts[] = {"", "hello\n", " " B "\n\n" E "\n",
		"-----BEGIN PGP SIGNATURE-----\n\nMTIz\n"
		"-----END PGP SIGNATURE-----\n",
		"-----BEGIN PGP MESSAGE----", "-----BEGIN PGP MESSAGE-----x\n"};
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct ps_bytes out, whole = PS_LIT("x");
		const char *why = NULL;

		assert_int_equal(ps_armor_read(a, ps_bytes_of(texts[i]),
					 PS_ARMOR_MESSAGE, &out, &whole, &why),
			PS_EPERM);
		assert_int_equal(whole.len, 0);
	}
	ps_arena_free(a);
}

static void
armor_cut_anywhere_is_refused(void **state)
{
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);
	struct ps_bytes text = armored(a, noise(a, 100)), out, whole;
	const char *why;

	(void)state;
	for (size_t n = 0; n < text.len - 2; n++) {
		char *cut = malloc(n + 1);

		assert_non_null(cut);
		memcpy(cut, text.p, n);
		assert_int_equal(ps_armor_read(a, ps_bytes(cut, n),
					 PS_ARMOR_MESSAGE, &out, &whole, &why),
			PS_EPERM);
		free(cut);
	}
	ps_arena_free(a);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(the_checksum_is_that_of_the_rfc),
	cmocka_unit_test(armor_has_the_shape_that_gpg_writes),
	cmocka_unit_test(every_size_is_exact_and_reads_back),
	cmocka_unit_test(pieces_give_the_same_as_the_whole),
	cmocka_unit_test(reading_in_pieces_gives_the_same_as_reading_whole),
	cmocka_unit_test(careless_armor_is_read),
	cmocka_unit_test(padding_is_read_in_each_of_its_forms),
	cmocka_unit_test(broken_armor_is_refused),
	cmocka_unit_test(text_without_a_block_gives_an_empty_whole),
	cmocka_unit_test(armor_cut_anywhere_is_refused),
};

PS_TESTS("armor", tests)
