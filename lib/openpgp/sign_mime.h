/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Making multipart/signed (RFC 3156 section 5): first what is to be signed, as
 * no MTA behind us will change it, then the message around it and its
 * signature.
 */
#ifndef PS_OPENPGP_SIGN_MIME_H
#define PS_OPENPGP_SIGN_MIME_H

#include "base/limits.h"
#include "base/spool.h"
#include "mail/message.h"

/*
 * The entity of a message (its Content-* fields, an empty line, the body) in a
 * form that is 7bit with lines of at most 998 octets (RFC 3156 section 3): as
 * it stands where it is so already, else leaf parts become quoted-printable or
 * base64 and composite ones 7bit, also inside message/rfc822; nothing else
 * changes.  Trailing blanks and "From " at a line's beginning are encoded where
 * a part is encoded anyway.  Ends with CRLF.
 *
 * out gets the octets; *changed says whether they differ from the original's.
 * PS_EPERM with why for what cannot be brought to 7bit (a signed part inside
 * that would break is left as it is and refused).
 */
enum ps_status ps_sign_entity(struct ps_arena *a, const struct ps_message *m,
	const struct ps_limits *limits, struct ps_spool *out, bool *changed,
	const char **why);

/*
 * The message around the entity and its armored or binary signature: fields of
 * the original but Content-*, MIME-Version added where missing.
 *
 * micalg  "pgp-sha512"
 */
enum ps_status ps_sign_wrap(struct ps_arena *a,
	const struct ps_message *original, struct ps_bytes entity,
	struct ps_bytes signature, const char *micalg, struct ps_bytes boundary,
	struct ps_spool *body, struct ps_message *out, const char **why);

#endif
