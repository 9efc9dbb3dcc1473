/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * What a process and all that it started cost.  Orphans are counted where the
 * root is a child subreaper (t/perf/reaper), as GPGME's double forks need it.
 */
#ifndef PS_T_TREE_H
#define PS_T_TREE_H

#include <stddef.h>
#include <sys/types.h>

struct tree_cost {
	double cpu_s;	/* user and system; of the dead in steps of 10 ms */
	size_t anon_kb; /* anonymous resident memory */
	size_t rss_kb;	/* all resident memory, shared pages counted twice */
	size_t pss_kb;	/* the same, shared pages divided among who shares */
	size_t n_process;
};

/* All trees together.  Zeros when the roots are gone. */
struct tree_cost tree_cost(const pid_t *root, size_t n_root);

#endif
