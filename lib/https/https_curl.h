/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * HTTPS by libcurl, with names looked up by our resolver (dns.h): an address
 * is judged before it is connected to, and there is no second look-up that
 * could answer otherwise.
 */
#ifndef PS_HTTPS_HTTPS_CURL_H
#define PS_HTTPS_HTTPS_CURL_H

#include "dns/dns.h"
#include "https/https.h"

struct ps_https_settings {
	const struct ps_dns *dns; /* borrowed */
	const char *ca_file;	  /* NULL: the system's */
	/* Also loopback, private (RFC 1918, RFC 4193), link-local and other
	 * addresses that are not of the public Internet. */
	bool private_addresses;
	int port; /* 443, but for tests and gateways that map it */
};

struct ps_https_curl;

/* Copies s.  NULL with *why when libcurl cannot be used or the CA file cannot
 * be read. */
struct ps_https_curl *ps_https_curl_new(
	const struct ps_https_settings *s, const char **why);
void ps_https_curl_free(struct ps_https_curl *c); /* accepts NULL */
struct ps_https ps_https_curl_adapter(struct ps_https_curl *c);

/* May this address (4 or 16 octets) be asked by strangers' wish?  Pure. */
bool ps_https_is_public(struct ps_bytes address);

#endif
