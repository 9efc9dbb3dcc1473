/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Reverse DNS of the client (RFC 8601 section 2.7.3): a name of its PTR whose
 * addresses include the client.
 */
#ifndef PS_AUTH_IPREV_H
#define PS_AUTH_IPREV_H

#include <sys/socket.h>

#include "auth/result.h"
#include "dns/dns.h"

#define PS_IPREV_MAX_NAMES 10

struct ps_iprev_result {
	/* pass, fail, temperror, permerror (no PTR), none (no address) */
	enum ps_auth_result result;
	const char *why;
	struct ps_bytes name; /* confirmed, lower case; empty unless pass */
	bool secure;
};

/*
 * A dry run: starts the PTR, and the addresses of its names once it is there.
 * True when there is nothing more to wait for.
 */
bool ps_iprev_ahead(struct ps_arena *a, const struct sockaddr_storage *client,
	const struct ps_dns_budget *dns);
void ps_iprev(struct ps_arena *a, const struct sockaddr_storage *client,
	struct ps_dns_budget *dns, struct ps_iprev_result *out);

#endif
