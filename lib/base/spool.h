/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * A message body or its sealed form: in memory up to a threshold, then in a
 * file of the spool directory that never had a name (O_TMPFILE) or lost it
 * before the first octet was written.  Memory does not grow with message size
 * times connections, and clear text never stands in a named file.
 *
 * One owner, no locks.
 */
#ifndef PS_BASE_SPOOL_H
#define PS_BASE_SPOOL_H

#include "base/bytes.h"
#include "base/status.h"

struct ps_spool;

struct ps_spool_where {
	const char *dir;  /* borrowed; must outlive the spool */
	size_t in_memory; /* octets; larger content goes to dir */
};

/* Empty; holds at most max octets. */
struct ps_spool *ps_spool_new(struct ps_spool_where where, size_t max);
void ps_spool_free(struct ps_spool *s); /* accepts NULL */

/* PS_ELIMIT past max, PS_ETEMP when the disk is full or unusable. */
enum ps_status ps_spool_put(
	struct ps_spool *s, struct ps_bytes octets, const char **why);
size_t ps_spool_len(const struct ps_spool *s);

/* All octets, readable until the next put or free. */
enum ps_status ps_spool_view(
	struct ps_spool *s, struct ps_bytes *out, const char **why);

/* The descriptor, where the octets already have one; -1 while in memory. */
int ps_spool_file(const struct ps_spool *s);

/*
 * A descriptor that holds exactly these octets, for another process; owned by
 * the spool.  What another process writes to it is seen by the next view, up
 * to max (more is PS_ELIMIT there).  expected says how much that may be: above
 * the threshold it is a file in dir.
 */
enum ps_status ps_spool_fd(
	struct ps_spool *s, size_t expected, int *fd, const char **why);

#endif
