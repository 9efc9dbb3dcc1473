/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Where a certificate lies in a Web Key Directory
 * (draft-koch-openpgp-webkey-service, section 3.1).
 */
#include "discovery/wkd.h"

#include <openssl/sha.h>

#include "base/str.h"

void
ps_wkd_hash(struct ps_bytes local, char out[33])
{
	static const char digit[] = "ybndrfg8ejkmcpqxot1uwisza345h769";
	unsigned char sha[SHA_DIGEST_LENGTH];
	struct ps_buf lower;
	unsigned bits = 0, n_bit = 0;
	size_t n = 0;

	ps_buf_init(&lower, local.len);
	for (size_t i = 0; i < local.len; i++)
		ps_buf_putc(&lower, (char)ps_lower(local.p[i]));
	SHA1((const unsigned char *)lower.p, lower.len, sha);
	ps_buf_free(&lower);
	for (size_t i = 0; i < sizeof(sha); i++) {
		bits = bits << 8 | sha[i];
		for (n_bit += 8; n_bit >= 5; n_bit -= 5)
			out[n++] = digit[bits >> (n_bit - 5) & 31];
	}
	out[n] = '\0';
}

/* RFC 3986 2.3: what need not be escaped. */
static void
put_escaped(struct ps_buf *out, struct ps_bytes octets)
{
	for (size_t i = 0; i < octets.len; i++) {
		int c = (unsigned char)octets.p[i];

		if (ps_is_alpha(c) || ps_is_digit(c) ||
			memchr("-._~", c, 4) != NULL)
			ps_buf_putc(out, (char)c);
		else
			ps_buf_printf(out, "%%%02X", (unsigned)c);
	}
}

void
ps_wkd_place(struct ps_arena *a, const struct ps_addr *addr, bool advanced,
	struct ps_wkd_place *out)
{
	const char *domain = ps_arena_cstr(a, addr->domain);
	const char *tree = "/.well-known/openpgpkey";
	struct ps_buf escaped;
	char hash[33];

	if (advanced)
		tree = ps_arena_printf(a, "%s/%s", tree, domain);
	ps_wkd_hash(addr->local, hash);
	ps_buf_init(&escaped, 3 * addr->local.len + 1);
	put_escaped(&escaped, addr->local);
	out->host =
		advanced ? ps_arena_printf(a, "openpgpkey.%s", domain) : domain;
	out->key = ps_arena_printf(a, "%s/hu/%s?l=%.*s", tree, hash,
		PS_FMT(ps_buf_bytes(&escaped)));
	out->policy = ps_arena_printf(a, "%s/policy", tree);
	ps_buf_free(&escaped);
}
