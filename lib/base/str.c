/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Escaping for people, the distance between two words, patterns.
 */
#include "base/str.h"

#define WORD_MAX 64

void
ps_str_put_escaped(struct ps_buf *out, struct ps_bytes b)
{
	for (size_t i = 0; i < b.len; i++) {
		unsigned char c = (unsigned char)b.p[i];

		if (c < 0x20 || c > 0x7e || c == '\\' || c == '"')
			ps_buf_printf(out, "\\x%02x", c);
		else
			ps_buf_putc(out, (char)c);
	}
}

char *
ps_str_printable(struct ps_arena *a, struct ps_bytes b, size_t max)
{
	struct ps_buf out;
	char *s;

	ps_buf_init(&out, 4 * max + 4);
	ps_str_put_escaped(&out, ps_bytes_head(b, max));
	if (b.len > max)
		ps_buf_puts(&out, "...");
	s = ps_arena_cstr(a, ps_buf_bytes(&out));
	ps_buf_free(&out);
	return s;
}

void
ps_str_put_value(struct ps_buf *out, struct ps_bytes b)
{
	bool quote = b.len == 0 || ps_bytes_chr(b, ' ') != PS_NOT_FOUND;

	if (quote)
		ps_buf_putc(out, '"');
	ps_str_put_escaped(out, b);
	if (quote)
		ps_buf_putc(out, '"');
}

static size_t
min3(size_t a, size_t b, size_t c)
{
	size_t m = a < b ? a : b;

	return m < c ? m : c;
}

size_t
ps_str_distance(const char *a, const char *b)
{
	size_t row[WORD_MAX + 1], la = strlen(a), lb = strlen(b);

	if (la > WORD_MAX || lb > WORD_MAX)
		return WORD_MAX;
	for (size_t j = 0; j <= lb; j++)
		row[j] = j;
	for (size_t i = 1; i <= la; i++) {
		size_t diagonal = row[0];

		row[0] = i;
		for (size_t j = 1; j <= lb; j++) {
			size_t up = row[j];

			row[j] = min3(up + 1, row[j - 1] + 1,
				diagonal + (a[i - 1] != b[j - 1]));
			diagonal = up;
		}
	}
	return row[lb];
}

static bool
same(char x, char y, bool fold)
{
	return x == y || (fold && ps_lower(x) == ps_lower(y));
}

/*
 * Only the last star is ever tried again: an earlier one that could take more
 * would leave a later one less to choose from.
 */
bool
ps_str_glob(struct ps_bytes pattern, struct ps_bytes text, bool fold)
{
	size_t p = 0, t = 0, star = PS_NOT_FOUND, taken = 0;

	while (t < text.len) {
		if (p < pattern.len && pattern.p[p] == '*') {
			star = p++;
			taken = t;
		} else if (p < pattern.len &&
			   same(pattern.p[p], text.p[t], fold)) {
			p++;
			t++;
		} else if (star != PS_NOT_FOUND) {
			p = star + 1;
			t = ++taken;
		} else {
			return false;
		}
	}
	while (p < pattern.len && pattern.p[p] == '*')
		p++;
	return p == pattern.len;
}
