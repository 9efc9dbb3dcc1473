/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Header fields: the one walker over them.  A field's value is everything
 * behind the colon as it was received, the leading blank included, folded
 * lines kept (LF or CRLF inside), without its last line end.
 */
#ifndef PS_MAIL_HEADER_H
#define PS_MAIL_HEADER_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/status.h"

struct ps_field {
	struct ps_bytes name; /* without the colon and blanks before it */
	struct ps_bytes value;
	/* For a copy: 1 + index in the original of the field that this one
	 * keeps or changes; 0 for a new one. */
	size_t from;
};

struct ps_header {
	struct ps_field *field;
	size_t n_field;
};

/* What one line (with or without its line end) is to a header. */
enum ps_header_line {
	PS_HEADER_LINE_EMPTY, /* ends the header and belongs to it */
	PS_HEADER_LINE_FIELD, /* begins a field */
	PS_HEADER_LINE_MORE,  /* goes on with the field above */
	PS_HEADER_LINE_OTHER  /* is no header any more */
};
enum ps_header_line ps_header_line(struct ps_bytes line);

/*
 * Split a header block into fields, up to the empty line or the first line
 * that is no field (then there is no empty line to take).  Names and values
 * point into raw.
 *
 * max_fields   more is PS_ELIMIT
 * rest         what follows the header: behind the empty line, or from the
 *              line that is no field
 */
enum ps_status ps_header_parse(struct ps_arena *a, struct ps_bytes raw,
	size_t max_fields, struct ps_header *out, struct ps_bytes *rest,
	const char **why);

/* The nth (0 is the first) field of that name, or NULL. */
const struct ps_field *ps_header_nth(
	const struct ps_header *h, struct ps_bytes name, size_t nth);
size_t ps_header_count(const struct ps_header *h, struct ps_bytes name);

/*
 * The value on one line: folding removed (RFC 5322 2.2.3), trimmed.  A line
 * end that folds nothing and a bare CR become a blank.
 */
struct ps_bytes ps_header_unfold(struct ps_arena *a, struct ps_bytes value);

/* "Name:value" CRLF, every line end inside the value as CRLF. */
void ps_header_put(struct ps_buf *out, const struct ps_field *f);
/* The octets that ps_header_put writes. */
size_t ps_header_size(const struct ps_field *f);

/*
 * A structured value "token; name=value; name=\"quoted\"" (RFC 2045 5.1,
 * RFC 2231 continuations and charsets are joined, not decoded).  main is
 * lower case without blanks and comments: "text/plain", "attachment".
 */
struct ps_param {
	struct ps_bytes name; /* lower case */
	struct ps_bytes value;
};
struct ps_params {
	struct ps_bytes main;
	struct ps_param *param;
	size_t n_param;
	bool broken; /* something of it could not be read */
};
void ps_header_params(
	struct ps_arena *a, struct ps_bytes value, struct ps_params *out);
/* The value of the first parameter of that name; empty with p NULL when there
 * is none. */
struct ps_bytes ps_params_get(const struct ps_params *p, struct ps_bytes name);

#endif
