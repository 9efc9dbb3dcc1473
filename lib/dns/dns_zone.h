/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Answers from a static zone file: offline use and tests.  Any name that the
 * file does not have does not exist.
 *
 * The file is a master file (RFC 1035 5.1), a line a record, with $ORIGIN,
 * $TTL, "@", comments, quoted strings, \DDD and parentheses.  Types that are
 * answered: A, AAAA, MX, TXT, PTR, CNAME; of any other type only that its
 * owner exists is kept.  "*" is a wildcard (RFC 4592).  Beyond that:
 *
 *   dead.example.  SERVFAIL          every type without a record here
 *   slow.example.  TIMEOUT  TXT MX   these types; REFUSED as well
 *   lies.example.  BOGUS             trouble with the bogus bit
 *   $SECURE on                       what follows is proven by DNSSEC
 *
 * Failures are told at once: nothing ever waits.
 */
#ifndef PS_DNS_DNS_ZONE_H
#define PS_DNS_DNS_ZONE_H

#include "dns/dns.h"

#define PS_DNS_ZONE_MAX ((size_t)16 << 20) /* octets of a file */

/*
 * The adapter's data live in a.  PS_EPERM for what is no zone, *why with the
 * name and the line; PS_ELIMIT for a file over PS_DNS_ZONE_MAX.
 */
enum ps_status ps_dns_zone_load(struct ps_arena *a, const char *path,
	struct ps_dns *out, const char **why);
enum ps_status ps_dns_zone_parse(struct ps_arena *a, const char *name,
	struct ps_bytes text, struct ps_dns *out, const char **why);

#endif
