/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Zone files: whatever is taken answers every question about its own names.
 */
#include <assert.h>
#include <stdint.h>

#include "dns/dns_name.h"
#include "dns/dns_rdata.h"
#include "dns/dns_zone.h"
#include "dns/dns_zone_read.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
ask(struct ps_arena *a, const struct ps_dns *zone, struct ps_bytes name)
{
	static const enum ps_dns_type type[] = {
		PS_DNS_A, PS_DNS_TXT, PS_DNS_MX, PS_DNS_PTR};
	struct ps_wait wait = {.stop_fd = -1};
	struct ps_dns_answer out;
	struct ps_bytes text;
	uint16_t preference;

	for (size_t i = 0; i < 4; i++) {
		zone->query(zone->self, a, name, type[i], &wait, &out);
		assert((out.status == PS_DNS_FOUND) == (out.n_rr > 0));
		assert((out.status == PS_DNS_TROUBLE) == (out.why != NULL));
		for (size_t n = 0; n < out.n_rr; n++) {
			struct ps_bytes rr = out.rr[n];

			assert(type[i] != PS_DNS_A || rr.len == 4);
			assert(type[i] != PS_DNS_TXT ||
				ps_dns_rdata_txt(a, rr, &text));
			assert(type[i] != PS_DNS_MX ||
				ps_dns_rdata_mx(a, rr, &preference, &text));
			assert(type[i] != PS_DNS_PTR ||
				ps_dns_rdata_name(a, rr, &text));
		}
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ps_bytes in = {(const char *)data, size};
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);
	struct ps_dns_records all = {NULL, 0};
	const char *why = NULL;
	struct ps_dns zone;

	if (ps_dns_zone_read(a, "z", in, &all, &why) == PS_OK &&
		ps_dns_zone_parse(a, "z", in, &zone, &why) == PS_OK)
		for (size_t i = 0; i < all.n_record && i < 100; i++) {
			assert(ps_dns_name_check(all.record[i].name, &why));
			ask(a, &zone, all.record[i].name);
		}
	ps_arena_free(a);
	return 0;
}
