/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * OpenPGP Web Key Directory (draft-koch-openpgp-webkey-service): where the
 * certificate of an address lies on its domain's web server, looking there,
 * and (publish) what such a tree holds.
 */
#ifndef PS_DISCOVERY_WKD_H
#define PS_DISCOVERY_WKD_H

#include "discovery/source.h"
#include "https/https.h"

/* Section 3.1: z-base-32 of the SHA-1 of the local part with ASCII letters in
 * lower case: 32 characters. */
void ps_wkd_hash(struct ps_bytes local, char out[33]);

struct ps_wkd_place {
	const char *host; /* "openpgpkey.example.org", or the domain itself */
	const char *key, *policy; /* paths; key with "?l=" */
};
/* advanced: the method with the sub-domain, else the direct one. */
void ps_wkd_place(struct ps_arena *a, const struct ps_addr *addr, bool advanced,
	struct ps_wkd_place *out);

/*
 * The advanced method, and the direct one only where the DNS says that the
 * sub-domain does not exist (section 3.1).  An armored answer is taken, with a
 * text that says so.  https is borrowed and must outlive the source.
 */
struct ps_source ps_wkd_source(const struct ps_https *https);

#endif
