/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Is the process that claims something alive?  Each has a number, and holds a
 * lock on the octet at that place of a file: the kernel takes the lock away
 * when the process dies, however it does, and after a restart of the machine
 * nobody has one.  Numbers are not used twice, as process ids are.
 */
#ifndef PS_STORE_LEDGER_OWNER_H
#define PS_STORE_LEDGER_OWNER_H

#include <stdbool.h>
#include <stdint.h>

struct ledger_owner {
	int fd;	    /* -1: not open */
	int64_t id; /* 0: none yet */
};

#define LEDGER_OWNER_NONE                                                      \
	{                                                                      \
		-1, 0                                                          \
	}

/* Opens path, and creates it where missing; false with errno. */
bool ps_ledger_owner_open(
	struct ledger_owner *o, const char *path, bool read_only);
/* Become this number; false when it is taken. */
bool ps_ledger_owner_be(struct ledger_owner *o, int64_t id);
/* Another one; not to be asked about oneself.  When in doubt, true. */
bool ps_ledger_owner_lives(const struct ledger_owner *o, int64_t id);
void ps_ledger_owner_close(struct ledger_owner *o);

#endif
