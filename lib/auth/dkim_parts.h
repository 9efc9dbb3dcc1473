/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * One DKIM signature as we read it, and the steps of its verification.  For
 * the dkim_* files only.
 */
#ifndef PS_AUTH_DKIM_PARTS_H
#define PS_AUTH_DKIM_PARTS_H

#include "auth/dkim.h"
#include "auth/dkim_key.h"

#define PS_DKIM_MAX_TAGS  50
#define PS_DKIM_MAX_FIELD ((size_t)32768) /* octets of one signature */

struct ps_dkim_reading {
	/* PS_AUTH_PASS as long as nothing speaks against it. */
	enum ps_auth_result result;
	const char *why;
	const struct ps_field *field;
	struct ps_bytes domain, identity, selector, algorithm;
	struct ps_bytes b;	     /* as written, without blanks */
	enum ps_dkim_key_type type;  /* that a= asks for */
	bool exact;		     /* the domain of i= is d= */
	enum ps_canon header, body;  /* c= */
	struct ps_bytes *name;	     /* of h=; no empty ones */
	size_t n_name;		     /* at most PS_DKIM_MAX_HEADERS */
	struct ps_bytes body_hash;   /* bh=, PS_SHA256_LEN octets */
	struct ps_bytes octets;	     /* b= */
	uint64_t limit;		     /* l=, or PS_CANON_ALL */
	int64_t signed_s, expires_s; /* t=, x=; -1 when absent */
	struct ps_dkim_key key;
	bool fetched; /* the key is what the DNS said */
	bool odd_b;   /* "b =", or another tag that ends in "b" */
	bool partial;
};

/* dkim_read.c: what a signature says, by itself. */
void ps_dkim_read(struct ps_arena *a, const struct ps_field *f,
	struct ps_dkim_reading *out);

struct ps_dkim_readings {
	struct ps_dkim_reading *of;
	size_t n, n_ignored;
};
void ps_dkim_read_all(struct ps_arena *a, const struct ps_header *h,
	struct ps_dkim_readings *out);

/* dkim_cover.c: what it signs, for dkim/dkim.h. */
struct ps_dkim_cover ps_dkim_cover_of(const struct ps_dkim_reading *r);

/*
 * A field that must occur once (RFC 5322 section 3.6, RFC 2045) occurs more
 * often than it is signed: its name, or NULL.
 */
const char *ps_dkim_uncovered(
	const struct ps_header *h, const struct ps_dkim_reading *r);

/* Every field of that name is signed, and there is one. */
bool ps_dkim_covers(const struct ps_header *h, const struct ps_dkim_reading *r,
	struct ps_bytes name);

/* dkim_body.c: bodies hashed once, whoever signed them. */
struct ps_dkim_body {
	enum ps_canon how;
	uint64_t limit;
	uint64_t total; /* octets of the canonical form */
	unsigned char digest[PS_SHA256_LEN];
};
struct ps_dkim_bodies {
	struct ps_dkim_body of[PS_DKIM_MAX_SIGNATURES];
	size_t n;
};
const struct ps_dkim_body *ps_dkim_hash_body(struct ps_dkim_bodies *known,
	struct ps_sha256 *sha, struct ps_bytes body,
	const struct ps_dkim_reading *r);

/* Is b= a signature of what h= names? */
enum ps_dkim_opinion {
	PS_DKIM_CANNOT, /* this judge cannot tell */
	PS_DKIM_GOOD,
	PS_DKIM_BAD
};

/*
 * dkim_ask.c: by libopendkim's digests, of the readings whose result is still
 * PS_AUTH_PASS; opinion has room for all of them.
 */
void ps_dkim_ask_lib(struct ps_dkim *d, const struct ps_header *h,
	const struct ps_dkim_readings *r, enum ps_dkim_opinion *opinion);
/* By our own digest; never PS_DKIM_CANNOT. */
enum ps_dkim_opinion ps_dkim_ask_own(struct ps_arena *a, struct ps_sha256 *sha,
	const struct ps_header *h, const struct ps_dkim_reading *r);

/* dkim_judge.c: the steps that turn a reading's result. */
void ps_dkim_judge_time(struct ps_dkim_reading *r, int64_t now_s);
void ps_dkim_judge_key(struct ps_dkim_reading *r);
void ps_dkim_judge_body(
	struct ps_dkim_reading *r, const struct ps_dkim_body *body);
/* After the cryptography: what is signed, and what is not. */
void ps_dkim_judge_signature(struct ps_arena *a, struct ps_dkim_reading *r,
	enum ps_dkim_opinion opinion, const struct ps_dkim_body *body,
	const struct ps_header *h);

#endif
