/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * The MIME scanner (RFC 2046 5.1).  Every line is looked at once, whatever the
 * depth: the boundaries of all open multiparts stand in one small hash table,
 * and only lines that begin with "--" are looked up.  Knows nothing of what
 * parts mean.
 */
#include "mail/entity.h"

#include <stdint.h>

#include "mail/lex.h"

#define BUCKETS 256

/* A multipart that has begun. */
struct frame {
	size_t part;
	struct ps_bytes boundary;
	uint64_t hash;
	size_t below;  /* 1 + the frame below in the same bucket */
	bool is_awake; /* its boundary counts: has one and is not closed */
};

enum state { HEADER, LEAF, PREAMBLE, EPILOGUE };

struct scan {
	struct ps_arena *a;
	const struct ps_limits *limits;
	const char **why;
	struct ps_bytes in;
	struct ps_entities out;
	struct frame *frame;
	size_t n_frame, n_awake, longest;
	size_t bucket[BUCKETS]; /* 1 + the innermost frame */
	enum state state;
	size_t part;	   /* being read, in HEADER and LEAF */
	const char *start; /* of what is being read */
};

bool
ps_entity_is_content_field(struct ps_bytes name)
{
	return ps_bytes_istarts(name, PS_LIT("Content-"));
}

/* FNV-1a. */
static uint64_t
hash_of(struct ps_bytes b)
{
	uint64_t h = 14695981039346656037U;

	for (size_t i = 0; i < b.len; i++)
		h = (h ^ (unsigned char)b.p[i]) * 1099511628211U;
	return h;
}

static void
read_fields(struct scan *s, struct ps_entity *e)
{
	const struct ps_field *type, *disposition, *encoding;
	bool digest =
		e->depth > 0 && ps_bytes_eq(s->out.part[e->parent].type.main,
					PS_LIT("multipart/digest"));
	struct ps_params p = {0};

	type = ps_header_nth(&e->header, PS_LIT("Content-Type"), 0);
	disposition =
		ps_header_nth(&e->header, PS_LIT("Content-Disposition"), 0);
	encoding = ps_header_nth(
		&e->header, PS_LIT("Content-Transfer-Encoding"), 0);
	if (type != NULL) {
		ps_header_params(s->a, type->value, &e->type);
		if (ps_bytes_chr(e->type.main, '/') == PS_NOT_FOUND) {
			e->type.main = PS_LIT("text/plain"); /* RFC 2045 5.2 */
			e->type.broken = true;
		}
	} else {
		e->type.main = digest ? PS_LIT("message/rfc822")
				      : PS_LIT("text/plain");
	}
	if (disposition != NULL)
		ps_header_params(s->a, disposition->value, &e->disposition);
	if (encoding != NULL)
		ps_header_params(s->a, encoding->value, &p);
	e->encoding = p.main.len > 0 ? p.main : PS_LIT("7bit");
	e->is_multipart = ps_bytes_starts(e->type.main, PS_LIT("multipart/"));
}

/* A boundary cannot end with a blank (RFC 2046 5.1.1). */
static struct ps_bytes
boundary_of(const struct ps_entity *e)
{
	struct ps_bytes b = ps_params_get(&e->type, PS_LIT("boundary"));

	while (b.len > 0 && ps_is_wsp(b.p[b.len - 1]))
		b.len--;
	return b;
}

static void
push(struct scan *s, size_t part)
{
	struct frame f = {
		.part = part, .boundary = boundary_of(&s->out.part[part])};
	size_t *head;

	f.hash = hash_of(f.boundary);
	f.is_awake = f.boundary.len > 0;
	PS_GROW(s->a, s->frame, s->n_frame);
	if (f.is_awake) {
		head = &s->bucket[f.hash % BUCKETS];
		f.below = *head;
		*head = s->n_frame + 1;
		s->n_awake++;
		if (f.boundary.len > s->longest)
			s->longest = f.boundary.len;
	}
	s->frame[s->n_frame++] = f;
}

/* The innermost frame goes to sleep: frames wake and sleep like a stack, so
 * that it heads its bucket. */
static void
put_to_sleep(struct scan *s, struct frame *f)
{
	if (!f->is_awake)
		return;
	s->bucket[f->hash % BUCKETS] = f->below;
	f->is_awake = false;
	s->n_awake--;
}

/* 1 + the innermost frame with that boundary, 0 for none. */
static size_t
find(const struct scan *s, struct ps_bytes boundary)
{
	uint64_t hash = hash_of(boundary);
	size_t i = s->bucket[hash % BUCKETS];

	while (i != 0 &&
		(s->frame[i - 1].hash != hash ||
			!ps_bytes_eq(s->frame[i - 1].boundary, boundary)))
		i = s->frame[i - 1].below;
	return i;
}

/* Is the line a delimiter, and of which frame (1 + index)?  Behind the
 * boundary only blanks may stand. */
static size_t
delimiter(const struct scan *s, struct ps_bytes line, bool *closes)
{
	struct ps_bytes b;
	size_t opened, closed = 0;

	if (line.len < 3 || line.p[0] != '-' || line.p[1] != '-')
		return 0;
	b = ps_bytes_from(ps_bytes_chomp(line), 2);
	while (b.len > 0 && ps_is_wsp(b.p[b.len - 1]))
		b.len--;
	if (b.len == 0 || b.len > s->longest + 2)
		return 0;
	opened = find(s, b);
	if (b.len > 2 && b.p[b.len - 1] == '-' && b.p[b.len - 2] == '-')
		closed = find(s, ps_bytes_head(b, b.len - 2));
	*closes = closed > opened;
	return *closes ? closed : opened;
}

static struct ps_bytes
slice(const char *start, const char *end)
{
	return start < end ? ps_bytes(start, (size_t)(end - start))
			   : ps_bytes(end, 0);
}

/* Header fields are known: go on with the body, which starts at body. */
static void
begin_body(struct scan *s, size_t part, const char *body)
{
	struct ps_entity *e = &s->out.part[part];

	read_fields(s, e);
	e->body.p = s->start = body;
	s->state = e->is_multipart ? PREAMBLE : LEAF;
	if (e->is_multipart)
		push(s, part);
}

static enum ps_status
end_header(struct scan *s, const char *end, const char *body)
{
	struct ps_entity *e = &s->out.part[s->part];
	struct ps_bytes rest;
	enum ps_status st;

	st = ps_header_parse(s->a, slice(s->start, end),
		s->limits->max_header_fields, &e->header, &rest, s->why);
	if (st == PS_OK)
		begin_body(s, s->part, body);
	return st;
}

static void
end_part(struct scan *s, size_t part, const char *end)
{
	struct ps_entity *e = &s->out.part[part];

	e->raw = slice(e->raw.p, end);
	e->body = slice(e->body.p, end);
}

/* Everything above the lowest "keep" frames ends here. */
static void
end_text(struct scan *s, size_t keep, const char *end)
{
	if (s->state == LEAF) {
		end_part(s, s->part, end);
	} else {
		struct ps_entity *e =
			&s->out.part[s->frame[s->n_frame - 1].part];

		/* Of a multipart that goes on, the line end may be that of
		 * its header's empty line. */
		if (s->state == PREAMBLE)
			e->preamble = slice(s->start,
				s->n_frame == keep && end < s->start ? s->start
								     : end);
		else
			e->epilogue = slice(s->start, end);
	}
	while (s->n_frame > keep) {
		struct frame *f = &s->frame[s->n_frame - 1];

		put_to_sleep(s, f);
		end_part(s, f->part, end);
		s->n_frame--;
	}
}

static enum ps_status
begin_part(struct scan *s, const char *start)
{
	size_t parent = s->frame[s->n_frame - 1].part;
	struct ps_entity *e;

	if (s->out.n_part >= s->limits->max_mime_parts) {
		*s->why = "too many MIME parts";
		return PS_ELIMIT;
	}
	if (s->out.part[parent].depth >= s->limits->max_mime_depth) {
		*s->why = "MIME parts nested too deeply";
		return PS_ELIMIT;
	}
	PS_GROW(s->a, s->out.part, s->out.n_part);
	e = &s->out.part[s->out.n_part];
	*e = (struct ps_entity){.parent = parent};
	e->depth = s->out.part[parent].depth + 1;
	e->raw.p = start;
	s->out.part[parent].n_child++;
	s->part = s->out.n_part++;
	s->start = start;
	s->state = HEADER;
	return PS_OK;
}

/* Where the text before a delimiter line ends: its line end belongs to the
 * delimiter (RFC 2046 5.1.1). */
static const char *
before_line_end(const struct scan *s, const char *line)
{
	if (line > s->in.p && line[-1] == '\n')
		line--;
	if (line > s->in.p && *line == '\n' && line[-1] == '\r')
		line--;
	return line;
}

static enum ps_status
at_delimiter(struct scan *s, size_t frame, bool closes, struct ps_bytes line)
{
	const char *end = before_line_end(s, line.p);
	const char *next = line.p + line.len;
	enum ps_status st = PS_OK;

	if (s->state == HEADER)
		st = end_header(s, line.p, line.p);
	if (st != PS_OK)
		return st;
	end_text(s, frame, end);
	if (!closes)
		return begin_part(s, next);
	s->out.part[s->frame[frame - 1].part].closed = true;
	put_to_sleep(s, &s->frame[frame - 1]);
	s->state = EPILOGUE;
	s->start = next;
	return PS_OK;
}

static enum ps_status
read_line(struct scan *s, struct ps_bytes line)
{
	bool closes = false;
	size_t frame = delimiter(s, line, &closes);
	enum ps_status st;

	if (frame != 0)
		return at_delimiter(s, frame, closes, line);
	if (s->state != HEADER)
		return PS_OK;
	switch (ps_header_line(line)) {
	case PS_HEADER_LINE_FIELD:
		return PS_OK;
	case PS_HEADER_LINE_MORE:
		if (line.p != s->start)
			return PS_OK;
		break;
	case PS_HEADER_LINE_EMPTY:
		return end_header(s, line.p, line.p + line.len);
	case PS_HEADER_LINE_OTHER:
		break;
	}
	st = end_header(s, line.p, line.p);
	/* A header without an empty line may be followed by the first
	 * delimiter of its own multipart. */
	return st == PS_OK ? read_line(s, line) : st;
}

enum ps_status
ps_entity_scan(struct ps_arena *a, const struct ps_header *h,
	struct ps_bytes body, const struct ps_limits *limits,
	struct ps_entities *out, const char **why)
{
	struct scan s = {.a = a, .limits = limits, .why = why};
	struct ps_bytes rest, line;
	enum ps_status st = PS_OK;
	const char *end;

	s.in = rest = body.len == 0 ? PS_LIT("") : body;
	end = s.in.p + s.in.len;
	PS_GROW(a, s.out.part, 0);
	s.out.n_part = 1;
	s.out.part[0] = (struct ps_entity){.header = *h, .raw = s.in};
	begin_body(&s, 0, s.in.p);
	while (st == PS_OK && (s.n_awake > 0 || s.state == HEADER) &&
		ps_bytes_line(&rest, &line))
		st = read_line(&s, line);
	if (st == PS_OK && s.state == HEADER)
		st = end_header(&s, end, end);
	if (st != PS_OK)
		return st;
	end_text(&s, 0, end);
	*out = s.out;
	return PS_OK;
}
