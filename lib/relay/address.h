/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Where the relay listens: "inet:PORT@HOST", "inet6:PORT@HOST", "unix:/path",
 * as the configuration writes sockets.  Names are resolved once, when the
 * configuration is read: no message waits for a resolver that has no deadline.
 */
#ifndef PS_RELAY_ADDRESS_H
#define PS_RELAY_ADDRESS_H

#include <sys/socket.h>

#include "base/arena.h"
#include "base/status.h"

#define PS_RELAY_ADDRESSES 4

struct ps_relay_address {
	struct {
		struct sockaddr_storage addr;
		socklen_t len;
	} at[PS_RELAY_ADDRESSES]; /* tried in this order */
	size_t n_at;
};

/* PS_EPERM: no address; PS_ETEMP: the name does not resolve now. */
enum ps_status ps_relay_address_read(struct ps_arena *a, const char *text,
	struct ps_relay_address *out, const char **why);

/* Does this client's address belong to the relay?  Ports do not matter. */
bool ps_relay_address_has(const struct ps_relay_address *r,
	const struct sockaddr_storage *client);

#endif
