/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * The messages of a load: one made up here, one from a file, or many with an
 * envelope each, as t/perf/signed_mail writes them:
 *
 *   body LENGTH            then so many octets, shared by all messages
 *   mail FROM IP NAME LENGTH      then so many octets of header, for each
 */
#ifndef PS_T_CORPUS_H
#define PS_T_CORPUS_H

#include "milter_client.h"

struct corpus_mail {
	char *from; /* "<a@example.org>" */
	struct mc_client client;
	struct mc_message message;
};

struct corpus {
	struct corpus_mail *mail;
	size_t n;
};

/* These end the program when they cannot read. */
struct corpus corpus_read(struct ps_arena *a, const char *path);
struct corpus corpus_file(struct ps_arena *a, const char *path);
/* Base64-like text, what gpg cannot compress much, in lines of 76. */
struct corpus corpus_made(struct ps_arena *a, size_t size);

#endif
