/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * The only user of libpsl.  A list is read once and never written, so that
 * threads share it.
 */
#include "dns/orgdom.h"

#include <libpsl.h>
#include <stdlib.h>

#include "dns/dns_name.h"

struct ps_orgdom {
	psl_ctx_t *list;
};

struct ps_orgdom *
ps_orgdom_new(const char *path, const char **why)
{
	psl_ctx_t *list = path == NULL ? psl_latest(NULL) : psl_load_file(path);
	struct ps_orgdom *o;

	/* Any text is a list to libpsl; one without a rule is a mistake.  In
	 * DAFSA form nobody knows their number (-1). */
	if (list == NULL || psl_suffix_count(list) == 0) {
		*why = "cannot read the public suffix list";
		psl_free(list);
		return NULL;
	}
	o = calloc(1, sizeof(*o));
	if (o == NULL)
		abort();
	o->list = list;
	return o;
}

void
ps_orgdom_free(struct ps_orgdom *o)
{
	if (o == NULL)
		return;
	psl_free(o->list);
	free(o);
}

struct ps_bytes
ps_orgdom_of(const struct ps_orgdom *o, struct ps_bytes name)
{
	char text[PS_DNS_NAME_MAX + 1];
	const char *found;

	if (name.len > PS_DNS_NAME_MAX)
		return ps_bytes(name.p, 0);
	memcpy(text, name.p, name.len);
	text[name.len] = '\0';
	found = psl_registrable_domain(o->list, text);
	if (found == NULL)
		return ps_bytes(name.p, 0);
	return ps_bytes_from(name, (size_t)(found - text));
}
