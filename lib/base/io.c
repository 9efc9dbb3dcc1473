/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Short writes and interrupted ones go on where they stopped.
 */
#include "base/io.h"

#include <errno.h>
#include <unistd.h>

bool
ps_io_write_all(int fd, struct ps_bytes octets)
{
	while (octets.len > 0) {
		ssize_t n = write(fd, octets.p, octets.len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		octets = ps_bytes_from(octets, (size_t)n);
	}
	return true;
}
