/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Tag lists (RFC 6376 section 3.2): "v=1; a=rsa-sha256; ...".  DKIM
 * signatures, key records, ARC sets and DMARC records share this reader; what
 * a tag means is theirs.
 */
#ifndef PS_MAIL_TAGVAL_H
#define PS_MAIL_TAGVAL_H

#include <stdint.h>

#include "base/arena.h"

struct ps_tag {
	struct ps_bytes name;  /* as written: names are case-sensitive */
	struct ps_bytes value; /* trimmed; blanks and folding inside kept */
};

struct ps_tagval {
	struct ps_tag *tag; /* in the order of the list */
	size_t n_tag;
	bool broken; /* a part is no tag; what could be read is there */
	bool twice;  /* a name occurs again: no list by section 3.2 */
};

/* Reads max tags at most; more is "broken". */
void ps_tagval_parse(struct ps_arena *a, struct ps_bytes list, size_t max,
	struct ps_tagval *out);

/* The first tag of that name; false when there is none. */
bool ps_tagval_get(
	const struct ps_tagval *t, struct ps_bytes name, struct ps_bytes *out);

/* Without blanks and line ends anywhere, as base64 and h= are read. */
struct ps_bytes ps_tagval_squeeze(struct ps_arena *a, struct ps_bytes value);

/*
 * The octets of a base64string (RFC 6376 section 2.10): blanks and folding
 * anywhere, padding that its grammar lets go may be missing.  False for any
 * other octet, for padding that is not at the end, and for a lone digit.
 */
bool ps_tagval_base64(
	struct ps_arena *a, struct ps_bytes value, struct ps_bytes *out);

/*
 * Take the next item off a list with separators ("from:to:subject", ':'),
 * trimmed.  False when nothing is left.
 */
bool ps_tagval_item(
	struct ps_bytes *rest, char separator, struct ps_bytes *item);

/* A number of digits alone, at most 18 of them. */
bool ps_tagval_number(struct ps_bytes value, int64_t *out);

#endif
