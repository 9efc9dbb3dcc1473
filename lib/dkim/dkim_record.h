/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * The DNS record of a key, as text (RFC 6376 section 3.6.1).
 */
#ifndef PS_DKIM_DKIM_RECORD_H
#define PS_DKIM_DKIM_RECORD_H

#include "base/arena.h"
#include "base/buf.h"
#include "dkim/dkim_secret.h"

/* "v=DKIM1; k=rsa; p=MIIB..."; point: as ps_dkim_secret_public. */
struct ps_bytes ps_dkim_record_text(
	struct ps_arena *a, enum ps_dkim_alg alg, struct ps_bytes point);

/*
 * A line of a zone file: the name, and the text in character-strings of at
 * most 255 octets (RFC 1035 section 3.3), one a line in parentheses.
 */
void ps_dkim_record_zone(struct ps_buf *out, const char *selector,
	const char *domain, struct ps_bytes text);

/* NULL when a published record (its strings joined) is that key's; else what
 * is wrong. */
const char *ps_dkim_record_differs(struct ps_arena *a, struct ps_bytes record,
	enum ps_dkim_alg alg, struct ps_bytes point);

#endif
