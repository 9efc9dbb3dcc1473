/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Settings to adapters of verification.
 */
#include "lookups.h"

#include "dns/dns_zone.h"

static bool
open_resolver(struct ps_lookups *l, const struct ps_policy *p,
	struct ps_arena *a, const struct ps_clock *clock, const char **why)
{
	const struct ps_dns_unbound_options options = {
		.forwarder = p->resolver,
		.n_forwarder = p->n_resolver,
		.recursion = p->recursion,
		.root_key = p->dnssec ? p->root_key : NULL,
		.anchor = p->trust_anchor,
		.n_anchor = p->dnssec ? p->n_trust_anchor : 0,
		.stripped_is_insecure = p->stripped_is_insecure,
		.limits = PS_DNS_CACHE_LIMITS,
	};

	if (ps_dns_unbound_new(a, &options, clock, &l->unbound, why) != PS_OK)
		return false;
	l->dns = ps_dns_unbound_dns(l->unbound);
	return true;
}

static bool
open_zone(struct ps_lookups *l, const char *zone, struct ps_arena *a,
	const char **why)
{
	if (ps_dns_zone_load(a, zone, &l->zone, why) != PS_OK)
		return false;
	l->dns = &l->zone;
	return true;
}

static bool
open_psl(struct ps_lookups *l, const struct ps_policy *p, const char **why)
{
	if (p->auth.discovery == PS_DMARC_WALK)
		return true;
	l->psl = ps_orgdom_new(p->psl, why);
	return l->psl != NULL;
}

bool
ps_lookups_open(struct ps_lookups *l, const struct ps_policy *p,
	const char *zone, struct ps_arena *a, const struct ps_clock *clock,
	const char **why)
{
	bool good;

	*l = (struct ps_lookups){0};
	good = open_psl(l, p, why);
	if (good) {
		l->dkim = ps_dkim_new(why);
		good = l->dkim != NULL;
	}
	if (good && zone != NULL)
		good = open_zone(l, zone, a, why);
	else if (good)
		good = open_resolver(l, p, a, clock, why);
	if (!good)
		ps_lookups_close(l);
	return good;
}

void
ps_lookups_close(struct ps_lookups *l)
{
	ps_dns_unbound_free(l->unbound);
	ps_dkim_free(l->dkim);
	ps_orgdom_free(l->psl);
	*l = (struct ps_lookups){0};
}

void
ps_lookups_wire(const struct ps_lookups *l, struct ps_env *env)
{
	env->dns = l->dns;
	env->dkim = l->dkim;
	env->psl = l->psl;
}
