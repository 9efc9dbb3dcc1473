/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * A message as an MTA holds it, and what an MTA makes of a filter's edits.
 * Knows no socket.
 */
#include "milter_client.h"

#define FIELD_MAX 60000 /* cleanup(8) of Postfix cuts there */

/* Octets with CRLF at every line end, and at the end. */
static struct ps_bytes
crlf_lines(struct ps_arena *a, struct ps_bytes octets)
{
	char *p = ps_arena_alloc(a, octets.len * 2 + 2), *out = p;

	for (size_t i = 0; i < octets.len; i++) {
		if (octets.p[i] == '\n' && (i == 0 || octets.p[i - 1] != '\r'))
			*out++ = '\r';
		*out++ = octets.p[i];
	}
	if (octets.len > 0 && octets.p[octets.len - 1] != '\n') {
		*out++ = '\r';
		*out++ = '\n';
	}
	return ps_bytes(p, (size_t)(out - p));
}

/* The name of a field's first line, as Postfix's is_header() reads it: "From :"
 * is one, an 8-bit name is none.  Empty: no field. */
static struct ps_bytes
name_of(struct ps_bytes line)
{
	struct ps_bytes name = ps_bytes_head(line, ps_bytes_chr(line, ':'));
	size_t len = name.len;

	if (len == line.len)
		return ps_bytes(NULL, 0);
	while (len > 0 && ps_is_wsp(name.p[len - 1]))
		len--;
	for (size_t i = 0; i < len; i++) {
		if (name.p[i] <= ' ' || name.p[i] >= 0x7f)
			return ps_bytes(NULL, 0);
	}
	return ps_bytes_head(name, len);
}

/* Folded lines of a value as Postfix hands them over: LF between them, and
 * nothing behind max octets. */
static struct ps_bytes
lf_value(struct ps_arena *a, struct ps_bytes value, size_t max)
{
	char *p = ps_arena_alloc(a, value.len + 1), *out = p;

	value = ps_bytes_head(ps_bytes_chomp(value), max);
	for (size_t i = 0; i < value.len; i++) {
		if (value.p[i] == '\r' && i + 1 < value.len &&
			value.p[i + 1] == '\n')
			continue;
		*out++ = value.p[i];
	}
	return ps_bytes(p, (size_t)(out - p));
}

/* A field with its folded lines off *rest; false when none stands there. */
static bool
take_field(struct ps_arena *a, struct ps_bytes *rest, size_t max,
	struct mc_field *out)
{
	struct ps_bytes all = *rest, line;

	if (ps_bytes_line(rest, &line))
		out->name = name_of(ps_bytes_chomp(line));
	if (rest->len == all.len || out->name.len == 0) {
		*rest = all;
		return false;
	}
	while (rest->len > 0 && (rest->p[0] == ' ' || rest->p[0] == '\t'))
		ps_bytes_line(rest, &line);
	all = ps_bytes_head(all, all.len - rest->len);
	out->value = lf_value(
		a, ps_bytes_from(all, ps_bytes_chr(all, ':') + 1), max);
	return true;
}

struct mc_message
mc_message_parse(struct ps_arena *a, struct ps_bytes octets, bool raw)
{
	struct ps_bytes rest = raw ? octets : crlf_lines(a, octets), line;
	struct ps_bytes body;
	struct mc_message m = {0};
	struct mc_field f;

	while (take_field(a, &rest, raw ? PS_NOT_FOUND : FIELD_MAX, &f)) {
		PS_GROW(a, m.field, m.n_field);
		m.field[m.n_field++] = f;
	}
	body = rest;
	if (ps_bytes_line(&rest, &line) && ps_bytes_chomp(line).len == 0)
		body = rest;
	m.body = body;
	return m;
}

void
mc_message_put(struct ps_buf *out, const struct mc_message *m)
{
	for (size_t i = 0; i < m->n_field; i++) {
		struct ps_bytes rest = m->field[i].value, line;

		ps_buf_put(out, m->field[i].name);
		ps_buf_putc(out, ':');
		while (ps_bytes_line(&rest, &line)) {
			ps_buf_put(out, ps_bytes_chomp(line));
			ps_buf_puts(out, "\r\n");
		}
		if (m->field[i].value.len == 0)
			ps_buf_puts(out, "\r\n");
	}
	ps_buf_puts(out, "\r\n");
	ps_buf_put(out, m->body);
}

static void
insert_at(
	struct ps_arena *a, struct mc_message *m, size_t at, struct mc_field f)
{
	PS_GROW(a, m->field, m->n_field);
	memmove(&m->field[at + 1], &m->field[at],
		(m->n_field - at) * sizeof(*m->field));
	m->field[at] = f;
	m->n_field++;
}

static void
change(struct ps_arena *a, struct mc_message *m, const struct mc_edit *e,
	struct mc_field f)
{
	uint32_t nth = e->index < 1 ? 1 : e->index;

	for (size_t i = 0; i < m->n_field; i++) {
		if (!ps_bytes_ieq(m->field[i].name, e->name) || --nth > 0)
			continue;
		if (e->value.len > 0) {
			m->field[i] = f;
			return;
		}
		m->n_field--;
		memmove(&m->field[i], &m->field[i + 1],
			(m->n_field - i) * sizeof(*m->field));
		return;
	}
	if (e->value.len > 0) /* cleanup_milter.c: not found, so added */
		insert_at(a, m, m->n_field, f);
}

static struct ps_bytes
behind_a_blank(struct ps_arena *a, struct ps_bytes value)
{
	char *p = ps_arena_alloc(a, value.len + 1);

	p[0] = ' ';
	if (value.len > 0)
		memcpy(p + 1, value.p, value.len);
	return ps_bytes(p, value.len + 1);
}

static void
apply_one(struct ps_arena *a, struct mc_message *m, const struct mc_edit *e,
	uint32_t protocol)
{
	struct mc_field f = {e->name, e->value};
	size_t at = e->index == 0 ? 0 : e->index - 1;

	if (!(protocol & MC_LEADSPC))
		f.value = behind_a_blank(a, e->value);
	switch (e->kind) {
	case MC_ADD_HEADER:
		insert_at(a, m, m->n_field, f);
		break;
	case MC_INSERT_HEADER:
		insert_at(a, m, at < m->n_field ? at : m->n_field, f);
		break;
	case MC_CHANGE_HEADER:
		change(a, m, e, f);
		break;
	default: /* the envelope's */
		break;
	}
}

struct mc_message
mc_apply(struct ps_arena *a, const struct mc_message *m,
	const struct mc_result *r, uint32_t protocol)
{
	struct mc_message out = {.body = m->body};

	for (size_t i = 0; i < m->n_field; i++)
		insert_at(a, &out, i, m->field[i]);
	for (size_t i = 0; i < r->n_edit; i++)
		apply_one(a, &out, &r->edit[i], protocol);
	if (r->replaced)
		out.body = ps_arena_copy(a, ps_buf_bytes(&r->body));
	return out;
}
