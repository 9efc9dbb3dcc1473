/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Making multipart/signed (RFC 3156 section 5): the message around an entity,
 * which mail/sevenbit.h brought into a form that stays, and its signature.
 */
#ifndef PS_OPENPGP_SIGN_MIME_H
#define PS_OPENPGP_SIGN_MIME_H

#include "base/spool.h"
#include "mail/message.h"

/*
 * All fields of the original but Content-*; MIME-Version added where missing;
 * Content-Type in the place of the original's first one.
 *
 * entity     ends with CRLF, which is signed; the line end before the delimiter
 *            is none of it
 * signature  binary packets
 * micalg     "pgp-sha512"
 * boundary   as for ps_pgpmime_wrap
 * body       gets the new body, empty before.  out->body is its view
 */
struct ps_sign_parts {
	struct ps_bytes entity, signature;
	const char *micalg;
	struct ps_bytes boundary;
};
enum ps_status ps_sign_wrap(struct ps_arena *a,
	const struct ps_message *original, const struct ps_sign_parts *parts,
	struct ps_spool *body, struct ps_message *out, const char **why);

#endif
