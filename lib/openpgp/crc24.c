/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * CRC-24 eight octets at a time.  Bit by bit, or by one table, it would cost
 * more than the encryption of the message that it is printed under.
 */
#include "openpgp/crc24.h"

/*
 * table[k][i] is the checksum of octet i with k octets of zeros behind it.  A
 * CRC is linear, so that the eight values for single bits give the other 248;
 * the unit test compares the result with the algorithm of RFC 4880 6.1.
 */
#define BIT(i, n, c) (((unsigned)(i) >> (n)&1) != 0 ? (uint32_t)(c) << 8 : 0)
#define E1(i, a, b, c, d, e, f, g, h)                                          \
	(BIT(i, 0, a) ^ BIT(i, 1, b) ^ BIT(i, 2, c) ^ BIT(i, 3, d) ^           \
		BIT(i, 4, e) ^ BIT(i, 5, f) ^ BIT(i, 6, g) ^ BIT(i, 7, h))
#define E4(i, ...)                                                             \
	E1(i, __VA_ARGS__), E1((i) + 1, __VA_ARGS__),                          \
		E1((i) + 2, __VA_ARGS__), E1((i) + 3, __VA_ARGS__)
#define E16(i, ...)                                                            \
	E4(i, __VA_ARGS__), E4((i) + 4, __VA_ARGS__),                          \
		E4((i) + 8, __VA_ARGS__), E4((i) + 12, __VA_ARGS__)
#define E64(i, ...)                                                            \
	E16(i, __VA_ARGS__), E16((i) + 16, __VA_ARGS__),                       \
		E16((i) + 32, __VA_ARGS__), E16((i) + 48, __VA_ARGS__)
#define TABLE(...)                                                             \
	{                                                                      \
		E64(0, __VA_ARGS__), E64(64, __VA_ARGS__),                     \
			E64(128, __VA_ARGS__), E64(192, __VA_ARGS__)           \
	}

/* clang-format off */
static const uint32_t table[8][256] = {
	TABLE(0x864cfb, 0x8ad50d, 0x93e6e1, 0xa18139,
		0xc54e89, 0x0cd1e9, 0x19a3d2, 0x3347a4),
	TABLE(0x668f48, 0xcd1e90, 0x1c71db, 0x38e3b6,
		0x71c76c, 0xe38ed8, 0x41514b, 0x82a296),
	TABLE(0x8309d7, 0x805f55, 0x86f251, 0x8ba859,
		0x911c49, 0xa47469, 0xcea429, 0x1b04a9),
	TABLE(0x360952, 0x6c12a4, 0xd82548, 0x36066b,
		0x6c0cd6, 0xd819ac, 0x367fa3, 0x6cff46),
	TABLE(0xd9fe8c, 0x35b1e3, 0x6b63c6, 0xd6c78c,
		0x2bc3e3, 0x5787c6, 0xaf0f8c, 0xd853e3),
	TABLE(0x36eb3d, 0x6dd67a, 0xdbacf4, 0x311513,
		0x622a26, 0xc4544c, 0x0ee463, 0x1dc8c6),
	TABLE(0x3b918c, 0x772318, 0xee4630, 0x5ac09b,
		0xb58136, 0xed4e97, 0x5cd1d5, 0xb9a3aa),
	TABLE(0xf50baf, 0x6c5ba5, 0xd8b74a, 0x37226f,
		0x6e44de, 0xdc89bc, 0x3f5f83, 0x7ebf06),
};
/* clang-format on */

static uint32_t
load(const unsigned char *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 |
	       (uint32_t)p[2] << 8 | p[3];
}

uint32_t
ps_crc24(uint32_t crc, struct ps_bytes octets)
{
	const unsigned char *p = (const unsigned char *)octets.p;
	size_t n = octets.len;

	for (; n >= 8; n -= 8, p += 8) {
		uint32_t a = crc ^ load(p), b = load(p + 4);

		crc = table[7][a >> 24] ^ table[6][a >> 16 & 0xff] ^
		      table[5][a >> 8 & 0xff] ^ table[4][a & 0xff] ^
		      table[3][b >> 24] ^ table[2][b >> 16 & 0xff] ^
		      table[1][b >> 8 & 0xff] ^ table[0][b & 0xff];
	}
	for (; n > 0; n--, p++)
		crc = crc << 8 ^ table[0][crc >> 24 ^ *p];
	return crc;
}
