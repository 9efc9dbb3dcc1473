/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * S/MIME that is encrypted, by its ASN.1 and not by its label: the framing of
 * CMS (RFC 5652, RFC 5083), no cryptography, no allocation.
 */
#ifndef PS_OPENPGP_CMS_H
#define PS_OPENPGP_CMS_H

#include "base/bytes.h"

/* So many octets tell whether it begins as encrypted CMS. */
#define PS_CMS_PREFIX 128

/*
 * A ContentInfo of type envelopedData or authEnvelopedData with at least one
 * recipient?  Reads the beginning only; DER or BER.
 */
bool ps_cms_begins_enveloped(struct ps_bytes ber);

/* That, and the octets are one whole BER value to their end. */
bool ps_cms_is_enveloped(struct ps_bytes ber);

#endif
