/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * A message file as the MTA would hand it over.
 */
#ifndef PS_MILTER_FILE_MESSAGE_H
#define PS_MILTER_FILE_MESSAGE_H

#include "mail/message.h"

/*
 * Read at most max octets and one more of a file ("-" is standard input); the
 * one more makes the caller's limits speak.
 */
enum ps_status ps_file_message_read(struct ps_arena *a, const char *file,
	size_t max, struct ps_bytes *out, const char **why);

/*
 * Split it.  A line end without CR gets one, the last line gets a line end
 * where it has none (SMTP knows no other lines, RFC 5321 2.3.8), and the
 * "From " line of a mailbox file is left out.
 */
enum ps_status ps_file_message_parse(struct ps_arena *a, struct ps_bytes octets,
	struct ps_message *out, const char **why);

#endif
