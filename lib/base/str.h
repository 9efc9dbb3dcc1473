/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Text for people: values that came from the network are escaped before they
 * reach a log line, a reply or a terminal.
 */
#ifndef PS_BASE_STR_H
#define PS_BASE_STR_H

#include "base/arena.h"
#include "base/buf.h"

/*
 * The octets as printable ASCII: controls, 8-bit, backslash and double quote
 * become \xNN; at most max octets of b are shown, then "...".
 */
char *ps_str_printable(struct ps_arena *a, struct ps_bytes b, size_t max);

/* The same, all of it, appended to a buffer. */
void ps_str_put_escaped(struct ps_buf *out, struct ps_bytes b);

/* As a value of a key=value log line: quoted when it holds a blank or is empty.
 */
void ps_str_put_value(struct ps_buf *out, struct ps_bytes b);

/* Edit distance (insertions, deletions, substitutions), for "did you mean". */
size_t ps_str_distance(const char *a, const char *b);

/* Does a pattern match all of text?  "*" stands for any number of octets. */
bool ps_str_glob(struct ps_bytes pattern, struct ps_bytes text, bool fold);

#endif
