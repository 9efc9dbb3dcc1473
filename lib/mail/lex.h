/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * A cursor over the value of a structured field (RFC 5322 3.2): blanks,
 * folding, comments and quoted strings, which every such field shares.  Knows
 * no field's own grammar.  It never goes back, so that readers stay linear.
 */
#ifndef PS_MAIL_LEX_H
#define PS_MAIL_LEX_H

#include "base/arena.h"

/* Deeper comments are "broken": 20,000 levels are an attack, not mail. */
#define PS_LEX_COMMENT_DEPTH 16

struct ps_lex {
	const char *p, *end;
	bool plain;  /* no blanks or comments between tokens are skipped */
	bool broken; /* something could not be read; never reset here */
};

/* The octet at the cursor, or -1 at the end. */
int ps_lex_peek(const struct ps_lex *l);

/* Skip blanks, line ends and comments (CFWS, RFC 5322 3.2.2). */
void ps_lex_cfws(struct ps_lex *l);

/*
 * Take a quoted string off, the cursor on its opening quote; what stands
 * between the quotes is given as written.  Without a closing quote it reaches
 * to the end and is broken.
 */
struct ps_bytes ps_lex_quoted(struct ps_lex *l);

/*
 * What a quoted string means: backslashes and line ends of folding removed.
 * out has room for raw.len octets; gives the length.
 */
size_t ps_lex_unquote(struct ps_bytes raw, char *out);

/* The six bits of a base64 digit (RFC 4648 4), -1 for what is none. */
int ps_lex_base64(char c);

struct ps_bytes ps_lex_lower(struct ps_arena *a, struct ps_bytes b);

#endif
