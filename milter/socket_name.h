/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * A milter socket's name, in both spellings: libmilter's and Sendmail's
 * ("inet:8895@127.0.0.1", "unix:/path") and Postfix's ("inet:127.0.0.1:8895",
 * "unix:path" relative to the queue directory).  Knows nothing of sockets that
 * are open.
 */
#ifndef PS_MILTER_SOCKET_NAME_H
#define PS_MILTER_SOCKET_NAME_H

#include "base/arena.h"

struct ps_socket_name {
	bool inet;
	const char *host; /* without brackets; NULL: every address */
	unsigned port;
	const char *path; /* unix, absolute */
};

/*
 * base  the directory of a relative path, or NULL
 * False with *why for what is no socket name.
 */
bool ps_socket_name_parse(struct ps_arena *a, const char *spelling,
	const char *base, struct ps_socket_name *out, const char **why);

/* Would a client of x reach a listener at y?  Loopback has many names. */
bool ps_socket_name_meets(
	const struct ps_socket_name *x, const struct ps_socket_name *y);

/* Is the path in the directory or below it? */
bool ps_socket_name_under(const char *path, const char *dir);

/* As main.cf wants it: a path under queue_dir becomes relative, because a
 * chrooted smtpd sees no other. */
const char *ps_socket_name_postfix(struct ps_arena *a,
	const struct ps_socket_name *s, const char *queue_dir);
/* As INPUT_MAIL_FILTER wants it. */
const char *ps_socket_name_sendmail(
	struct ps_arena *a, const struct ps_socket_name *s);

#endif
