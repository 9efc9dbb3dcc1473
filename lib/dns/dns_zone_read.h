/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * From the tokens of a zone file to its records; for dns_zone.c only.
 */
#ifndef PS_DNS_DNS_ZONE_READ_H
#define PS_DNS_DNS_ZONE_READ_H

#include "dns/dns.h"

struct ps_dns_record {
	struct ps_bytes name;
	int type; /* 0 in a failure: every type without a record */
	struct ps_bytes rr;
	const char *failure; /* why, for a named failure */
	bool bogus, secure;
	size_t line;
};

struct ps_dns_records {
	struct ps_dns_record *record;
	size_t n_record;
};

/* PS_EPERM with *why naming the line. */
enum ps_status ps_dns_zone_read(struct ps_arena *a, const char *name,
	struct ps_bytes text, struct ps_dns_records *out, const char **why);

#endif
