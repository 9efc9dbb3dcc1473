/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * From the name of a host to the addresses that may be connected to.
 */
#ifndef PS_HTTPS_HTTPS_RESOLVE_H
#define PS_HTTPS_HTTPS_RESOLVE_H

#include "dns/dns.h"
#include "https/https.h"

#define PS_HTTPS_MAX_ADDRESSES 8
#define PS_HTTPS_DNS_MS	       5000 /* the most that one query takes */

struct ps_https_addresses {
	struct ps_bytes address[PS_HTTPS_MAX_ADDRESSES]; /* 4 or 16 octets */
	size_t n;
};

/*
 * PS_HTTPS_FOUND with one address at least.  Else *why, and PS_HTTPS_NO_HOST
 * (neither A nor AAAA exist), PS_HTTPS_DNS (one of them is trouble, and the
 * other has nothing), or PS_HTTPS_REFUSED (no host name; or every address is
 * one that must not be asked, for which see ps_https_is_public()).
 */
enum ps_https_outcome ps_https_resolve(struct ps_arena *a,
	const struct ps_dns *dns, const char *host, bool private_addresses,
	const struct ps_wait *wait, struct ps_https_addresses *out,
	const char **why);

/* "192.0.2.1", "2001:db8::1" */
const char *ps_https_address_text(struct ps_arena *a, struct ps_bytes address);

#endif
