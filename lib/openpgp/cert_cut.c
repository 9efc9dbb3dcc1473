/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * A minimal certificate out of a whole one.  gpg takes only the newest
 * encryption subkey of a certificate file, and every packet that is not there
 * need not be read and verified for each message.
 */
#include "openpgp/cert_raw.h"

#include "base/buf.h"
#include "openpgp/cert_fpr.h"
#include "openpgp/cert_sig.h"
#include "openpgp/packets.h"

struct cutting {
	struct ps_bytes uid;
	const char *fpr;     /* of the primary key */
	const char *sub_fpr; /* of the key that stays */
	bool in_uid, in_sub, before_uid;
	bool has_uid, has_sub;
	struct ps_buf out;
};

static bool
wanted_signature(const struct cutting *c, const struct ps_packet *p)
{
	struct ps_cert_sig sig;

	if (!c->in_uid && !c->in_sub && !c->before_uid)
		return false;
	return ps_cert_sig_read(p->body, &sig) &&
	       ps_cert_sig_may_be_by(&sig, c->fpr) &&
	       (!c->before_uid || sig.class == PS_SIG_DIRECT_KEY);
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
