/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * The command line of "postseal verify".
 */
#ifndef PS_MILTER_VERIFY_OPTIONS_H
#define PS_MILTER_VERIFY_OPTIONS_H

#include "auth/verify.h"

struct ps_verify_macro {
	struct ps_bytes name; /* without braces */
	struct ps_bytes value;
};

struct ps_verify_options {
	const char *config; /* NULL: the usual file, or what is built in */
	const char *client_ip, *client_name, *helo, *mail_from, *login;
	const char **rcpt;
	size_t n_rcpt;
	struct ps_verify_macro *macro;
	size_t n_macro;
	const char *zone, *authserv_id;
	const char **resolver;
	size_t n_resolver;
	int64_t now_s; /* -1: the wall clock */
	struct ps_assumed *assumed;
	size_t n_assumed;
	bool explain, json;
	const char *message; /* "-" is standard input; NULL: none */
};

/* False with a complaint on standard error. */
bool ps_verify_options_read(struct ps_arena *a, int argc, char **argv,
	struct ps_verify_options *out);

#endif
