/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * DANE for OpenPGP (RFC 7929): OPENPGPKEY records, believed only where DNSSEC
 * proves them.  Without proof a record counts as refused, an absence as absent;
 * bogus is trouble, never "no key".
 */
#ifndef PS_DISCOVERY_DANE_H
#define PS_DISCOVERY_DANE_H

#include "discovery/source.h"
#include "dns/dns.h"

/* Section 3: "HASH._openpgpkey.example.org". */
char *ps_dane_name(struct ps_arena *a, const struct ps_addr *addr);

/* dns is borrowed and must outlive the source. */
struct ps_source ps_dane_source(const struct ps_dns *dns);

#endif
