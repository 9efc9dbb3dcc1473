/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Signature packets, as far as certificates are cut and judged by them.
 */
#include "openpgp/cert_sig.h"

#include "openpgp/cert_fpr.h"
#include "openpgp/packets.h"

#define SUB_CREATED    2
#define SUB_EXPIRES    3
#define SUB_ISSUER     16
#define SUB_ISSUER_FPR 33

static uint64_t
number(struct ps_bytes b, size_t octets)
{
	uint64_t n = 0;

	for (size_t i = 0; i < octets; i++)
		n = n << 8 | (unsigned char)b.p[i];
	return n;
}

/* One subpacket (RFC 9580 5.2.3.7) off *rest, its type octet in front. */
static bool
next_subpacket(struct ps_bytes *rest, struct ps_bytes *out)
{
	const unsigned char *p = (const unsigned char *)rest->p;
	size_t len, head;

	if (rest->len < 2)
		return false;
	if (p[0] < 192) {
		head = 1;
		len = p[0];
	} else if (p[0] < 255) {
		head = 2;
		len = ((size_t)(p[0] - 192) << 8) + p[1] + 192;
	} else {
		head = 5;
		if (rest->len < head)
			return false;
		len = (size_t)number(ps_bytes_from(*rest, 1), 4);
	}
	if (rest->len < head || len == 0 || rest->len - head < len)
		return false;
	*out = ps_bytes(rest->p + head, len);
	*rest = ps_bytes_from(*rest, head + len);
	return true;
}

/* Times count only where they are signed; the issuer is a hint anyway. */
static void
read_subpackets(struct ps_bytes area, bool hashed, struct ps_cert_sig *sig)
{
	struct ps_bytes one, value;

	while (next_subpacket(&area, &one)) {
		int type = (unsigned char)one.p[0] & 0x7f;

		value = ps_bytes_from(one, 1);
		if (type == SUB_CREATED && value.len == 4 && hashed) {
			sig->created_s = (int64_t)number(value, 4);
		} else if (type == SUB_EXPIRES && value.len == 4 && hashed) {
			sig->expires_s = (int64_t)number(value, 4);
		} else if (type == SUB_ISSUER && value.len == 8) {
			sig->issuer = number(value, 8);
			sig->has_issuer = true;
		} else if (type == SUB_ISSUER_FPR && value.len == 21) {
			sig->issuer = number(ps_bytes_from(value, 13), 8);
			sig->has_issuer = true;
		}
	}
}

/* Two octets of length and what they count, off *rest. */
static bool
take_area(struct ps_bytes *rest, struct ps_bytes *area)
{
	size_t len;

	if (rest->len < 2)
		return false;
	len = (size_t)number(*rest, 2);
	if (rest->len - 2 < len)
		return false;
	*area = ps_bytes(rest->p + 2, len);
	*rest = ps_bytes_from(*rest, 2 + len);
	return true;
}

bool
ps_cert_sig_read(struct ps_bytes body, struct ps_cert_sig *out)
{
	struct ps_bytes rest, area;

	*out = (struct ps_cert_sig){0};
	if (body.len < 15)
		return false;
	if (body.p[0] == 3) {
		out->class = (unsigned char)body.p[2];
		out->created_s = (int64_t)number(ps_bytes_from(body, 3), 4);
		out->issuer = number(ps_bytes_from(body, 7), 8);
		out->has_issuer = true;
		out->hash = body.len > 16 ? (unsigned char)body.p[16] : 0;
		return true;
	}
	if (body.p[0] != 4)
		return false;
	out->class = (unsigned char)body.p[1];
	out->hash = (unsigned char)body.p[3];
	rest = ps_bytes_from(body, 4);
	for (int i = 0; i < 2; i++) {
		if (!take_area(&rest, &area))
			return false;
		read_subpackets(area, i == 0, out);
	}
	if (out->expires_s != 0) /* it stands there as a duration */
		out->expires_s += out->created_s;
	return true;
}

bool
ps_cert_sig_may_be_by(const struct ps_cert_sig *sig, const char *fpr)
{
	return !sig->has_issuer || sig->issuer == ps_cert_key_id(fpr);
}

/* Revocations are the engine's to say; these say how long. */
static bool
binds(const struct ps_cert_sig *sig, const char *fpr)
{
	return ps_cert_sig_may_be_by(sig, fpr) &&
	       (sig->class == PS_SIG_SUBKEY_BINDING ||
		       (sig->class >= PS_SIG_CERTIFICATION &&
			       sig->class <= PS_SIG_CERTIFICATION_LAST));
}

static bool
is_subkey(struct ps_bytes body, const char *sub_fpr)
{
	char fpr[PS_FPR_SIZE];
	int64_t created_s;
	int version;

	return ps_cert_fpr(body, fpr, &version, &created_s) &&
	       strcmp(fpr, sub_fpr) == 0;
}

/* sub_fpr NULL: the user id. */
static int64_t
newest_end(struct ps_bytes whole, const char *fpr, struct ps_bytes uid,
	const char *sub_fpr)
{
	struct ps_cert_sig sig, newest = {0};
	struct ps_packet p;
	const char *why;
	bool got = true, inside = false;

	while (ps_packets_next(&whole, &p, &got, &why) == PS_OK && got) {
		if (p.tag == PS_TAG_USER_ID)
			inside = sub_fpr == NULL && ps_bytes_eq(p.body, uid);
		else if (p.tag == PS_TAG_PUBLIC_SUBKEY)
			inside = sub_fpr != NULL && is_subkey(p.body, sub_fpr);
		else if (p.tag != PS_TAG_SIGNATURE)
			inside = false;
		else if (inside && ps_cert_sig_read(p.body, &sig) &&
			 binds(&sig, fpr) && sig.created_s >= newest.created_s)
			newest = sig;
	}
	return newest.expires_s;
}

int64_t
ps_cert_uid_end(struct ps_bytes whole, const char *fpr, struct ps_bytes uid)
{
	return newest_end(whole, fpr, uid, NULL);
}

int64_t
ps_cert_subkey_end(struct ps_bytes whole, const char *fpr, const char *sub_fpr)
{
	return newest_end(whole, fpr, (struct ps_bytes){NULL, 0}, sub_fpr);
}
