/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Writing dates.
 */
#include "mail/date.h"

#include <stdio.h>
#include <time.h>

void
ps_date_header(int64_t when_s, char out[PS_DATE_SIZE])
{
	static const char day[][4] = {
		"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
	static const char month[][4] = {"Jan", "Feb", "Mar", "Apr", "May",
		"Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
	time_t t = (time_t)when_s;
	struct tm tm = {0};

	if (gmtime_r(&t, &tm) == NULL || tm.tm_year + 1900 > 9999 ||
		tm.tm_year < 0) {
		t = 0;
		gmtime_r(&t, &tm);
	}
	snprintf(out, PS_DATE_SIZE, "%s, %d %s %04d %02d:%02d:%02d +0000",
		day[tm.tm_wday], tm.tm_mday, month[tm.tm_mon],
		tm.tm_year + 1900, tm.tm_hour, tm.tm_min, tm.tm_sec);
}
