/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Octets of records to values, and names back.
 */
#include "dns/dns_rdata.h"

#include "dns/dns_name.h"

bool
ps_dns_rdata_txt(struct ps_arena *a, struct ps_bytes rr, struct ps_bytes *out)
{
	char *p = ps_arena_alloc(a, rr.len + 1);
	size_t n = 0;

	while (rr.len > 0) {
		size_t len = (unsigned char)rr.p[0];

		if (len > rr.len - 1)
			return false;
		memcpy(p + n, rr.p + 1, len);
		n += len;
		rr = ps_bytes_from(rr, 1 + len);
	}
	*out = ps_bytes(p, n);
	return true;
}

bool
ps_dns_rdata_name(struct ps_arena *a, struct ps_bytes rr, struct ps_bytes *out)
{
	char *p = ps_arena_alloc(a, PS_DNS_NAME_MAX + 1);
	size_t n = 0;

	for (;;) {
		size_t len = rr.len == 0 ? 64 : (unsigned char)rr.p[0];

		if (len == 0)
			break;
		if (len > PS_DNS_LABEL_MAX || len > rr.len - 1 ||
			n + (n > 0) + len > PS_DNS_NAME_MAX ||
			memchr(rr.p + 1, '.', len) != NULL)
			return false;
		if (n > 0)
			p[n++] = '.';
		memcpy(p + n, rr.p + 1, len);
		n += len;
		rr = ps_bytes_from(rr, 1 + len);
	}
	*out = ps_bytes(p, n);
	return true;
}

bool
ps_dns_rdata_mx(struct ps_arena *a, struct ps_bytes rr, uint16_t *preference,
	struct ps_bytes *out)
{
	if (rr.len < 2)
		return false;
	*preference = (uint16_t)((unsigned char)rr.p[0] << 8 |
				 (unsigned char)rr.p[1]);
	return ps_dns_rdata_name(a, ps_bytes_from(rr, 2), out);
}

struct ps_bytes
ps_dns_rdata_put_name(struct ps_arena *a, struct ps_bytes name)
{
	char *p = ps_arena_alloc(a, name.len + 2);
	size_t length_at = 0, n = 1;

	if (name.len == 0)
		return ps_bytes(p, 1);
	for (size_t i = 0; i < name.len; i++) {
		if (name.p[i] != '.') {
			p[n++] = name.p[i];
			continue;
		}
		p[length_at] = (char)(n - length_at - 1);
		length_at = n++;
	}
	p[length_at] = (char)(n - length_at - 1);
	p[n++] = '\0';
	return ps_bytes(p, n);
}
