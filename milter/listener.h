/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * The milter socket: opened by libmilter, made ours afterwards.
 */
#ifndef PS_MILTER_LISTENER_H
#define PS_MILTER_LISTENER_H

#include <stdbool.h>

#include "policy/policy.h"

/*
 * Open the configured socket (as root where the process still is), with mode
 * 0660 and the configured group on a unix socket, TCP_NODELAY on an inet one
 * (else 40 ms a message: Nagle against delayed acknowledgements), and aim the
 * kick at it.
 */
bool ps_listener_open(
	const struct ps_policy *p, struct ps_arena *a, const char **why);

#endif
