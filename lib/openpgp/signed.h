/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * What of a message claims to be signed with OpenPGP, and how much of what a
 * reader sees that signature would cover.  Structure only: no cryptography,
 * and nothing is believed.  Only two shapes can speak for an author: a MIME
 * root multipart/signed of exactly two parts (RFC 3156 section 5), and a
 * text/plain root that is one cleartext signed message and blanks (RFC 9580
 * section 7).  Everything else is told by its name and speaks for nobody.
 */
#ifndef PS_OPENPGP_SIGNED_H
#define PS_OPENPGP_SIGNED_H

#include "base/limits.h"
#include "mail/message.h"

enum ps_signed_scope {
	PS_SCOPE_NONE,	 /* nothing is signed */
	PS_SCOPE_WHOLE,	 /* everything that a reader sees */
	PS_SCOPE_PARTLY, /* something, and there is more beside it */
	PS_SCOPE_BROKEN	 /* it claims to be signed, and is built wrongly */
};
const char *ps_signed_scope_name(enum ps_signed_scope s);

struct ps_signed {
	enum ps_signed_scope scope;
	/* "pgp-mime", "pgp-inline", "pgp-nested", "pgp-attached-inline", ...;
	 * "" for none. */
	const char *shape;
	const char *why; /* of PARTLY and BROKEN: "beside unsigned parts" */
	/* WHOLE and PARTLY: the octets that are signed, as OpenPGP hashes them
	 * (CRLF; of an inline one without dash escapes and trailing blanks),
	 * and the binary signature packets. */
	struct ps_bytes octets, signature;
	/* The inner From (RFC 9788 2.1, hp="clear") as the signed part's own
	 * header has it; false: none.  For the caller to compare. */
	bool has_inner_from;
	struct ps_bytes inner_from;
};

/*
 * The first signature only; never fails.  What is over a ceiling is BROKEN.
 */
void ps_signed_scan(struct ps_arena *a, const struct ps_message *m,
	const struct ps_limits *limits, struct ps_signed *out);

/* The same of an entity that is signed as a whole inside a seal: has_inner_from
 * and inner_from are filled. */
void ps_signed_inner_from(struct ps_arena *a, struct ps_bytes entity,
	const struct ps_limits *limits, struct ps_signed *out);

/* What the signature packets claim, before any engine sees them. */
#define PS_SIGNATURES_MAX 8 /* packets; more is refused: each costs CPU */
struct ps_signature_claim {
	uint64_t key_id;  /* of the issuer; 0 when it does not say */
	int version;	  /* 3, 4, 6 */
	int hash, pubkey; /* algorithms */
	int class;	  /* 0x00 binary, 0x01 text */
	int64_t created_s, expires_s;
};
/* PS_EPERM: no signatures, other packets between them, cut off; PS_ELIMIT. */
enum ps_status ps_signature_claims(struct ps_bytes binary,
	struct ps_signature_claim out[PS_SIGNATURES_MAX], size_t *n_out,
	const char **why);

#endif
