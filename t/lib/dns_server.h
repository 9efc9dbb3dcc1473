/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * A name server of one's own as a child process, ours (t/lib/dns_server.py) or
 * nsd with signed zones (t/lib/dns_signed.py); it ends when its standard input
 * does, so that none is left behind.
 */
#ifndef PS_T_DNS_SERVER_H
#define PS_T_DNS_SERVER_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#define DNS_SERVER_ANCHORS 4

struct dns_server {
	pid_t pid;
	int in, port;
	char address[32]; /* "127.0.0.1@PORT" */
	char log[64];	  /* a file, a line a query; ours only */
	char missing[32]; /* a program that is not installed */
	/* Of the signed zones, as DS records. */
	char anchor[DNS_SERVER_ANCHORS][200];
	size_t n_anchor;
};

/* zone: a file.  args: more arguments, NULL at the end. */
bool dns_server_open(
	struct dns_server *s, const char *zone, const char *const args[]);
/* args: those of dns_signed.py, NULL at the end. */
bool dns_server_open_signed(struct dns_server *s, const char *const args[]);
void dns_server_close(struct dns_server *s);

/* Lines of the log that hold a text. */
size_t dns_server_asked(const struct dns_server *s, const char *text);

#endif
