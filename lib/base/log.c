/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * One line, one write.
 */
#include "base/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <syslog.h>
#include <unistd.h>

#define LINE_MAX_OCTETS 4096

static bool use_syslog;
static enum ps_log_level ceiling = PS_LOG_INFO;

void
ps_log_open(bool to_syslog, enum ps_log_level most)
{
	use_syslog = to_syslog;
	ceiling = most;
	if (to_syslog)
		openlog("postseal", LOG_PID | LOG_NDELAY, LOG_MAIL);
}

static int
syslog_priority(enum ps_log_level level)
{
	static const int priority[] = {
		[PS_LOG_ERROR] = LOG_ERR,
		[PS_LOG_WARNING] = LOG_WARNING,
		[PS_LOG_INFO] = LOG_INFO,
		[PS_LOG_DEBUG] = LOG_DEBUG,
	};

	return priority[level];
}

void
ps_log(enum ps_log_level level, const char *fmt, ...)
{
	char line[LINE_MAX_OCTETS];
	va_list ap;
	int n;

	if (level > ceiling)
		return;
	va_start(ap, fmt);
	n = vsnprintf(line, sizeof(line) - 1, fmt, ap);
	va_end(ap);
	if (n < 0)
		return;
	if (use_syslog) {
		syslog(syslog_priority(level), "%s", line);
		return;
	}
	if ((size_t)n > sizeof(line) - 2)
		n = (int)sizeof(line) - 2;
	line[n] = '\n';
	if (write(STDERR_FILENO, line, (size_t)n + 1) < 0)
		return; /* nobody reads our log: nothing to tell them */
}
