/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * What signature packets say of themselves: whose certificate to look up, and
 * whether it is worth asking an engine at all.
 */
#include "openpgp/cert_sig.h"
#include "openpgp/packets.h"
#include "openpgp/signed.h"

static bool
read_claim(struct ps_bytes body, struct ps_signature_claim *out)
{
	struct ps_cert_sig sig;

	*out = (struct ps_signature_claim){0};
	if (body.len == 0)
		return false;
	out->version = (unsigned char)body.p[0];
	if (!ps_cert_sig_read(body, &sig))
		return out->version > 4; /* the engine will not read it */
	out->key_id = sig.has_issuer ? sig.issuer : 0;
	out->class = sig.class;
	out->created_s = sig.created_s;
	out->expires_s = sig.expires_s;
	/* Version 4 (RFC 9580 5.2.3), version 3 (5.2.2). */
	out->pubkey = (unsigned char)body.p[out->version == 3 ? 15 : 2];
	out->hash = (unsigned char)body.p[out->version == 3 ? 16 : 3];
	return true;
}

enum ps_status
ps_signature_claims(struct ps_bytes binary,
	struct ps_signature_claim out[PS_SIGNATURES_MAX], size_t *n_out,
	const char **why)
{
	struct ps_packet p;
	bool got = true;

	*n_out = 0;
	for (;;) {
		if (ps_packets_next(&binary, &p, &got, why) != PS_OK)
			return PS_EPERM;
		if (!got)
			break;
		if (p.tag != PS_TAG_SIGNATURE || p.partial) {
			*why = "the signature holds packets that are none";
			return PS_EPERM;
		}
		if (*n_out == PS_SIGNATURES_MAX) {
			*why = "there are too many signatures";
			return PS_ELIMIT;
		}
		if (!read_claim(p.body, &out[*n_out])) {
			*why = "a signature cannot be read";
			return PS_EPERM;
		}
		(*n_out)++;
	}
	if (*n_out > 0)
		return PS_OK;
	*why = "there is no signature";
	return PS_EPERM;
}
