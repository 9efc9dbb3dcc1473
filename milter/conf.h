/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * What every subcommand does with a configuration file.
 */
#ifndef PS_MILTER_CONF_H
#define PS_MILTER_CONF_H

#include "crypto/spawner.h"
#include "policy/policy.h"

/* Read it; problems go to standard error, one line each.  NULL when bad. */
struct ps_policy *ps_conf_read(const char *file);

/* ps_spawner_split() as this configuration asks. */
enum ps_status ps_conf_spawn(const struct ps_policy *p, struct ps_arena *a,
	struct ps_spawner *out, const char **why);

#endif
