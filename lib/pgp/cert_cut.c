/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * A minimal certificate out of a whole one.  gpg takes only the newest
 * encryption subkey of a certificate file, and every packet that is not there
 * need not be read and verified for each message.
 */
#include "pgp/cert_raw.h"

#include "base/buf.h"
#include "pgp/cert_fpr.h"
#include "pgp/packets.h"

#define SUB_ISSUER	 16
#define SUB_ISSUER_FPR	 33
#define CLASS_DIRECT_KEY 0x1f

struct signature {
	int class;
	bool has_issuer;
	uint64_t issuer;
};

struct cutting {
	struct ps_bytes uid;
	const char *fpr;     /* of the primary key */
	const char *sub_fpr; /* of the key that stays */
	bool in_uid, in_sub, before_uid;
	bool has_uid, has_sub;
	struct ps_buf out;
};

static uint64_t
read_id(struct ps_bytes b)
{
	uint64_t id = 0;

	for (size_t i = 0; i < 8; i++)
		id = id << 8 | (unsigned char)b.p[i];
	return id;
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
		len = (size_t)(((p[0] - 192) << 8) + p[1] + 192);
	} else {
		head = 5;
		if (rest->len < head)
			return false;
		len = (size_t)p[1] << 24 | (size_t)p[2] << 16 |
		      (size_t)p[3] << 8 | p[4];
	}
	if (rest->len < head || len == 0 || rest->len - head < len)
		return false;
	*out = ps_bytes(rest->p + head, len);
	*rest = ps_bytes_from(*rest, head + len);
	return true;
}

static void
read_subpackets(struct ps_bytes area, struct signature *sig)
{
	struct ps_bytes one;

	while (next_subpacket(&area, &one)) {
		int type = (unsigned char)one.p[0] & 0x7f;

		if (type == SUB_ISSUER && one.len == 9)
			sig->issuer = read_id(ps_bytes_from(one, 1));
		else if (type == SUB_ISSUER_FPR && one.len == 22)
			sig->issuer = read_id(ps_bytes_from(one, 14));
		else
			continue;
		sig->has_issuer = true;
	}
}

/* Two octets of length and what they count, off *rest. */
static bool
take_area(struct ps_bytes *rest, struct ps_bytes *area)
{
	size_t len;

	if (rest->len < 2)
		return false;
	len = (size_t)((unsigned char)rest->p[0] << 8 |
		       (unsigned char)rest->p[1]);
	if (rest->len - 2 < len)
		return false;
	*area = ps_bytes(rest->p + 2, len);
	*rest = ps_bytes_from(*rest, 2 + len);
	return true;
}

static bool
read_signature(struct ps_bytes body, struct signature *sig)
{
	struct ps_bytes rest, area;

	*sig = (struct signature){0};
	if (body.len < 15)
		return false;
	if (body.p[0] == 3) {
		sig->class = (unsigned char)body.p[2];
		sig->issuer = read_id(ps_bytes_from(body, 7));
		sig->has_issuer = true;
		return true;
	}
	if (body.p[0] != 4)
		return false;
	sig->class = (unsigned char)body.p[1];
	rest = ps_bytes_from(body, 4);
	for (int i = 0; i < 2; i++) {
		if (!take_area(&rest, &area))
			return false;
		read_subpackets(area, sig);
	}
	return true;
}

static bool
wanted_signature(const struct cutting *c, const struct ps_packet *p)
{
	struct signature sig;

	if (!c->in_uid && !c->in_sub && !c->before_uid)
		return false;
	if (!read_signature(p->body, &sig))
		return false;
	if (sig.has_issuer && sig.issuer != ps_cert_key_id(c->fpr))
		return false;
	return !c->before_uid || sig.class == CLASS_DIRECT_KEY;
}

static bool
wanted_subkey(const struct cutting *c, const struct ps_packet *p)
{
	char fpr[PS_FPR_SIZE];
	int64_t created_s;
	int version;

	return ps_cert_fpr(p->body, fpr, &version, &created_s) &&
	       strcmp(fpr, c->sub_fpr) == 0;
}

static bool
wanted(struct cutting *c, const struct ps_packet *p)
{
	switch (p->tag) {
	case PS_TAG_PUBLIC_KEY:
		c->before_uid = true;
		return true;
	case PS_TAG_USER_ID:
		c->before_uid = c->in_sub = false;
		c->in_uid = !c->has_uid && ps_bytes_eq(p->body, c->uid);
		c->has_uid = c->has_uid || c->in_uid;
		return c->in_uid;
	case PS_TAG_PUBLIC_SUBKEY:
		c->before_uid = c->in_uid = false;
		c->in_sub = !c->has_sub && wanted_subkey(c, p);
		c->has_sub = c->has_sub || c->in_sub;
		return c->in_sub;
	case PS_TAG_USER_ATTRIBUTE:
		c->before_uid = c->in_uid = c->in_sub = false;
		return false;
	case PS_TAG_SIGNATURE:
		return wanted_signature(c, p);
	default:
		return false;
	}
}

static enum ps_status
cut(struct cutting *c, struct ps_bytes whole, const char **why)
{
	struct ps_packet p;
	bool got = true;
	enum ps_status s;

	while (got) {
		s = ps_packets_next(&whole, &p, &got, why);
		if (s != PS_OK)
			return s;
		if (got && wanted(c, &p))
			ps_buf_put(&c->out, p.raw);
	}
	if (!c->has_uid || !c->has_sub) {
		*why = c->has_uid ? "the certificate has no such key"
				  : "the certificate has no such user id";
		return PS_EPERM;
	}
	return PS_OK;
}

enum ps_status
ps_cert_cut(struct ps_arena *a, struct ps_bytes whole, struct ps_bytes uid,
	const char *sub_fpr, struct ps_bytes *out, const char **why)
{
	struct cutting c = {.uid = uid, .sub_fpr = sub_fpr};
	struct ps_cert_raws split;
	enum ps_status s;

	ps_cert_raw_split(a, whole, &split);
	if (split.n_cert != 1 || split.cert[0].broken != NULL) {
		*why = "the cleaned octets are not one certificate";
		return PS_EPERM;
	}
	c.fpr = split.cert[0].fpr;
	c.has_sub = strcmp(c.fpr, sub_fpr) == 0;
	ps_buf_init(&c.out, whole.len);
	s = cut(&c, whole, why);
	if (s == PS_OK)
		*out = ps_arena_copy(a, ps_buf_bytes(&c.out));
	ps_buf_free(&c.out);
	return s;
}
