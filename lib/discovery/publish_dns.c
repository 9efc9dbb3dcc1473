/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * OPENPGPKEY records as text for a zone file.
 */
#include "discovery/publish.h"

#include <stdlib.h>

#include <openssl/evp.h>

#include "discovery/dane.h"
#include "openpgp/cert_trim.h"

/* RFC 7929 section 2.2: a resolver that has no TCP gets none of it, and name
 * servers amplify attacks with it. */
#define LARGE	  4096
#define LINE	  64
#define HEX_DIGIT "0123456789ABCDEF"

static bool
is_exactly(void *self, struct ps_bytes uid)
{
	const struct ps_publish_key *key = self;

	return ps_addr_user_id_is(uid, &key->addr, false);
}

static void
put_lines(struct ps_buf *out, struct ps_bytes text)
{
	for (; text.len > 0; text = ps_bytes_from(text, LINE)) {
		ps_buf_puts(out, "\n\t");
		ps_buf_put(out, ps_bytes_head(text, LINE));
	}
}

static struct ps_bytes
base64(struct ps_arena *a, struct ps_bytes b)
{
	char *p = ps_arena_alloc(a, (b.len + 2) / 3 * 4 + 1);
	int n = EVP_EncodeBlock(
		(unsigned char *)p, (const unsigned char *)b.p, (int)b.len);

	return ps_bytes(p, (size_t)n);
}

static struct ps_bytes
hex(struct ps_arena *a, struct ps_bytes b)
{
	char *p = ps_arena_alloc(a, 2 * b.len + 1);

	for (size_t i = 0; i < b.len; i++) {
		p[2 * i] = HEX_DIGIT[(unsigned char)b.p[i] >> 4];
		p[2 * i + 1] = HEX_DIGIT[(unsigned char)b.p[i] & 15];
	}
	return ps_bytes(p, 2 * b.len);
}

void
ps_publish_dns(struct ps_arena *a, struct ps_publish_key *key, bool generic,
	struct ps_buf *out)
{
	struct ps_cert_trim how = ps_cert_trim_default;
	struct ps_cert_trimmed cert;
	const char *why = "";

	how.wants_uid = is_exactly;
	how.self = key;
	if (ps_cert_trim(a, key->certificate, &how, &cert, &why) != PS_OK) {
		key->refused = why;
		return;
	}
	ps_buf_printf(
		out, "; %.*s, key %s\n", PS_FMT(key->addr.full), key->fpr);
	if (cert.octets.len > LARGE)
		ps_buf_printf(out,
			"; warning: %zu octets, which many resolvers do not "
			"fetch: shrink the certificate\n",
			cert.octets.len);
	ps_buf_printf(out, "%s. IN ", ps_dane_name(a, &key->addr));
	if (generic)
		ps_buf_printf(out, "TYPE61 \\# %zu (", cert.octets.len);
	else
		ps_buf_puts(out, "OPENPGPKEY (");
	put_lines(out, generic ? hex(a, cert.octets) : base64(a, cert.octets));
	ps_buf_puts(out, " )\n");
}
