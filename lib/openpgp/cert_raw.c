/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Octets to certificates.  Reads packet framing, versions, fingerprints and
 * user ids, also of the versions that GnuPG 2.2 refuses, so that these can be
 * named instead of being missed.
 */
#include "openpgp/cert_raw.h"

#include "base/buf.h"
#include "openpgp/armor.h"
#include "openpgp/cert_fpr.h"
#include "openpgp/cert_sig.h"
#include "openpgp/packets.h"

/* One walk. */
struct splitting {
	struct ps_arena *a;
	struct ps_cert_raws *out;
	struct ps_cert_raw *cert; /* the one that packets belong to */
	const char *begin;
	bool secret; /* packets belong to a private key */
};

static void
end_cert(struct splitting *s, const char *end)
{
	if (s->cert != NULL)
		s->cert->octets = ps_bytes(s->begin, (size_t)(end - s->begin));
	s->cert = NULL;
}

static void
begin_cert(struct splitting *s, const struct ps_packet *p)
{
	PS_GROW(s->a, s->out->cert, s->out->n_cert);
	s->cert = &s->out->cert[s->out->n_cert++];
	*s->cert = (struct ps_cert_raw){0};
	s->begin = p->raw.p;
	s->secret = false;
	if (!ps_cert_fpr(p->body, s->cert->fpr, &s->cert->version,
		    &s->cert->created_s))
		s->cert->broken = "its public key packet cannot be read";
}

/* "standing alone" is what comes before any key. */
static void
take_revocation(struct splitting *s, const struct ps_packet *p)
{
	struct ps_cert_sig sig;

	if (s->secret || s->out->n_cert > 0 ||
		!ps_cert_sig_read(p->body, &sig) || !sig.has_issuer ||
		sig.class != PS_SIG_KEY_REVOCATION)
		return;
	PS_GROW(s->a, s->out->revocation, s->out->n_revocation);
	s->out->revocation[s->out->n_revocation++] = p->raw;
}

static void
take_packet(struct splitting *s, const struct ps_packet *p)
{
	switch (p->tag) {
	case PS_TAG_PUBLIC_KEY:
		end_cert(s, p->raw.p);
		begin_cert(s, p);
		break;
	case PS_TAG_SECRET_KEY:
		end_cert(s, p->raw.p);
		s->secret = true;
		s->out->left_out = PS_CERT_IS_SECRET;
		break;
	case PS_TAG_SECRET_SUBKEY:
		if (s->cert != NULL)
			s->cert->broken = PS_CERT_IS_SECRET;
		break;
	case PS_TAG_USER_ID:
		if (s->cert == NULL)
			break;
		PS_GROW(s->a, s->cert->uid, s->cert->n_uid);
		s->cert->uid[s->cert->n_uid++] = p->body;
		break;
	case PS_TAG_SIGNATURE:
		take_revocation(s, p);
		break;
	default:
		break;
	}
}

void
ps_cert_raw_split(
	struct ps_arena *a, struct ps_bytes binary, struct ps_cert_raws *out)
{
	struct splitting s = {.a = a, .out = out};
	struct ps_bytes rest = binary;
	struct ps_packet p;
	const char *why = NULL;
	bool got = true;

	*out = (struct ps_cert_raws){0};
	while (got && ps_packets_next(&rest, &p, &got, &why) == PS_OK && got)
		take_packet(&s, &p);
	if (why != NULL && s.cert != NULL)
		s.cert->broken = why;
	else if (why != NULL)
		out->left_out = why;
	else if (out->n_cert == 0 && out->n_revocation == 0 &&
		 out->left_out == NULL)
		out->left_out = "there is no OpenPGP public key";
	end_cert(&s, binary.p == NULL ? NULL : binary.p + binary.len);
}

struct ps_bytes
ps_cert_revoke(struct ps_arena *a, struct ps_bytes certificate,
	struct ps_bytes revocation)
{
	struct ps_bytes rest = certificate;
	struct ps_packet p;
	const char *why;
	size_t head;
	bool got;
	char *out;

	if (ps_packets_next(&rest, &p, &got, &why) != PS_OK || !got)
		return certificate;
	head = p.raw.len;
	out = ps_arena_alloc(a, certificate.len + revocation.len);
	memcpy(out, certificate.p, head);
	memcpy(out + head, revocation.p, revocation.len);
	memcpy(out + head + revocation.len, rest.p, rest.len);
	return ps_bytes(out, certificate.len + revocation.len);
}

uint64_t
ps_cert_revoked_by(struct ps_bytes revocation)
{
	struct ps_packet p;
	struct ps_cert_sig sig;
	const char *why;
	bool got;

	if (ps_packets_next(&revocation, &p, &got, &why) != PS_OK || !got ||
		!ps_cert_sig_read(p.body, &sig))
		return 0;
	return sig.issuer;
}

static enum ps_status
refuse_text(struct ps_bytes text, const char **why)
{
	if (ps_bytes_find(text, PS_LIT("BEGIN PGP PRIVATE KEY BLOCK")) !=
		PS_NOT_FOUND)
		*why = PS_CERT_IS_SECRET;
	else
		*why = "it is neither binary OpenPGP nor has it a "
		       "\"PGP PUBLIC KEY BLOCK\"";
	return PS_EPERM;
}

enum ps_status
ps_cert_dearmor(struct ps_arena *a, struct ps_bytes octets,
	struct ps_bytes *binary, const char **why)
{
	struct ps_bytes rest = octets, part, whole;
	struct ps_buf all;
	enum ps_status s = PS_OK;
	size_t n = 0;

	if (octets.len > 0 && ((unsigned char)octets.p[0] & 0x80) != 0) {
		*binary = octets;
		return PS_OK;
	}
	ps_buf_init(&all, octets.len + 1);
	for (;;) {
		whole = (struct ps_bytes){0};
		s = ps_armor_read(a, rest, PS_LIT("PGP PUBLIC KEY BLOCK"),
			&part, &whole, why);
		if (s != PS_OK)
			break;
		n++;
		ps_buf_put(&all, part);
		rest = ps_bytes_from(
			rest, (size_t)(whole.p + whole.len - rest.p));
	}
	if (whole.len == 0) /* no further block */
		s = n > 0 ? PS_OK : refuse_text(octets, why);
	if (s == PS_OK)
		*binary = ps_arena_copy(a, ps_buf_bytes(&all));
	ps_buf_free(&all);
	return s;
}

char *
ps_cert_short(struct ps_arena *a, const char *fpr)
{
	size_t len = strlen(fpr);

	if (len <= 11)
		return ps_arena_strdup(a, fpr);
	return ps_arena_printf(a, "%.4s...%s", fpr, fpr + len - 4);
}
