/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * The one walker over header fields (RFC 5322 2.2, with the blanks before the
 * colon of 4.5).  It borrows and never changes an octet; what a field means is
 * for others.
 */
#include "mail/header.h"

static bool
is_ftext(char c)
{
	return c > ' ' && c < 0x7f && c != ':';
}

enum ps_header_line
ps_header_line(struct ps_bytes line)
{
	size_t i = 0;

	line = ps_bytes_chomp(line);
	if (line.len == 0)
		return PS_HEADER_LINE_EMPTY;
	if (ps_is_wsp(line.p[0]))
		return PS_HEADER_LINE_MORE;
	while (i < line.len && is_ftext(line.p[i]))
		i++;
	if (i == 0)
		return PS_HEADER_LINE_OTHER;
	while (i < line.len && ps_is_wsp(line.p[i]))
		i++;
	return i < line.len && line.p[i] == ':' ? PS_HEADER_LINE_FIELD
						: PS_HEADER_LINE_OTHER;
}

static struct ps_field
split(struct ps_bytes line)
{
	size_t colon = ps_bytes_chr(line, ':');

	return (struct ps_field){
		.name = ps_bytes_trim(ps_bytes_head(line, colon)),
		.value = ps_bytes_chomp(ps_bytes_from(line, colon + 1)),
	};
}

static void
extend(struct ps_field *f, struct ps_bytes line)
{
	line = ps_bytes_chomp(line);
	f->value.len = (size_t)(line.p + line.len - f->value.p);
}

enum ps_status
ps_header_parse(struct ps_arena *a, struct ps_bytes raw, size_t max_fields,
	struct ps_header *out, struct ps_bytes *rest, const char **why)
{
	struct ps_bytes at = raw, after = raw, line;
	struct ps_header h = {0};

	while (ps_bytes_line(&after, &line)) {
		enum ps_header_line kind = ps_header_line(line);

		if (kind == PS_HEADER_LINE_FIELD) {
			if (h.n_field == max_fields) {
				*why = "too many header fields";
				return PS_ELIMIT;
			}
			PS_GROW(a, h.field, h.n_field);
			h.field[h.n_field++] = split(line);
		} else if (kind == PS_HEADER_LINE_MORE && h.n_field > 0) {
			extend(&h.field[h.n_field - 1], line);
		} else {
			if (kind == PS_HEADER_LINE_EMPTY)
				at = after;
			break;
		}
		at = after;
	}
	*out = h;
	*rest = at;
	return PS_OK;
}

const struct ps_field *
ps_header_nth(const struct ps_header *h, struct ps_bytes name, size_t nth)
{
	for (size_t i = 0; i < h->n_field; i++)
		if (ps_bytes_ieq(h->field[i].name, name) && nth-- == 0)
			return &h->field[i];
	return NULL;
}

size_t
ps_header_count(const struct ps_header *h, struct ps_bytes name)
{
	size_t n = 0;

	for (size_t i = 0; i < h->n_field; i++)
		n += ps_bytes_ieq(h->field[i].name, name);
	return n;
}

struct ps_bytes
ps_header_unfold(struct ps_arena *a, struct ps_bytes value)
{
	size_t n = 0;
	char *p;

	value = ps_bytes_trim(value);
	if (ps_bytes_chr(value, '\n') == PS_NOT_FOUND &&
		ps_bytes_chr(value, '\r') == PS_NOT_FOUND)
		return value;
	p = ps_arena_alloc(a, value.len + 1);
	for (size_t i = 0; i < value.len; i++) {
		bool last = i + 1 == value.len;
		char c = value.p[i];

		if ((c == '\r' && !last && value.p[i + 1] == '\n') ||
			(c == '\n' && !last && ps_is_wsp(value.p[i + 1])))
			continue;
		/* A line end that folds nothing, or a bare CR: one line all
		 * the same, and no two words become one. */
		if (c == '\r' || c == '\n')
			c = ' ';
		p[n++] = c;
	}
	return ps_bytes(p, n);
}

void
ps_header_put(struct ps_buf *out, const struct ps_field *f)
{
	struct ps_bytes rest = f->value, line;

	ps_buf_put(out, f->name);
	ps_buf_putc(out, ':');
	while (ps_bytes_line(&rest, &line)) {
		struct ps_bytes text = ps_bytes_chomp(line);

		ps_buf_put(out, text);
		if (text.len < line.len)
			ps_buf_puts(out, "\r\n");
	}
	ps_buf_puts(out, "\r\n");
}

size_t
ps_header_size(const struct ps_field *f)
{
	struct ps_bytes rest = f->value, line;
	size_t size = f->name.len + 1 + 2;

	while (ps_bytes_line(&rest, &line)) {
		size_t text = ps_bytes_chomp(line).len;

		size += text + (text < line.len ? 2 : 0);
	}
	return size;
}
