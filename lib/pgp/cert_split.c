/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Certificates by their packets.
 */
#include "pgp/cert_split.h"

#include <openssl/evp.h>
#include <stdio.h>

#include "pgp/packets.h"

#define TAG_SECRET_KEY 5

/* RFC 4880 section 12.2: SHA-1 over 0x99, two octets of length, the body. */
static void
fingerprint(struct ps_bytes body, char out[41])
{
	const unsigned char head[3] = {
		0x99, (unsigned char)(body.len >> 8), (unsigned char)body.len};
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned len = 0;
	EVP_MD_CTX *md = EVP_MD_CTX_new();

	out[0] = '\0';
	if (md != NULL && body.len <= 0xffff &&
		EVP_DigestInit_ex(md, EVP_sha1(), NULL) == 1 &&
		EVP_DigestUpdate(md, head, sizeof(head)) == 1 &&
		EVP_DigestUpdate(md, body.p, body.len) == 1 &&
		EVP_DigestFinal_ex(md, digest, &len) == 1 && len == 20) {
		for (size_t i = 0; i < 20; i++)
			snprintf(out + 2 * i, 3, "%02X", digest[i]);
	}
	EVP_MD_CTX_free(md);
}

static void
begin(struct ps_cert_slice *s, const struct ps_packet *p)
{
	*s = (struct ps_cert_slice){.octets = p->raw};
	if (p->partial || p->body.len == 0)
		return;
	s->version = (unsigned char)p->body.p[0];
	if (s->version == 4)
		fingerprint(p->body, s->fpr);
}

struct ps_cert_slice *
ps_cert_split(struct ps_arena *a, struct ps_bytes binary, size_t *n)
{
	struct ps_cert_slice *slice = NULL;
	struct ps_packet p;
	const char *why;
	bool got, within = false;
	enum ps_status s;

	*n = 0;
	for (;;) {
		s = ps_packets_next(&binary, &p, &got, &why);
		if (s != PS_OK || !got)
			break;
		if (p.tag == TAG_SECRET_KEY)
			within = false;
		else if (p.tag == PS_TAG_PUBLIC_KEY) {
			within = true;
			PS_GROW(a, slice, *n);
			begin(&slice[(*n)++], &p);
		} else if (within)
			slice[*n - 1].octets.len += p.raw.len;
	}
	if (s != PS_OK && within)
		(*n)--; /* cut off */
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
	struct ps_packet p;
	const char *why;
	bool got;

	while (ps_packets_next(&certificate, &p, &got, &why) == PS_OK && got) {
		if ((p.tag != PS_TAG_PUBLIC_KEY &&
			    p.tag != PS_TAG_PUBLIC_SUBKEY) ||
			p.partial || p.body.len == 0 || p.body.p[0] != 4)
			continue;
		PS_GROW(a, out->fpr, out->n);
		fingerprint(p.body, out->fpr[out->n++]);
	}
}
