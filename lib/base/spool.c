/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Memory first, an unlinked file later.  Must not know what the octets are.
 */
#include "base/spool.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/io.h"

struct ps_spool {
	struct ps_spool_where where;
	size_t max;
	struct ps_buf memory; /* used while fd < 0 */
	int fd;
	size_t file_len;
	void *map;
	size_t map_len;
};

struct ps_spool *
ps_spool_new(struct ps_spool_where where, size_t max)
{
	struct ps_spool *s = calloc(1, sizeof(*s));

	if (s == NULL)
		abort();
	s->where = where;
	s->max = max;
	s->fd = -1;
	ps_buf_init(&s->memory, max);
	return s;
}

static void
unmap(struct ps_spool *s)
{
	if (s->map != NULL)
		munmap(s->map, s->map_len);
	s->map = NULL;
	s->map_len = 0;
}

void
ps_spool_free(struct ps_spool *s)
{
	if (s == NULL)
		return;
	unmap(s);
	if (s->fd >= 0)
		close(s->fd);
	ps_buf_free(&s->memory);
	free(s);
}

/* Not every file system has O_TMPFILE (overlayfs before Linux 6.3). */
static int
nameless_file(const char *dir)
{
	char path[4096];
	int fd = open(dir, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);

	if (fd >= 0 || (errno != EOPNOTSUPP && errno != EISDIR))
		return fd;
	if (snprintf(path, sizeof(path), "%s/.bodyXXXXXX", dir) >=
		(int)sizeof(path))
		return -1;
	fd = mkostemp(path, O_CLOEXEC);
	if (fd >= 0)
		unlink(path);
	return fd;
}

static enum ps_status
write_all(int fd, struct ps_bytes b, const char **why)
{
	if (ps_io_write_all(fd, b))
		return PS_OK;
	*why = errno == ENOSPC || errno == EDQUOT
		       ? "the spool directory is full"
		       : "cannot write to the spool directory";
	return PS_ETEMP;
}

static enum ps_status
move_to_fd(struct ps_spool *s, size_t expected, const char **why)
{
	enum ps_status st;

	s->fd = expected > s->where.in_memory
			? nameless_file(s->where.dir)
			: memfd_create("postseal", MFD_CLOEXEC);
	if (s->fd < 0) {
		*why = "cannot make a file in the spool directory";
		return PS_ETEMP;
	}
	st = write_all(s->fd, ps_buf_bytes(&s->memory), why);
	if (st != PS_OK) {
		close(s->fd);
		s->fd = -1;
		return st;
	}
	s->file_len = s->memory.len;
	ps_buf_free(&s->memory);
	return PS_OK;
}

size_t
ps_spool_len(const struct ps_spool *s)
{
	return s->fd >= 0 ? s->file_len : s->memory.len;
}

int
ps_spool_file(const struct ps_spool *s)
{
	return s->fd;
}

enum ps_status
ps_spool_put(struct ps_spool *s, struct ps_bytes octets, const char **why)
{
	enum ps_status st;

	if (octets.len > s->max - ps_spool_len(s)) {
		*why = "the message is larger than the limit";
		return PS_ELIMIT;
	}
	unmap(s);
	if (s->fd < 0 && s->memory.len + octets.len > s->where.in_memory) {
		st = move_to_fd(s, s->memory.len + octets.len, why);
		if (st != PS_OK)
			return st;
	}
	if (s->fd < 0) {
		ps_buf_put(&s->memory, octets);
		if (!s->memory.full)
			return PS_OK;
		*why = "out of memory";
		return PS_ETEMP;
	}
	st = write_all(s->fd, octets, why);
	if (st == PS_OK)
		s->file_len += octets.len;
	return st;
}

static enum ps_status
map_file(struct ps_spool *s, const char **why)
{
	struct stat st;

	if (fstat(s->fd, &st) != 0) {
		*why = "cannot read the spool file";
		return PS_ETEMP;
	}
	if ((size_t)st.st_size > s->max) {
		*why = "the message is larger than the limit";
		return PS_ELIMIT;
	}
	s->file_len = (size_t)st.st_size;
	unmap(s);
	if (s->file_len == 0)
		return PS_OK;
	s->map = mmap(NULL, s->file_len, PROT_READ, MAP_SHARED, s->fd, 0);
	if (s->map == MAP_FAILED) {
		s->map = NULL;
		*why = "cannot map the spool file";
		return PS_ETEMP;
	}
	s->map_len = s->file_len;
	return PS_OK;
}

enum ps_status
ps_spool_view(struct ps_spool *s, struct ps_bytes *out, const char **why)
{
	if (s->fd >= 0) {
		enum ps_status st = map_file(s, why);

		if (st != PS_OK)
			return st;
		*out = ps_bytes(s->map, s->map_len);
		return PS_OK;
	}
	*out = ps_buf_bytes(&s->memory);
	return PS_OK;
}

enum ps_status
ps_spool_fd(struct ps_spool *s, size_t expected, int *fd, const char **why)
{
	if (s->fd < 0) {
		size_t most =
			expected > s->memory.len ? expected : s->memory.len;
		enum ps_status st = move_to_fd(s, most, why);

		if (st != PS_OK)
			return st;
	}
	*fd = s->fd;
	return PS_OK;
}
