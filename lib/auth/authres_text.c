/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Octets of strangers become text of trace fields.
 */
#include "auth/authres_text.h"

#include <stdint.h>

static bool
is_alnum(int c)
{
	return ps_is_alpha(c) || ps_is_digit(c);
}

static bool
is_atext(char c)
{
	return is_alnum(c) ||
	       (c != '\0' && strchr("!#$%&'*+-/=?^_`{|}~", c) != NULL);
}

bool
ps_authres_is_keyword(struct ps_bytes b)
{
	for (size_t i = 0; i < b.len; i++)
		if (!is_alnum(b.p[i]) && b.p[i] != '-')
			return false;
	return b.len > 0;
}

bool
ps_authres_is_token(struct ps_bytes b)
{
	for (size_t i = 0; i < b.len; i++)
		if ((unsigned char)b.p[i] <= ' ' ||
			(unsigned char)b.p[i] >= 0x7f ||
			strchr("()<>@,;:\\\"/[]?=", b.p[i]) != NULL)
			return false;
	return b.len > 0;
}

bool
ps_authres_is_dot_atom(struct ps_bytes b)
{
	bool after_dot = true;

	for (size_t i = 0; i < b.len; i++) {
		if (b.p[i] == '.' ? after_dot : !is_atext(b.p[i]))
			return false;
		after_dot = b.p[i] == '.';
	}
	return !after_dot;
}

bool
ps_authres_is_domain(struct ps_bytes b)
{
	bool after_dot = true;

	for (size_t i = 0; i < b.len; i++) {
		char c = b.p[i];

		if (c == '.' ? after_dot : !is_alnum(c) && c != '-' && c != '_')
			return false;
		after_dot = c == '.';
	}
	return !after_dot;
}

size_t
ps_authres_last_at(struct ps_bytes b)
{
	for (size_t i = b.len; i > 0; i--)
		if (b.p[i - 1] == '@')
			return i - 1;
	return PS_NOT_FOUND;
}

/* Well-formed by RFC 3629 section 4; the length, or 0. */
static size_t
utf8(const unsigned char *p, size_t n, uint32_t *out)
{
	static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
	size_t len = p[0] >= 0xf0 ? 4 : p[0] >= 0xe0 ? 3 : 2;
	uint32_t c;

	if (p[0] < 0xc2 || p[0] > 0xf4 || len > n)
		return 0;
	c = p[0] & (0xffU >> (len + 1));
	for (size_t i = 1; i < len; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return 0;
		c = c << 6 | (p[i] & 0x3fU);
	}
	if (c < least[len] || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
		return 0;
	*out = c;
	return len;
}

/* Seen by nobody, or making people see something else. */
static bool
is_hidden(uint32_t c)
{
	return c < 0xa0 || c == 0xad || c == 0x61c ||
	       (c >= 0x200b && c <= 0x200f) || (c >= 0x2028 && c <= 0x202e) ||
	       (c >= 0x2060 && c <= 0x206f) || c == 0xfeff ||
	       (c >= 0xfff9 && c <= 0xffff) || (c & 0xfffe) == 0xfffe ||
	       c >= 0xe0000;
}

static void
clean_part(struct ps_bytes value, struct ps_authres_text *out)
{
	uint32_t c = 0;

	for (size_t i = 0; i < value.len;) {
		const char *p = value.p + i;
		size_t n = 1;

		if ((unsigned char)*p >= 0x80) {
			const void *at = p;

			n = utf8(at, value.len - i, &c);
		}
		if (n == 0 || (n > 1 && is_hidden(c)) ||
			(n == 1 && (*p < ' ' || *p == 0x7f))) {
			out->p[out->len++] = '?';
			i += n == 0 ? 1 : n;
			continue;
		}
		memcpy(out->p + out->len, p, n);
		out->len += n;
		i += n;
	}
}

static bool
is_inside(char c)
{
	return ((unsigned char)c & 0xc0) == 0x80;
}

void
ps_authres_clean(
	struct ps_bytes value, bool keep_end, struct ps_authres_text *out)
{
	size_t room = PS_AUTHRES_MAX_VALUE - 3;

	out->len = 0;
	if (value.len <= PS_AUTHRES_MAX_VALUE) {
		clean_part(value, out);
		return;
	}
	if (keep_end) {
		value = ps_bytes_from(value, value.len - room);
		while (value.len > 0 && is_inside(*value.p))
			value = ps_bytes_from(value, 1);
		memcpy(out->p, "...", 3);
		out->len = 3;
		clean_part(value, out);
		return;
	}
	while (room > PS_AUTHRES_MAX_VALUE / 2 && is_inside(value.p[room]))
		room--;
	clean_part(ps_bytes_head(value, room), out);
	memcpy(out->p + out->len, "...", 3);
	out->len += 3;
}

void
ps_authres_comment(struct ps_bytes text, struct ps_authres_text *out)
{
	static const char from[] = "();\\\"", to[] = "[],/'";
	bool cut = text.len > PS_AUTHRES_MAX_COMMENT;

	if (cut)
		text.len = PS_AUTHRES_MAX_COMMENT - 3;
	for (size_t i = 0; i < text.len; i++) {
		char c = text.p[i];
		const char *at = c == '\0' ? NULL : strchr(from, c);

		if (at != NULL)
			c = to[at - from];
		else if (c < ' ' || c >= 0x7f)
			c = '?';
		else if (c == '=' &&
			 ps_bytes_istarts(
				 ps_bytes_from(text, i + 1), PS_LIT("pass")))
			c = ':';
		out->p[i] = c;
	}
	out->len = text.len;
	if (cut) {
		memcpy(out->p + out->len, "...", 3);
		out->len += 3;
	}
}
