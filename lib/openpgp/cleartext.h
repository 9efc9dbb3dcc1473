/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * The cleartext signature framework (RFC 9580 section 7), read strictly: what
 * one reader shows and another one hashes must be the same text.
 */
#ifndef PS_OPENPGP_CLEARTEXT_H
#define PS_OPENPGP_CLEARTEXT_H

#include "base/arena.h"

#define PS_CLEARTEXT_BEGIN "-----BEGIN PGP SIGNED MESSAGE-----"

struct ps_cleartext {
	const char *broken; /* why it cannot be used; else NULL */
	/* As it is hashed: dash escapes and trailing blanks removed, CRLF
	 * between lines and none at the end (section 7.1). */
	struct ps_bytes text;
	struct ps_bytes signature; /* binary packets */
	bool text_outside;	   /* something but blanks before or behind */
};

/* The first block of a text, whatever its line ends. */
void ps_cleartext_read(
	struct ps_arena *a, struct ps_bytes text, struct ps_cleartext *out);

#endif
