/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * The machine's clocks.
 */
#include "base/clock.h"

#include <stdio.h>
#include <time.h>

static int64_t
system_now(void *self)
{
	struct timespec ts;

	(void)self;
	clock_gettime(CLOCK_REALTIME, &ts);
	return ts.tv_sec;
}

static int64_t
system_mono(void *self)
{
	struct timespec ts;

	(void)self;
	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

static const struct ps_clock system_clock = {
	.now_s = system_now,
	.mono_ms = system_mono,
};

const struct ps_clock *
ps_clock_system(void)
{
	return &system_clock;
}

void
ps_date(int64_t when_s, char out[16])
{
	time_t t = (time_t)when_s;
	struct tm tm;

	if (gmtime_r(&t, &tm) == NULL ||
		strftime(out, 16, "%Y-%m-%d", &tm) == 0)
		snprintf(out, 16, "?");
}
