/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * The resolver of the process: one libunbound context, used asynchronously,
 * behind the front cache.  One thread hands answers over.
 */
#ifndef PS_DNS_DNS_UNBOUND_H
#define PS_DNS_DNS_UNBOUND_H

#include "dns/dns_cache.h"

#define PS_DNS_ROOT_KEY "/usr/share/dns/root.key" /* package dns-root-data */

struct ps_dns_unbound_options {
	/* "192.0.2.53" or "127.0.0.1@5353"; none: those of /etc/resolv.conf */
	const char *const *forwarder;
	size_t n_forwarder;
	bool recursion; /* ask the authoritative servers ourselves */
	/* Trust anchors in a file, and more of them as DS or DNSKEY lines.
	 * Without any there is no DNSSEC: nothing is secure, nothing bogus. */
	const char *root_key;
	const char *const *anchor;
	size_t n_anchor;
	/*
	 * A forwarder that strips DNSSEC (many home routers do) is told from
	 * an attacker by nobody: below an anchor all that it says is trouble
	 * with the bogus bit, at once and not by a time-out.  With this its
	 * answers count as not signed, and so do an attacker's; what comes
	 * with signatures is still checked.
	 */
	bool stripped_is_insecure;
	struct ps_dns_cache_limits limits;
};

struct ps_dns_unbound;

/*
 * Starts threads: after the process has forked for the last time and dropped
 * its privileges.  PS_EPERM for an option that libunbound does not take,
 * PS_ETEMP where threads or memory are missing.
 */
enum ps_status ps_dns_unbound_new(struct ps_arena *a,
	const struct ps_dns_unbound_options *options,
	const struct ps_clock *clock, struct ps_dns_unbound **out,
	const char **why);

/* When no caller is inside; does not wait for queries in flight.  Accepts NULL.
 */
void ps_dns_unbound_free(struct ps_dns_unbound *u);

const struct ps_dns *ps_dns_unbound_dns(const struct ps_dns_unbound *u);
void ps_dns_unbound_count(
	struct ps_dns_unbound *u, struct ps_dns_cache_count *out);

#endif
