/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Organisational domains by the public suffix list (libpsl).  By DNS tree walk
 * they depend on DMARC records and are auth/dmarc.h's.
 */
#ifndef PS_DNS_ORGDOM_H
#define PS_DNS_ORGDOM_H

#include "dns/dns.h"

struct ps_orgdom;

/* path: a list in text or DAFSA form; NULL: the newest that the system has. */
struct ps_orgdom *ps_orgdom_new(const char *path, const char **why);
void ps_orgdom_free(struct ps_orgdom *o);

/*
 * The organisational domain of a lower-case A-label name (a part of it); empty
 * when the name is itself a public suffix.  Shared by threads.
 */
struct ps_bytes ps_orgdom_of(const struct ps_orgdom *o, struct ps_bytes name);

#endif
