/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * The addr-spec reader that envelope paths, address lists and user ids share
 * (RFC 5322 3.4.1 and 4.4, RFC 5321 4.1.2), so that a mailbox has one normal
 * form wherever it was written.  Used by addr_*.c only.
 */
#ifndef PS_MAIL_SPEC_H
#define PS_MAIL_SPEC_H

#include "mail/addr.h"
#include "mail/lex.h"

struct ps_spec {
	struct ps_arena *a;
	struct ps_lex in;
	char *local, *domain; /* each with room for the whole input, the
				 second also for PS_IDNA_MAX octets */
	size_t n_local, n_domain;
	size_t n_word; /* words of the local part, an empty quoted one too */
	bool spaced;   /* two of them without a dot between */
};

/* plain: no comments and blanks between tokens, as on an envelope. */
void ps_spec_init(struct ps_spec *s, struct ps_arena *a, struct ps_bytes input,
	bool plain);

/* Read words and dots from the cursor on, up to anything else. */
void ps_spec_words(struct ps_spec *s);

/* The cursor on "@": read the domain or literal behind it.  False when it is
 * none; the cursor then stands where it was noticed. */
bool ps_spec_domain(struct ps_spec *s);

/* What stands in angle brackets: a route, which is dropped, and an addr-spec,
 * whose domain may be missing. */
bool ps_spec_inner(struct ps_spec *s);

/* The normal form of what was read; false when it is over-long or holds
 * control octets. */
bool ps_spec_finish(struct ps_spec *s, struct ps_addr *out);

#endif
