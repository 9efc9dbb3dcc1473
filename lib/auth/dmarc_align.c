/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * The comparator.  Names are compared whole, label by label: libopendmarc,
 * which drops a first label of one letter, lets "x.com" speak for all of com.
 */
#include "auth/dmarc_align.h"

#include "dns/dns_name.h"

enum alignment { ALIGNED_NOT, ALIGNED, ALIGNED_UNKNOWN };

static bool
share_a_parent(struct ps_bytes x, struct ps_bytes y)
{
	size_t n = 0;

	while (n < x.len && n < y.len && x.p[x.len - n - 1] != '.' &&
		x.p[x.len - n - 1] == y.p[y.len - n - 1])
		n++;
	return (n == x.len || x.p[x.len - n - 1] == '.') &&
	       (n == y.len || y.p[y.len - n - 1] == '.');
}

static enum alignment
judge(struct ps_dmarc_look *l, struct ps_bytes author,
	const struct ps_dmarc_found *found, struct ps_bytes domain, bool strict,
	const char **why)
{
	struct ps_bytes org;

	if (ps_bytes_eq(author, domain))
		return ALIGNED;
	if (strict)
		return ALIGNED_NOT;
	if (found->org_trouble != NULL) {
		*why = found->org_trouble;
		return share_a_parent(author, domain) ? ALIGNED_UNKNOWN
						      : ALIGNED_NOT;
	}
	/* An organisation's domain is its members' parent: most strangers need
	 * no look-up.  A public suffix has none and is only itself. */
	if (found->org.len == 0 || !ps_dns_name_within(domain, found->org))
		return ALIGNED_NOT;
	*why = ps_dmarc_find_org(l, domain, &org);
	if (*why != NULL)
		return ALIGNED_UNKNOWN;
	return ps_bytes_eq(org, found->org) ? ALIGNED : ALIGNED_NOT;
}

static void
count(const struct ps_dmarc_identity *id, struct ps_bytes domain,
	enum alignment is, const char *why, struct ps_dmarc_aligned *out)
{
	if (is == ALIGNED_NOT)
		return;
	if (is == ALIGNED_UNKNOWN || id->temperror) {
		if (out->trouble == NULL)
			out->trouble = is == ALIGNED_UNKNOWN ? why
				       : id->dkim ? "DKIM did not finish"
						  : "SPF did not finish";
		return;
	}
	if (id->dkim ? !out->by_dkim : !out->by_dkim && !out->by_spf)
		out->domain = domain;
	if (id->dkim)
		out->by_dkim = true;
	else
		out->by_spf = true;
}

void
ps_dmarc_align(struct ps_dmarc_look *l, struct ps_bytes author,
	const struct ps_dmarc_found *found, const struct ps_dmarc_identity *id,
	size_t n_id, struct ps_dmarc_aligned *out)
{
	const struct ps_dmarc_record *r = &found->policy->record;

	*out = (struct ps_dmarc_aligned){0};
	for (size_t i = 0; i < n_id; i++) {
		const char *why = NULL;
		struct ps_bytes domain;
		enum alignment is;

		if (!ps_dns_name_border(l->a, id[i].domain, &domain, &why))
			continue;
		is = judge(l, author, found, domain,
			id[i].dkim ? r->strict_dkim : r->strict_spf, &why);
		count(&id[i], domain, is, why, out);
	}
}
