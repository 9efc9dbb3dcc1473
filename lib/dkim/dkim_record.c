/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Records from keys, and records held against keys.
 */
#include "dkim/dkim_record.h"

#include <openssl/evp.h>

#include "mail/tagval.h"

#define STRING_MAX 255
#define MAX_TAGS   50

struct ps_bytes
ps_dkim_record_text(
	struct ps_arena *a, enum ps_dkim_alg alg, struct ps_bytes point)
{
	char *p = ps_arena_alloc(a, 4 * point.len / 3 + 8);

	EVP_EncodeBlock((unsigned char *)p, (const unsigned char *)point.p,
		(int)point.len);
	return ps_bytes_of(ps_arena_printf(
		a, "v=DKIM1; k=%s; p=%s", ps_dkim_alg_key_name(alg), p));
}

void
ps_dkim_record_zone(struct ps_buf *out, const char *selector,
	const char *domain, struct ps_bytes text)
{
	bool several = text.len > STRING_MAX;

	ps_buf_printf(out, "%s._domainkey.%s. IN TXT", selector, domain);
	ps_buf_puts(out, several ? " (\n" : " ");
	while (text.len > 0) {
		struct ps_bytes s = ps_bytes_head(text, STRING_MAX);

		ps_buf_puts(out, several ? "\t\"" : "\"");
		ps_buf_put(out, s);
		ps_buf_puts(out, several ? "\"\n" : "\"");
		text = ps_bytes_from(text, s.len);
	}
	ps_buf_puts(out, several ? ")\n" : "\n");
}

const char *
ps_dkim_record_differs(struct ps_arena *a, struct ps_bytes record,
	enum ps_dkim_alg alg, struct ps_bytes point)
{
	struct ps_bytes v, p, octets;
	struct ps_tagval t;

	ps_tagval_parse(a, record, MAX_TAGS, &t);
	if (t.broken || t.twice || t.n_tag == 0)
		return "the published record is no tag list";
	if (ps_tagval_get(&t, PS_LIT("v"), &v) &&
		(!ps_bytes_eq(v, PS_LIT("DKIM1")) ||
			!ps_bytes_eq(t.tag[0].name, PS_LIT("v"))))
		return "the published record does not begin with v=DKIM1";
	if (!ps_tagval_get(&t, PS_LIT("p"), &p) ||
		!ps_tagval_base64(a, p, &octets))
		return "the published record holds no key";
	if (octets.len == 0)
		return "the published record revokes the key";
	if (!ps_tagval_get(&t, PS_LIT("k"), &v))
		v = PS_LIT("rsa");
	if (!ps_bytes_eq(v, ps_bytes_of(ps_dkim_alg_key_name(alg))))
		return "the published record is of another type of key";
	if (!ps_bytes_eq(octets, point))
		return "the published record holds another key";
	if (ps_tagval_get(&t, PS_LIT("t"), &v) &&
		ps_bytes_chr(v, 'y') != PS_NOT_FOUND)
		return "the published record says t=y: signatures do not count";
	return NULL;
}
