/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Reading SMTP replies (RFC 5321 4.2): pure, and strict, because a reply that
 * is read wrongly is mail lost or doubled.  Three digits, the same on every
 * line, CRLF and nothing else as line end.
 */
#ifndef PS_RELAY_SMTP_REPLY_H
#define PS_RELAY_SMTP_REPLY_H

#include "base/arena.h"

/* Twice what RFC 5321 4.5.3.1.5 allows for a line, and more lines than any
 * EHLO has. */
#define PS_SMTP_LINE_MAX  1024
#define PS_SMTP_LINES_MAX 100
#define PS_SMTP_REPLY_MAX 16384

enum ps_smtp_parse {
	PS_SMTP_MORE, /* good so far, and not all of it */
	PS_SMTP_WHOLE,
	PS_SMTP_BAD /* no octet more can make a reply of it */
};

struct ps_smtp_reply {
	int code;	     /* 200 to 599 */
	struct ps_bytes raw; /* all its lines; borrowed */
};

/* The first reply of in; raw.len says how much of it was taken. */
enum ps_smtp_parse ps_smtp_reply_parse(
	struct ps_bytes in, struct ps_smtp_reply *out);

/* Take the next line's text, behind the code, off *rest (first: raw). */
bool ps_smtp_reply_line(struct ps_bytes *rest, struct ps_bytes *text);

/*
 * For people: the lines joined, printable, at most 400 octets, without the
 * enhanced code (RFC 3463) that each begins with.  *xcode is NULL when there
 * is none of the reply's class.
 */
void ps_smtp_reply_say(struct ps_arena *a, const struct ps_smtp_reply *r,
	const char **xcode, const char **text);

/* What EHLO offers. */
enum ps_smtp_forward {
	PS_SMTP_NAME = 1,
	PS_SMTP_ADDR = 2,
	PS_SMTP_PORT = 4,
	PS_SMTP_PROTO = 8,
	PS_SMTP_HELO = 16,
	PS_SMTP_IDENT = 32,
	PS_SMTP_SOURCE = 64
};
struct ps_smtp_offer {
	bool pipelining, eight_bit, smtputf8, dsn, auth_plain;
	size_t size;	   /* 0: it does not say, or has no limit */
	unsigned xforward; /* enum ps_smtp_forward bits */
};
void ps_smtp_offer_read(
	const struct ps_smtp_reply *r, struct ps_smtp_offer *out);

#endif
