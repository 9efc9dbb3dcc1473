/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Just enough BER (X.690 8.1) to see what a CMS message is and where it ends.
 * Mail programs that stream write indefinite lengths, so both forms are read.
 */
#include "openpgp/cms.h"

#define SEQUENCE 0x30
#define SET	 0x31
#define INTEGER	 0x02
#define OID	 0x06
#define EXPLICIT 0xa0 /* [0], constructed */

#define MAX_DEPTH 64

struct tlv {
	unsigned tag;
	size_t len;
	bool indefinite;
};

/* 1.2.840.113549.1.7.3 and 1.2.840.113549.1.9.16.1.23 */
#define OID_ENVELOPED	   "\x2a\x86\x48\x86\xf7\x0d\x01\x07\x03"
#define OID_AUTH_ENVELOPED "\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x01\x17"

/* Tags of one octet only: no other occur in CMS. */
static bool
take_head(struct ps_bytes *rest, struct tlv *out)
{
	const unsigned char *p = (const unsigned char *)rest->p;
	size_t n;

	if (rest->len < 2 || (p[0] & 0x1f) == 0x1f)
		return false;
	*out = (struct tlv){.tag = p[0], .len = p[1]};
	if (p[1] < 0x80) {
		*rest = ps_bytes_from(*rest, 2);
		return true;
	}
	n = p[1] & 0x7f;
	out->len = 0;
	out->indefinite = n == 0;
	if (out->indefinite && (p[0] & 0x20) == 0)
		return false; /* X.690 8.1.3.2: constructed only */
	if (n > 4 || rest->len < 2 + n)
		return false;
	for (size_t i = 0; i < n; i++)
		out->len = out->len << 8 | p[2 + i];
	*rest = ps_bytes_from(*rest, 2 + n);
	return true;
}

static bool
take_tag(struct ps_bytes *rest, unsigned tag, struct tlv *out)
{
	return take_head(rest, out) && out->tag == tag &&
	       (out->indefinite || out->len > 0);
}

/* A primitive value whole. */
static bool
take_value(struct ps_bytes *rest, unsigned tag, struct ps_bytes *out)
{
	struct tlv t;

	if (!take_tag(rest, tag, &t) || t.len > rest->len)
		return false;
	*out = ps_bytes_head(*rest, t.len);
	*rest = ps_bytes_from(*rest, t.len);
	return true;
}

bool
ps_cms_begins_enveloped(struct ps_bytes ber)
{
	struct ps_bytes rest = ber, oid, version;
	struct tlv t;

	if (!take_tag(&rest, SEQUENCE, &t) || !take_value(&rest, OID, &oid))
		return false;
	if (!ps_bytes_eq(oid, PS_LIT(OID_ENVELOPED)) &&
		!ps_bytes_eq(oid, PS_LIT(OID_AUTH_ENVELOPED)))
		return false;
	if (!take_tag(&rest, EXPLICIT, &t) || !take_tag(&rest, SEQUENCE, &t) ||
		!take_value(&rest, INTEGER, &version))
		return false;
	if (version.len != 1 || version.p[0] < 0 || version.p[0] > 4)
		return false; /* RFC 5652 6.1 */
	/* originatorInfo, or the recipients at once */
	return take_head(&rest, &t) && (t.tag == EXPLICIT || t.tag == SET) &&
	       (t.indefinite || t.len > 0);
}

/* One value, and nothing behind it. */
static bool
is_one_value(struct ps_bytes rest)
{
	size_t depth = 0;
	struct tlv t;

	do {
		if (!take_head(&rest, &t))
			return false;
		if (t.indefinite) {
			if (++depth > MAX_DEPTH)
				return false;
		} else if (t.tag == 0 && t.len == 0) {
			if (depth-- == 0)
				return false;
		} else if (t.len > rest.len) {
			return false;
		}
		rest = ps_bytes_from(rest, t.len);
	} while (depth > 0);
	return rest.len == 0;
}

bool
ps_cms_is_enveloped(struct ps_bytes ber)
{
	return ps_cms_begins_enveloped(ber) && is_one_value(ber);
}
