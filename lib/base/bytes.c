/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Comparing, searching and cutting borrowed octets.  Knows nothing of mail.
 */
#include "base/bytes.h"

int
ps_lower(int c)
{
	return c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c;
}

bool
ps_is_wsp(int c)
{
	return c == ' ' || c == '\t';
}

bool
ps_is_digit(int c)
{
	return c >= '0' && c <= '9';
}

bool
ps_is_alpha(int c)
{
	c = ps_lower(c);
	return c >= 'a' && c <= 'z';
}

bool
ps_bytes_eq(struct ps_bytes a, struct ps_bytes b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.p, b.p, a.len) == 0);
}

bool
ps_bytes_ieq(struct ps_bytes a, struct ps_bytes b)
{
	return a.len == b.len && ps_bytes_istarts(a, b);
}

bool
ps_bytes_starts(struct ps_bytes b, struct ps_bytes prefix)
{
	return ps_bytes_eq(ps_bytes_head(b, prefix.len), prefix);
}

bool
ps_bytes_istarts(struct ps_bytes b, struct ps_bytes prefix)
{
	if (b.len < prefix.len)
		return false;
	for (size_t i = 0; i < prefix.len; i++)
		if (ps_lower(b.p[i]) != ps_lower(prefix.p[i]))
			return false;
	return true;
}

bool
ps_bytes_iends(struct ps_bytes b, struct ps_bytes suffix)
{
	return b.len >= suffix.len &&
	       ps_bytes_ieq(ps_bytes_from(b, b.len - suffix.len), suffix);
}

bool
ps_bytes_is_ascii(struct ps_bytes b)
{
	for (size_t i = 0; i < b.len; i++)
		if ((unsigned char)b.p[i] >= 0x80)
			return false;
	return true;
}

size_t
ps_bytes_find(struct ps_bytes b, struct ps_bytes needle)
{
	const char *hit;

	if (needle.len == 0)
		return 0;
	if (b.len < needle.len)
		return PS_NOT_FOUND;
	hit = memmem(b.p, b.len, needle.p, needle.len);
	return hit == NULL ? PS_NOT_FOUND : (size_t)(hit - b.p);
}

size_t
ps_bytes_ifind(struct ps_bytes b, struct ps_bytes needle)
{
	for (size_t i = 0; i + needle.len <= b.len; i++)
		if (ps_bytes_istarts(ps_bytes_from(b, i), needle))
			return i;
	return PS_NOT_FOUND;
}

size_t
ps_bytes_chr(struct ps_bytes b, char c)
{
	const char *hit = b.len == 0 ? NULL : memchr(b.p, c, b.len);

	return hit == NULL ? PS_NOT_FOUND : (size_t)(hit - b.p);
}

static bool
is_blank(char c)
{
	return ps_is_wsp(c) || c == '\r' || c == '\n';
}

struct ps_bytes
ps_bytes_trim(struct ps_bytes b)
{
	while (b.len > 0 && is_blank(b.p[0]))
		b = ps_bytes_from(b, 1);
	while (b.len > 0 && is_blank(b.p[b.len - 1]))
		b.len--;
	return b;
}

bool
ps_bytes_line(struct ps_bytes *rest, struct ps_bytes *line)
{
	size_t nl;

	if (rest->len == 0)
		return false;
	nl = ps_bytes_chr(*rest, '\n');
	*line = nl == PS_NOT_FOUND ? *rest : ps_bytes_head(*rest, nl + 1);
	*rest = ps_bytes_from(*rest, line->len);
	return true;
}

struct ps_bytes
ps_bytes_chomp(struct ps_bytes line)
{
	if (line.len > 0 && line.p[line.len - 1] == '\n') {
		line.len--;
		if (line.len > 0 && line.p[line.len - 1] == '\r')
			line.len--;
	}
	return line;
}
