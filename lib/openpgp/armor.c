/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Writing armor.  Knows lines and base64, not what the octets mean.
 */
#include "openpgp/armor.h"

#include <assert.h>

#include "openpgp/crc24.h"

#define HEAD	   "-----BEGIN PGP MESSAGE-----\r\n\r\n"
#define TAIL	   "-----END PGP MESSAGE-----\r\n"
#define LINE_CHARS 64

/* Two characters for twelve bits at a time: half the look-ups. */
/* clang-format off */
#define ROW(c) \
	{c, 'A'}, {c, 'B'}, {c, 'C'}, {c, 'D'}, {c, 'E'}, {c, 'F'}, \
	{c, 'G'}, {c, 'H'}, {c, 'I'}, {c, 'J'}, {c, 'K'}, {c, 'L'}, \
	{c, 'M'}, {c, 'N'}, {c, 'O'}, {c, 'P'}, {c, 'Q'}, {c, 'R'}, \
	{c, 'S'}, {c, 'T'}, {c, 'U'}, {c, 'V'}, {c, 'W'}, {c, 'X'}, \
	{c, 'Y'}, {c, 'Z'}, {c, 'a'}, {c, 'b'}, {c, 'c'}, {c, 'd'}, \
	{c, 'e'}, {c, 'f'}, {c, 'g'}, {c, 'h'}, {c, 'i'}, {c, 'j'}, \
	{c, 'k'}, {c, 'l'}, {c, 'm'}, {c, 'n'}, {c, 'o'}, {c, 'p'}, \
	{c, 'q'}, {c, 'r'}, {c, 's'}, {c, 't'}, {c, 'u'}, {c, 'v'}, \
	{c, 'w'}, {c, 'x'}, {c, 'y'}, {c, 'z'}, {c, '0'}, {c, '1'}, \
	{c, '2'}, {c, '3'}, {c, '4'}, {c, '5'}, {c, '6'}, {c, '7'}, \
	{c, '8'}, {c, '9'}, {c, '+'}, {c, '/'}
static const char pair[4096][2] = {
	ROW('A'), ROW('B'), ROW('C'), ROW('D'), ROW('E'), ROW('F'), ROW('G'),
	ROW('H'), ROW('I'), ROW('J'), ROW('K'), ROW('L'), ROW('M'), ROW('N'),
	ROW('O'), ROW('P'), ROW('Q'), ROW('R'), ROW('S'), ROW('T'), ROW('U'),
	ROW('V'), ROW('W'), ROW('X'), ROW('Y'), ROW('Z'), ROW('a'), ROW('b'),
	ROW('c'), ROW('d'), ROW('e'), ROW('f'), ROW('g'), ROW('h'), ROW('i'),
	ROW('j'), ROW('k'), ROW('l'), ROW('m'), ROW('n'), ROW('o'), ROW('p'),
	ROW('q'), ROW('r'), ROW('s'), ROW('t'), ROW('u'), ROW('v'), ROW('w'),
	ROW('x'), ROW('y'), ROW('z'), ROW('0'), ROW('1'), ROW('2'), ROW('3'),
	ROW('4'), ROW('5'), ROW('6'), ROW('7'), ROW('8'), ROW('9'), ROW('+'),
	ROW('/'),
};
/* clang-format on */

size_t
ps_armor_size(size_t len)
{
	size_t chars = (len + 2) / 3 * 4;
	size_t lines = (chars + LINE_CHARS - 1) / LINE_CHARS;

	return sizeof(HEAD) - 1 + chars + 2 * lines + sizeof("=abcd\r\n") - 1 +
	       sizeof(TAIL) - 1;
}

static char *
put_triple(const unsigned char *p, char *out)
{
	uint32_t v = (uint32_t)p[0] << 16 | (uint32_t)p[1] << 8 | p[2];

	memcpy(out, pair[v >> 12], 2);
	memcpy(out + 2, pair[v & 0xfff], 2);
	return out + 4;
}

static char *
put_line(const unsigned char *p, size_t n, char *out)
{
	unsigned char last[3] = {0, 0, 0};

	for (; n >= 3; n -= 3, p += 3)
		out = put_triple(p, out);
	if (n > 0) {
		memcpy(last, p, n);
		out = put_triple(last, out);
		out[-1] = '=';
		if (n == 1)
			out[-2] = '=';
	}
	*out++ = '\r';
	*out++ = '\n';
	return out;
}

size_t
ps_armor_begin(struct ps_armor_writer *w, char *out)
{
	w->crc = PS_CRC24_INIT;
	memcpy(out, HEAD, sizeof(HEAD) - 1);
	return sizeof(HEAD) - 1;
}

size_t
ps_armor_put(struct ps_armor_writer *w, struct ps_bytes piece, char *out)
{
	const unsigned char *p = (const unsigned char *)piece.p;
	char *start = out;
	size_t n = piece.len;

	w->crc = ps_crc24(w->crc, piece);
	for (; n >= PS_ARMOR_LINE; n -= PS_ARMOR_LINE, p += PS_ARMOR_LINE)
		out = put_line(p, PS_ARMOR_LINE, out);
	if (n > 0)
		out = put_line(p, n, out);
	return (size_t)(out - start);
}

size_t
ps_armor_end(struct ps_armor_writer *w, char *out)
{
	const unsigned char sum[3] = {(unsigned char)(w->crc >> 24),
		(unsigned char)(w->crc >> 16), (unsigned char)(w->crc >> 8)};
	char *start = out;

	*out++ = '=';
	out = put_line(sum, sizeof(sum), out);
	memcpy(out, TAIL, sizeof(TAIL) - 1);
	return (size_t)(out - start) + sizeof(TAIL) - 1;
}

void
ps_armor_write(struct ps_bytes binary, char *out)
{
	struct ps_armor_writer w;
	char *start = out;

	out += ps_armor_begin(&w, out);
	out += ps_armor_put(&w, binary, out);
	out += ps_armor_end(&w, out);
	assert((size_t)(out - start) == ps_armor_size(binary.len));
}
