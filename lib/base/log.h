/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Where log lines go: syslog (facility mail) or standard error.  The only
 * process-wide state of the library; safe from several threads.  Callers
 * escape what came from the network (str.h); bodies, subjects, passphrases and
 * session keys never come here.
 */
#ifndef PS_BASE_LOG_H
#define PS_BASE_LOG_H

#include <stdbool.h>

enum ps_log_level { PS_LOG_ERROR, PS_LOG_WARNING, PS_LOG_INFO, PS_LOG_DEBUG };

/* Before any thread exists. */
void ps_log_open(bool to_syslog, enum ps_log_level most);
void ps_log(enum ps_log_level level, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

#endif
