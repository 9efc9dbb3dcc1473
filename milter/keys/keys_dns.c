/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * "postseal keys dns DOMAIN": OPENPGPKEY records for its zone.
 */
#include <stdio.h>

#include "keys.h"
#include "keys_ours.h"

#define ZONE_MAX ((size_t)1 << 30)

/* In normal form, as sections are named. */
static const char *
domain(struct ps_arena *a, const char *text)
{
	struct ps_addr addr;

	if (!ps_keys_addr(a, ps_arena_printf(a, "postmaster@%s", text), &addr))
		return NULL;
	return ps_arena_cstr(a, addr.domain);
}

static int
print(struct ps_keys *k, const struct ps_keys_ours *ours)
{
	struct ps_buf zone;
	int r = EX_OK;

	ps_buf_init(&zone, ZONE_MAX);
	for (size_t i = 0; i < ours->n_key; i++)
		ps_publish_dns(k->a, &ours->key[i], k->generic, &zone);
	if (zone.full)
		r = ps_keys_fail(EX_DATAERR, "dns", "the zone is too large");
	else if (zone.len > 0)
		fwrite(zone.p, zone.len, 1, stdout);
	ps_buf_free(&zone);
	return r;
}

static int
dns(struct ps_keys *k)
{
	const char *why = NULL, *name = domain(k->a, k->argv[0]);
	struct ps_keys_ours ours;
	enum ps_status s;
	int r;

	if (name == NULL)
		return EX_USAGE;
	s = ps_keys_ours(k, name, &ours, &why);
	if (s != PS_OK)
		return ps_keys_fail(ps_keys_exit(s), "dns", why);
	if (ours.n_domain == 0)
		return ps_keys_fail(EX_CONFIG, name,
			"the configuration has no section \"domain\" of this "
			"name");
	r = print(k, &ours);
	ps_keys_ours_complain(k, &ours);
	if (r == EX_OK && ours.n_key == 0)
		return ps_keys_fail(PS_KEYS_NOT_FOUND, name,
			"no address of it has a key that can be used");
	return r;
}

const struct ps_keys_action ps_keys_dns = {
	.name = "dns",
	.usage = "[--generic] DOMAIN",
	.options = "g",
	.min = 1,
	.max = 1,
	.run = dns,
};
