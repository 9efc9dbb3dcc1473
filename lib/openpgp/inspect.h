/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Is a message sealed already?  By proof, never by label: the packets or the
 * CMS content type are read, since any sender can write a Content-Type.
 */
#ifndef PS_OPENPGP_INSPECT_H
#define PS_OPENPGP_INSPECT_H

#include "base/limits.h"
#include "mail/message.h"

enum ps_sealed {
	PS_SEALED_NOT,
	PS_SEALED_PARTLY, /* armor with text beside it, a sealed part under a
			     footer, a sealed attachment */
	PS_SEALED_WHOLLY
};

struct ps_inspection {
	enum ps_sealed sealed;
	/* "pgp-mime", "pgp-mime-mangled" (Exchange), "pgp-inline", "cms",
	 * "pgp-part"; "" when not sealed.  Of the first sealed part when
	 * there are several. */
	const char *shape;
};

/*
 * Wholly: the MIME root is multipart/encrypted (RFC 3156 4) whose second part
 * proves sealed by its packets, with nothing but the version part and short
 * notices outside; or Exchange's multipart/mixed form of it; or a text/plain
 * root that is one armored sealed message and blanks; or CMS (RFC 8551) with
 * OID envelopedData or authEnvelopedData, not signedData.
 * Partly: any other part that proves sealed; armor in HTML; a sealed message
 * in an attached one.  Armor that is quoted ("> ") is text.
 * Never fails: what cannot be read (over the ceilings too) is not sealed.
 */
void ps_inspect(struct ps_arena *a, const struct ps_message *m,
	const struct ps_limits *limits, struct ps_inspection *out);

#endif
