/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Authentication-Results (RFC 8601): written so that nothing in a value can
 * end it, read tolerantly, and recognised in every spelling by those who must
 * not carry ours.
 */
#ifndef PS_AUTH_AUTHRES_H
#define PS_AUTH_AUTHRES_H

#include "auth/result.h"
#include "base/buf.h"
#include "mail/header.h"

#define PS_AUTHRES_FIELD "Authentication-Results"

/* "header.d=example.org"; type is one of smtp, header, body, policy. */
struct ps_authres_prop {
	const char *type, *name;
	struct ps_bytes value;
};

/* One method's statement: "spf=pass (why) smtp.mailfrom=example.org". */
#define PS_AUTHRES_MAX_PROPS 8
struct ps_authres_item {
	const char *method;
	enum ps_auth_result result;
	const char *comment; /* NULL: none; made safe when written */
	const char *reason;  /* NULL: none */
	struct ps_authres_prop prop[PS_AUTHRES_MAX_PROPS];
	size_t n_prop;
};

/*
 * The field's value from the leading blank on, without the name; folded at
 * items (CRLF, tab) when fold is set, else on one line.  No items: "none".
 * Values of U-labels stay as they are where they are UTF-8 (RFC 8616 6).
 */
void ps_authres_write(const char *authserv_id,
	const struct ps_authres_item *item, size_t n_item, bool fold,
	struct ps_buf *out);

/* A field's value, read: of a trusted relay, or of an ARC set. */
struct ps_authres_read_prop {
	struct ps_bytes type, name, value; /* value unquoted */
};
struct ps_authres_read_item {
	struct ps_bytes method; /* lower case, no version */
	enum ps_auth_result result;
	struct ps_bytes word; /* the result as written, when it is no word of
				 ours */
	bool known;	      /* result holds */
	struct ps_authres_read_prop *prop;
	size_t n_prop;
};
struct ps_authres {
	struct ps_bytes
		authserv_id; /* lower-case A-label where it is a domain */
	struct ps_authres_read_item *item;
	size_t n_item;
};
/* False when it cannot be read; then nothing of it counts. */
bool ps_authres_read(
	struct ps_arena *a, struct ps_bytes value, struct ps_authres *out);
/* The value of a property, empty (p NULL) when there is none. */
struct ps_bytes ps_authres_prop(const struct ps_authres_read_item *item,
	struct ps_bytes type, struct ps_bytes name);

/*
 * Does this field claim to be ours?  By its authserv-id: folded, quoted,
 * commented, versioned, in any case, U-label or A-label, with junk behind it.
 * Says yes where a reader could be made to see our id.
 */
bool ps_authres_claims(struct ps_arena *a, const struct ps_field *f,
	struct ps_bytes authserv_id);
/*
 * Is it ours by the letter of RFC 8601, and can it be read?  For fields that
 * are believed: what only a careless reader takes for ours is no relay's.
 */
bool ps_authres_is_ours(struct ps_arena *a, const struct ps_field *f,
	struct ps_bytes authserv_id, struct ps_authres *said);

#endif
