/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * One walk over the packets.  A user id or subkey is written with its first
 * signature, so that what nothing binds leaves no trace; what concerns the key
 * as such goes to the front wherever it stood.
 */
#include "openpgp/cert_trim.h"

#include "base/buf.h"
#include "openpgp/cert_fpr.h"
#include "openpgp/cert_raw.h"
#include "openpgp/cert_sig.h"
#include "openpgp/packets.h"

#define UID_MAX	 2048  /* gpg takes no longer one */
#define LEFT_MAX 10000 /* names that are remembered beyond max_uids */

const struct ps_cert_trim ps_cert_trim_default = {
	.max_octets = (size_t)16 << 20,
	.max_packets = 1000000,
	.max_self_sigs = 64,
	.max_sigs = 2000,
	.max_subkeys = 64,
	.max_uids = 500,
};

/* What the signatures that come are about. */
enum part { PART_KEY, PART_UID, PART_SUBKEY, PART_DROPPED };

struct trimming {
	struct ps_arena *a;
	const struct ps_cert_trim *how;
	struct ps_cert_trimmed *out;
	char fpr[PS_FPR_SIZE];
	enum part part;
	struct ps_packet component; /* of the part */
	size_t n_self;		    /* signatures of the component */
	size_t n_key_sig, n_sig, n_subkey, n_kept;
	bool saw_wanted;
	struct ps_buf key, rest;
};

static void
keep(struct trimming *t, struct ps_buf *where, struct ps_bytes raw)
{
	ps_buf_put(where, raw);
	t->n_kept++;
}

static enum ps_status
flooded(struct trimming *t, size_t max, const char *what, const char **why)
{
	*why = ps_arena_printf(t->a,
		"it is flooded: more than %zu %s that claim to be its own", max,
		what);
	return PS_ELIMIT;
}

/* The first signature of a user id or subkey: is there room for it? */
static enum ps_status
keep_component(struct trimming *t, const char **why)
{
	if (t->part == PART_UID && t->out->n_uid == t->how->max_uids) {
		if (t->out->n_left_uid == LEFT_MAX)
			return flooded(t, LEFT_MAX, "user ids", why);
		PS_GROW(t->a, t->out->left_uid, t->out->n_left_uid);
		t->out->left_uid[t->out->n_left_uid++] = t->component.body;
		t->part = PART_DROPPED;
		return PS_OK;
	}
	if (t->part == PART_SUBKEY && t->n_subkey == t->how->max_subkeys)
		return flooded(t, t->how->max_subkeys, "subkeys", why);
	t->out->n_uid += t->part == PART_UID;
	t->n_subkey += t->part == PART_SUBKEY;
	keep(t, &t->rest, t->component.raw);
	return PS_OK;
}

static bool
is_about_key(const struct ps_cert_sig *sig)
{
	return sig->class == PS_SIG_DIRECT_KEY ||
	       sig->class == PS_SIG_KEY_REVOCATION;
}

/* May a signature of this class stand behind this part? */
static bool
fits(const struct ps_cert_sig *sig, enum part part)
{
	if (part == PART_UID)
		return (sig->class >= PS_SIG_CERTIFICATION &&
			       sig->class <= PS_SIG_CERTIFICATION_LAST) ||
		       sig->class == PS_SIG_CERT_REVOCATION;
	return part == PART_SUBKEY &&
	       (sig->class == PS_SIG_SUBKEY_BINDING ||
		       sig->class == PS_SIG_SUBKEY_REVOCATION);
}

static enum ps_status
take_signature(struct trimming *t, const struct ps_packet *p, const char **why)
{
	struct ps_cert_sig sig;
	bool about_key;
	size_t *n;

	if (!ps_cert_sig_read(p->body, &sig) ||
		!ps_cert_sig_may_be_by(&sig, t->fpr))
		return PS_OK;
	about_key = is_about_key(&sig);
	if (!about_key && !fits(&sig, t->part))
		return PS_OK;
	if (!about_key && t->n_self == 0 && keep_component(t, why) != PS_OK)
		return PS_ELIMIT;
	if (!about_key && t->part == PART_DROPPED)
		return PS_OK;
	n = about_key ? &t->n_key_sig : &t->n_self;
	if (++*n > t->how->max_self_sigs)
		return flooded(t, t->how->max_self_sigs,
			about_key	      ? "signatures on the key"
			: t->part == PART_UID ? "signatures on one user id"
					      : "signatures on one subkey",
			why);
	if (++t->n_sig > t->how->max_sigs)
		return flooded(t, t->how->max_sigs, "signatures", why);
	keep(t, about_key ? &t->key : &t->rest, p->raw);
	return PS_OK;
}

static void
begin_part(struct trimming *t, const struct ps_packet *p, enum part part)
{
	t->part = part;
	t->component = *p;
	t->n_self = 0;
}

static bool
wants_uid(struct trimming *t, struct ps_bytes uid)
{
	return uid.len <= UID_MAX &&
	       (t->how->wants_uid == NULL ||
		       t->how->wants_uid(t->how->self, uid));
}

static enum ps_status
take_packet(struct trimming *t, const struct ps_packet *p, const char **why)
{
	bool wanted;

	switch (p->tag) {
	case PS_TAG_USER_ID:
		wanted = wants_uid(t, p->body);
		t->saw_wanted = t->saw_wanted || wanted;
		begin_part(t, p, wanted ? PART_UID : PART_DROPPED);
		return PS_OK;
	case PS_TAG_PUBLIC_SUBKEY:
		/* By its version only: a digest for each of a flood is too
		 * much, and gpg knows no other. */
		begin_part(t, p,
			p->body.len > 0 && p->body.p[0] == 4 ? PART_SUBKEY
							     : PART_DROPPED);
		return PS_OK;
	case PS_TAG_SIGNATURE:
		return take_signature(t, p, why);
	case PS_TAG_USER_ATTRIBUTE:
		begin_part(t, p, PART_DROPPED);
		return PS_OK;
	case PS_TAG_PUBLIC_KEY:
		*why = "it is more than one certificate";
		return PS_EPERM;
	case PS_TAG_SECRET_KEY:
	case PS_TAG_SECRET_SUBKEY:
		*why = PS_CERT_IS_SECRET;
		return PS_EPERM;
	case PS_TAG_MARKER:
	case PS_TAG_TRUST:
	case PS_TAG_PADDING:
		return PS_OK;
	default:
		/* RFC 9580 4.3: from 40 on a packet may be passed over. */
		if (p->tag >= 40)
			return PS_OK;
		*why = ps_arena_printf(t->a,
			"it is no certificate: it holds a packet of type %d",
			p->tag);
		return PS_EPERM;
	}
}

static enum ps_status
take_primary(struct trimming *t, struct ps_bytes *rest, const char **why)
{
	struct ps_packet p;
	int64_t created_s;
	int version = 0;
	bool got;

	if (ps_packets_next(rest, &p, &got, why) != PS_OK)
		return PS_EPERM;
	if (got && p.tag == PS_TAG_SECRET_KEY)
		*why = PS_CERT_IS_SECRET;
	else if (!got || p.tag != PS_TAG_PUBLIC_KEY)
		*why = "it does not begin with an OpenPGP public key";
	else if (!ps_cert_fpr(p.body, t->fpr, &version, &created_s))
		*why = "its public key packet cannot be read";
	else if (version != 4)
		*why = ps_arena_printf(t->a,
			"it is of version %d, and only version 4 is supported",
			version);
	else
		keep(t, &t->key, p.raw);
	return t->n_kept == 1 ? PS_OK : PS_EPERM;
}

static enum ps_status
walk(struct trimming *t, struct ps_bytes rest, const char **why)
{
	enum ps_status s = take_primary(t, &rest, why);
	struct ps_packet p;
	size_t n_packet = 1;
	bool got = true;

	while (s == PS_OK && got) {
		s = ps_packets_next(&rest, &p, &got, why);
		if (s != PS_OK || !got)
			break;
		if (++n_packet > t->how->max_packets) {
			*why = ps_arena_printf(t->a,
				"it has more than %zu packets",
				t->how->max_packets);
			return PS_ELIMIT;
		}
		s = take_packet(t, &p, why);
	}
	t->out->n_dropped = n_packet - t->n_kept;
	return s;
}

enum ps_status
ps_cert_trim(struct ps_arena *a, struct ps_bytes certificate,
	const struct ps_cert_trim *how, struct ps_cert_trimmed *out,
	const char **why)
{
	struct ps_cert_trimmed trimmed = {0};
	struct trimming t = {.a = a, .how = how, .out = &trimmed};
	enum ps_status s;

	if (certificate.len > how->max_octets) {
		*why = ps_arena_printf(a,
			"it has %zu octets, more than %zu that are read",
			certificate.len, how->max_octets);
		return PS_ELIMIT;
	}
	ps_buf_init(&t.key, certificate.len);
	ps_buf_init(&t.rest, certificate.len);
	s = walk(&t, certificate, why);
	if (s == PS_OK && trimmed.n_uid == 0 && how->wants_uid != NULL) {
		*why = t.saw_wanted ? "its user id for this address has no "
				      "signature by the key"
				    : "it has no user id for this address";
		s = PS_EPERM;
	}
	if (s == PS_OK) {
		struct ps_bytes key = ps_buf_bytes(&t.key);
		struct ps_bytes rest = ps_buf_bytes(&t.rest);
		char *p = ps_arena_alloc(a, key.len + rest.len);

		memcpy(p, key.p, key.len);
		if (rest.len > 0)
			memcpy(p + key.len, rest.p, rest.len);
		trimmed.octets = ps_bytes(p, key.len + rest.len);
		*out = trimmed;
	}
	ps_buf_free(&t.key);
	ps_buf_free(&t.rest);
	return s;
}
