/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Dates as header fields want them (RFC 5322 3.3).
 */
#ifndef PS_MAIL_DATE_H
#define PS_MAIL_DATE_H

#include <stdint.h>

#include "base/bytes.h"

#define PS_DATE_SIZE 40

/* "Tue, 24 Nov 2026 13:02:52 +0000": UTC, whatever the locale and the time
 * zone of the process. */
void ps_date_header(int64_t when_s, char out[PS_DATE_SIZE]);

/* The value of a Date field, in seconds since 1970.  The day of the week is not
 * believed; false for what is no date, and for named zones but those of UTC. */
bool ps_date_read(struct ps_bytes value, int64_t *out);

#endif
