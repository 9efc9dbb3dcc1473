/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Addresses compared with addresses and with patterns.
 */
#include "mail/addr.h"

bool
ps_addr_eq(const struct ps_addr *x, const struct ps_addr *y, bool fold_local)
{
	if (!ps_bytes_eq(x->domain, y->domain))
		return false;
	return fold_local ? ps_bytes_ieq(x->local, y->local)
			  : ps_bytes_eq(x->local, y->local);
}

/*
 * Only the last star is ever tried again: an earlier one that could take more
 * would leave a later one less to choose from.
 */
static bool
matches(struct ps_bytes pattern, struct ps_bytes text)
{
	size_t p = 0, t = 0, star = PS_NOT_FOUND, taken = 0;

	while (t < text.len) {
		if (p < pattern.len && pattern.p[p] == '*') {
			star = p++;
			taken = t;
		} else if (p < pattern.len &&
			   ps_lower(pattern.p[p]) == ps_lower(text.p[t])) {
			p++;
			t++;
		} else if (star != PS_NOT_FOUND) {
			p = star + 1;
			t = ++taken;
		} else {
			return false;
		}
	}
	while (p < pattern.len && pattern.p[p] == '*')
		p++;
	return p == pattern.len;
}

bool
ps_addr_match(const char *pattern, const struct ps_addr *addr)
{
	const char *at = strrchr(pattern, '@');

	if (at == NULL)
		return matches(ps_bytes_of(pattern), addr->domain);
	return matches(ps_bytes_of(at + 1), addr->domain) &&
	       matches(ps_bytes(pattern, (size_t)(at - pattern)), addr->local);
}
