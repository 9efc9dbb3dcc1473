/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * What verification asks: a resolver or a zone file, libopendkim, the public
 * suffix list.  Wired once for a process.
 */
#ifndef PS_MILTER_LOOKUPS_H
#define PS_MILTER_LOOKUPS_H

#include "dns/dns_unbound.h"
#include "flow/flow.h"

struct ps_lookups {
	struct ps_dns_unbound *unbound; /* NULL with a zone file */
	struct ps_dns zone;
	const struct ps_dns *dns;
	struct ps_dkim *dkim;
	struct ps_orgdom *psl; /* NULL where nothing needs it */
};

/*
 * Starts a thread: after the last fork.  zone: answer from that file, or NULL.
 * False with *why; then nothing is left open.
 */
bool ps_lookups_open(struct ps_lookups *l, const struct ps_policy *p,
	const char *zone, struct ps_arena *a, const struct ps_clock *clock,
	const char **why);
void ps_lookups_close(struct ps_lookups *l);

/* Into the core's environment. */
void ps_lookups_wire(const struct ps_lookups *l, struct ps_env *env);

#endif
