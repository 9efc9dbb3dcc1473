/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * The canonical forms of RFC 6376 section 3.4, as DKIM and ARC sign them.
 * Octets go to a sink (a digest, in most cases) as they are made, so that a
 * body is never copied.  Knows neither signatures nor keys.
 */
#ifndef PS_DKIM_CANON_H
#define PS_DKIM_CANON_H

#include <stdint.h>

#include "mail/header.h"

enum ps_canon { PS_CANON_SIMPLE, PS_CANON_RELAXED };

/*
 * The value of c= ("relaxed", "relaxed/simple"): an absent body part is simple
 * (3.5).  False for other words; they are case-sensitive (3.2).
 */
bool ps_canon_words(
	struct ps_bytes value, enum ps_canon *header, enum ps_canon *body);

struct ps_canon_sink {
	void *self;
	void (*put)(void *self, struct ps_bytes octets);
};

/*
 * A header field (3.4.1, 3.4.2).  Every line end inside a value is CRLF to
 * "simple", whatever the MTA made of it; the one at the end is written when
 * crlf is set (a signature's own field goes without, 3.7).
 */
void ps_canon_field(enum ps_canon how, const struct ps_field *f, bool crlf,
	const struct ps_canon_sink *out);

/*
 * A signature's own value with what b= holds taken out, blanks around it too
 * (3.5, 3.7).
 */
struct ps_bytes ps_canon_unsigned(struct ps_arena *a, struct ps_bytes value);

/*
 * A body (3.4.3, 3.4.4) in pieces that may end anywhere.  Only CRLF is a line
 * end.
 */
#define PS_CANON_ALL ((uint64_t)-1)
struct ps_canon_body {
	enum ps_canon how;
	struct ps_canon_sink out;
	uint64_t left;	/* of l=, octets still to be written */
	uint64_t total; /* octets of the canonical form, l= or not */
	/* What may turn out to be the end: line ends, blanks before one, and a
	 * CR whose LF may come. */
	uint64_t n_line_end;
	bool blank, cr;
};

/* limit: l=, or PS_CANON_ALL.  Read total after the end. */
void ps_canon_body_begin(struct ps_canon_body *b, enum ps_canon how,
	uint64_t limit, struct ps_canon_sink out);
void ps_canon_body_put(struct ps_canon_body *b, struct ps_bytes octets);
void ps_canon_body_end(struct ps_canon_body *b);

#endif
