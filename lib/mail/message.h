/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * A message as a value: header and body, exactly as received or as made.
 * Messages are immutable: a rewrite makes a new one whose fields say which of
 * the original's they keep (ps_field.from).
 */
#ifndef PS_MAIL_MESSAGE_H
#define PS_MAIL_MESSAGE_H

#include "mail/header.h"

struct ps_message {
	struct ps_header header;
	struct ps_bytes body; /* CRLF lines */
	/* The body's descriptor, or -1: the same octets from offset 0, for a
	 * process that cannot see our memory.  Borrowed from the spool. */
	int body_fd;
};

/*
 * A copy that keeps every field and the body; the field array is the copy's.
 * Its maker may change values, leave fields out and put new ones (from 0)
 * between; a field that keeps its "from" keeps its name.
 */
struct ps_message ps_message_keep(
	struct ps_arena *a, const struct ps_message *original);

/* A field on top of a copy's others, or below them. */
void ps_message_put_first(
	struct ps_arena *a, struct ps_message *copy, struct ps_field f);
void ps_message_put_last(
	struct ps_arena *a, struct ps_message *copy, struct ps_field f);

/* Octets on the wire: every field with its line end, an empty line, the body.
 */
size_t ps_message_size(const struct ps_message *m);

#endif
