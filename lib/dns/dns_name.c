/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * What a domain name may be, and its spellings.
 */
#include "dns/dns_name.h"

#include <stdio.h>

#include "mail/idna.h"

bool
ps_dns_name_check(struct ps_bytes name, const char **why)
{
	size_t label = 0;

	if (name.len == 0) {
		*why = "the name is empty";
		return false;
	}
	if (name.len > PS_DNS_NAME_MAX) {
		*why = "the name is longer than 253 octets";
		return false;
	}
	for (size_t i = 0; i <= name.len; i++) {
		if (i < name.len && name.p[i] != '.') {
			label++;
			continue;
		}
		if (label == 0 || label > PS_DNS_LABEL_MAX) {
			*why = label == 0 ? "the name has an empty label"
					  : "a label is longer than 63 octets";
			return false;
		}
		label = 0;
	}
	return true;
}

bool
ps_dns_name_fold(struct ps_bytes name, char *out, size_t *len, const char **why)
{
	if (name.len > 0 && name.p[name.len - 1] == '.')
		name.len--;
	if (!ps_dns_name_check(name, why))
		return false;
	for (size_t i = 0; i < name.len; i++)
		out[i] = (char)ps_lower((unsigned char)name.p[i]);
	*len = name.len;
	return true;
}

static bool
is_host_octet(unsigned char c)
{
	return ps_is_alpha(c) || ps_is_digit(c) || c == '-' || c == '_' ||
	       c == '.';
}

static bool
is_host(struct ps_bytes name)
{
	for (size_t i = 0; i < name.len; i++)
		if (!is_host_octet((unsigned char)name.p[i]))
			return false;
	return true;
}

bool
ps_dns_name_border(struct ps_arena *a, struct ps_bytes domain,
	struct ps_bytes *out, const char **why)
{
	char buf[4 * PS_IDNA_MAX], folded[PS_DNS_NAME_MAX];
	struct ps_bytes name = domain;

	if (!ps_bytes_is_ascii(domain)) {
		if (domain.len > sizeof(buf)) {
			*why = "the domain is too long";
			return false;
		}
		memcpy(buf, domain.p, domain.len);
		name = ps_bytes(buf, domain.len);
		if (!ps_idna_fold(buf, &name.len)) {
			*why = "the domain is no internationalized name";
			return false;
		}
	}
	if (!is_host(name)) {
		*why = "the domain holds an octet that no host name has";
		return false;
	}
	if (!ps_dns_name_fold(name, folded, &name.len, why))
		return false;
	*out = ps_arena_copy(a, ps_bytes(folded, name.len));
	return true;
}

bool
ps_dns_name_within(struct ps_bytes name, struct ps_bytes domain)
{
	if (!ps_bytes_iends(name, domain))
		return false;
	return name.len == domain.len ||
	       name.p[name.len - domain.len - 1] == '.';
}

void
ps_dns_name_text(struct ps_bytes name, char out[PS_DNS_TEXT_MAX])
{
	static const char digit[] = "0123456789";
	char *p = out;

	for (size_t i = 0; i < name.len && i < PS_DNS_NAME_MAX; i++) {
		unsigned char c = (unsigned char)name.p[i];

		if (is_host_octet(c)) {
			*p++ = (char)c;
			continue;
		}
		*p++ = '\\';
		*p++ = digit[c / 100];
		*p++ = digit[c / 10 % 10];
		*p++ = digit[c % 10];
	}
	*p++ = '.';
	*p = '\0';
}

struct ps_bytes
ps_dns_name_reverse(const unsigned char *addr, size_t len, char out[80])
{
	static const char hex[] = "0123456789abcdef";
	size_t n = 0;

	if (len == 4) {
		n = (size_t)snprintf(out, 80, "%d.%d.%d.%d.in-addr.arpa",
			addr[3], addr[2], addr[1], addr[0]);
		return ps_bytes(out, n);
	}
	for (size_t i = len; i-- > 0;) {
		out[n++] = hex[addr[i] & 15];
		out[n++] = '.';
		out[n++] = hex[addr[i] >> 4];
		out[n++] = '.';
	}
	memcpy(out + n, "ip6.arpa", 8);
	return ps_bytes(out, n + 8);
}
