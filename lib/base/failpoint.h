/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Named places at which a test lets the process die, as a power cut or the
 * kernel's OOM killer would.  Compiled to nothing unless the build says
 * POSTSEAL_FAILPOINTS (preset "failpoints"); no build that is installed does.
 *
 * Such a build reads its environment:
 *   POSTSEAL_FAILPOINT=relay-before-DATA	SIGKILL at the first passage
 *   POSTSEAL_FAILPOINT=relay-before-DATA:3	at the third of this process
 *   POSTSEAL_FAILPOINT_TRACE=/path	each passage is a line of this file, its
 *					name and the microsecond, so that a
 *					campaign finds every place, and how far
 *					they are from each other
 */
#ifndef PS_BASE_FAILPOINT_H
#define PS_BASE_FAILPOINT_H

/* The name is prefix and rest together.  Only in builds with failpoints. */
void ps_failpoint(const char *prefix, const char *rest);

#ifdef PS_FAILPOINTS
#define PS_FAILPOINT(name)	      ps_failpoint((name), "")
#define PS_FAILPOINT_OF(prefix, rest) ps_failpoint((prefix), (rest))
#else
#define PS_FAILPOINT(name)	      ((void)(name))
#define PS_FAILPOINT_OF(prefix, rest) ((void)(prefix), (void)(rest))
#endif

#endif
