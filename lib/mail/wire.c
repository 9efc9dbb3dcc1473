/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * From a message to the octets between DATA and the final dot.
 */
#include "mail/wire.h"

#define CRLF PS_LIT("\r\n")

void
ps_wire_begin(struct ps_wire *w, const struct ps_message *m, bool stuffed)
{
	*w = (struct ps_wire){.m = m, .stuffed = stuffed};
	ps_buf_init(&w->field, PS_NOT_FOUND);
}

static bool
is_line_end(char c)
{
	return c == '\r' || c == '\n';
}

/* How many octets a line end at the beginning of b has; 0 for none. */
static size_t
line_end(struct ps_bytes b)
{
	if (b.len == 0 || !is_line_end(b.p[0]))
		return 0;
	return b.p[0] == '\r' && b.len > 1 && b.p[1] == '\n' ? 2 : 1;
}

/* A value whose line ends fold or are blanks; never two in a row, which would
 * be the empty line that ends the header. */
static void
put_value(struct ps_buf *out, struct ps_bytes v)
{
	while (v.len > 0) {
		size_t n = line_end(v);
		struct ps_bytes after = ps_bytes_from(v, n);

		if (n == 0)
			ps_buf_putc(out, v.p[0]);
		else if (after.len > 0 && ps_is_wsp(after.p[0]))
			ps_buf_put(out, CRLF);
		else
			ps_buf_putc(out, ' ');
		v = ps_bytes_from(v, n == 0 ? 1 : n);
	}
}

static void
put_name(struct ps_buf *out, struct ps_bytes name)
{
	for (size_t i = 0; i < name.len; i++)
		ps_buf_putc(out, is_line_end(name.p[i]) ? '?' : name.p[i]);
	ps_buf_putc(out, ':');
}

/* The next field, or the empty line behind the last one. */
static struct ps_bytes
next_field(struct ps_wire *w)
{
	const struct ps_header *h = &w->m->header;
	const struct ps_field *f;

	w->field.len = 0;
	if (w->next_field == h->n_field) {
		w->in_body = true;
		w->rest = w->m->body;
		w->at_start = true;
		return CRLF;
	}
	f = &h->field[w->next_field++];
	if (w->stuffed && f->name.len > 0 && f->name.p[0] == '.')
		ps_buf_putc(&w->field, '.');
	put_name(&w->field, f->name);
	put_value(&w->field, f->value);
	ps_buf_put(&w->field, CRLF);
	return ps_buf_bytes(&w->field);
}

/* The octets up to the first that needs a change: whole lines in CRLF as far
 * as they go. */
static size_t
plain_run(const struct ps_wire *w)
{
	const char *at = w->rest.p, *end = at + w->rest.len;

	while (at < end) {
		const char *lf = memchr(at, '\n', (size_t)(end - at));
		const char *stop = lf == NULL ? end : lf;
		const char *cr = memchr(at, '\r', (size_t)(stop - at));

		if (cr != NULL && cr + 1 != lf)
			return (size_t)(cr - w->rest.p);
		if (lf == NULL)
			return w->rest.len;
		if (cr == NULL)
			return (size_t)(lf - w->rest.p);
		at = lf + 1;
		if (w->stuffed && at < end && *at == '.')
			return (size_t)(at - w->rest.p);
	}
	return w->rest.len;
}

static struct ps_bytes
next_of_body(struct ps_wire *w)
{
	struct ps_bytes piece;
	size_t n;

	if (w->stuffed && w->at_start && w->rest.p[0] == '.') {
		w->at_start = false;
		return PS_LIT(".");
	}
	n = plain_run(w);
	if (n == 0) { /* a bare LF or CR */
		w->rest = ps_bytes_from(w->rest, line_end(w->rest));
		w->at_start = true;
		return CRLF;
	}
	piece = ps_bytes_head(w->rest, n);
	w->rest = ps_bytes_from(w->rest, n);
	w->at_start = piece.p[n - 1] == '\n';
	return piece;
}

bool
ps_wire_next(struct ps_wire *w, struct ps_bytes *piece)
{
	if (w->done || w->field.full)
		return false;
	if (!w->in_body) {
		*piece = next_field(w);
		return !w->field.full;
	}
	if (w->rest.len > 0) {
		*piece = next_of_body(w);
		return true;
	}
	w->done = true;
	if (w->at_start)
		return false;
	*piece = CRLF;
	return true;
}

bool
ps_wire_end(struct ps_wire *w)
{
	bool whole = w->done && !w->field.full;

	ps_buf_free(&w->field);
	return whole;
}

bool
ps_wire_is_8bit(const struct ps_message *m)
{
	for (size_t i = 0; i < m->header.n_field; i++)
		if (!ps_bytes_is_ascii(m->header.field[i].name) ||
			!ps_bytes_is_ascii(m->header.field[i].value))
			return true;
	return !ps_bytes_is_ascii(m->body);
}
