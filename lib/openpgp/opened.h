/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * The two ends of opening a message: which octets an engine is to open, and
 * what message comes of the entity that was inside.  No cryptography.
 */
#ifndef PS_OPENPGP_OPENED_H
#define PS_OPENPGP_OPENED_H

#include "base/limits.h"
#include "base/spool.h"
#include "mail/message.h"

/*
 * The binary OpenPGP message of one that is wholly sealed as PGP/MIME (or as
 * Exchange leaves it): session keys for public keys, then one packet with
 * integrity protection that reaches the end.  Session keys for passwords are
 * left out: nobody here is to be asked for one.
 *
 * PS_EPERM: it is not that; PS_ELIMIT: more recipients than may be.
 */
#define PS_OPENED_MAX_KEYS   1000
#define PS_OPENED_MAX_HIDDEN 16 /* without a key id: every key is tried */
enum ps_status ps_opened_sealed(struct ps_arena *a, const struct ps_message *m,
	const struct ps_limits *limits, struct ps_bytes *binary,
	const char **why);

/*
 * The original's fields but Content-*, then the entity's Content-* fields and
 * its body, as CRLF lines whatever they were.  Nothing else of the entity's
 * header counts, but that an obscured Subject ("[...]", "...") gets the one
 * that the entity protects (RFC 9788 2.1, or the older protected-headers).
 * From never comes from inside.
 *
 * body  gets the octets, empty before; out->body is its view
 */
enum ps_status ps_opened_message(struct ps_arena *a,
	const struct ps_message *original, struct ps_bytes entity,
	const struct ps_limits *limits, struct ps_spool *body,
	struct ps_message *out, const char **why);

#endif
