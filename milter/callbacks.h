/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * The filter as libmilter sees it.
 */
#ifndef PS_MILTER_CALLBACKS_H
#define PS_MILTER_CALLBACKS_H

#include <stdbool.h>

struct ps_daemon;

/* Register with libmilter; d must live as long as the process. */
bool ps_callbacks_register(struct ps_daemon *d, bool inet);

#endif
