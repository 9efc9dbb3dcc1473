/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * The one place that blocks on a file descriptor for a message.
 */
#include "base/wait.h"

#include <errno.h>
#include <poll.h>
#include <stddef.h>

struct ps_wait
ps_wait_within(const struct ps_wait *w, int64_t ms)
{
	struct ps_wait shorter = *w;
	int64_t end = ps_mono_ms(w->clock) + ms;

	if (end < shorter.deadline_ms)
		shorter.deadline_ms = end;
	return shorter;
}

int64_t
ps_wait_left(const struct ps_wait *w)
{
	int64_t left = w->deadline_ms - ps_mono_ms(w->clock);

	return left > 0 ? left : 0;
}

enum ps_status
ps_wait_fd(const struct ps_wait *w, int fd, short events, const char **why)
{
	struct pollfd p[2] = {
		{.fd = fd, .events = events},
		{.fd = w->stop_fd, .events = POLLIN},
	};
	int64_t slice = 0; /* the first look does not block */

	for (;;) {
		int n = poll(p, 2, (int)slice);

		if (n < 0 && errno != EINTR) {
			*why = "poll failed";
			return PS_ETEMP;
		}
		if (n > 0 && p[1].revents != 0) {
			*why = "the filter is stopping";
			return PS_ESTOP;
		}
		if (n > 0 && p[0].revents != 0)
			return PS_OK;
		if (n == 0 && slice > 0 && w->progress != NULL)
			w->progress(w->self);
		if (slice == 0 && w->blocking != NULL)
			w->blocking(w->self);
		slice = ps_wait_left(w);
		if (slice == 0) {
			*why = "the time for this message is used up";
			return PS_ELATE;
		}
		if (slice > PS_PROGRESS_MS)
			slice = PS_PROGRESS_MS;
	}
}
