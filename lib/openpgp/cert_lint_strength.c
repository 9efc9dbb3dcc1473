/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * How old-fashioned a certificate is: SHA-1 and MD5 under what it says (RFC
 * 9580 section 9.5), short keys, DSA and ElGamal (section 12.1).
 */
#include "openpgp/cert_lint_parts.h"

#include "openpgp/cert_fpr.h"
#include "openpgp/cert_raw.h"
#include "openpgp/cert_sig.h"
#include "openpgp/key_strength.h"
#include "openpgp/packets.h"

#define RSA_BITS_LEAST 2048
#define ALGORITHM_AT   5 /* in a public key packet of version 4 */

/* The newest self-signature of the component that is being read. */
struct newest {
	struct ps_cert_sig sig;
	bool has;
	size_t n_md5, n_old; /* of the components before */
};

static const char *
algorithm_of(struct ps_bytes key)
{
	int algorithm =
		key.len > ALGORITHM_AT ? (unsigned char)key.p[ALGORITHM_AT] : 0;

	if (algorithm >= 1 && algorithm <= 3)
		return "RSA";
	return algorithm == 17 ? "DSA" : algorithm == 16 ? "ElGamal" : NULL;
}

/* Of what the engine did not confirm, or is not used for sealing any more,
 * nobody needs to hear. */
static bool
is_in_use(const struct ps_linting *l, const char *fpr)
{
	const struct ps_key_record *r = l->job->record;

	if (r == NULL || strcmp(fpr, l->fpr) == 0)
		return true;
	for (size_t i = 0; i < r->n_subkey; i++) {
		const struct ps_key_subkey *k = &r->subkey[i];

		if (strcmp(k->fpr, fpr) == 0)
			return k->can_encrypt && !k->revoked && !k->invalid &&
			       (k->expires_s == 0 ||
				       k->expires_s > l->job->now_s);
	}
	return false;
}

static void
lint_packet(struct ps_linting *l, const struct ps_packet *p)
{
	const char *name = algorithm_of(p->body), *what;
	char fpr[PS_FPR_SIZE];
	int64_t created_s;
	int version, bits;

	if (name == NULL || !ps_cert_fpr(p->body, fpr, &version, &created_s) ||
		version != 4 || !is_in_use(l, fpr))
		return;
	what = p->tag == PS_TAG_PUBLIC_KEY ? "primary key" : "subkey";
	bits = ps_key_strength(l->job->certificate, fpr);
	if (bits > 0 && bits < RSA_BITS_LEAST)
		ps_lint_add(l, PS_LINT_WARNING, "short-key",
			ps_arena_printf(l->a,
				"its %s %s has %d bits of %s: too short to be "
				"safe",
				what, ps_cert_short(l->a, fpr), bits, name));
	if (*name != 'R')
		ps_lint_add(l, PS_LINT_NOTE, "old-algorithm",
			ps_arena_printf(l->a,
				"its %s %s uses %s, which new software no "
				"longer makes and may not read",
				what, ps_cert_short(l->a, fpr), name));
}

static void
end_component(struct newest *n)
{
	if (n->has && n->sig.hash == PS_HASH_MD5)
		n->n_md5++;
	else if (n->has && (n->sig.hash == PS_HASH_SHA1 ||
				   n->sig.hash == PS_HASH_RIPEMD160))
		n->n_old++;
	n->has = false;
}

static void
lint_signature(
	struct ps_linting *l, const struct ps_packet *p, struct newest *n)
{
	struct ps_cert_sig sig;

	if (!ps_cert_sig_read(p->body, &sig) ||
		!ps_cert_sig_may_be_by(&sig, l->fpr) ||
		(n->has && sig.created_s < n->sig.created_s))
		return;
	n->sig = sig;
	n->has = true;
}

static void
lint_hashes(struct ps_linting *l, const struct newest *n)
{
	static const char text[] =
		"%zu of its newest self-signatures use %s: new software does "
		"not accept them; its owner should renew it";

	if (n->n_md5 > 0)
		ps_lint_add(l, PS_LINT_WARNING, "weak-hash",
			ps_arena_printf(l->a, text, n->n_md5, "MD5"));
	if (n->n_old > 0)
		ps_lint_add(l, PS_LINT_WARNING, "weak-hash",
			ps_arena_printf(l->a, text, n->n_old, "SHA-1"));
}

void
ps_lint_strength(struct ps_linting *l)
{
	struct ps_bytes rest = l->job->certificate;
	struct newest n = {.has = false};
	struct ps_packet p;
	const char *why;
	bool got = true;

	while (ps_packets_next(&rest, &p, &got, &why) == PS_OK && got) {
		if (p.tag == PS_TAG_SIGNATURE) {
			lint_signature(l, &p, &n);
			continue;
		}
		end_component(&n);
		if (p.tag == PS_TAG_PUBLIC_KEY || p.tag == PS_TAG_PUBLIC_SUBKEY)
			lint_packet(l, &p);
	}
	end_component(&n);
	lint_hashes(l, &n);
}
