/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Domain names as octets: labels with dots between them and no final dot.  A
 * label holds any octet but a dot, since SPF macros (RFC 7208 7.3) put what a
 * sender says into names; only a domain that came from an address or a header
 * field is held to A-labels.
 */
#ifndef PS_DNS_DNS_NAME_H
#define PS_DNS_DNS_NAME_H

#include "base/arena.h"

#define PS_DNS_LABEL_MAX 63
#define PS_DNS_NAME_MAX                                                        \
	253 /* octets without the final dot: 255 on the wire                   \
	     */

/* Labels of 1 to 63 octets, 253 in all (RFC 1035 2.3.4). */
bool ps_dns_name_check(struct ps_bytes name, const char **why);

/*
 * Into lower case, without one final dot, and checked.  out has room for
 * PS_DNS_NAME_MAX octets.
 */
bool ps_dns_name_fold(
	struct ps_bytes name, char *out, size_t *len, const char **why);

/*
 * The border for domains of identities (HELO, MAIL FROM, From, d=): lower-case
 * A-labels (RFC 8616) in a, no final dot.  False for what is no domain: an
 * address literal, controls, spaces, "@", 8-bit octets that are no U-labels.
 */
bool ps_dns_name_border(struct ps_arena *a, struct ps_bytes domain,
	struct ps_bytes *out, const char **why);

/* Is name the same as domain, or below it? */
bool ps_dns_name_within(struct ps_bytes name, struct ps_bytes domain);

/*
 * Presentation form with a final dot and a NUL (RFC 1035 5.1): every octet
 * that is not a letter, digit, "-" or "_" becomes \DDD.
 */
#define PS_DNS_TEXT_MAX ((size_t)4 * PS_DNS_NAME_MAX + 2)
void ps_dns_name_text(struct ps_bytes name, char out[PS_DNS_TEXT_MAX]);

/* The name to ask for an address's PTR; out has room for 80 octets. */
struct ps_bytes ps_dns_name_reverse(
	const unsigned char *addr, size_t len, char out[80]);

#endif
