/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Certificates by their packets.
 */
#include "openpgp/cert_split.h"

#include "openpgp/cert_fpr.h"
#include "openpgp/cert_raw.h"
#include "openpgp/packets.h"

struct ps_cert_slice *
ps_cert_split(struct ps_arena *a, struct ps_bytes binary, size_t *n)
{
	struct ps_cert_slice *slice;
	struct ps_cert_raws all;

	ps_cert_raw_split(a, binary, &all);
	slice = ps_arena_array(a, all.n_cert + 1, sizeof(*slice));
	*n = 0;
	for (size_t i = 0; i < all.n_cert; i++) {
		const struct ps_cert_raw *raw = &all.cert[i];
		struct ps_cert_slice *s = &slice[*n];

		if (raw->broken != NULL)
			continue;
		s->octets = raw->octets;
		s->version = raw->version;
		if (raw->version == 4)
			memcpy(s->fpr, raw->fpr, sizeof(s->fpr));
		(*n)++;
	}
	return slice;
}

bool
ps_cert_has_uid(struct ps_bytes certificate, struct ps_bytes uid)
{
	struct ps_packet p;
	const char *why;
	bool got;

	while (ps_packets_next(&certificate, &p, &got, &why) == PS_OK && got) {
		if (p.tag == PS_TAG_USER_ID && !p.partial &&
			ps_bytes_eq(p.body, uid))
			return true;
	}
	return false;
}

void
ps_cert_add_fprs(struct ps_arena *a, struct ps_bytes certificate,
	struct ps_cert_fprs *out)
{
	char fpr[PS_FPR_SIZE];
	struct ps_packet p;
	int64_t created_s;
	const char *why;
	int version;
	bool got;

	while (ps_packets_next(&certificate, &p, &got, &why) == PS_OK && got) {
		if ((p.tag != PS_TAG_PUBLIC_KEY &&
			    p.tag != PS_TAG_PUBLIC_SUBKEY) ||
			!ps_cert_fpr(p.body, fpr, &version, &created_s) ||
			version != 4)
			continue;
		PS_GROW(a, out->fpr, out->n);
		memcpy(out->fpr[out->n++], fpr, sizeof(*out->fpr));
	}
}
