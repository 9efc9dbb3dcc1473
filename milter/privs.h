/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Giving up root before the first connection.
 */
#ifndef PS_MILTER_PRIVS_H
#define PS_MILTER_PRIVS_H

#include <stdbool.h>

#include "base/arena.h"

/*
 * Become user (its primary and supplementary groups), for ever.  Nothing to do
 * without a user, or where we are that user already.  False with *why.
 */
bool ps_privs_drop(const char *user, struct ps_arena *a, const char **why);

/* No core dumps, no tracing by other processes of ours: they hold clear text.
 */
void ps_privs_no_dumps(void);

#endif
