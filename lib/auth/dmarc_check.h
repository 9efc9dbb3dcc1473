/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * The second opinion: libopendmarc, as a policy engine on what we found.
 */
#ifndef PS_AUTH_DMARC_CHECK_H
#define PS_AUTH_DMARC_CHECK_H

#include "auth/dmarc.h"

/*
 * What libopendmarc makes of a pass or fail, when it is something else; NULL
 * when it agrees, and for other results.  Any thread.
 */
const char *ps_dmarc_check(struct ps_arena *a, const struct ps_dmarc_result *r);

#endif
