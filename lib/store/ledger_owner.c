/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Locks of open file descriptions (fcntl(2), F_OFD_SETLK): those of a process
 * would be lost whenever any descriptor of the file is closed, and SQLite has
 * its own on the database.
 */
#include "store/ledger_owner.h"

#include <fcntl.h>
#include <unistd.h>

bool
ps_ledger_owner_open(struct ledger_owner *o, const char *path, bool read_only)
{
	int how = read_only ? O_RDONLY : O_RDWR | O_CREAT;

	if (o->fd < 0)
		o->fd = open(path, how | O_CLOEXEC | O_NOFOLLOW, 0600);
	return o->fd >= 0;
}

static struct flock
octet(int64_t id)
{
	return (struct flock){
		.l_type = F_WRLCK,
		.l_whence = SEEK_SET,
		.l_start = id,
		.l_len = 1,
	};
}

bool
ps_ledger_owner_be(struct ledger_owner *o, int64_t id)
{
	struct flock lock = octet(id);

	if (fcntl(o->fd, F_OFD_SETLK, &lock) != 0)
		return false;
	o->id = id;
	return true;
}

bool
ps_ledger_owner_lives(const struct ledger_owner *o, int64_t id)
{
	struct flock lock = octet(id);

	return fcntl(o->fd, F_OFD_GETLK, &lock) != 0 || lock.l_type != F_UNLCK;
}

void
ps_ledger_owner_close(struct ledger_owner *o)
{
	if (o->fd >= 0)
		close(o->fd);
	o->fd = -1;
	o->id = 0;
}
