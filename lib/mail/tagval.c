/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * The one reader of tag lists.
 */
#include "mail/tagval.h"

#include "mail/lex.h"

static bool
is_name(struct ps_bytes name)
{
	if (name.len == 0 || !ps_is_alpha(name.p[0]))
		return false;
	for (size_t i = 1; i < name.len; i++)
		if (!ps_is_alpha(name.p[i]) && !ps_is_digit(name.p[i]) &&
			name.p[i] != '_')
			return false;
	return true;
}

/* VALCHAR, and the blanks of folding. */
static bool
is_value(struct ps_bytes value)
{
	for (size_t i = 0; i < value.len; i++) {
		unsigned char c = (unsigned char)value.p[i];

		if ((c < 0x21 && !ps_is_wsp(c) && c != '\r' && c != '\n') ||
			c == 0x7f)
			return false;
	}
	return true;
}

bool
ps_tagval_item(struct ps_bytes *rest, char separator, struct ps_bytes *item)
{
	size_t end;

	if (rest->len == 0)
		return false;
	end = ps_bytes_chr(*rest, separator);
	if (end == PS_NOT_FOUND)
		end = rest->len;
	*item = ps_bytes_trim(ps_bytes_head(*rest, end));
	*rest = ps_bytes_from(*rest, end + 1);
	return true;
}

static bool
read_tag(struct ps_bytes part, struct ps_tag *out)
{
	size_t equal = ps_bytes_chr(part, '=');

	if (equal == PS_NOT_FOUND)
		return false;
	out->name = ps_bytes_trim(ps_bytes_head(part, equal));
	out->value = ps_bytes_trim(ps_bytes_from(part, equal + 1));
	return is_name(out->name) && is_value(out->value);
}

void
ps_tagval_parse(struct ps_arena *a, struct ps_bytes list, size_t max,
	struct ps_tagval *out)
{
	struct ps_bytes part, other;
	struct ps_tag tag;

	*out = (struct ps_tagval){0};
	while (list.len > 0) {
		bool last = ps_bytes_chr(list, ';') == PS_NOT_FOUND;

		ps_tagval_item(&list, ';', &part);
		if (part.len == 0) {
			/* one semicolon may end the list, no two stand
			 * together */
			out->broken |= !last;
			continue;
		}
		if (out->n_tag >= max || !read_tag(part, &tag)) {
			out->broken = true;
			if (out->n_tag >= max)
				return;
			continue;
		}
		out->twice |= ps_tagval_get(out, tag.name, &other);
		PS_GROW(a, out->tag, out->n_tag);
		out->tag[out->n_tag++] = tag;
	}
}

bool
ps_tagval_get(
	const struct ps_tagval *t, struct ps_bytes name, struct ps_bytes *out)
{
	for (size_t i = 0; i < t->n_tag; i++)
		if (ps_bytes_eq(t->tag[i].name, name)) {
			*out = t->tag[i].value;
			return true;
		}
	return false;
}

struct ps_bytes
ps_tagval_squeeze(struct ps_arena *a, struct ps_bytes value)
{
	char *out = ps_arena_alloc(a, value.len + 1);
	size_t n = 0;

	for (size_t i = 0; i < value.len; i++)
		if (!ps_is_wsp(value.p[i]) && value.p[i] != '\r' &&
			value.p[i] != '\n')
			out[n++] = value.p[i];
	return ps_bytes(out, n);
}

bool
ps_tagval_base64(
	struct ps_arena *a, struct ps_bytes value, struct ps_bytes *out)
{
	struct ps_bytes in = ps_tagval_squeeze(a, value);
	char *p = ps_arena_alloc(a, in.len + 1);
	size_t n = 0, n_digit, n_pad = 0;
	unsigned word = 0;

	while (n_pad < in.len && in.p[in.len - 1 - n_pad] == '=')
		n_pad++;
	n_digit = in.len - n_pad;
	if (n_digit % 4 == 1 || (n_pad > 0 && in.len % 4 != 0) || n_pad > 2)
		return false;
	for (size_t i = 0; i < n_digit; i++) {
		int digit = ps_lex_base64(in.p[i]);

		if (digit < 0)
			return false;
		word = word << 6 | (unsigned)digit;
		if (i % 4 != 0)
			p[n++] = (char)(word >> (6 - 2 * (i % 4)) & 0xff);
	}
	*out = ps_bytes(p, n);
	return true;
}

bool
ps_tagval_number(struct ps_bytes value, int64_t *out)
{
	*out = 0;
	if (value.len == 0 || value.len > 18)
		return false;
	for (size_t i = 0; i < value.len; i++) {
		if (!ps_is_digit(value.p[i]))
			return false;
		*out = *out * 10 + (value.p[i] - '0');
	}
	return true;
}
