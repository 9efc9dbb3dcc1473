/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * A master file as lines of tokens (RFC 1035 5.1).  Knows quotes, escapes,
 * comments and parentheses, and nothing of what a token means.
 */
#ifndef PS_DNS_DNS_ZONE_TEXT_H
#define PS_DNS_DNS_ZONE_TEXT_H

#include "base/arena.h"

struct ps_dns_token {
	struct ps_bytes text; /* escapes decoded */
	bool quoted;
	bool has_escaped_dot; /* which no name of ours can hold */
};

struct ps_dns_line {
	struct ps_dns_token *token;
	size_t n_token;
	bool starts_blank; /* the owner is the one of the line before */
	size_t number;	   /* where it began, from 1 */
};

struct ps_dns_zone_text {
	struct ps_bytes rest;
	size_t number;
	const char *why; /* set once something could not be read */
};

/* The next line that holds tokens; false at the end and on an error. */
bool ps_dns_zone_text_line(struct ps_arena *a, struct ps_dns_zone_text *t,
	struct ps_dns_line *out);

#endif
