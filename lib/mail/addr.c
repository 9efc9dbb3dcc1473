/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Addresses compared with addresses and with patterns.
 */
#include "mail/addr.h"

#include "base/str.h"

bool
ps_addr_eq(const struct ps_addr *x, const struct ps_addr *y, bool fold_local)
{
	if (!ps_bytes_eq(x->domain, y->domain))
		return false;
	return fold_local ? ps_bytes_ieq(x->local, y->local)
			  : ps_bytes_eq(x->local, y->local);
}

bool
ps_addr_match(const char *pattern, const struct ps_addr *addr, bool fold_local)
{
	const char *at = strrchr(pattern, '@');

	if (at == NULL)
		return ps_str_glob(ps_bytes_of(pattern), addr->domain, true);
	return ps_str_glob(ps_bytes_of(at + 1), addr->domain, true) &&
	       ps_str_glob(ps_bytes(pattern, (size_t)(at - pattern)),
		       addr->local, fold_local);
}
