/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * systemd's readiness protocol, sd_notify(3), without its library.
 */
#ifndef PS_MILTER_NOTIFY_H
#define PS_MILTER_NOTIFY_H

/* "READY=1", "STOPPING=1"; nothing happens where nobody listens. */
void ps_notify(const char *state);

#endif
