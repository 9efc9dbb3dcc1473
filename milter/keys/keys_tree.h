/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * A published tree on the disk.  A web server beside us, and one that is
 * started after a crash at whatever moment, serves of each file the old state
 * or the new one and nothing else.  Knows no OpenPGP.
 */
#ifndef PS_MILTER_KEYS_TREE_H
#define PS_MILTER_KEYS_TREE_H

#include "discovery/publish.h"

struct ps_keys_tree {
	const char *dir;		    /* made where missing */
	const struct ps_publish_file *file; /* by path */
	size_t n_file;
	bool direct;
};
struct ps_keys_tree_done {
	size_t n_written, n_removed;
};

/*
 * Write what is new or changed, then remove what is there of addresses that
 * are not in the tree any more, and nothing else.  PS_EPERM for a directory
 * that holds something and is no such tree; PS_ETEMP when it cannot be written.
 */
enum ps_status ps_keys_tree_write(struct ps_arena *a,
	const struct ps_keys_tree *tree, struct ps_keys_tree_done *done,
	const char **why);

#endif
