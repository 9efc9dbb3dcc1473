/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * An ARC chain as it stands in a header, and what its verification shares.  For
 * the arc_* files only.
 */
#ifndef PS_AUTH_ARC_PARTS_H
#define PS_AUTH_ARC_PARTS_H

#include "auth/arc.h"
#include "dkim/canon.h"
#include "auth/dkim_key.h"
#include "dkim/sha256.h"
#include "mail/tagval.h"

/* What seals and message signatures share. */
struct ps_arc_signature {
	const struct ps_field *field;
	struct ps_tagval tags;
	/* What makes it unusable; NULL for nothing.  A broken one of an older
	 * hop's message is no fault of the chain (RFC 8617 section 5.2). */
	const char *why;
	enum ps_dkim_key_type type; /* of a= */
	struct ps_bytes domain, selector;
	struct ps_bytes octets; /* b=, decoded */
};

struct ps_arc_message {
	struct ps_arc_signature sig;
	struct ps_bytes body_hash; /* bh=, decoded */
	enum ps_canon header, body;
	struct ps_bytes fields;	     /* h= */
	int64_t signed_s, expires_s; /* t= and x=; -1 for none */
	int64_t limit;		     /* l=; -1 for none */
};

struct ps_arc_hop {
	const struct ps_field *results; /* ARC-Authentication-Results */
	struct ps_bytes results_text;	/* behind "i=N;" */
	struct ps_arc_message message;
	struct ps_arc_signature seal;
	bool cv_none, cv_pass, cv_fail;
};

struct ps_arc_chain {
	struct ps_arc_hop *hop; /* hop[i] is instance i + 1 */
	size_t n_hop;
};

/*
 * PS_AUTH_NONE without any ARC field; PS_AUTH_PASS when the chain has all its
 * parts and the right cv= in each, and nothing more is said of it;
 * PS_AUTH_FAIL with *why.
 */
enum ps_auth_result ps_arc_read(struct ps_arena *a, const struct ps_header *h,
	struct ps_arc_chain *out, const char **why);

/* arc_tags.c: read field and tags; trouble is in why of the signature. */
void ps_arc_read_message(struct ps_arena *a, struct ps_arc_message *m);
void ps_arc_read_seal(struct ps_arena *a, struct ps_arc_hop *hop);

struct ps_arc_key {
	struct ps_bytes selector, domain;
	struct ps_dkim_key key;
};

/* A body in one canonical form: hashed once, whoever signed it. */
struct ps_arc_body {
	bool known;
	uint64_t total; /* octets */
	unsigned char digest[PS_SHA256_LEN];
};

/* One verification under way. */
struct ps_arc_work {
	struct ps_arena *a;
	const struct ps_message *message;
	int64_t now_s;
	struct ps_dns_budget *dns;
	struct ps_arc_key *key; /* each is asked for once */
	size_t n_key;
	struct ps_sha256 *sha;
	struct ps_arc_body body[PS_CANON_RELAXED + 1];
	size_t n_octet; /* of fields that message signatures cover */
	bool secure;
	const char *why; /* of the last check that was no pass */
};

/* arc.c: fetch the key and try it: pass, fail or temperror. */
enum ps_auth_result ps_arc_check_signature(struct ps_arc_work *w,
	const struct ps_arc_signature *s,
	const unsigned char digest[PS_SHA256_LEN]);

/*
 * arc_message.c: one message signature.  author_signed (may be NULL): it covers
 * every From field.
 */
enum ps_auth_result ps_arc_check_message(struct ps_arc_work *w,
	const struct ps_arc_message *m, bool *author_signed);

/* arc_seal.c: every seal, the newest first. */
enum ps_auth_result ps_arc_check_seals(
	struct ps_arc_work *w, const struct ps_arc_chain *c);

#endif
